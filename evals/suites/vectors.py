"""The embedder of a suite: each text is embedded once, however often a head is fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from knowledge.embed import Embedder, Vectors

AT_ONCE = 256


class Remembering:
    """An embedder that keeps every vector."""

    def __init__(self, model: Embedder) -> None:
        self.id, self.dim, self.fits = model.id, model.dim, model.fits
        self._model = model
        self._kept: dict[str, Vectors] = {}

    def learn(self, texts: Sequence[str], told: Callable[[int, int], None]) -> None:
        """Embed what is new, and tell how far it is."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        for start in range(0, len(new), AT_ONCE):
            told(start, len(new))
            batch = new[start : start + AT_ONCE]
            self._kept |= zip(batch, self._model.embed(batch), strict=True)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""
        self.learn(texts, lambda *_: None)
        return np.stack([self._kept[text] for text in texts]) if texts else np.empty((0, self.dim), np.float32)
