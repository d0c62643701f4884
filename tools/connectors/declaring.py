"""Declared tools: lookups and actions of a system that describes itself by schemas, written down in YAML.

A declaration names an operation of the system and says where each argument goes, where the customer in scope goes,
and what shows whose a record is. An action names the read that proves it, and cannot be declared without. Which
operations there are, and how they are called, is for the kind of system (`Operations`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Discriminator, Field, JsonValue, Tag, model_validator

from tools.calls import as_read
from tools.connectors.connection import Needs, Secret, forbidden
from tools.contract import (
    Action,
    Arguments,
    Finding,
    KeyKind,
    Lookup,
    Record,
    Risk,
    Scope,
    Snapshot,
    Target,
    Tool,
    ToolLost,
    ToolRefused,
    same,
)
from tools.declared import DeclarationError, Declared
from tools.schemas import ScalarName, Schema, arguments, facts

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


Value = Argument | Bound | str | int | float | bool
Sent = dict[str, Value]
"""Place in the operation → what goes there."""


class Reading(Declared):
    """A read of the system, and which record of its answer is meant."""

    read: str
    """The operation."""
    send: Sent = {}
    find: str = ""
    """The way to the record, or the list, in the answer: `data.items`."""
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
    pending: dict[str, list[str]] = {}
    """Field → values with which the system says that it has not done it yet."""
    follows: list[str] = []
    """Fields of the record that may change with it, as a time of change does."""
    id: str = "id"
    """The field by which records of a list are told apart."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.changed) == bool(self.added):
            raise ValueError("a proof says what has changed in a record, or what a list has gained; write one of them.")
        return self


class Key(Declared):
    """How the system knows a repeat, and the place where the key goes."""

    idempotency_key: str | None = None
    marker: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.idempotency_key is None) == (self.marker is None):
            raise ValueError("write {idempotency_key: PLACE} or {marker: PLACE}.")
        return self


class Aim(Declared):
    """The record that an action changes; without an id the customer's own."""

    kind: str
    id: Argument | None = None


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


class Operations(Protocol):
    """A system that describes what it can do. Methods that look at the description raise DeclarationError."""

    def reads(self, operation: str) -> None:
        """Nothing, when the operation only reads."""

    def writes(self, operation: str) -> None:
        """Nothing, when the operation may change something."""

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


def built(operations: Operations, name: str, declared: ToolDeclaration, system: str) -> Tool:
    """The tool of a declaration. Raises DeclarationError, without the tool's name."""
    match declared:
        case LookupDeclaration():
            return _lookup(operations, name, declared, system)
        case ActionDeclaration():
            return _action(operations, name, declared, system)
        case _:
            return forbidden(name, "", system)


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


def _lookup(operations: Operations, name: str, declared: LookupDeclaration, system: str) -> Lookup:
    reading = _Read(operations, declared.lookup)
    reading.check()
    _names_nobody({**declared.lookup.send, **declared.lookup.where}, declared.lookup)
    record = reading.record_schema()
    result = facts(f"{name}_result", {fact: _typed(record, fact, told) for fact, told in declared.result.items()})
    places = _places(operations, declared.lookup.read, declared.lookup.send)
    for field, value in declared.lookup.where.items():
        if isinstance(value, Argument) and value.arg not in places:
            places[value.arg] = [record.at(field)], False
    args = arguments(f"{name}_arguments", places)
    looking = _Lookup(reading, result, declared.result)
    return Lookup(
        name=name,
        summary=declared.summary or operations.summary(declared.lookup.read),
        system=system,
        args=args,
        result=result,
        subject=declared.subject,
        run=looking.run,
    )


