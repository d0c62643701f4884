"""Declared tools at work: what is sent, whose records come back, and what a read shows to have happened."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, JsonValue

from tools.calls import as_read
from tools.connectors.declaring import (
    ActionDeclaration,
    Argument,
    Before,
    Bound,
    Fact,
    More,
    Operations,
    Proof,
    Reading,
    Sent,
    Value,
    Version,
)
from tools.contract import Scope, Target, ToolLost, ToolRefused
from tools.finding import Finding, Record, Snapshot, same
from tools.schemas import Schema

PLAIN = re.compile(r"[\w.@+-]+")
"""An id of letters, digits and these signs ends no quotation, and is one word."""
MOST_PAGES = 20
"""A list that has more is not read to its end in the time of a turn."""


def resolved(values: Sent, args: Any, scope: Scope) -> dict[str, JsonValue]:
    """What goes where; an argument that was left out goes nowhere."""
    found = {place: _value(value, args, scope) for place, value in values.items()}
    return {place: value for place, value in found.items() if value is not None}


def _value(value: Value, args: Any, scope: Scope) -> JsonValue:
    match value:
        case Argument():
            return _told(value, args)
        case Bound(within=text) if text != "{}":
            return text.replace("{}", _plain(scope.customer()))
        case Bound(type="integer"):
            return int(scope.customer()) if scope.customer().isdecimal() else scope.customer()
        case Bound():
            return scope.customer()
        case _:
            return value


def _told(value: Argument | str | float | bool, args: Any) -> JsonValue:
    if not isinstance(value, Argument):
        return value
    found: JsonValue = args.model_dump(mode="json")[value.arg]
    return found


def _plain(customer_id: str) -> str:
    """The id, where it cannot change the question that it stands in. Raises ToolRefused."""
    if PLAIN.fullmatch(customer_id) is None:
        raise ToolRefused("The customer's id cannot stand in a question to this system.")
    return customer_id


@dataclass(frozen=True)
class ReadAtWork:
    """A read that is bound to the customer in scope."""

    operations: Operations
    declared: Reading

    def record_schema(self) -> Schema:
        """The schema of the record."""
        found = self.operations.answer(self.declared.read).at(self.declared.find)
        return found.items if found.is_list else found

    async def found(self, args: Any, scope: Scope) -> JsonValue:
        """The record or the whole list that the answers have. Raises ToolLost, ToolRefused."""
        sent = resolved(self.declared.send, args, scope)
        if self.declared.more is None:
            return _part(await self.operations.read(self.declared.read, sent), self.declared.find)
        pages = [page async for page in self._pages(self.declared.more, sent)]
        before: list[list[JsonValue]] = [[], *pages]  # a record that came in meanwhile pushes another to the next page
        return [row for page, last in zip(pages, before, strict=False) for row in page if row not in last]

    async def _pages(self, more: More, sent: dict[str, JsonValue]) -> AsyncIterator[list[JsonValue]]:
        further: dict[str, JsonValue] = {}
        said = {place for place, value in self.declared.send.items() if isinstance(value, Argument | Bound)}
        for _ in range(MOST_PAGES):
            further = {place: value for place, value in further.items() if place not in said}
            answer = await self.operations.read(self.declared.read, sent | further)
            page = _part(answer, self.declared.find)
            yield page if isinstance(page, list) else []
            further = self._further(more, answer)
            if not further:
                return
        raise ToolLost(f"The system's list has more than {MOST_PAGES} pages.", answered=True)

    def _further(self, more: More, answer: JsonValue) -> dict[str, JsonValue]:
        """What is sent besides for the next page; nothing after the last one."""
        leads = _part(answer, more.at)
        if more.to is None:
            return self.operations.leads_on(self.declared.read)(str(leads or ""))
        return {more.to: leads} if leads not in (None, "", False) else {}

    async def record(self, args: Any, scope: Scope) -> Record | None:
        """The one record that is meant, when it is the customer's. Raises ToolLost, ToolRefused."""
        meant = [row for row in await self._meant(args, scope) if self._is_of(scope, row)]
        if len(meant) > 1:
            raise ToolLost(f"The system answered with {len(meant)} records where one was meant.", answered=True)
        return meant[0] if meant else None

    async def _meant(self, args: Any, scope: Scope) -> list[Record]:
        """What is meant, whoever it belongs to."""
        found = await self.found(args, scope)
        rows: list[JsonValue] = found if isinstance(found, list) else [] if found is None else [found]
        return [row for row in _records(rows) if self._is_meant(row, args, scope)]

    def _is_of(self, scope: Scope, row: Record) -> bool:
        return self.declared.owner is None or _is_theirs(_part(row, self.declared.owner), scope)

    def _is_meant(self, row: Record, args: Any, scope: Scope) -> bool:
        wanted = resolved(self.declared.where, args, scope)
        return all(_alike(_part(row, field), value) for field, value in wanted.items())


