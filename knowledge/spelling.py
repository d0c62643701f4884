"""Spelling: how a text is written, beside what it means.

An embedding hardly tells "can I pause it" from "pause it", and misreads a misspelt word; the letters tell. A text is
cut into runs of three and four letters inside its words, and runs that few texts have count more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

LENGTHS = (3, 4)
SEEN_IN = 2
"""Texts that a run must be seen in to count: what only one has tells nothing of another."""
SHARE = 0.02
"""And the share of them: of many texts the rarer runs make the fit far slower, and no better."""


@dataclass(frozen=True, eq=False)
class Spelling:
    """The runs of letters that were learnt from texts."""

    runs: NDArray[np.str_]
    rarity: NDArray[np.float64]
    """The logarithm of one in how many texts has a run."""

    @classmethod
    def learnt(cls, texts: Sequence[str]) -> Self:
        """From these texts; their order does not matter."""
        seen = Counter(run for text in texts for run in set(_runs(text)))
        kept = sorted(run for run, times in seen.items() if times >= max(SEEN_IN, SHARE * len(texts)))
        return cls(np.array(kept, dtype=np.str_), np.array([np.log(len(texts) / seen[run]) for run in kept]))

    @cached_property
    def _place(self) -> dict[str, int]:
        return {run: place for place, run in enumerate(self.runs.tolist())}

    def of(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """One row a text, of length 1, or 0 for a text of which nothing is known."""
        rows = np.zeros((len(texts), len(self.runs)))
        for row, text in zip(rows, texts, strict=True):
            for run, times in Counter(_runs(text)).items():
                if (place := self._place.get(run)) is not None:
                    row[place] = (1 + np.log(times)) * self.rarity[place]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths > 0, lengths, 1)


def _runs(text: str) -> Iterator[str]:
    """The runs of letters of each word, its edges included; every digit is the same."""
    for word in re.findall(r"\w+|\?", re.sub(r"\d", "0", text.lower())):
        edged = f" {word} "
        for length in LENGTHS:
            yield from (edged[start : start + length] for start in range(len(edged) - length + 1))
