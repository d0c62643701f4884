"""Embedders for tests: one without a model, and one that remembers what the model said in earlier runs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Embedder, Vectors
from knowledge.lexical import words


class StemEmbedder:
    """Without a model: words become directions, so that texts with the same words are near each other."""

    dim = 64

    def __init__(self, name: str = "words", window: int = 40) -> None:
        self.id = name
        self.window = window
        self.embedded: list[str] = []
        """All texts it was asked for, in order."""

    def fits(self, text: str) -> bool:
        return len(text.split()) <= self.window

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return _unit(np.stack([sum(map(_direction, words(text)), np.full(self.dim, 0.01)) for text in texts]))

    def words(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        found = [words(text)[: self.window] for text in texts]
        return [(said, _unit(np.array(list(map(_direction, said))).reshape(-1, self.dim))) for said in found]


class KeptEmbedder:
    """The model's own vectors, kept in a file between runs: they depend on the model and the text alone."""

    def __init__(self, model: Embedder, file: Path) -> None:
        self.id, self.dim, self.fits = model.id, model.dim, model.fits
        self._model, self._file = model, file
        self._kept: dict[str, Vectors] = {}
        if file.exists():
            with np.load(file, allow_pickle=False) as kept:
                self._kept = dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))

    def embed(self, texts: Sequence[str]) -> Vectors:
        if new := [text for text in dict.fromkeys(texts) if text not in self._kept]:
            self._kept |= dict(zip(new, self._model.embed(new), strict=True))
            np.savez(self._file, texts=np.array(list(self._kept)), vectors=np.stack(list(self._kept.values())))
        return np.stack([self._kept[text] for text in texts])


def _unit(rows: NDArray[np.float64]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@cache
def _direction(word: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=StemEmbedder.dim)