@dataclass(frozen=True)
class LookupAtWork:
    """What a declared lookup does."""

    reading: ReadAtWork
    result: type[BaseModel]
    facts: Mapping[str, Fact]

    async def run(self, args: Any, scope: Scope) -> BaseModel | None:
        """See `Lookup.run`."""
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
class ProofAtWork(ReadAtWork):
    """The read that proves an action: made before it, and again after it."""

    declared: Proof

    async def before(self, args: Any, scope: Scope) -> JsonValue:
        """How things stand. Raises ToolRefused when the record is not the customer's."""
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
            if self.declared.gone:
                there = bool(await self._meant(args, scope))
                return Finding.changed({"exists": True}, {"exists": there}, {"exists": False})
            if self.declared.added:
                rows = await self._rows(args, scope)
                intended = resolved(self.declared.added, args, scope)
                return self._found(intended, rows, lambda wanted: Finding.added(then.rows, rows, wanted))
            after = self._kept(await self.record(args, scope) or {})
        except ToolRefused as error:
            raise ToolLost(str(error), answered=True) from error
        earlier = self._kept(then.record)
        intended = resolved(self.declared.changed, args, scope)
        return self._found(
            intended, [after], lambda wanted: Finding.changed(earlier, after, _whole_fields(earlier, wanted))
        )

    def _found(
        self, intended: dict[str, JsonValue], seen: list[Record], compare: Callable[[Mapping[str, JsonValue]], Finding]
    ) -> Finding:
        """What was found; `pending` where all is as intended but for what the system says is still to come."""
        finding = compare(intended)
        waiting = {
            field: value
            for field, values in self.declared.pending.items()
            for row in seen
            if (value := _part(row, field)) in values
        }
        if finding.state == "verified" or not waiting:
            return finding
        pending = compare(intended | waiting)
        return pending.model_copy(update={"state": "pending"}) if pending.state == "verified" else finding

    async def _rows(self, args: Any, scope: Scope) -> list[Record]:
        found = await self.found(args, scope)
        theirs = [row for row in _records(found if isinstance(found, list) else [found]) if self._is_of(scope, row)]
        rows = [self._kept(row) for row in theirs]
        if any(self.declared.id not in row for row in rows):
            raise ToolLost(f"The system's records have no '{self.declared.id}'.", answered=True)
        return [{**row, "id": row[self.declared.id]} for row in rows]

    def _kept(self, record: Record) -> Record:
        return _without(record, self.declared.follows)


@dataclass(frozen=True)
class ActionAtWork:
    """What a declared action does."""

    operations: Operations
    declared: ActionDeclaration
    proof: ProofAtWork
    owns: ReadAtWork | None
    key: str | None
    version: Version | None = None
    """Where the key is the version of the record."""

    def target(self, args: Any) -> Target:
        """See `Action.target`."""
        aim = self.declared.target
        return Target(kind=aim.kind, id="" if aim.id is None else str(getattr(args, aim.id.arg)))

    async def before(self, args: Any, scope: Scope) -> JsonValue:
        """See `Action.before`."""
        scope.customer()
        await self._is_theirs(args, scope)
        return await self.proof.before(args, scope)

    async def run(self, args: Any, scope: Scope, key: str) -> Record:
        """Whose the record is may have changed since `before`, so it is looked at again."""
        scope.customer()
        if self.version is not None:
            # Before anything is looked at: what changes after this look is then refused by the system.
            key = await self.version(resolved(self.declared.proof.send, args, scope))
        await self._is_theirs(args, scope)
        if not self.declared.proof.added:
            await self.proof.before(args, scope)
        sent = resolved(self.declared.send, args, scope) | ({self.key: key} if self.key else {})
        answer = await self.operations.write(self.declared.action, sent)
        return answer if isinstance(answer, dict) else {"answer": answer}

    def taken_back(self, args: Any, before: JsonValue) -> Record | None:
        """The arguments of what takes it back; None where one of them has no value."""
        record = Snapshot.model_validate(before).record
        wanted: Record = {
            name: _part(record, value.before) if isinstance(value, Before) else _told(value, args)
            for name, value in (self.declared.undo.with_.items() if self.declared.undo else ())
        }
        return None if None in wanted.values() else wanted

    async def _is_theirs(self, args: Any, scope: Scope) -> None:
        if self.owns is not None and await self.owns.record(args, scope) is None:
            raise ToolRefused("There is no such record of this customer.")


def _records(rows: Sequence[JsonValue]) -> Iterator[Record]:
    """The rows. Raises ToolLost for what is no record."""
    for row in rows:
        if not isinstance(row, dict):
            raise ToolLost("The system answered with something that is not a record.", answered=True)
        yield row


def _part(value: JsonValue, way: str) -> JsonValue:
    for name in way.split(".") if way else []:
        match value:
            case dict():
                value = value.get(name)
            case list() if name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            case _:
                return None
    return value


def _without(record: Record, ways: Sequence[str]) -> Record:
    kept = dict(record)
    for way in ways:
        name, _, rest = way.partition(".")
        inner = kept.get(name)
        if not rest:
            kept.pop(name, None)
        elif isinstance(inner, dict):
            kept[name] = _without(inner, [rest])
    return kept


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
