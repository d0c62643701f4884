"""What a turn carries from node to node: small, JSON-like, and rebuilt from the case file at any time."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue
from typing_extensions import TypedDict

Route = Literal[
    "retrieve", "propose", "look_up", "decide", "confirm", "submit", "approve", "act", "reply", "escalate", "end"
]


class Message(TypedDict):
    """A line of the conversation as chat clients show it."""

    role: str
    content: str


class Step(TypedDict, total=False):
    """What happens next: chosen by `propose`, made sharper by `decide`, told by `reply`."""

    kind: Literal[
        "look_up", "action", "say", "ask", "code", "answer", "unanswered", "choice", "pick", "social", "waiting",
        "declined", "gone", "missing", "refused", "confirm", "submitted", "decided", "outcome", "person", "nothing",
    ]  # fmt: skip
    intent: str | None
    tool: str
    args: dict[str, JsonValue]
    found: dict[str, dict[str, JsonValue]]
    wording: str
    names: list[str]
    options: list[dict[str, str]]
    """Of a `pick`: `{value, text}` each, as they are shown."""
    many: bool
    more: bool
    """Of a `pick`: there are others besides these."""
    proof: list[str]
    reason: str


class State(TypedDict, total=False):
    """The graph's state; `messages` is a bounded window, so that Studio shows the chat."""

    messages: list[Message]
    step: Step
    route: Route


class Update(TypedDict, total=False):
    """What a node changes."""

    messages: list[Message]
    step: Step
    route: Route
