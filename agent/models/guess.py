"""Guess: what the intent head says of a text, and how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from knowledge.embed import Embedder
from knowledge.head import Head

TIE = 0.5
"""Two intents whose logits are closer than this are as good as equal."""
UNSURE = 0.4
"""An intent that is less likely than this is not believed without asking."""


@dataclass(frozen=True)
class Guess:
    """The likeliest intent of a text."""

    name: str | None
    """None: out of scope."""
    confidence: float
    """The likeliest intent's share, also when it is out of scope."""
    runner_up: str | None = None
    """The second, when it is nearly as likely, or the first is not likely enough."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """How likely each intent is; they add up to 1."""


NO_GUESS = Guess(None, 0.0)


class Guesses(Protocol):
    """Whatever guesses."""

    def guess(self, texts: Sequence[str], among: Collection[str]) -> list[Guess]:
        """One guess a text, of these intents."""


class NoGuesser:
    """Guesses nothing: for a language that was not learnt."""

    def guess(self, texts: Sequence[str], among: Collection[str]) -> list[Guess]:
        """Out of scope, all of them."""
        del among
        return [NO_GUESS for _ in texts]


@dataclass(frozen=True)
class Guesser:
    """Scores texts by the head, among the intents that a message may carry."""

    embedder: Embedder
    head: Head

    def guess(self, texts: Sequence[str], among: Collection[str]) -> list[Guess]:
        """One guess a text; an intent that the head does not know is never guessed."""
        known = [place for place, name in enumerate(self.head.names) if name in among]
        if not texts or not known:
            return [NO_GUESS for _ in texts]
        return [self._guess(known, row[known]) for row in self.head.logits(texts, self.embedder)]

    def _guess(self, known: Sequence[int], logits: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Guess:
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        first, *others = np.argsort(-logits, kind="stable")
        names = [self.head.names[place] for place in known]
        spread = dict(zip(names, map(float, shares), strict=True))
        if logits[first] < self.head.threshold:
            return Guess(None, spread[names[first]], shares=spread)
        unsure = shares[first] < UNSURE
        near = [names[other] for other in others[:1] if unsure or logits[first] - logits[other] < TIE]
        return Guess(names[first], spread[names[first]], near[0] if near else None, spread)
