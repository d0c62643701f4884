"""Evidence: what a sentence may rest on: passages, the customer's words, what was said, and what was done and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import JsonValue

from agent.speech.bearing import Bearing
from agent.speech.readback import parsed, scalars
from agent.speech.tool import Tool
from agent.speech.values import figures_of, shape_of, tokens, words

CallState = Literal["verified", "failed", "unknown"]


@dataclass(frozen=True)
class Call:
    """A tool that was called, and what came of it."""

    tool: str
    args: Mapping[str, JsonValue]
    result: JsonValue = None
    state: CallState = "verified"


@dataclass(frozen=True)
class Said:
    """A line of the conversation before the answer at hand."""

    who: Literal["customer", "agent"]
    text: str
    at: int
    """How many calls had been made before it."""


class History:
    """What was read, done and said in a case, in order, and what follows from it for each call."""

    def __init__(
        self, tools: Sequence[Tool] = (), calls: Sequence[Call] = (), talk: Sequence[Said] = (), since: int = 0
    ) -> None:
        """`since`: the first call that this answer is about."""
        self.tools = {tool.name: tool for tool in tools}
        self.calls, self.talk, self.since = [_unwrapped(call, self.tools) for call in calls], talk, since
        self._borne: dict[int, Bearing] = {}

    def tool(self, name: str) -> Tool:
        """Its declaration; one that is not declared is known by its name alone."""
        return self.tools.get(name) or self.tools.setdefault(name, Tool(name))

    def changes(self) -> list[int]:
        """The places of the calls that were to change something, the last one first."""
        return [at for at in reversed(range(len(self.calls))) if self.tool(self.calls[at].tool).changes]

    @cached_property
    def done(self) -> frozenset[str]:
        """The figures of all that was changed."""
        changes = [self.calls[at] for at in self.changes() if self.calls[at].state == "verified"]
        return frozenset(f for call in changes for value in scalars(call.args) for f in figures_of(value))

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What tools are named after that the lexicon does not know."""
        return frozenset(tool.verb for tool in self.tools.values() if tool.changes and tool.verb)

    def looks(self) -> list[int]:
        """The places of the calls that only read and were answered, the last one first."""
        changing = set(self.changes())
        return [
            at for at in reversed(range(len(self.calls))) if at not in changing and self.calls[at].state == "verified"
        ]

    def bearing(self, at: int) -> Bearing:
        """What the call at this place bears out."""
        if at not in self._borne:
            self._borne[at] = Bearing(self, at)
        return self._borne[at]

    def records(self, until: int | None = None) -> Iterator[JsonValue]:
        """What calls that did not fail gave back, before the call at that place."""
        for call in self.calls[:until]:
            if call.state == "verified":
                yield call.result

    @cached_property
    def talked(self) -> frozenset[str]:
        """The words of the conversation so far."""
        return frozenset(word for line in self.talk for word in words(line.text))

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The figures of the conversation."""
        found = [figure for line in self.talk for figure in figures_of(line.text)]
        return frozenset(found) | frozenset(part for figure in found for part in re.split(r"[-/:]", figure))

    def latest(self, before: int, shape: str, by: str = "") -> frozenset[str]:
        """The ids of one shape in the last line that has any, among the lines before a call; `by`: whose lines."""
        for line in reversed(self.talk):
            if (
                line.at <= before
                and by in ("", line.who)
                and (found := {token for token in tokens(line.text) if shape_of(token) == shape})
            ):
                return frozenset(found)
        return frozenset()


@dataclass(frozen=True)
class Evidence:
    """What a sentence may rest on."""

    passages: Sequence[str]
    customer: Sequence[str] = ()
    """The customer's own words: ids in them may be named, their amounts and dates prove nothing."""
    said: Sequence[str] = ()
    """The sentences of this answer that were sent already."""
    language: str = "en"
    """ISO 639-1; what is told as done is read in those that have a lexicon, what passages carry in `en`."""
    history: History = field(default_factory=History)
    """What was done and read in this case."""
    around: str = ""
    """What is said in the same breath, where it is known already."""


def _unwrapped(call: Call, tools: Mapping[str, Tool]) -> Call:
    """A call of a tool that calls another one, whose name and arguments it takes, is a call of that one."""
    named = [value for value in call.args.values() if isinstance(value, str) and value in tools]
    inner = next((value for value in map(parsed, call.args.values()) if isinstance(value, dict)), None)
    return Call(named[0], inner or {}, call.result, call.state) if named else call
