"""Reading: the shape a model is asked for, and what is believed of its answer.

Believed are names of the playbook, words of the message and values that those words have; the rest is dropped. An
intent that the playbook does not know is out of scope, an answer in another shape is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, JsonValue

from agent.casefile.records import Mood
from agent.models.port import Frame, IntentChoice, IntentSeen, Reading, ValueSeen
from agent.models.values import VALUE_NAMES, settled, stands_in

MOST_INTENTS = 6
MOST_VALUES = 24

Sentiment = Literal["positive", "neutral", "negative"]
Urgency = Literal["low", "normal", "high"]


class Wire(BaseModel):
    """Base of what a model answers with: what it adds is ignored."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class IntentWire(Wire):
    """An intent as a model reports it."""

    name: str | None
    confidence: float
    text: str
    runner_up: str | None = None


class ValueWire(Wire):
    """A value as a model reports it."""

    name: str
    text: str
    value: str
    new: bool | None = None


class MoodWire(Wire):
    """The mood as a model reports it."""

    sentiment: Sentiment = "neutral"
    urgency: Urgency = "normal"
    confused: bool = False


class ReadingWire(Wire):
    """The answer to a reading prompt."""

    language: str
    intents: list[IntentWire]
    values: list[ValueWire]
    mood: MoodWire = MoodWire()


@lru_cache(maxsize=64)
def reading_schema(intents: tuple[str, ...]) -> dict[str, JsonValue]:
    """`ReadingWire` as a strict JSON schema, with these intents: every key required, nothing else allowed."""
    text: JsonValue = {"type": "string"}
    intent: JsonValue = {"type": ["string", "null"], "enum": [*intents, None]}
    other: JsonValue = {"type": ["string", "null"]}  # the names once are enough; each costs its tokens in every call
    truth: JsonValue = {"type": "boolean"}
    return strict_object(
        language=text,
        intents=_list(name=intent, confidence={"type": "number"}, text=text, runner_up=other),
        values=_list(name=_one_of(VALUE_NAMES), text=text, value=text, new={"type": ["boolean", "null"]}),
        mood=strict_object(sentiment=_one_of(get_args(Sentiment)), urgency=_one_of(get_args(Urgency)), confused=truth),
    )


def strict_object(**properties: JsonValue) -> dict[str, JsonValue]:
    """The schema of an object with exactly these properties."""
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


def _list(**properties: JsonValue) -> JsonValue:
    return {"type": "array", "items": strict_object(**properties)}


def _one_of(names: Sequence[str]) -> JsonValue:
    return {"type": "string", "enum": [*names]}


def reading_of(
    wire: ReadingWire, message: str, frame: Frame, choices: Sequence[IntentChoice], region: str | None
) -> Reading:
    """What is believed of an answer about this message. `region`: see `values.settled`."""
    names = {choice.name for choice in choices}
    seen = [_value(value, message, region) for value in wire.values[:MOST_VALUES]]
    return Reading(
        language=_language(wire.language, frame.locale),
        intents=[_intent(intent, message, names) for intent in wire.intents[:MOST_INTENTS]],
        values=list({(value.name, value.value): value for value in reversed(seen) if value}.values())[::-1],
        mood=Mood(**wire.mood.model_dump()),
    )


def _intent(intent: IntentWire, message: str, names: set[str]) -> IntentSeen:
    name = intent.name if intent.name in names else None
    runner_up = intent.runner_up if intent.runner_up in names and intent.runner_up != name else None
    return IntentSeen(
        name=name,
        confidence=min(1.0, max(0.0, intent.confidence)),
        text=stands_in(message, intent.text) or message,
        runner_up=runner_up,
    )


def _value(value: ValueWire, message: str, region: str | None) -> ValueSeen | None:
    if value.name not in VALUE_NAMES:
        return None
    believed = settled(value.name, value.text, value.value, message, region)
    return ValueSeen(name=value.name, value=believed[0], text=believed[1], new=value.new) if believed else None


def _language(told: str, locale: str) -> str:
    for tag in (told, locale):
        code = re.split(r"[-_]", tag.strip().lower())[0]
        if re.fullmatch(r"[a-z]{2}", code):
            return code
    return "en"
