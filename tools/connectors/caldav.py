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
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, JsonValue

from tools.appointments import (
    Appointment,
    AskForCall,
    Book,
    Calendar,
    Cancel,
    Diary,
    Doing,
    FindSlots,
    Move,
    NoArguments,
    OneAppointment,
    OneSlot,
    Slot,
    booked_anew,
    moved_back,
    tools_over,
    within,
)
from tools.appointments import Kind as SortName
from tools.connectors.agenda import CANCELLED, HERE, Agenda, Opening, Sort, name_of
from tools.connectors.agenda import KIND as SORT
from tools.connectors.connection import Connection, Kind, Needs, SystemSettings, Trouble, tried
from tools.connectors.dav import Account, Dav
from tools.connectors.endpoint import LOOPBACK
from tools.connectors.events import Shift
from tools.contract import KeyKind, Scope, ToolRefused
from tools.declared import Declared, Secret
from tools.finding import Finding, Record, Snapshot

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
    hours: dict[Day, Annotated[str, AfterValidator(_hours)]]
    """When appointments can be, by weekday and the company's clock; no line for a day off."""
    kinds: Annotated[dict[SortName, SortSettings], Field(min_length=1)]
    notice_minutes: Annotated[int, Field(ge=0)] = 120
    days_ahead: Annotated[int, Field(ge=1, le=180)] = 14
    timeout_s: Annotated[float, Field(gt=0, le=20)] = 5
    """For one call."""


@dataclass(frozen=True)
class _Reads:
    agenda: Agenda

    async def find_slots(self, args: FindSlots, _: Scope) -> Calendar:
        found = [self._slot(one, free=True) for one in await self.agenda.free(args.kind)]
        return Calendar(kind=args.kind, free=[slot for slot in found if within(slot.starts, args.when)])

    async def get_slot(self, args: OneSlot, _: Scope) -> Slot | None:
        opening = self.agenda.opening(args.slot_id)
        return self._slot(opening, free=opening in await self.agenda.free(opening.kind)) if opening else None

    async def booked(self, _: NoArguments, scope: Scope) -> Diary:
        theirs = [self._appointment(record) for record in await self.agenda.of(scope)]
        coming = [one for one in theirs if one.status == "booked" and (one.days_ahead >= 0 or not one.starts)]
        return Diary(booked=sorted(coming, key=lambda one: one.starts))

    async def get_appointment(self, args: OneAppointment, scope: Scope) -> Appointment | None:
        record = await self.agenda.one(args.appointment_id, scope)
        return self._appointment(record) if record else None

    def _slot(self, opening: Opening, *, free: bool) -> Slot:
        starts, ahead = self.agenda.told(opening.span.start)
        return Slot(id=opening.id, kind=opening.kind, starts=starts, free=free, days_ahead=ahead)

    def _appointment(self, record: Record) -> Appointment:
        opening = self.agenda.opening_of(record)
        starts, ahead = self.agenda.told(opening.span.start) if opening else ("", -1)
        return Appointment(
            id=str(record["id"]).removesuffix(HERE),
            kind=str(record.get(SORT) or ""),
            status="cancelled" if record.get("status") == "CANCELLED" else "booked",
            slot_id=opening.id if opening else "",
            starts=starts,
            days_ahead=ahead,
        )


@dataclass(frozen=True)
class _Books:
    """Makes a new appointment: at a slot, or for a call without one, as a whole day that takes nobody's time."""

    agenda: Agenda

    async def before(self, args: Book | AskForCall, scope: Scope) -> JsonValue:
        """How the appointment is to stand there. Refuses a slot that is taken, or is not when the customer was told."""
        if isinstance(args, Book):
            await _free(self.agenda, args, args.kind)
        return Snapshot(record=await self._described(args, scope)).kept()

    async def run(self, args: Book | AskForCall, scope: Scope, _: str) -> Record:
        fields = await self._described(args, scope)
        await self.agenda.add(fields)
        return {"id": fields["id"]}

    async def verify(self, _: Book | AskForCall, scope: Scope, before: JsonValue) -> Finding:
        return await self.agenda.proof(name_of(scope.effect), {}, Snapshot.model_validate(before).record)

    async def _described(self, args: Book | AskForCall, scope: Scope) -> Record:
        opening = self.agenda.opening(args.slot_id) if isinstance(args, Book) else None
        return await self.agenda.described(args.kind, scope, opening)


@dataclass(frozen=True)
class _Changes:
    """Moves or cancels an appointment."""

    agenda: Agenda

    async def before(self, args: Move | Cancel, scope: Scope) -> JsonValue:
        record = await self.agenda.one(args.appointment_id, scope)
        if record is None or record.get("status") == "CANCELLED":
            raise ToolRefused(f"There is no booked appointment {args.appointment_id} of this customer.")
        if isinstance(args, Move):
            await _free(self.agenda, args, str(record.get(SORT)), moving=args.appointment_id)
        return Snapshot(record=record).kept()

    async def run(self, args: Move | Cancel, scope: Scope, _: str) -> Record:
        await self.agenda.change(args.appointment_id, scope, self._intended(args))
        return {"id": args.appointment_id}

    async def verify(self, args: Move | Cancel, _: Scope, before: JsonValue) -> Finding:
        record = Snapshot.model_validate(before).record
        return await self.agenda.proof(args.appointment_id, record, self._intended(args))

    def as_before(self, args: Move | Cancel, before: JsonValue) -> Record | None:
        """It is moved back, or the same slot is booked anew."""
        opening = self.agenda.opening_of(Snapshot.model_validate(before).record)
        slot_id = opening.id if opening else ""
        return moved_back(args, slot_id) if isinstance(args, Move) else booked_anew(args, slot_id)

    def _intended(self, args: Move | Cancel) -> Record:
        if isinstance(args, Cancel):
            return CANCELLED
        opening = self.agenda.opening(args.slot_id)
        if opening is None:
            raise ToolRefused(f"There is no slot {args.slot_id}.")
        return opening.fields()


async def _free(agenda: Agenda, args: Book | Move, kind: str, *, moving: str = "") -> None:
    """Raises `ToolRefused` unless the slot is free, of the kind, and at the time that the customer was told."""
    opening = agenda.opening(args.slot_id)
    if opening is None or opening.kind != kind or opening not in await agenda.free(kind, moving=moving):
        raise ToolRefused(f"The slot {args.slot_id} is taken.")
    if agenda.told(opening.span.start)[0] != args.starts:
        raise ToolRefused(f"The slot {args.slot_id} does not begin at {args.starts}.")


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
        zone=needs.zone,
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

    books, changes = _Books(agenda), _Changes(agenda)
    doing = Doing(book=books, ask_for_call=books, move=changes, cancel=changes)
    tools = tools_over(_Reads(agenda), doing, system=SYSTEM, key=KeyKind.CONDITION, proof="searched for")
    return Connection(system=SYSTEM, tools=tools, close=close, probe=probe)


KIND = Kind(CalDavSettings, connect)
