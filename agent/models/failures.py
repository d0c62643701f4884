"""Failures: what an endpoint's errors and unusable answers are called here, each in one short sentence.

None of them quotes the endpoint: what it says may hold what a customer wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import openai
from langchain_core.messages import AIMessage, BaseMessage

from agent.models.calls import ModelDown, RequestRefused, ServerBroke
from agent.models.port import ModelFailed

_FAILURES = (openai.OpenAIError, OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError, Warning)
"""All that the client raises for what an endpoint does, or for what it cannot make of its answer."""


@contextmanager
def failures_named() -> Iterator[None]:
    """Raises `ModelFailed` for each of them."""
    try:
        yield
    except _FAILURES as error:
        # The client warns of some refusals before it passes them on; where warnings are errors, that is what arrives.
        raise _named(error.__context__ or error if isinstance(error, Warning) else error) from error


def _named(error: BaseException) -> ModelFailed:
    if isinstance(error, (TimeoutError, openai.APITimeoutError)):
        return ModelDown("the endpoint gave no answer in time")
    if isinstance(error, openai.APIConnectionError):
        return ModelDown("the endpoint cannot be reached, or broke off")
    if isinstance(error, openai.LengthFinishReasonError):
        return ModelFailed("the answer was cut off")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelFailed("the model refused to answer")
    if isinstance(error, openai.APIStatusError):
        return _status_named(error.status_code, str(error), _wait(error.response.headers.get("retry-after", "")))
    return ModelDown("the endpoint's answer cannot be read")


def _status_named(status: int, told: str, again_after_s: float) -> ModelFailed:
    if status in {400, 422}:
        return RequestRefused(status, told)
    if status >= 500:
        return ServerBroke(f"the endpoint broke ({status})", again_after_s)
    return ModelDown(f"the endpoint answered {status}", again_after_s)


def _wait(retry_after: str) -> float:
    """Seconds of a Retry-After header; a date in it, or nothing, is no wait that a turn could plan with."""
    return float(retry_after) if re.fullmatch(r"\d{1,6}(?:\.\d{1,3})?", retry_after.strip()) else 0.0


def usable(answer: BaseMessage) -> AIMessage:
    """The answer, when it is whole, unrefused and not empty. Raises `ModelFailed`."""
    if not isinstance(answer, AIMessage):
        raise ModelDown("the endpoint's answer cannot be read")
    if answer.additional_kwargs.get("refusal"):
        raise ModelFailed("the model refused to answer")
    check_ending(answer.response_metadata.get("finish_reason"))
    if not (str(answer.text).strip() or answer.tool_calls or answer.invalid_tool_calls):
        raise ModelFailed("the answer was empty")
    return answer


def check_ending(reason: object) -> None:
    """Raises `ModelFailed` for a `finish_reason` that leaves an answer incomplete; None: it never came."""
    if reason is None:
        raise ModelDown("the answer broke off")
    if reason == "length":
        raise ModelFailed("the answer was cut off")
    if reason == "content_filter":
        raise ModelFailed("the model refused to answer")
