"""The agenda: what a company's calendar has free, and the appointments that customers have in it.

An appointment is an event with the owner and the kind in properties of its own. Another customer's event is no
appointment to this one, nor is an event that people wrote. The calendar keeps nobody from writing over somebody's
time, so each look at an appointment looks for that, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from pydantic import JsonValue

from tools import facts
from tools.connectors.dav import Dav, Kept
from tools.connectors.events import Shift, Span, as_record, busy, changed, moment, stretches, written
from tools.contract import Scope, ToolLost, ToolRefused
from tools.customers import Person
from tools.finding import Difference, Finding, Record
from tools.http import Backoffice, as_read

OWNER, KIND = "x-deskhand-customer", "x-deskhand-kind"
STAMP, DIGITS = "%Y%m%d%H%M", 12
LOOKED_AT = timedelta(days=30), timedelta(days=370)
"""How far back and ahead a customer's appointments are looked for."""
HERE = "@deskhand"
FREE = "TRANSPARENT"
CANCELLED: Record = {"status": "CANCELLED", "transp": FREE}


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
        """What it is called: from that alone it can be told what it is."""
        return f"{prefix(self.kind)}_{self.span.start:{STAMP}}"

    def fields(self) -> Record:
        """What an event at this time has; it has none of what one without a time has."""
        timed: Record = {"starts_at": moment(self.span.start), "ends_at": moment(self.span.end), "transp": "OPAQUE"}
        return {**timed, "day": None, "until": None}


def name_of(effect: str) -> str:
    """What the effect's appointment is called: always the same, telling nothing of it, and short enough to be said."""
    return f"app_{int(hashlib.sha256(effect.encode()).hexdigest(), 16) % 10**DIGITS:0{DIGITS}}"


def uid(name: str) -> str:
    """The UID of the appointment of that name."""
    return f"{name}{HERE}"


def prefix(kind: str) -> str:
    """What the names of a kind's openings begin with."""
    return kind[:3]


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """The company's calendar, with the calendars whose events count as busy, too."""

    calendar: Dav
    others: Sequence[Dav]
    zone: tzinfo
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
        taken = [span for id, span in await self._taken(window) if id != uid(moving)]  # noqa: A001
        pieces = stretches(self.shifts, self.sorts[kind].length, self.zone, window)
        return [Opening(kind, piece) for piece in pieces if not any(piece.meets(span) for span in taken)]

    def opening(self, id: str) -> Opening | None:  # noqa: A002 - the slot's field
        """The time that an id stands for, whether it is free, offered at all, or past; None: it stands for none."""
        begins, _, stamp = id.partition("_")
        kind = next((kind for kind in self.sorts if prefix(kind) == begins), None)
        if kind is None or len(stamp) != DIGITS:
            return None
        try:
            start = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
            return Opening(kind, Span(start, start + self.sorts[kind].length))
        except (ValueError, OverflowError):
            return None

    def opening_of(self, record: Record) -> Opening | None:
        """The time that an appointment has; None for one without."""
        if "starts_at" not in record:
            return None
        span = Span(*(datetime.fromisoformat(str(record[name])) for name in ("starts_at", "ends_at")))
        return Opening(str(record.get(KIND) or ""), span)

    def told(self, at: datetime) -> tuple[str, int]:
        """A moment as the company's clocks show it, and how many days ahead it is by its calendar."""
        local, now = at.astimezone(self.zone), self.clock().astimezone(self.zone)
        return f"{local:%Y-%m-%dT%H:%M}", (local.date() - now.date()).days

    async def of(self, scope: Scope) -> list[Record]:
        """The events of the customer in scope, also past and cancelled ones. Raises `ToolLost`."""
        now, (back, ahead) = self.clock().astimezone(UTC), LOOKED_AT
        texts = await self.calendar.between(Span(now - back, now + ahead))
        found = (self._read(text) for text in texts)
        return [record for record in found if record and scope.customer_id and record.get(OWNER) == scope.customer_id]

    async def one(self, id: str, scope: Scope) -> Record | None:  # noqa: A002 - the appointment's field
        """The customer's appointment with this id, also a past or a cancelled one. Raises `ToolLost`."""
        found = await self._found(id, scope)
        return found[1] if found else None

    async def described(self, kind: str, scope: Scope, opening: Opening | None) -> Record:
        """How a new appointment of the customer in scope is to stand in the calendar. Raises as tools do.

        Without an opening it stands there for the whole day, and takes nobody's time.
        """
        if kind not in self.sorts:
            raise ToolRefused(f"The calendar has no appointments of the kind {kind}.")
        today = self.clock().astimezone(self.zone).date()
        day: Record = {"day": today.isoformat(), "until": (today + timedelta(days=1)).isoformat(), "transp": FREE}
        record = await self.customers.item("customers", scope.customer())
        if record is None:
            raise ToolRefused("The system has no record of this customer any more.")
        person = as_read(Person, record)
        about = [f"Customer {person.id}", f"Phone {person.phone}", f"Case {scope.case_id}"]
        return {
            "id": uid(name_of(scope.effect)),
            **(opening.fields() if opening else day),
            "summary": facts.line(f"{self.sorts[kind].title}: {person.name}"),
            "description": "\n".join(facts.line(line) for line in about),
            OWNER: person.id,
            KIND: kind,
            "status": "CONFIRMED",
        }

    async def add(self, fields: Record) -> None:
        """Write a new appointment, unless it is there. Raises `ToolRefused` or `ToolLost`."""
        place = self.calendar.place(str(fields["id"]).removesuffix(HERE))
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
        found = [self._read(kept.text) for kept in await self.calendar.with_uid(uid(id))]
        if None in found:
            raise ToolLost("The calendar's event cannot be read.", answered=True)
        after = found[0] or {} if found else {}
        finding = Finding.changed(before, after, fields)
        wrong = [Difference(field="events", intended=1, seen=len(found))] if len(found) > 1 else []
        if after.get("transp") == "OPAQUE" and finding.state != "absent":
            wrong += await self._overlaps(after)
        if not wrong:
            return finding
        return Finding(state="mismatch", seen=after, differences=[*finding.differences, *wrong])

    async def _found(self, id: str, scope: Scope) -> tuple[Kept, Record] | None:  # noqa: A002
        for named in await self.calendar.with_uid(uid(id)):
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
        opening = self.opening_of(record)
        taken = await self._taken(opening.span) if opening else []
        return [Difference(field="overlaps", intended=None, seen=id) for id, _ in taken if id != record["id"]]  # noqa: A001
