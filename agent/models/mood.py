"""Mood: how a customer feels, from what they say and how they write it. Small on purpose, and readable."""

from __future__ import annotations

import re

from agent.casefile.records import Mood
from agent.models.cues import Cues, phrase

_WORD = re.compile(r"[^\W\d_]{2,}")


def mood_of(text: str, cues: Cues) -> Mood:
    """The mood of one message: what is said counts before how it is written."""
    plain = text.replace("’", "'")
    loud = _shouts(plain) or "!!" in plain
    unhappy = phrase(cues.unhappy).search(plain)
    glad = phrase(cues.glad).search(plain)
    relaxed = phrase(cues.unhurried).search(plain)
    pressing = phrase(cues.pressing).search(plain) and not relaxed
    return Mood(
        sentiment="negative" if unhappy or (_shouts(plain) and not glad) else "positive" if glad else "neutral",
        urgency="low" if relaxed else "high" if pressing or (loud and not glad) else "normal",
        confused=bool(phrase(cues.lost).search(plain)) or "??" in plain,
    )


def _shouts(text: str) -> bool:
    """Whether most words of a message that has some are in capitals."""
    said = _WORD.findall(text)
    return len(said) >= 3 and sum(word.isupper() for word in said) > len(said) / 2
