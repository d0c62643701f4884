"""Words: the exact-match side of the search, beside the embeddings.

Words are cut to six letters: a stemmer that needs no word list and works in any language that bends its word ends.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.files import put_folder

_STEM = 6


def words(text: str) -> list[str]:
    """The stems of a text, in order."""
    return [word[:_STEM] for word in re.findall(r"\w+", text.lower())]


class Rarity:
    """How much a word tells: much, when it seldom occurs in what the company wrote and in what customers write.

    With the examples of the intents among the texts, "could you please tell me" weighs next to nothing in any
    language, without a list of such words.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        known = [frozenset(words(text)) for text in texts]
        counts = Counter(word for text in known for word in text)
        self._unseen = _rarity(0, len(known))
        self._weights = {word: _rarity(count, len(known)) for word, count in counts.items()}

    def of(self, word: str) -> float:
        """Its inverse document frequency; 0 for what is no word."""
        stems = words(word)
        return sum(self._weights.get(stem, self._unseen) for stem in stems) / len(stems) if stems else 0.0


class Bm25:
    """BM25 over whole passages, kept on disk beside the embeddings."""

    def __init__(self, folder: Path, passages: Sequence[str]) -> None:
        import bm25s  # slow to import

        self._count = len(passages)
        if not folder.is_dir():
            index = bm25s.BM25()
            index.index([words(text) for text in passages], show_progress=False)
            put_folder(folder, lambda beside: index.save(beside, show_progress=False))
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
