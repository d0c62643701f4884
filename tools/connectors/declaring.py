"""Declared tools: what a company writes of the operations of a system that describes itself by schemas.

A declaration names an operation and says where each argument goes, where the customer in scope goes, and what shows
whose a record is. An action names the read that proves it, and cannot be declared without. Which operations there are,
and how they are called, is for the kind of system (`Operations`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal, Protocol, Self
from urllib.parse import urlsplit

from pydantic import Discriminator, Field, JsonValue, Tag, model_validator

from tools.connectors.connection import Needs
from tools.contract import Risk
from tools.declared import Declared, Secret
from tools.schemas import ScalarName, Schema

ToolName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]


def address(url: str) -> str:
    """An address that holds neither secrets nor anything behind its path. Raises ValueError for another."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("write an address like https://crm.example.com/api, without anything behind it.")
    return url


class Auth(Declared):
    """The header that lets us in: `prefix` and the secret."""

    header: str = "Authorization"
    prefix: str = "Bearer "
    secret: Secret

    def headers(self, needs: Needs) -> dict[str, str]:
        """The header itself. Raises DeclarationError when the secret is missing."""
        return {self.header: self.prefix + needs.secret(self.secret)}


class Argument(Declared):
    """The value of an argument of the tool."""

    arg: ToolName
    required: bool = False
    """True: it has to be given, even where the system could do without."""


class Bound(Declared):
    """The id of the customer in scope: the server puts it there."""

    scope: Literal["customer_id"]
    type: Literal["string", "integer"] = "string"
    """As what the system wants it."""
    within: str = "{}"
    """A text in which the id stands at `{}`, for a system that is asked in a language of its own."""

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        if self.within.count("{}") != 1:
            raise ValueError("the customer's id stands in one place of `within`: write {} there.")
        return self


def _kind_of_value(value: Any) -> str:
    if isinstance(value, Bound) or (isinstance(value, dict) and "scope" in value):
        return "bound"
    return "argument" if isinstance(value, Argument | dict) else "plain"


Value = Annotated[
    Annotated[Argument, Tag("argument")]
    | Annotated[Bound, Tag("bound")]
    | Annotated[str | int | float | bool, Tag("plain")],
    Discriminator(_kind_of_value),
]
Sent = dict[str, Value]
"""Place in the operation → what goes there."""


class More(Declared):
    """How the rest of a list is read that is answered in pages."""

    at: str
    """The way, in the answer, to what leads on; nothing there ends the list."""
    to: str | None = None
    """The place of the operation where that goes, as a cursor does. Without one it is an address, and what its query
    says is sent with the same read: nothing else is ever asked, and not about anybody else."""


class Reading(Declared):
    """A read of the system, and which record of its answer is meant."""

    read: str
    """The operation."""
    send: Sent = {}
    find: str = ""
    """The way to the record, or the list, in the answer: `data.items`; a number is a place in a list."""
    more: More | None = None
    """For a list in pages."""
    where: Sent = {}
    """Field → value of the record that is meant; needed when the answer is a list."""
    owner: str | None = None
    """The field that has to be the customer in scope; a record of somebody else does not exist."""


class Fact(Declared):
    """A fact of a lookup's result."""

    at: str
    """The way to it in the record."""
    type: ScalarName | None = None
    """Where the schema does not say."""
    default: str | int | float | bool | None = None
    """What it is where the system says nothing."""


