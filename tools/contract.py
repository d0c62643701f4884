"""The contract of a tool: what it reads or changes, at which risk, and what proves it.

A `Lookup` changes nothing. An `Action` changes one record of one system, and cannot be declared without an
arguments model, a risk class, the kind of key its system recognises a repeat by, a `run`, and a `verify` that looks
at the system again by another call than the write. Tools get the customer they work for from the server
(`Scope`); no argument can name another one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Self, Union, get_origin

from pydantic import BaseModel, ConfigDict, JsonValue

from tools.finding import Finding, Record


class Risk(StrEnum):
    """The class of an action, mildest first; a company's `actions.yaml` may only make it stricter."""

    LOW = "low_risk"
    CUSTOMER_CONFIRMED = "customer_confirmed"
    HUMAN_APPROVED = "human_approved"
    FORBIDDEN = "forbidden"


class KeyKind(StrEnum):
    """How a system recognises that a call is a repeat."""

    IDEMPOTENCY_KEY = "idempotency_key"
    """The system honours a key sent with the call: a second call with it changes nothing."""
    CONDITION = "condition"
    """The call names the record's own id or version, so that the system refuses a second one."""
    MARKER = "marker"
    """The key stands in the record's text, where a read finds it; the system itself does not look at it."""
    NONE = "none"
    """Nothing tells a repeat from a new call."""

    @property
    def is_safe_to_repeat(self) -> bool:
        """Whether a call whose fate is unknown may be sent again; else it is only read back."""
        return self in (KeyKind.IDEMPOTENCY_KEY, KeyKind.CONDITION)


class ToolRefused(Exception):
    """The system understood the call and said no; nothing was changed by it."""


class ToolLost(Exception):
    """No usable answer: a timeout, a cut connection, a server error. The call may have had its effect."""

    def __init__(self, reason: str, *, answered: bool = False, advice: str = "") -> None:
        super().__init__(reason)
        self.answered = answered
        """True when no effect can arrive later: the system did finish with the call (a 5xx), or nothing was sent."""
        self.advice = advice
        """What a person can do so that it is not lost again; "" where nothing more is known."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """For whom a tool works: bound by the server, never by an argument or a model."""

    tenant: str
    case_id: str
    customer_id: str | None
    """None while nobody has been identified: only tools for identification run then."""
    effect: str = ""
    """The key of the effect that an action's `before`, `run` and `verify` are about; "" for a lookup."""

    def customer(self) -> str:
        """The customer's id. Raises `ToolRefused` while nobody has been identified."""
        if self.customer_id is None:
            raise ToolRefused("Nobody has been identified in this case, so nothing can be changed for them.")
        return self.customer_id


@dataclass(frozen=True, kw_only=True)
class Target:
    """The record that an action changes."""

    kind: str
    id: str
    """Empty for the record of the customer in scope, whom no argument can name; `Action.aim` fills it in."""


class Arguments(BaseModel):
    """Base of all argument models: exact, immutable, JSON-like scalars only, so that rules can name each one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FactKind = Literal["string", "int", "double", "bool"]
_SCALARS: dict[type, FactKind] = {str: "string", bool: "bool", int: "int", float: "double", Decimal: "double"}


def scalars(model: type[BaseModel], *, optional: bool = False) -> dict[str, FactKind]:
    """The scalar fields of arguments or of a result, which rules can name; with `optional` those that may be None."""
    kinds = {name: _fact(field.annotation, optional) for name, field in model.model_fields.items()}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _fact(annotation: Any, optional: bool) -> FactKind | None:
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    choices = [value if isinstance(value, type) else type(value) for value in getattr(annotation, "__args__", ())]
    if optional and get_origin(annotation) in (Union, UnionType):
        choices = [choice for choice in choices if choice is not NoneType]
    elif get_origin(annotation) is not Literal:
        return None
    kinds = {_fact(choice, optional) for choice in choices}
    return kinds.pop() if len(kinds) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """A tool that reads. `run` gives the typed result, or None for no such record *of the customer in scope*."""

    name: str
    summary: str
    system: str
    args: type[Arguments]
    result: type[BaseModel]
    """Its scalar fields become facts for rules, under `subject`."""
    subject: str
    """The name the result goes by in workflows, wording and rules: `order`, `customer`."""
    run: Callable[[Any, Scope], Awaitable[BaseModel | None]]
    """Raises `ToolLost` when the system cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Compensation:
    """The action that takes another one back, with its exact arguments."""

    action: str
    args: Record


@dataclass(frozen=True)
class Undo:
    """What takes an action back: which other one does, and with which arguments."""

    action: str
    args: Callable[[Any, JsonValue], Record | None]
    """From the arguments and what `before` read; None where nothing can take it back."""

    def __call__(self, args: Any, before: JsonValue) -> Compensation | None:
        """The exact call that would take back what was done with these arguments, on what was there before."""
        wanted = self.args(args, before)
        return None if wanted is None else Compensation(action=self.action, args=wanted)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A tool that changes one record, and how to prove that it did."""

    name: str
    summary: str
    system: str
    args: type[Arguments]
    risk: Risk
    key: KeyKind
    target: Callable[[Any], Target]
    before: Callable[[Any, Scope], Awaitable[JsonValue]]
    """Reads what `verify` compares with, before the write; kept in the case file. Raises `ToolLost`, `ToolRefused`."""
    run: Callable[[Any, Scope, str], Awaitable[Record]]
    """Makes the change with the effect's key. Raises `ToolRefused` or `ToolLost`; its answer proves nothing.

    A `log` in the answer, step by step, is kept in the receipt.
    """
    verify: Callable[[Any, Scope, JsonValue], Awaitable[Finding]]
    """Reads the system again, by another call than the write. Raises `ToolLost`."""
    undo: Undo | None = None
    """What would take it back; None where nothing can."""
    proof: str = "read again"
    """What `verify` reads, in a few words for people."""
    queued: bool = False
    """The system's yes means that it will see to it: what is absent after a yes is looked at again later."""

    def aim(self, args: Any, scope: Scope) -> Target:
        """The record that the action changes for the customer in scope."""
        target = self.target(args)
        return target if target.id else replace(target, id=scope.customer_id or "")


Tool = Lookup | Action


@dataclass(frozen=True)
class Catalog:
    """All tools a company has, by name."""

    tools: Mapping[str, Tool] = field(default_factory=dict)

    @classmethod
    def of(cls, *tools: Tool) -> Self:
        """Raises ValueError when two tools share a name."""
        named = {tool.name: tool for tool in tools}
        if len(named) != len(tools):
            raise ValueError("Two tools share a name; each tool needs its own.")
        return cls(named)

    def lookup(self, name: str) -> Lookup:
        """Raises KeyError when there is no such lookup."""
        tool = self.tools[name]
        if not isinstance(tool, Lookup):
            raise KeyError(name)
        return tool

    def action(self, name: str) -> Action:
        """Raises KeyError when there is no such action."""
        tool = self.tools[name]
        if not isinstance(tool, Action):
            raise KeyError(name)
        return tool

    @property
    def lookups(self) -> list[Lookup]:
        """All tools that read."""
        return [tool for tool in self.tools.values() if isinstance(tool, Lookup)]

    @property
    def actions(self) -> list[Action]:
        """All tools that change something."""
        return [tool for tool in self.tools.values() if isinstance(tool, Action)]