def _action(operations: Operations, name: str, declared: ActionDeclaration, system: str) -> Action:
    operations.writes(declared.action)
    sent = dict(declared.send)
    key, place = _key(declared)
    if place is not None:
        if place in sent:
            raise DeclarationError(f"the key goes to '{place}', and so does something else.")
        operations.place(declared.action, place)
    _check_sent(operations, declared.action, sent, {place} if place else set())
    _names_nobody(sent, declared.proof, *([declared.owns] if declared.owns else []))
    args = arguments(f"{name}_arguments", _places(operations, declared.action, sent))
    proof = _Proof(operations, declared.proof)
    owns = _Read(operations, declared.owns) if declared.owns else None
    for reading in (proof, owns) if owns else (proof,):
        reading.check()
        _known_arguments(args, [*reading.declared.send.values(), *reading.declared.where.values()])
    _known_arguments(args, [*declared.proof.changed.values(), *declared.proof.added.values(), declared.target.id or ""])
    if declared.proof.added and owns is None and not any(isinstance(value, Bound) for value in sent.values()):
        raise DeclarationError("nothing makes the new record the customer's; send {scope: customer_id}, or add `owns`.")
    doing = _Action(operations, declared, proof, owns, place)
    return Action(
        name=name,
        summary=declared.summary or operations.summary(declared.action),
        system=system,
        args=args,
        risk=declared.risk,
        key=key,
        target=doing.target,
        before=doing.before,
        run=doing.run,
        verify=proof.verify,
        proof=declared.proof.read,
    )


def _key(declared: ActionDeclaration) -> tuple[KeyKind, str | None]:
    match declared.key:
        case Key(idempotency_key=str() as place):
            return KeyKind.IDEMPOTENCY_KEY, place
        case Key(marker=place):
            return KeyKind.MARKER, place
        case kind:
            return KeyKind(kind), None


def _typed(record: Schema, fact: str, told: Fact) -> tuple[ScalarName, JsonValue]:
    kind = told.type
    if kind is None:
        try:
            found = record.at(told.at)
        except DeclarationError as error:
            raise DeclarationError(f"the record has no '{told.at}': {error}") from None
        kind = found.scalar
        if kind == "string" and told.default is None and not found.always:
            return kind, ""
    if kind is None:
        raise DeclarationError(f"the type of '{fact}' is not known; write {{at: {told.at}, type: string}} or another.")
    return kind, told.default


def _places(operations: Operations, operation: str, sent: Sent) -> dict[str, tuple[list[Schema], bool]]:
    """Each argument with the schemas of the places it goes to, and whether all of them may be left empty."""
    required, places = operations.required(operation), dict[str, tuple[list[Schema], bool]]()
    for place, value in sent.items():
        if isinstance(value, Argument):
            schemas, optional = places.get(value.arg, ([], True))
            schema = operations.place(operation, place)
            places[value.arg] = [*schemas, schema], optional and place not in required and not value.required
    return places


def _check_sent(operations: Operations, operation: str, sent: Sent, filled: set[str]) -> None:
    for place, value in sent.items():
        schema = operations.place(operation, place)
        if not isinstance(value, Argument | Bound) and (wrong := schema.objection(value)) is not None:
            raise DeclarationError(f"'{place}' cannot be {value!r}: {wrong}.")
    if missing := sorted(operations.required(operation) - sent.keys() - filled):
        raise DeclarationError(f"'{operation}' needs '{missing[0]}'; say under `send` what goes there.")


def _names_nobody(sent: Sent, *readings: Reading) -> None:
    """No argument goes where the customer goes: whose record is touched is bound by the server."""
    owners = {"customer_id", *(reading.owner for reading in readings)}
    for place, value in sent.items():
        if isinstance(value, Argument) and {value.arg, place.rpartition(".")[2]} & owners:
            raise DeclarationError(f"no argument names a customer; send {{scope: customer_id}} to '{place}'.")


def _known_arguments(args: type[Arguments], values: list[Value]) -> None:
    for value in values:
        if isinstance(value, Argument) and value.arg not in args.model_fields:
            raise DeclarationError(f"'{value.arg}' is no argument of the tool: nothing under its `send` takes it.")