class LookupDeclaration(Declared):
    """A tool that reads."""

    lookup: Reading
    subject: ToolName
    summary: str | None = None
    result: Annotated[dict[ToolName, Fact], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _short_facts(cls, value: Any) -> Any:
        """`status: state.name` is short for `status: {at: state.name}`."""
        result = value.get("result")
        if not isinstance(result, dict):
            return value
        return value | {"result": {n: {"at": fact} if isinstance(fact, str) else fact for n, fact in result.items()}}


class Proof(Reading):
    """The read that proves an action, over the whole record."""

    changed: Sent = {}
    """Field → value that the record has then."""
    added: Sent = {}
    """Field → value of the one record that the list has gained."""
    gone: Literal[True] | None = None
    """The record is there no more, whoever it may belong to."""
    pending: dict[str, list[str]] = {}
    """Field → values with which the system says that it has not done it yet."""
    follows: list[str] = []
    """The ways to what may change with it in the record, as a time of change does."""
    id: str = "id"
    """The field by which records of a list are told apart."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if sum(map(bool, (self.changed, self.added, self.gone))) != 1:
            raise ValueError(
                "a proof says what has `changed` in a record, what a list has gained (`added`), or that the record is "
                "`gone`; write one of them."
            )
        return self


class Key(Declared):
    """How the system knows a repeat, and the place where the key goes."""

    idempotency_key: str | None = None
    marker: str | None = None
    condition: str | None = None
    """Here it is the version that the record has, so that the system refuses to change another one."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("write {idempotency_key: PLACE}, {marker: PLACE} or {condition: PLACE}.")
        return self


class Aim(Declared):
    """The record that an action changes; without an id the customer's own."""

    kind: str
    id: Argument | None = None


class Before(Declared):
    """A value of the record as it was: the way to it."""

    before: str


def _kind_of_return(value: Any) -> str:
    if isinstance(value, Before) or (isinstance(value, dict) and "before" in value):
        return "before"
    return _kind_of_value(value)


class Undo(Declared):
    """The action that takes it back, with its arguments; what has no value for one of them cannot be taken back."""

    action: ToolName
    with_: dict[
        ToolName,
        Annotated[
            Annotated[Argument, Tag("argument")]
            | Annotated[Before, Tag("before")]
            | Annotated[str | int | float | bool, Tag("plain")],
            Discriminator(_kind_of_return),
        ],
    ] = Field(alias="with", min_length=1)


class ActionDeclaration(Declared):
    """A tool that changes a record."""

    action: str
    """The operation."""
    summary: str | None = None
    risk: Risk
    key: Key | Literal["condition", "none"]
    send: Sent
    target: Aim
    owns: Reading | None = None
    """A record that has to be the customer's before anything is sent."""
    proof: Proof
    undo: Undo | None = None

    @model_validator(mode="after")
    def _known_before(self) -> Self:
        if self.undo and self.proof.added and any(isinstance(value, Before) for value in self.undo.with_.values()):
            raise ValueError("what was not there before has no values from then; `before` goes with `changed`.")
        return self


def _kind(value: Any) -> str:
    if value == "forbidden":
        return "forbidden"
    return "action" if isinstance(value, dict) and "action" in value else "lookup"


ToolDeclaration = Annotated[
    Annotated[LookupDeclaration, Tag("lookup")]
    | Annotated[ActionDeclaration, Tag("action")]
    | Annotated[Literal["forbidden"], Tag("forbidden")],
    Discriminator(_kind),
]
Tools = dict[ToolName, ToolDeclaration]


Version = Callable[[Mapping[str, JsonValue]], Awaitable[str]]
"""Makes a read, and tells which version of the record the system has. Raises ToolLost."""


class Operations(Protocol):
    """A system that describes what it can do. Methods that look at the description raise DeclarationError."""

    def reads(self, operation: str) -> None:
        """Nothing, when the operation only reads."""

    def writes(self, operation: str) -> None:
        """Nothing, when the operation may change something."""

    def version(self, operation: str) -> Version:
        """How a read tells the version."""

    def leads_on(self, operation: str) -> Callable[[str], dict[str, JsonValue]]:
        """How an address that leads on in a list is followed: place → what goes there."""

    def summary(self, operation: str) -> str:
        """What it says of itself."""

    def place(self, operation: str, place: str) -> Schema:
        """The schema of a place where a value goes."""

    def required(self, operation: str) -> set[str]:
        """The places that have to have a value."""

    def answer(self, operation: str) -> Schema:
        """The schema of what it answers."""

    async def read(self, operation: str, sent: Mapping[str, JsonValue]) -> JsonValue:
        """What it answers; None when there is nothing. Raises ToolLost."""

    async def write(self, operation: str, sent: Mapping[str, JsonValue]) -> JsonValue:
        """What it answers. Raises ToolLost, ToolRefused."""


def operations_of(declared: ToolDeclaration) -> set[str]:
    """The operations that a tool uses."""
    match declared:
        case LookupDeclaration():
            return {declared.lookup.read}
        case ActionDeclaration():
            owns = {declared.owns.read} if declared.owns else set()
            return {declared.action, declared.proof.read} | owns
        case _:
            return set()


def nested(sent: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`{"a.b": 1}` as `{"a": {"b": 1}}`."""
    whole: dict[str, Any] = {}
    for way, value in sent.items():
        *outer, last = way.split(".")
        inner = whole
        for step in outer:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return whole
