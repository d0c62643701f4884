"""A call to a model's endpoint: what it cost, and the ways in which it fails that the caller can tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.models.port import ModelFailed

CallKind = Literal["read", "propose", "word"]


@dataclass(frozen=True, kw_only=True)
class CallStats:
    """One HTTP call, whatever came of it. Token counts are the endpoint's own; None where it told none."""

    kind: CallKind
    seconds: float
    prompt_tokens: int | None
    completion_tokens: int | None
    failure: str | None
    """None: an answer came, which may still turn out to be unusable."""


class ModelDown(ModelFailed):
    """The endpoint itself failed: unreachable, slow, overloaded or broken. It says nothing about what was asked."""

    def __init__(self, told: str, again_after_s: float = 0.0) -> None:
        super().__init__(told)
        self.again_after_s = again_after_s
        """How long the endpoint wants to be left alone before it is asked again."""


class ServerBroke(ModelDown):
    """The endpoint answered with a 5xx; some do so for a kind of request that they do not know."""


class RequestRefused(ModelFailed):
    """The endpoint refused the request as it was written (400 or 422)."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(f"the endpoint refused the request ({status})")
        self.told = told
        """The endpoint's own words, to look for the name of an option in; not fit for people."""


class WrongShape(ModelFailed):
    """There was an answer, but not in the agreed shape."""
