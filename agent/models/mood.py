"""Mood: how a customer feels, from what they say and how they write it.

Where a language has a head of moods, that reads it from what the parts of the message mean, which was found out for its
intents already, from its spelling, and from signs: phrases, capitals, marks. Elsewhere the signs alone are read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from agent.casefile.records import Mood
from agent.models.cues import Cues, phrase
from knowledge.embed import Embedder, Vectors
from knowledge.head import Head
from knowledge.logistic import Matrix
from knowledge.spelling import Spelling

LABELS = ("negative", "positive", "low", "high", "confused")
"""What a head of moods tells apart; a message that carries none of them is neutral, normal, and not confused."""
SIGNS = 0.6
"""How much a sign counts beside the embedding; the more, the less is read where no phrase is met."""
_WORD = re.compile(r"[^\W\d_]{2,}")


class Signs(NamedTuple):
    """What a message shows without being understood."""

    shouts: bool
    """Most of its words are in capitals."""
    stresses: bool
    insists: bool
    asks: bool
    wonders: bool
    unhappy: bool
    glad: bool
    pressing: bool
    unhurried: bool
    lost: bool


@dataclass(frozen=True, eq=False)
class MoodReader:
    """Reads moods by the head of the message's language, or by the signs where there is none."""

    heads: Mapping[str, tuple[Head, Embedder]] = field(default_factory=dict)
    """ISO 639-1 → the head, and the embedder that it was learnt with."""

    def read(self, text: str, said: Sequence[str], language: str, cues: Cues) -> Mood:
        """The mood of a message. `said`: its parts that say something, as they were embedded before."""
        signs = signs_of(text, cues)
        if language not in self.heads:
            return by_signs(signs)
        head, embedder = self.heads[language]
        row = seen(text, embedder.embed(said), signs, head.spelling)
        return _by_labels(dict(zip(head.names, head.scored(row[None])[0].tolist(), strict=True)), head.threshold)


def signs_of(text: str, cues: Cues) -> Signs:
    """The signs in a message, by the phrases of its language."""
    plain = text.replace("’", "'")
    told = (cues.unhappy, cues.glad, cues.pressing, cues.unhurried, cues.lost)
    met = (phrase(phrases).search(plain) is not None for phrases in told)
    return Signs(_shouts(plain), "!" in plain, "!!" in plain, "?" in plain, "??" in plain or "?!" in plain, *met)


def by_signs(signs: Signs) -> Mood:
    """The mood by the signs alone: what is said counts before how it is written."""
    negative = signs.unhappy or (signs.shouts and not signs.glad)
    return Mood(
        sentiment="negative" if negative else "positive" if signs.glad else "neutral",
        urgency="low" if signs.unhurried else "high" if signs.pressing else "normal",
        confused=signs.lost or signs.wonders,
    )


def seen(text: str, meanings: Vectors, signs: Signs, spelling: Spelling) -> Matrix:
    """What a head sees of a message: the direction of what its parts mean together, its spelling, its signs."""
    together = meanings.sum(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(together))
    return np.concatenate((together / length if length else together, spelling.of([text])[0], SIGNS * np.array(signs)))


def _by_labels(scores: Mapping[str, float], line: float) -> Mood:
    """Of two that exclude each other, the one that is told more clearly."""
    carried = sorted((name for name in LABELS if scores[name] >= line), key=lambda name: scores[name])
    fields = {"negative": "sentiment", "positive": "sentiment", "low": "urgency", "high": "urgency"}
    told = {fields[name]: name for name in carried if name in fields}
    return Mood.model_validate(told | {"confused": "confused" in carried})


def _shouts(text: str) -> bool:
    """Whether most words of a message that has some are in capitals."""
    said = _WORD.findall(text)
    return len(said) >= 3 and sum(word.isupper() for word in said) > len(said) / 2
