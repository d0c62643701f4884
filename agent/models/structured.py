"""Structured output: three ways to ask an endpoint for JSON of one shape, and a memory of which one it takes."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from agent.models.calls import RequestRefused, ServerBroke, WrongShape
from agent.models.patience import Patience
from agent.models.port import ModelFailed
from agent.models.prompt import Prompt

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage

    from agent.models.endpoint import Endpoint

T = TypeVar("T", bound=BaseModel)
_NAME = "report"


class Way(Enum):
    """How to ask for a shape, the strictest first."""

    SCHEMA = "json_schema"
    TOOL = "tool"
    OBJECT = "json_object"

    def options(self, schema: dict[str, JsonValue]) -> dict[str, Any]:
        """What goes into the request."""
        if self is Way.SCHEMA:
            shape = {"name": _NAME, "strict": True, "schema": schema}
            return {"response_format": {"type": "json_schema", "json_schema": shape}}
        if self is Way.OBJECT:
            return {"response_format": {"type": "json_object"}}
        function = {"name": _NAME, "description": "Report what the message says.", "parameters": schema}
        return {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": _NAME}},
            "parallel_tool_calls": False,
        }

    def parsed(self, answer: AIMessage, shape: type[T]) -> T:
        """Raises `WrongShape`."""
        try:
            if self is Way.TOOL:
                return shape.model_validate(answer.tool_calls[0]["args"] if answer.tool_calls else None)
            text = str(answer.text)
            return shape.model_validate_json(text[text.find("{") : text.rfind("}") + 1])
        except ValidationError:
            raise WrongShape("the model did not answer in the agreed shape") from None


class Structured:
    """Asks one endpoint for shapes; once a way has worked, only that one is used."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._works: Way | None = None

    async def ask(self, prompt: Prompt, shape: type[T], schema: dict[str, JsonValue], patience: Patience) -> T:
        """Raises `ModelFailed` when no way gives the shape.

        While none has worked yet, a refusal, a server error or another shape leads to the next way: endpoints tell
        in each of these manners that they do not know a kind of request. Later a refusal only unsettles the way.
        """
        failure: ModelFailed = WrongShape("the model did not answer in the agreed shape")
        for way in [self._works] if self._works else list(Way):
            try:
                answer = await self._endpoint.ask("read", prompt, patience, **way.options(schema))
                parsed = way.parsed(answer, shape)
            except (RequestRefused, ServerBroke, WrongShape) as error:
                failure = error
                if isinstance(error, RequestRefused):
                    self._works = None
            else:
                self._works = way
                return parsed
        raise failure
