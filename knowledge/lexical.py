"""Words: the exact-match side of the search, beside the embeddings.

Words are cut to six letters: a stemmer that needs no word list and works in any language that bends its word ends.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_STEM = 6


def words(text: str) -> list[str]:
    """The stems of a text, in order."""
    return [word[:_STEM] for word in re.findall(r"\w+", text.lower())]


class Coverage:
    """How much of what a question says is said by a passage too, with rare words counting more.

    Rare is what seldom occurs in the passages and in the messages that customers write (the examples of the intents),
    so that "could you please tell me" weighs next to nothing in any language, without a list of such words.
    """

    def __init__(self, passages: Sequence[str], messages: Iterable[str]) -> None:
        self._said = [frozenset(words(text)) for text in passages]
        texts = [*self._said, *(frozenset(words(text)) for text in messages)]
        counts = Counter(word for text in texts for word in text)
        self._unseen = _rarity(0, len(texts))
        self._rarity = {word: _rarity(count, len(texts)) for word, count in counts.items()}

    def of(self, question: str) -> NDArray[np.float64]:
        """For each passage the share of the question's weight that it says, 0 to 1."""
        weights = [(word, self._rarity.get(word, self._unseen)) for word in words(question)]
        total = sum(weight for _, weight in weights)
        if not total:
            return np.zeros(len(self._said))
        return np.array([sum(weight for word, weight in weights if word in said) / total for said in self._said])


class Bm25:
    """BM25 over whole passages, kept on disk beside the embeddings."""

    def __init__(self, folder: Path, passages: Sequence[str]) -> None:
        import bm25s  # type: ignore[import-untyped]  # slow to import

        self._count = len(passages)
        if not folder.is_dir():
            index = bm25s.BM25()
            index.index([words(text) for text in passages], show_progress=False)
            _put(index, folder)
        self._index = bm25s.BM25.load(folder)

    def scores(self, question: str) -> NDArray[np.float64]:
        """A score for each passage; 0 where no word is shared."""
        known = [word for word in words(question) if word in self._index.vocab_dict]
        if not known:
            return np.zeros(self._count)
        return np.asarray(self._index.get_scores(known), dtype=np.float64)


def _rarity(count: int, texts: int) -> float:
    """The inverse document frequency that BM25 uses."""
    return math.log(1 + (texts - count + 0.5) / (count + 0.5))


def _put(index: object, folder: Path) -> None:
    """Write the index beside its place and move it there at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
    index.save(beside, show_progress=False)  # type: ignore[attr-defined]
    try:
        os.rename(beside, folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        if not folder.is_dir():  # else another process wrote the same one first
            raise
