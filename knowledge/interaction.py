"""Late interaction: how well each word of a question is met by some word of a passage, in its context.

One vector for a whole text blurs what it asks for; here each word of the question looks for its nearest counterpart
among all words of the passage, and rare words count more (MaxSim, as in ColBERT: Khattab and Zaharia, 2020).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors, WordEmbedder
from knowledge.files import put_folder
from knowledge.lexical import Rarity

Scores = NDArray[np.float64]


class Interaction:
    """The words of all passages, kept on disk and read as they are needed."""

    def __init__(self, folder: Path, passages: Iterable[Sequence[str]], embedder: WordEmbedder, rarity: Rarity) -> None:
        """`passages`: the pieces of each. They are embedded when the folder is not there yet."""
        self._embedder, self._rarity = embedder, rarity
        if not folder.is_dir():
            put_folder(folder, lambda beside: _write(beside, passages, embedder))
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._ends = np.load(folder / "ends.npy")

    def of(self, question: str, places: Sequence[int]) -> Scores:
        """For each of these passages, -1 to 1; 0 for a question without words."""
        [(words, vectors)] = self._embedder.words([question])
        weights = np.array([self._rarity.of(word) for word in words])
        if not weights.any():
            return np.zeros(len(places))
        weights /= weights.sum()
        return np.array([weights @ (vectors @ self._words_of(place).T).max(axis=1) for place in places])

    def _words_of(self, place: int) -> Vectors:
        start = self._ends[place - 1] if place else 0
        return np.asarray(self._vectors[start : self._ends[place]])


def _write(folder: Path, passages: Iterable[Sequence[str]], embedder: WordEmbedder) -> None:
    cut = list(passages)
    vectors = [found for _, found in embedder.words([piece for pieces in cut for piece in pieces])]
    ends = np.cumsum([len(pieces) for pieces in cut])
    np.save(folder / "vectors.npy", np.concatenate(vectors))
    np.save(folder / "ends.npy", np.cumsum([len(found) for found in vectors])[ends - 1])
