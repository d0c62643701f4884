"""Dating: the day or time that a message names, and what the customer is to be reminded of then.

A model's idea of a date counts for nothing: it is reckoned here, from the customer's words, in the company's time zone.
"""

from __future__ import annotations

import re

from agent.models.port import Reading, ValueSeen
from agent.speech.calendar import When, when
from agent.turn import OpenTurn

REMIND = {
    "en": r"\b(?:remind(?:er)?|ping|nudge)\b(?:\s+(?:me|us|for me))?[\s,]*?(?:\b(?:on|at|by|for|in)\b)?[\s,]*"
    r"\b(?:to|about|that|of)\s+(?P<what>[^.!?\n]+)",
    "de": r"\b(?:erinner\w*|bescheid)\b(?:\s+(?:sie|mich|uns|du|ihr|bitte|doch))*[\s,]*(?:(?:um|am|in|gegen)\b)?[\s,]*"
    r"\b(?:daran|dran|an|dass|ans|wegen)\b[\s,]*(?:dass\s+)?(?P<what>[^.!?\n]+)",
    "es": r"\b(?:rec(?:u[eé]|o)rd\w*|av[ií]s\w*|recordatorio)\b[\s,]*(?:(?:a las?|el|en|para)\b)?[\s,]*"
    r"(?:\b(?:que|de que|de|sobre|lo de|para)\b\s+)?(?P<what>[^.!?\n]+)",
    "fr": r"\b(?:rappel\w*|pr[ée]v\w+|penser?)\b(?:-(?:moi|nous|le|m'y))*[\s,]*(?:(?:à|le|dans|vers|pour)\b)?[\s,]*"
    r"(?:\b(?:de|que|à|qu'il faut|pour)\s+|d')(?P<what>[^.!?\n]+)",
}
"""ISO 639-1 → how a customer says of what they want to be reminded."""
_EDGES = re.compile(
    r"^[\s,]+|[\s,]+(?:on|at|by|in|for|until|um|am|bis|zu|für|a|el|en|para|le|à|pour|dans)?[\s,]*$", re.IGNORECASE
)


def dated(turn: OpenTurn, text: str, reading: Reading, language: str) -> Reading:
    """The reading with the one day or time of the message, and with what to remind of where it is said."""
    found = when(text, turn.now, language)
    values = [value for value in reading.values if value.name != "date"]
    if found is not None:
        values.append(ValueSeen(name="date", value=found.value, text=found.text))
    asked = {ask.name for ask in turn.case.asks if ask.kind == "slot"}
    told = "description" in asked and "?" not in text
    what = _reminded_of(text, found, language) or (_told(text, found if "date" in asked else None) if told else None)
    if what is not None or "description" in asked:
        values = [value for value in values if value.name != "description"]
    if what is not None:
        values.append(ValueSeen(name="description", value=what, text=what))
    # What is told in answer is what was asked for, whatever else it may sound like.
    intents = [] if told and what is not None else reading.intents
    return reading.model_copy(update={"values": values, "intents": intents})


def _told(text: str, found: When | None) -> str | None:
    """All that was written, without the day or time where that was asked for too."""
    rest = _without(text, found)
    return " ".join(rest.split()).strip(" ,;") or None


def _reminded_of(text: str, found: When | None, language: str) -> str | None:
    """What stands after "remind me to", without the time."""
    said = re.search(REMIND.get(language, REMIND["en"]), _without(text, found), re.IGNORECASE)
    what = _EDGES.sub("", said["what"]) if said is not None else ""
    return " ".join(what.split()) or None


def _without(text: str, found: When | None) -> str:
    return text if found is None else text.replace(found.text, " " * len(found.text), 1)
