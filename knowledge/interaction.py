"""Late interaction: how well each word of a question is met by some word of a passage, in its context.

One vector for a whole text blurs what it asks for; here each word of the question looks for its nearest counterpart
among all words of the passage, and rare words count more (MaxSim, as in ColBERT: Khattab and Zaharia, 2020). Beside
that, each word of the passage's title looks for its counterpart in the question: of two passages that have all words
of "how much is delivery?", it is about the one that is called so.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import WordEmbedder
from knowledge.files import put_folder
from knowledge.lately import Vectors
from knowledge.lexical import Rarity

Scores = NDArray[np.float64]

TITLE_WEIGHT = 0.1
"""Chosen with all questions of `tests/knowledge/questions.yaml` in view."""


class Interaction:
    """The words of all passages and of their titles, kept on disk and read as they are needed."""

    def __init__(
        self, folder: Path, titles: Sequence[str], pieces: Sequence[Sequence[str]], embedder: WordEmbedder, rare: Rarity
    ) -> None:
        """`pieces`: those of each passage. They are embedded when the folder is not there yet."""
        self._rare = rare
        if not folder.is_dir():
            put_folder(folder, lambda beside: _write(beside, titles, pieces, embedder))
        self._titles, self._texts = _Kept(folder, "titles"), _Kept(folder, "texts")

    def of(self, words: Sequence[str], vectors: Vectors, places: Sequence[int]) -> Scores:
        """For each of these passages, -1 to 1 for the question's words and a tenth of that for the title's.

        `words`, `vectors`: the question as the embedder tells it. It is 0 for a question without words.
        """
        weights = np.array([self._rare.of(word) for word in words])
        if not weights.any():
            return np.zeros(len(places))
        weights /= weights.sum()
        return np.array(
            [
                weights @ (vectors @ self._texts.of(place).T).max(axis=1)
                + TITLE_WEIGHT * (self._titles.of(place) @ vectors.T).max(axis=1).mean()
                for place in places
            ]
        )


class _Kept:
    """The words of many texts, one matrix for all."""

    def __init__(self, folder: Path, name: str) -> None:
        self._vectors = np.load(folder / f"{name}.npy", mmap_mode="r")
        self._ends = np.load(folder / f"{name}.ends.npy")

    def of(self, place: int) -> Vectors:
        start = self._ends[place - 1] if place else 0
        return np.asarray(self._vectors[start : self._ends[place]])


def _write(folder: Path, titles: Sequence[str], pieces: Sequence[Sequence[str]], embedder: WordEmbedder) -> None:
    for name, texts in (("titles", [[title] for title in titles]), ("texts", pieces)):
        nothing = np.zeros((1, embedder.dim), np.float32)
        found = embedder.words([piece for parts in texts for piece in parts])
        vectors = [words if len(words) else nothing for _, words in found]
        ends = np.cumsum([len(parts) for parts in texts])
        np.save(folder / f"{name}.npy", np.concatenate(vectors))
        np.save(folder / f"{name}.ends.npy", np.cumsum([len(words) for words in vectors])[ends - 1])
