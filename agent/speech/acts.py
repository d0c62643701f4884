"""Acts: what an agent does with a sentence: tells something as done, reports a failure, asks for a yes, or else.

A linear head on the words and their neighbours, and on what had just been tried, learnt from `acts.yaml` and from more
examples where there are some. The claim check asks it too: what it takes for a report of success needs a receipt, even
where a passage has all the words.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import yaml

from knowledge.logistic import Matrix, fitted

Act = Literal["claims_success", "reports_failure", "asks_confirmation", "other"]
ACTS: tuple[Act, ...] = get_args(Act)
Tried = Literal["nothing", "read", "changed", "in vain"]
TRIED: tuple[Tried, ...] = get_args(Tried)
"""What was done just before a sentence: nothing, something was read, something changed, or a call gave nothing."""
SIZE = 2048
"""Places for the words and runs of words; they share them by chance."""
LONGEST_RUN = 3
BESIDE = 1.0
"""How much what was tried counts beside the words; at 3, cross-validation on the development part was worse by 0.01."""
_USUAL: dict[Act, tuple[Tried, ...]] = {
    "claims_success": ("changed",),
    "reports_failure": ("changed", "in vain"),
    "asks_confirmation": ("nothing",),
    "other": ("nothing", "read"),
}
"""What is tried before each act in the written examples."""
_WORD = re.compile(r"\d+|[^\W\d]+(?:'[^\W\d]+)?|[?!.,:]")


@dataclass(frozen=True)
class Example:
    """A text and what is done with it."""

    text: str
    act: Act
    tried: Tried | None = None
    """None: not known."""


@dataclass(frozen=True, eq=False)
class Acts:
    """A head that was learnt."""

    weights: Matrix
    bias: Matrix

    @classmethod
    def learnt(cls, examples: Sequence[Example]) -> Acts:
        """From these examples; the same ones give the same head."""
        known = np.stack([_features(example.text, example.tried) for example in examples])
        labels = np.array([ACTS.index(example.act) for example in examples])
        return cls(*fitted(known, labels, len(ACTS)))

    def scores(self, text: str, tried: Tried | None = None) -> dict[Act, float]:
        """How likely each act is: logits."""
        logits = self.weights @ _features(text, tried) + self.bias
        return dict(zip(ACTS, map(float, logits), strict=True))

    def act(self, text: str, tried: Tried | None = None) -> Act:
        """The likeliest."""
        scores = self.scores(text, tried)
        return max(ACTS, key=lambda act: scores[act])


@cache
def written() -> list[Example]:
    """The examples of `acts.yaml`, with what is usually tried before them and without."""
    listed: dict[Act, dict[str, list[str]]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return [
        Example(text, act, tried)
        for act, languages in listed.items()
        for texts in languages.values()
        for text in texts
        for tried in (None, *_USUAL[act])
    ]


@cache
def own() -> Acts:
    """The head of the claim check: learnt from the written examples alone."""
    return Acts.learnt(written())


def _features(text: str, tried: Tried | None) -> Matrix:
    """The text's words, pairs and threes of words by chance places, to the length 1; and what was tried."""
    said = ["<", *("0" if word[0].isdigit() else word for word in _WORD.findall(text.casefold())), ">"]
    runs = {" ".join(said[at : at + long]) for long in range(1, LONGEST_RUN + 1) for at in range(len(said) - long + 1)}
    row = np.zeros(SIZE + len(TRIED))
    for run in runs:
        row[zlib.crc32(run.encode()) % SIZE] += 1.0
    row /= np.linalg.norm(row) or 1.0
    if tried is not None:
        row[SIZE + TRIED.index(tried)] = BESIDE
    return row
