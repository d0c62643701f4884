"""CalDAV: appointments in a company's calendar, each proven by a search for it.

Free is what the company's working hours leave when the calendar's events are taken out, and those of other calendars
that count as busy, such as one of holidays. An appointment is an event whose UID is made from the effect's key: made
only where there is none (`If-None-Match: *`), changed only from the state that was read (`If-Match`), and cancelled by
its status, so that it stays on record. It is proven when a search by its UID shows one event that is as intended in
every property, and whose time no other event shares. What the calendar's answers mean stands in
`tools/connectors/dav.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, JsonValue

from tools.connectors.agenda import KIND as SORT
from tools.connectors.agenda import TAKES_NONE, Agenda, Sort
from tools.connectors.connection import Connection, Kind, Needs, Secret, SystemSettings, Trouble, tried
from tools.connectors.dav import Account, Dav
from tools.connectors.endpoint import LOOPBACK
from tools.connectors.events import Shift
from tools.contract import (
    Action,
    Arguments,
    Compensation,
    Finding,
    KeyKind,
    Lookup,
    Record,
    Risk,
    Scope,
    Snapshot,
    Target,
    Tool,
    ToolRefused,
)
from tools.declared import Declared

SYSTEM = "caldav"
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAYS = get_args(Day)
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _address(url: str) -> str:
    parts = urlsplit(url)
    private = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not private or parts.username or parts.password:
        raise ValueError(f"'{url}' cannot be used; write https://…, without a user in it.")
    return url


def _hours(text: str) -> str:
    for stretch in text.split(","):
        if not (found := HOURS.fullmatch(stretch.strip())) or found.group(1, 2) >= found.group(3, 4):
            raise ValueError(f"'{text}' are no hours; write such as 09:00-12:30, 13:30-18:00.")
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError(f"'{name}' is no time zone; write one such as Europe/Berlin.") from error
    return name


Url = Annotated[str, AfterValidator(_address)]


class SortSettings(Declared):
    """A kind of appointment that customers can have."""

    minutes: Annotated[int, Field(ge=5, le=720)]
    title: Annotated[str, Field(min_length=1, max_length=60)]
    """What its events in the calendar are called, before the customer's name."""


