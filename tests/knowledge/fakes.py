"""An embedder for tests: one without a model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors
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


def _unit(rows: NDArray[np.float64]) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@cache
def _direction(word: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).normal(size=StemEmbedder.dim)
