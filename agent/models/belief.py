"""Belief: what is taken from a reading, whichever model gave it.

Believed are names of the playbook, words of the message, and values that the message has: those that a recogniser
finds in it without any model, those whose text stands in it and has the form that was given, and those that the
customer gave earlier and the message has words for. The rest is dropped: a fact that nobody wrote proves nobody's
identity, and fills in no request.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from agent.casefile.records import Mood
from agent.models.port import Frame, IntentSeen, Reading, ValueSeen
from agent.models.recognise import recognise
from agent.models.values import VALUE_NAMES, settled, stands_in

MOST_INTENTS = 12
MOST_VALUES = 24
LONGEST_VALUE = 500
"""Characters of a value that only a model found."""
LONGEST_WORDS = 2000
"""Characters of an intent's words; with more, the message stands for them."""


def believed(
    reading: Reading, message: str, frame: Frame, names: Collection[str], region: str | None = None
) -> Reading:
    """What of a reading holds for this message; what holds already stays as it is.

    `names`: the playbook's intents; another one is out of scope. `region`: see `values.settled`.
    """
    language = _language(reading.language, frame.locale)
    return Reading(
        language=language,
        intents=[_intent(seen, message, names) for seen in reading.intents[:MOST_INTENTS]],
        values=_values(reading.values[:MOST_VALUES], message, frame, language, region),
        mood=Mood.model_validate(reading.mood.model_dump()),
        unread=reading.unread,
    )


def _intent(seen: IntentSeen, message: str, names: Collection[str]) -> IntentSeen:
    name = seen.name if seen.name in names else None
    runner_up = seen.runner_up if seen.runner_up in names and seen.runner_up != name else None
    # The greater of 0 and what is no number is 0.
    return IntentSeen(
        name=name, confidence=min(1.0, max(0.0, seen.confidence)), text=_words(seen.text, message), runner_up=runner_up
    )


def _words(text: str, message: str) -> str:
    """The words as the message has them; the whole message where it has no such words."""
    if text.strip() and text in message:
        return text
    return (stands_in(message, text) if len(text) <= LONGEST_WORDS else None) or message


def _values(
    told: Sequence[ValueSeen], message: str, frame: Frame, language: str, region: str | None
) -> list[ValueSeen]:
    """Each value once, in the order in which they were told."""
    found = recognise(message, frame.asks, region or "", language) if told else []
    own = {(value.name, value.value): value for value in found}
    held = [_held(seen, own, message, region) or _meant(seen, message, frame) for seen in reversed(told)]
    return list({(value.name, value.value): value for value in held if value}.values())[::-1]


def _held(
    seen: ValueSeen, own: Mapping[tuple[str, str], ValueSeen], message: str, region: str | None
) -> ValueSeen | None:
    """The value as the message has it, or None. `own`: those that a recogniser found, by name and value."""
    value = own.get((seen.name, seen.value))
    known = seen.name in VALUE_NAMES and max(len(seen.text), len(seen.value)) <= LONGEST_VALUE
    if value is None and known and (held := settled(seen.name, seen.text, seen.value, message, region)):
        value = own.get((seen.name, held[0]), ValueSeen(name=seen.name, value=held[0], text=held[1]))
    return value.model_copy(update={"new": seen.new}) if value is not None else None


def _meant(seen: ValueSeen, message: str, frame: Frame) -> ValueSeen | None:
    """A value that the customer gave earlier, where the message has the words that stand for it: "the first order"."""
    known = len(seen.text) <= LONGEST_VALUE and seen.value in frame.told.get(seen.name, [])
    words = stands_in(message, seen.text) if known else None
    return ValueSeen(name=seen.name, value=seen.value, text=words) if words else None


def _language(told: str, locale: str) -> str:
    for tag in (told, locale):
        code = re.split(r"[-_]", tag.strip().lower())[0]
        if re.fullmatch(r"[a-z]{2}", code):
            return code
    return "en"