def _resolved(values: Sent, args: Any, scope: Scope) -> dict[str, JsonValue]:
    """What goes where; an argument that was left out goes nowhere."""
    found = {place: _value(value, args, scope) for place, value in values.items()}
    return {place: value for place, value in found.items() if value is not None}


def _value(value: Value, args: Any, scope: Scope) -> JsonValue:
    match value:
        case Argument(arg=name):
            found: JsonValue = args.model_dump(mode="json")[name]
            return found
        case Bound(type="integer"):
            return int(scope.customer()) if scope.customer().isdecimal() else scope.customer()
        case Bound():
            return scope.customer()
        case _:
            return value


@dataclass(frozen=True)
class _Read:
    operations: Operations
    declared: Reading

    def check(self) -> None:
        """Raises DeclarationError when it may read what is somebody else's, or cannot be made at all."""
        read, send = self.declared.read, self.declared.send
        self.operations.reads(read)
        _check_sent(self.operations, read, send, set())
        required = self.operations.required(read)
        bound = any(isinstance(value, Bound) and place in required for place, value in send.items())
        if self.declared.owner is None and not bound:
            advice = "name the field that says so under `owner`, or send {scope: customer_id} to a place it needs"
            raise DeclarationError(f"nothing shows whose the record of '{read}' is; {advice}.")

    def record_schema(self) -> Schema:
        """The schema of the record."""
        found = self.operations.answer(self.declared.read).at(self.declared.find)
        return found.items if self.declared.where and found.scalar is None and "properties" not in found.raw else found

    async def found(self, args: Any, scope: Scope) -> JsonValue:
        """The record or the list that the answer has. Raises ToolLost, ToolRefused."""
        answer = await self.operations.read(self.declared.read, _resolved(self.declared.send, args, scope))
        return _part(answer, self.declared.find)

    async def record(self, args: Any, scope: Scope) -> Record | None:
        """The one record that is meant, when it is the customer's. Raises ToolLost, ToolRefused."""
        found = await self.found(args, scope)
        rows: list[JsonValue] = found if isinstance(found, list) else [] if found is None else [found]
        meant = [row for row in self.records(rows, scope) if self._is_meant(row, args, scope)]
        if len(meant) > 1:
            raise ToolLost(f"The system answered with {len(meant)} records where one was meant.", answered=True)
        return meant[0] if meant else None

    def records(self, rows: list[JsonValue], scope: Scope) -> Iterator[Record]:
        """Those of the customer in scope. Raises ToolLost for what is no record."""
        for row in rows:
            if not isinstance(row, dict):
                raise ToolLost("The system answered with something that is not a record.", answered=True)
            if self.declared.owner is None or _is_theirs(_part(row, self.declared.owner), scope):
                yield row

    def _is_meant(self, row: Record, args: Any, scope: Scope) -> bool:
        wanted = _resolved(self.declared.where, args, scope)
        return all(_alike(_part(row, field), value) for field, value in wanted.items())


@dataclass(frozen=True)
class _Lookup:
    reading: _Read
    result: type[BaseModel]
    facts: Mapping[str, Fact]

    async def run(self, args: Any, scope: Scope) -> BaseModel | None:
        if scope.customer_id is None:
            return None
        try:
            record = await self.reading.record(args, scope)
        except ToolRefused as error:
            raise ToolLost(str(error), answered=True) from error
        if record is None:
            return None
        seen = {fact: _part(record, told.at) for fact, told in self.facts.items()}
        return as_read(self.result, {fact: value for fact, value in seen.items() if value is not None})


