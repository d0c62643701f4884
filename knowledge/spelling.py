"""Spelling: how a text is written, beside what it means.

An embedding hardly tells "can I pause it" from "pause it", and misreads a misspelt word; letters and words tell.
A text is cut into its words and pairs of words, and into runs of two to five letters inside them; what few texts have
counts more. All of it is counted in a fixed number of places, to which it is told by a hash: so what no example has
still leaves its mark, and a message that is full of it looks like none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

LENGTHS = range(2, 6)
PLACES = 512
"""For the runs of letters, and as many for the words; twice as many read hardly better, and fit in twice the time."""


@dataclass(frozen=True, eq=False)
class Spelling:
    """What is rare in the texts that were learnt from."""

    rarity: NDArray[np.float64]
    """For each place the logarithm of one in how many texts has something there."""

    @classmethod
    def learnt(cls, texts: Sequence[str], places: int = PLACES) -> Self:
        """From these texts; their order does not matter. `places`: for the letters, and as many for the words."""
        seen = np.zeros(2 * places)
        for text in texts:
            seen[np.flatnonzero(_counted(text, places))] += 1
        return cls(1 + np.log((1 + len(texts)) / (1 + seen)))

    @property
    def size(self) -> int:
        """The length of a row."""
        return len(self.rarity)

    def of(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row a text: its letters at length 1, or 0 where there are none, and its words likewise."""
        places = self.size // 2
        counts = np.array([_counted(text, places) for text in texts]).reshape(len(texts), self.size)
        weighed = np.sign(counts) * np.log1p(np.abs(counts)) * self.rarity
        rows = weighed.reshape(len(texts), 2, places)
        lengths = np.linalg.norm(rows, axis=2, keepdims=True)
        return np.asarray((rows / np.where(lengths > 0, lengths, 1)).reshape(weighed.shape))


def _counted(text: str, places: int) -> NDArray[np.float64]:
    """How often each place is met; half of what is told to a place counts against it, so that strangers cancel."""
    words = re.findall(r"\w+|\?", re.sub(r"\d", "0", text.lower()))
    counts = np.zeros(2 * places)
    for start, parts in ((0, _runs(words)), (places, (*words, *map(" ".join, pairwise(words))))):
        for part in parts:
            hashed = crc32(part.encode())
            counts[start + hashed % places] += 1 if hashed & 1 << 31 else -1
    return counts


def _runs(words: Sequence[str]) -> Iterator[str]:
    """The runs of letters of each word, its edges included; every digit is the same."""
    for word in words:
        edged = f" {word} "
        for length in LENGTHS:
            yield from (edged[start : start + length] for start in range(len(edged) - length + 1))
