"""Reading: the shape an endpoint is asked for, and its answer as a reading. An answer in another shape is none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, JsonValue

from agent.casefile.records import Mood
from agent.models.belief import believed
from agent.models.port import Frame, IntentChoice, IntentSeen, Reading, ValueSeen

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


@cache
def reading_schema() -> dict[str, JsonValue]:
    """`ReadingWire` as a strict JSON schema: every key required, nothing else allowed.

    Names are plain texts: the prompt lists them, and to list them again would cost their tokens in every call.
    """
    text: JsonValue = {"type": "string"}
    other: JsonValue = {"type": ["string", "null"]}
    truth: JsonValue = {"type": "boolean"}
    return strict_object(
        language=text,
        intents=_list(name=other, confidence={"type": "number"}, text=text, runner_up=other),
        values=_list(name=text, text=text, value=text, new={"type": ["boolean", "null"]}),
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
    told = Reading(
        language=wire.language,
        intents=[IntentSeen(**intent.model_dump()) for intent in wire.intents],
        values=[ValueSeen(**value.model_dump()) for value in wire.values],
        mood=Mood(**wire.mood.model_dump()),
    )
    return believed(told, message, frame, {choice.name for choice in choices}, region)