class CalDavSettings(SystemSettings):
    """`connector: caldav`."""

    connector: Literal["caldav"]
    url: Url
    """The calendar that appointments stand in."""
    busy: tuple[Url, ...] = ()
    """Other calendars on that server whose events take time, too."""
    user: str
    password: Secret
    ca_file: Path | None = None
    """Who vouches for the server, where that is not one of the authorities that the system trusts."""
    timezone: Annotated[str, AfterValidator(_zone)]
    hours: dict[Day, Annotated[str, AfterValidator(_hours)]]
    """When appointments can be, by weekday; no line for a day off."""
    kinds: Annotated[dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")], SortSettings], Field(min_length=1)]
    notice_minutes: Annotated[int, Field(ge=0)] = 120
    days_ahead: Annotated[int, Field(ge=1, le=180)] = 14
    timeout_s: Annotated[float, Field(gt=0, le=20)] = 5
    """For one call."""


class OfAKind(Arguments):
    """The kind of appointment."""

    kind: str


class OneAppointment(Arguments):
    """An appointment of the customer in scope."""

    appointment_id: str


class OneSlot(Arguments):
    """A free time."""

    slot_id: str


class Move(OneAppointment, OneSlot):
    """An appointment, and the free time that it is moved to."""


class Slot(BaseModel):
    """A time that can be had."""

    id: str
    starts_at: datetime
    ends_at: datetime
    kind: str


class Slots(BaseModel):
    """The times that can be had, the next one first."""

    kind: str
    free: list[Slot]


class Appointment(BaseModel):
    """An appointment of the customer in scope."""

    id: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    status: Literal["booked", "cancelled"]


class Appointments(BaseModel):
    """The appointments that the customer has ahead, the next one first."""

    ahead: list[Appointment]


def _shown(record: Record) -> Appointment:
    status = "cancelled" if record.get("status") == "CANCELLED" else "booked"
    known = {name: record[name] for name in ("id", "starts_at", "ends_at")}
    return Appointment.model_validate({**known, "kind": record.get(SORT, ""), "status": status})


@dataclass(frozen=True)
class _Reads:
    agenda: Agenda

    async def slots(self, args: OfAKind, _: Scope) -> Slots:
        free = await self.agenda.free(args.kind)
        shown = [Slot.model_validate({"id": one.id, "kind": one.kind, **one.fields()}) for one in free]
        return Slots(kind=args.kind, free=shown)

    async def appointments(self, _: Arguments, scope: Scope) -> Appointments:
        return Appointments(ahead=[_shown(record) for record in await self.agenda.of(scope)])

    async def appointment(self, args: OneAppointment, scope: Scope) -> Appointment | None:
        record = await self.agenda.one(args.appointment_id, scope)
        return _shown(record) if record else None


@dataclass(frozen=True)
class _Book:
    agenda: Agenda

    async def before(self, args: OneSlot, scope: Scope) -> JsonValue:
        """How the appointment is to stand there. Refuses a time that is not free any more."""
        return Snapshot(record=await self.agenda.described(await self.agenda.still_free(args.slot_id), scope)).kept()

    async def run(self, args: OneSlot, scope: Scope, _: str) -> Record:
        fields = await self.agenda.described(self.agenda.opening(args.slot_id), scope)
        await self.agenda.add(fields)
        return {"id": fields["id"]}

    async def verify(self, _: OneSlot, __: Scope, before: JsonValue) -> Finding:
        intended = Snapshot.model_validate(before).record
        return await self.agenda.proof(str(intended["id"]), {}, intended)


@dataclass(frozen=True)
class _Change:
    """Moves or cancels the customer's appointment."""

    agenda: Agenda

    async def before(self, args: OneAppointment, scope: Scope) -> JsonValue:
        record = await self.agenda.one(args.appointment_id, scope)
        if record is None:
            raise ToolRefused("There is no such appointment.")
        if record.get("status") == "CANCELLED":
            raise ToolRefused("This appointment has been cancelled.")
        if isinstance(args, Move):
            opening = await self.agenda.still_free(args.slot_id, moving=args.appointment_id)
            if opening.kind != record.get(SORT):
                raise ToolRefused("This time is for another kind of appointment.")
        return Snapshot(record=record).kept()

    async def run(self, args: OneAppointment, scope: Scope, _: str) -> Record:
        await self.agenda.change(args.appointment_id, scope, self._fields(args))
        return {"id": args.appointment_id}

    async def verify(self, args: OneAppointment, _: Scope, before: JsonValue) -> Finding:
        record = Snapshot.model_validate(before).record
        return await self.agenda.proof(args.appointment_id, record, self._fields(args))

    def _fields(self, args: OneAppointment) -> Record:
        return self.agenda.opening(args.slot_id).fields() if isinstance(args, Move) else TAKES_NONE


def _tools(agenda: Agenda) -> list[Tool]:
    reads, book, change = _Reads(agenda), _Book(agenda), _Change(agenda)
    common: dict[str, Any] = {
        "system": SYSTEM,
        "risk": Risk.CUSTOMER_CONFIRMED,
        "key": KeyKind.CONDITION,
        "proof": "searched for",
    }
    one = {"target": lambda args: Target(kind="appointment", id=args.appointment_id), **common}
    return [
        Lookup(
            name="find_slots",
            summary="Find the free times for an appointment of a kind.",
            system=SYSTEM,
            args=OfAKind,
            result=Slots,
            subject="slots",
            run=reads.slots,
        ),
        Lookup(
            name="get_appointments",
            summary="Look up the appointments that the customer has ahead.",
            system=SYSTEM,
            args=Arguments,
            result=Appointments,
            subject="appointments",
            run=reads.appointments,
        ),
        Lookup(
            name="get_appointment",
            summary="Look up one appointment of the customer.",
            system=SYSTEM,
            args=OneAppointment,
            result=Appointment,
            subject="appointment",
            run=reads.appointment,
        ),
        Action(
            name="book_appointment",
            summary="Book an appointment at a free time.",
            args=OneSlot,
            target=lambda args: Target(kind="slot", id=args.slot_id),
            before=book.before,
            run=book.run,
            verify=book.verify,
            undo=lambda _, before: _taken_back(before),
            **common,
        ),
        Action(
            name="move_appointment",
            summary="Move the customer's appointment to a free time.",
            args=Move,
            before=change.before,
            run=change.run,
            verify=change.verify,
            **one,
        ),
        Action(
            name="cancel_appointment",
            summary="Cancel the customer's appointment.",
            args=OneAppointment,
            before=change.before,
            run=change.run,
            verify=change.verify,
            **one,
        ),
    ]


def _taken_back(before: JsonValue) -> Compensation:
    booked = Snapshot.model_validate(before).record
    return Compensation(action="cancel_appointment", args={"appointment_id": booked["id"]})


def _shifts(hours: Mapping[Day, str]) -> list[Shift]:
    stretches = [(DAYS.index(day), text.strip().split("-")) for day, line in hours.items() for text in line.split(",")]
    return [Shift(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, (opens, closes) in stretches]


def agenda_of(settings: CalDavSettings, needs: Needs) -> Agenda:
    """The company's agenda as its file describes it. Raises DeclarationError."""
    ca_file = needs.at(settings.ca_file) if settings.ca_file else None
    account = Account(user=settings.user, password=needs.secret(settings.password), ca_file=ca_file)
    own, *others = (Dav(url, account, settings.timeout_s) for url in (settings.url, *settings.busy))
    return Agenda(
        calendar=own,
        others=others,
        zone=ZoneInfo(settings.timezone),
        shifts=_shifts(settings.hours),
        sorts={name: Sort(timedelta(minutes=sort.minutes), sort.title) for name, sort in settings.kinds.items()},
        notice=timedelta(minutes=settings.notice_minutes),
        ahead=timedelta(days=settings.days_ahead),
        clock=needs.clock,
        customers=needs.customers,
    )


def connect(settings: CalDavSettings, needs: Needs) -> Connection:
    """The tools for appointments, over this calendar. Raises DeclarationError."""
    agenda = agenda_of(settings, needs)

    async def probe() -> list[Trouble]:
        return await tried(agenda.free(next(iter(agenda.sorts))))

    async def close() -> None:
        for one in (agenda.calendar, *agenda.others):
            await one.aclose()

    return Connection(system=SYSTEM, tools=_tools(agenda), close=close, probe=probe)


KIND = Kind(CalDavSettings, connect)
