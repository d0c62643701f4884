"""Steps: the tools that a model may call, and the one step that its answer comes to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue, ValidationError

from agent.casefile.records import Passage
from agent.models.calls import WrongShape
from agent.models.port import ActionStep, AnswerStep, LookupStep, ModelFailed, PersonStep, Step, ToolOffer
from agent.models.prompt import clipped
from agent.models.reading import Wire, strict_object

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

LONGEST_REASON = 300

ANSWER = "answer"
HAND_OVER = "hand_over"


class AnswerArgs(Wire):
    """The arguments of `answer`."""

    passages: list[str]
    text: str = ""


class HandOverArgs(Wire):
    """The arguments of `hand_over`."""

    reason: str


_ANSWER_ARGS = strict_object(passages={"type": "array", "items": {"type": "string"}}, text={"type": "string"})
_HAND_OVER_ARGS = strict_object(reason={"type": "string"})


def tool_calls_for(tools: Sequence[ToolOffer]) -> list[dict[str, JsonValue]]:
    """The offered tools, and the two that are always there, as an endpoint wants them."""
    return [
        *(_tool(tool.name, tool.summary, tool.schema_) for tool in tools),
        _tool(ANSWER, "Answer the customer from passages.", _ANSWER_ARGS),
        _tool(HAND_OVER, "Let a person take over.", _HAND_OVER_ARGS),
    ]


def _tool(name: str, summary: str, schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {"type": "function", "function": {"name": name, "description": summary, "parameters": schema}}


def step_of(message: AIMessage, tools: Sequence[ToolOffer], passages: Sequence[Passage]) -> Step:
    """The first tool that was called, as a step.

    Without a call: an answer when the text names passages, else a person; text that cites nothing rests on nothing.
    Raises `ModelFailed` for a tool that was not offered and for arguments that cannot be kept as JSON.
    """
    if message.invalid_tool_calls:
        raise WrongShape("the model called a tool with arguments that are no JSON object")
    if not message.tool_calls:
        cited = _found_in(str(message.text), passages)
        return AnswerStep(passages=cited) if cited else PersonStep(reason="The model proposed no step.")
    call = message.tool_calls[0]
    args = _storable(call["args"])
    if call["name"] == ANSWER:
        return _answer(args, passages)
    if call["name"] == HAND_OVER:
        return _hand_over(args)
    return _use(call["name"], args, tools)


def _use(name: str, args: dict[str, JsonValue], tools: Sequence[ToolOffer]) -> Step:
    kind = next((tool.kind for tool in tools if tool.name == name), None)
    if kind is None:
        raise ModelFailed("the model called a tool that was not offered")
    return LookupStep(tool=name, args=args) if kind == "lookup" else ActionStep(tool=name, args=args)


def _answer(args: dict[str, JsonValue], passages: Sequence[Passage]) -> Step:
    try:
        told = AnswerArgs.model_validate(args)
    except ValidationError:
        raise WrongShape("the model named no passages for its answer") from None
    known = {passage.id for passage in passages}
    return AnswerStep(passages=[name for name in dict.fromkeys(told.passages) if name in known], text=told.text)


def _hand_over(args: dict[str, JsonValue]) -> Step:
    try:
        reason = " ".join(HandOverArgs.model_validate(args).reason.split())
    except ValidationError:
        raise WrongShape("the model gave no reason for handing over") from None
    return PersonStep(reason=clipped(reason, LONGEST_REASON) or "The model wants a person.")


def _found_in(text: str, passages: Sequence[Passage]) -> list[str]:
    at = {passage.id: text.find(f"[{passage.id}]") for passage in passages}
    return sorted((name for name, place in at.items() if place >= 0), key=at.__getitem__)


def _storable(args: dict[str, Any]) -> dict[str, JsonValue]:
    """The arguments, sure to be JSON that any store takes: no NaN, half a character, or NUL."""
    try:
        text = json.dumps(args, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError):
        raise WrongShape("the model gave arguments that are not JSON") from None
    if "\\u0000" in text:
        raise WrongShape("the model gave arguments that cannot be stored")
    return args