@dataclass(frozen=True)
class _Proof(_Read):
    declared: Proof

    async def before(self, args: Any, scope: Scope) -> JsonValue:
        if self.declared.added:
            return Snapshot(rows=await self._rows(args, scope)).kept()
        record = await self.record(args, scope)
        if record is None:
            raise ToolRefused("There is no such record of this customer.")
        return Snapshot(record=record).kept()

    async def verify(self, args: Any, scope: Scope, before: JsonValue) -> Finding:
        """Look again, and compare all but what may follow."""
        then = Snapshot.model_validate(before)
        try:
            if self.declared.added:
                rows = await self._rows(args, scope)
                intended = _resolved(self.declared.added, args, scope)
                return self._found(intended, rows, lambda wanted: Finding.added(then.rows, rows, wanted))
            after = self._kept(await self.record(args, scope) or {})
        except ToolRefused as error:
            raise ToolLost(str(error), answered=True) from error
        earlier = self._kept(then.record)
        intended = _resolved(self.declared.changed, args, scope)
        return self._found(
            intended, [after], lambda wanted: Finding.changed(earlier, after, _whole_fields(earlier, wanted))
        )

    def _found(self, intended: dict[str, JsonValue], seen: list[Record], compare: Any) -> Finding:
        """What was found; `pending` where all is as intended but for what the system says is still to come."""
        finding: Finding = compare(intended)
        waiting = {
            field: value
            for field, values in self.declared.pending.items()
            for row in seen
            if (value := _part(row, field)) in values
        }
        if finding.state == "verified" or not waiting:
            return finding
        pending: Finding = compare(intended | waiting)
        return pending.model_copy(update={"state": "pending"}) if pending.state == "verified" else finding

    async def _rows(self, args: Any, scope: Scope) -> list[Record]:
        found = await self.found(args, scope)
        rows = [self._kept(row) for row in self.records(found if isinstance(found, list) else [found], scope)]
        if any(self.declared.id not in row for row in rows):
            raise ToolLost(f"The system's records have no '{self.declared.id}'.", answered=True)
        return [{**row, "id": row[self.declared.id]} for row in rows]

    def _kept(self, record: Record) -> Record:
        return {field: value for field, value in record.items() if field not in self.declared.follows}


@dataclass(frozen=True)
class _Action:
    operations: Operations
    declared: ActionDeclaration
    proof: _Proof
    owns: _Read | None
    key: str | None

    def target(self, args: Any) -> Target:
        aim = self.declared.target
        return Target(kind=aim.kind, id="" if aim.id is None else str(getattr(args, aim.id.arg)))

    async def before(self, args: Any, scope: Scope) -> JsonValue:
        scope.customer()
        await self._is_theirs(args, scope)
        return await self.proof.before(args, scope)

    async def run(self, args: Any, scope: Scope, key: str) -> Record:
        """Whose the record is may have changed since `before`, so it is looked at again."""
        scope.customer()
        await self._is_theirs(args, scope)
        if self.declared.proof.changed:
            await self.proof.before(args, scope)
        sent = _resolved(self.declared.send, args, scope) | ({self.key: key} if self.key else {})
        answer = await self.operations.write(self.declared.action, sent)
        return answer if isinstance(answer, dict) else {"answer": answer}

    async def _is_theirs(self, args: Any, scope: Scope) -> None:
        if self.owns is not None and await self.owns.record(args, scope) is None:
            raise ToolRefused("There is no such record of this customer.")


def _part(value: JsonValue, way: str) -> JsonValue:
    for name in way.split(".") if way else []:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _whole_fields(before: Record, intended: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """`plan.name: x` as the whole field `plan` with its other parts as they were."""
    whole: dict[str, JsonValue] = {}
    for way, value in intended.items():
        name, _, rest = way.partition(".")
        inner = whole.get(name, before.get(name))
        whole[name] = {**inner, **_whole_fields(inner, {rest: value})} if rest and isinstance(inner, dict) else value
    return whole


def _alike(seen: JsonValue, wanted: JsonValue) -> bool:
    """Whether a field has a value; ids that a system writes as numbers count as their text."""
    return same(seen, wanted) or (_is_id(seen) and _is_id(wanted) and str(seen) == str(wanted))


def _is_theirs(seen: JsonValue, scope: Scope) -> bool:
    return scope.customer_id is not None and _is_id(seen) and str(seen) == scope.customer_id


def _is_id(value: JsonValue) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
