"""Nearness: how likely the passage that is nearest to a question carries it, where the embedder tells no words.

A cosine of such a model says little by itself. How far one passage stands out among all of them says more, and how
much that is can be learnt from the documents: each question that a passage says it is asked is asked once as it would
be if it were not written there, and once as if its passage were not there at all; then what comes nearest is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from knowledge.lately import Vectors
from knowledge.logistic import fitted

Scores = NDArray[np.float64]
RIVALS = 3
"""How many of the other passages a passage has to stand out from."""
FEWEST = 20
"""With fewer questions nothing can be learnt, and nothing is certain."""
MOST = 400


@dataclass(frozen=True, eq=False)
class Nearness:
    """What was learnt from the questions of one index."""

    weights: Scores
    bias: float

    @classmethod
    def learnt(cls, places: Sequence[int], vectors: Vectors, asked: Collection[int]) -> Self:
        """`places`: of each piece its passage; `asked`: the pieces that are questions that it is asked."""
        of = np.asarray(places)
        chosen = sorted(asked)[:: max(1, -(-len(asked) // MOST))]
        if len(chosen) < FEWEST:
            return cls(np.zeros(3), -10.0)
        seen, right = list[Scores](), list[int]()
        for piece in chosen:
            near = vectors @ vectors[piece]
            near[piece] = -1.0
            for left_out in (False, True):
                best = nearest(of, np.where(of == of[piece], -1.0, near) if left_out else near)
                top = int(best.argmax())
                seen.append(_features(best, top))
                right.append(int(top == of[piece]))
        if not 0 < sum(right) < len(right):
            return cls(np.zeros(3), -10.0)
        weights, bias = fitted(np.array(seen), np.array(right), 2)
        return cls(weights[1] - weights[0], float(bias[1] - bias[0]))

    def support(self, cosines: Scores, place: int) -> float:
        """0 to 1, from the cosine of each passage's nearest piece."""
        return float(1.0 / (1.0 + np.exp(-(self.weights @ _features(cosines, place) + self.bias))))


def nearest(places: NDArray[np.int64], near: NDArray[np.floating]) -> Scores:
    """For each passage the best of its pieces."""
    best = np.full(int(places.max()) + 1, -1.0)
    np.maximum.at(best, places, near)
    return best


def _features(best: Scores, place: int) -> Scores:
    """How near a passage is, how far it stands out from the next ones, and from all; in tens of a percent."""
    others = np.delete(best, place)
    others = others[others > -1.0]
    rivals = np.sort(others)[-RIVALS:]
    return 10.0 * np.array([best[place] - 0.85, best[place] - rivals.mean(), best[place] - others.mean()])
