"""The agenda: what a company's calendar has free, and the appointments that customers have in it.

An appointment is an event with the owner and the kind in properties of its own. Another customer's event is no
appointment to this one, nor is an event that people wrote. The calendar keeps nobody from writing over somebody's
time, so each look at an appointment looks for that, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import JsonValue

from tools import facts
from tools.connectors.dav import Dav, Kept
from tools.connectors.events import Shift, Span, as_record, busy, changed, moment, stretches, written
from tools.contract import Difference, Finding, Record, Scope, ToolLost, ToolRefused
from tools.customers import Person
from tools.http import Backoffice, as_read

OWNER, KIND = "x-deskhand-customer", "x-deskhand-kind"
STAMP = "%Y%m%dT%H%MZ"
LONGEST_AHEAD = timedelta(days=370)
TAKES_TIME: Record = {"status": "CONFIRMED", "transp": "OPAQUE"}
TAKES_NONE: Record = {"status": "CANCELLED", "transp": "TRANSPARENT"}


@dataclass(frozen=True)
class Sort:
    """A kind of appointment: how long it takes, and what its title in the calendar begins with."""

    length: timedelta
    title: str


@dataclass(frozen=True)
class Opening:
    """A time that an appointment of this kind can have."""

    kind: str
    span: Span

    @property
    def id(self) -> str:
        """What it is called; everything about it can be read from it again."""
        return f"{self.kind}-{self.span.start:{STAMP}}"

    def fields(self) -> Record:
        """What an event at this time has."""
        return {"starts_at": moment(self.span.start), "ends_at": moment(self.span.end)}


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """The company's calendar, with the calendars whose events count as busy, too."""

    calendar: Dav
    others: Sequence[Dav]
    zone: ZoneInfo
    shifts: Sequence[Shift]
    sorts: Mapping[str, Sort]
    notice: timedelta
    ahead: timedelta
    clock: Callable[[], datetime]
    customers: Backoffice

    async def free(self, kind: str, *, moving: str = "") -> list[Opening]:
        """What can be had of a kind; the time of the appointment that is to be moved is free. Raises `ToolLost`."""
        if kind not in self.sorts:
            return []
        now = self.clock().astimezone(UTC)
        window = Span(now + self.notice, now + self.ahead)
        taken = [span for id, span in await self._taken(window) if id != moving]  # noqa: A001
        pieces = stretches(self.shifts, self.sorts[kind].length, self.zone, window)
        return [Opening(kind, piece) for piece in pieces if not any(piece.meets(span) for span in taken)]

    def opening(self, id: str) -> Opening:  # noqa: A002 - the slot's field
        """The time that an id stands for, free or not. Raises `ToolRefused`."""
        kind, _, stamp = id.rpartition("-")
        try:
            start = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
            return Opening(kind, Span(start, start + self.sorts[kind].length))
        except (ValueError, KeyError, OverflowError) as error:
            raise ToolRefused("There is no such time to choose.") from error

    async def still_free(self, id: str, *, moving: str = "") -> Opening:  # noqa: A002 - the slot's field
        """The same, when it can be had now. Raises `ToolRefused` or `ToolLost`."""
        wanted = self.opening(id)
        if wanted not in await self.free(wanted.kind, moving=moving):
            raise ToolRefused("This time is not free any more.")
        return wanted

    async def of(self, scope: Scope) -> list[Record]:
        """The appointments that the customer in scope has ahead, the next one first. Raises `ToolLost`."""
        now = self.clock().astimezone(UTC)
        found = [self._read(text) for text in await self.calendar.between(Span(now, now + LONGEST_AHEAD))]
        theirs = [record for record in found if record and record.get(OWNER) == scope.customer_id]
        ahead = [record for record in theirs if str(record["ends_at"]) > moment(now)]
        return sorted((one for one in ahead if one.get("status") != "CANCELLED"), key=lambda one: str(one["starts_at"]))

    async def one(self, id: str, scope: Scope) -> Record | None:  # noqa: A002 - the appointment's field
        """The customer's appointment with this id, also a past or a cancelled one. Raises `ToolLost`."""
        found = await self._found(id, scope)
        return found[1] if found else None

    async def described(self, opening: Opening, scope: Scope) -> Record:
        """How a new appointment of the customer in scope is to stand in the calendar. Raises as tools do."""
        record = await self.customers.item("customers", scope.customer())
        if record is None:
            raise ToolRefused("The system has no record of this customer any more.")
        person = as_read(Person, record)
        about = [f"Customer {person.id}", f"Phone {person.phone}", f"Case {scope.case_id}"]
        return {
            "id": self.uid(scope.effect),
            **opening.fields(),
            "summary": facts.line(f"{self.sorts[opening.kind].title}: {person.name}"),
            "description": "\n".join(facts.line(line) for line in about),
            OWNER: person.id,
            KIND: opening.kind,
            **TAKES_TIME,
        }

    async def add(self, fields: Record) -> None:
        """Write a new appointment, unless it is there. Raises `ToolRefused` or `ToolLost`."""
        place = self.calendar.place(str(fields["id"]).partition("@")[0])
        await self.calendar.put(Kept(place, written(fields, now=self.clock())))

    async def change(self, id: str, scope: Scope, fields: Record) -> None:  # noqa: A002 - the appointment's field
        """Change the customer's appointment from the state it is in. Raises `ToolRefused` or `ToolLost`."""
        found = await self._found(id, scope)
        if found is None:
            raise ToolRefused("There is no such appointment.")
        kept, record = found
        if any(record.get(name) != value for name, value in fields.items()):
            await self.calendar.put(Kept(kept.url, changed(kept.text, fields, now=self.clock()), kept.etag))

    async def proof(self, id: str, before: Record, fields: Mapping[str, JsonValue]) -> Finding:  # noqa: A002
        """What a search shows of an appointment that was to become so, whole. Raises `ToolLost`."""
        found = [self._read(kept.text) for kept in await self.calendar.with_uid(id)]
        if None in found:
            raise ToolLost("The calendar's event cannot be read.", answered=True)
        after = found[0] or {} if found else {}
        finding = Finding.changed(before, after, fields)
        wrong = [Difference(field="events", intended=1, seen=len(found))] if len(found) > 1 else []
        if after.get("status") != "CANCELLED" and finding.state != "absent":
            wrong += await self._overlaps(after)
        if not wrong:
            return finding
        return Finding(state="mismatch", seen=after, differences=[*finding.differences, *wrong])

    def uid(self, effect: str) -> str:
        """The UID of the effect's appointment: always the same, and telling nothing of it."""
        return f"{hashlib.sha256(effect.encode()).hexdigest()[:40]}@deskhand"

    async def _found(self, id: str, scope: Scope) -> tuple[Kept, Record] | None:  # noqa: A002
        for named in await self.calendar.with_uid(id):
            kept = await self.calendar.at(named.url)
            record = self._read(kept.text) if kept else None
            if kept and record and scope.customer_id and record.get(OWNER) == scope.customer_id:
                return kept, record
        return None

    def _read(self, text: str) -> Record | None:
        """An event as a record; None for one that is none of ours, such as one that repeats."""
        try:
            return as_record(text, self.zone)
        except (ValueError, LookupError, AttributeError, TypeError):
            return None

    async def _taken(self, window: Span) -> list[tuple[str, Span]]:
        texts = [text for one in (self.calendar, *self.others) for text in await one.between(window)]
        try:
            return [(id, span) for id, span in busy(texts, self.zone) if span.meets(window)]  # noqa: A001
        except (ValueError, LookupError, AttributeError, TypeError) as error:
            raise ToolLost("An event of the calendar cannot be read.", answered=True) from error

    async def _overlaps(self, record: Record) -> list[Difference]:
        span = Span(*(datetime.fromisoformat(str(record[name])) for name in ("starts_at", "ends_at")))
        taken = await self._taken(span)
        return [Difference(field="overlaps", intended=None, seen=id) for id, _ in taken if id != record["id"]]  # noqa: A001
