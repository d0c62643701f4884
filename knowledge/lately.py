"""Lately: the vectors of texts that were embedded not long ago, so that no text is embedded twice for one message."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Lately:
    """Keeps the last so many rows. May be used from several threads."""

    def __init__(self, room: int, dim: int) -> None:
        self._kept: OrderedDict[str, Vectors] = OrderedDict()
        self._room, self._dim = room, dim
        self._lock = threading.Lock()

    def rows(self, texts: Sequence[str], made: Callable[[list[str]], Sequence[Vectors]]) -> Vectors:
        """One row a text: those that are kept, and what `made` gives for all others at once."""
        with self._lock:
            known = {text: row for text in texts if (row := self._kept.get(text)) is not None}
            for text in known:
                self._kept.move_to_end(text)
        new = list(dict.fromkeys(text for text in texts if text not in known))
        known |= zip(new, made(new), strict=True)
        return np.stack([known[text] for text in texts]) if texts else np.empty((0, self._dim), np.float32)

    def keep(self, text: str, row: Vectors) -> Vectors:
        """The row, kept and fixed from now on."""
        row.setflags(write=False)
        with self._lock:
            self._kept[text] = row
            if len(self._kept) > self._room:
                self._kept.popitem(last=False)
        return row
