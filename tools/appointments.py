"""Appointments: the free slots, what is booked, and to book, move or cancel it.

Moments are given and taken in the company's time zone, as `2026-12-03T10:00`. An appointment takes its slot and frees
it by itself, so both records are compared.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal, Protocol, get_args

from pydantic import AwareDatetime, BaseModel, JsonValue, StringConstraints

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
    ToolRefused,
    Undo,
)
from tools.http import Backoffice, Blank, as_read
from tools.moments import Local, local

Kind = Literal["service", "callback", "delivery"]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}_[0-9]{1,12}$")]


class FindSlots(Arguments):
    """Of which kind, and when: a day, a moment, or two of them with `/` between; "" is any time from now on."""

    kind: Kind
    when: Annotated[str, StringConstraints(pattern=r"^[0-9T:/-]*$", max_length=40)] = ""


class OneSlot(Arguments):
    """Names a slot."""

    slot_id: Id


class OneAppointment(Arguments):
    """Names an appointment."""

    appointment_id: Id


class NoArguments(Arguments):
    """The customer is the one in scope."""


class Book(Arguments):
    """The slot, and when it begins, as the customer was told."""

    slot_id: Id
    kind: Kind
    starts: Local


class Move(Arguments):
    """Which appointment, from when, and to which slot."""

    appointment_id: Id
    slot_id: Id
    starts: Local
    was: str = ""
    """When it was before, as the customer was told; "" where it had no slot."""


class Cancel(Arguments):
    """Which appointment, and when it was, as the customer was told."""

    appointment_id: Id
    kind: str
    starts: str = ""


class AskForCall(Arguments):
    """A call as soon as anybody can."""

    kind: Literal["callback"] = "callback"


class Slot(BaseModel):
    """A stretch of somebody's working day."""

    id: str
    kind: str
    starts: str
    free: bool
    days_ahead: int
    """Whole days by the company's calendar; 0 is today."""


class Calendar(BaseModel):
    """The free slots of a kind, soonest first."""

    kind: str
    free: list[Slot]


class Appointment(BaseModel):
    """An appointment of the customer in scope."""

    id: str
    kind: str
    status: str
    slot_id: str
    starts: str
    """"" for a call as soon as anybody can."""
    days_ahead: int
    """Whole days by the company's calendar; -1 without a slot."""


class Diary(BaseModel):
    """What the customer has booked and is still to come, soonest first."""

    booked: list[Appointment]


class _SlotRow(BaseModel):
    id: str
    kind: str
    starts_at: AwareDatetime
    free: bool


class _Row(BaseModel):
    id: str
    customer_id: str
    kind: str
    status: str
    slot_id: Blank


@dataclass(frozen=True)
class _Appointments:
    backoffice: Backoffice
    clock: Callable[[], datetime]
    zone: tzinfo

    async def find_slots(self, args: FindSlots, _: Scope) -> Calendar:
        rows = [as_read(_SlotRow, row) for row in await self.backoffice.rows("slots", kind=args.kind)]
        coming = sorted((row for row in rows if row.free and row.starts_at > self.clock()), key=lambda r: r.starts_at)
        slots = [self._slot(row) for row in coming]
        return Calendar(kind=args.kind, free=[slot for slot in slots if within(slot.starts, args.when)])

    async def get_slot(self, args: OneSlot, _: Scope) -> Slot | None:
        record = await self.backoffice.item("slots", args.slot_id)
        return self._slot(as_read(_SlotRow, record)) if record is not None else None

    async def booked(self, _: NoArguments, scope: Scope) -> Diary:
        if scope.customer_id is None:
            return Diary(booked=[])
        rows = await self.backoffice.rows("appointments", customer_id=scope.customer_id, status="booked")
        found = [await self._appointment(row) for row in rows]
        return Diary(booked=sorted((a for a in found if a.days_ahead >= 0 or not a.starts), key=lambda a: a.starts))

    async def get_appointment(self, args: OneAppointment, scope: Scope) -> Appointment | None:
        record = await self.backoffice.item("appointments", args.appointment_id)
        if record is None or scope.customer_id is None or record.get("customer_id") != scope.customer_id:
            return None
        return await self._appointment(record)

    async def own(self, appointment_id: str, scope: Scope) -> Record:
        """The appointment, if it is of the customer in scope. Raises `ToolRefused`, alike for all others."""
        customer = scope.customer()
        record = await self.backoffice.item("appointments", appointment_id)
        if record is None or record.get("customer_id") != customer:
            raise ToolRefused(f"There is no appointment {appointment_id} of this customer.")
        return record

    async def booked_now(self, appointment_id: str, scope: Scope) -> Record:
        """The same, while it is booked."""
        record = await self.own(appointment_id, scope)
        if record.get("status") != "booked":
            raise ToolRefused(f"Appointment {appointment_id} is {record.get('status')}.")
        return record

    async def free_slot(self, slot_id: str, kind: str, starts: str) -> Record:
        """The slot, free and at the time that the customer was told. Raises `ToolRefused`."""
        record = await self.backoffice.item("slots", slot_id)
        if record is None or not record.get("free") or record.get("kind") != kind:
            raise ToolRefused(f"The slot {slot_id} is taken.")
        if self._slot(as_read(_SlotRow, record)).starts != starts:
            raise ToolRefused(f"The slot {slot_id} does not begin at {starts}.")
        return record

    async def slot(self, slot_id: object) -> Record:
        """The slot as it stands; {} where there is none."""
        return (await self.backoffice.item("slots", str(slot_id)) if slot_id else None) or {}

    def _slot(self, row: _SlotRow) -> Slot:
        at = row.starts_at.astimezone(self.zone)
        ahead = (at.date() - self.clock().astimezone(self.zone).date()).days
        return Slot(id=row.id, kind=row.kind, starts=local(at, self.zone), free=row.free, days_ahead=ahead)

    async def _appointment(self, record: Record) -> Appointment:
        row = as_read(_Row, record)
        held = await self.slot(row.slot_id)
        slot = self._slot(as_read(_SlotRow, held)) if held else None
        return Appointment(
            id=row.id,
            kind=row.kind,
            status=row.status,
            slot_id=row.slot_id,
            starts=slot.starts if slot else "",
            days_ahead=slot.days_ahead if slot else -1,
        )


def within(starts: str, when: str) -> bool:
    """Whether a moment lies on a day, at a moment, or between two of them; both ends belong to it."""
    first, _, last = when.partition("/")
    return first <= starts and starts <= f"{last or first}~" if first else True


@dataclass(frozen=True)
class _Book:
    appointments: _Appointments

    async def before(self, args: Book, scope: Scope) -> JsonValue:
        """The slot as it stands, and the customer's appointments."""
        slot = await self.appointments.free_slot(args.slot_id, args.kind, args.starts)
        return Snapshot(record=slot, rows=await self._theirs(scope)).kept()

    async def run(self, args: Book, scope: Scope, key: str) -> Record:
        body = {"customer_id": scope.customer(), "slot_id": args.slot_id, "kind": args.kind}
        return await self.appointments.backoffice.post("appointments", body, key, conflict_refuses=True)

    async def verify(self, args: Book, scope: Scope, before: JsonValue) -> Finding:
        """One new appointment, and its slot taken; where there is none, whose the slot became is not ours to judge."""
        then = Snapshot.model_validate(before)
        wanted: Record = {"customer_id": scope.customer(), "slot_id": args.slot_id, "kind": args.kind}
        found = Finding.added(then.rows, await self._theirs(scope), wanted | {"status": "booked"})
        slot = await self.appointments.slot(args.slot_id)
        return found if found.state == "absent" else found.beside("slot", then.record, slot, {"free": False})

    async def _theirs(self, scope: Scope) -> list[Record]:
        return await self.appointments.backoffice.rows("appointments", customer_id=scope.customer())


@dataclass(frozen=True)
class _AskForCall:
    appointments: _Appointments

    async def before(self, _: AskForCall, scope: Scope) -> JsonValue:
        return Snapshot(rows=await self._theirs(scope)).kept()

    async def run(self, args: AskForCall, scope: Scope, key: str) -> Record:
        body = {"customer_id": scope.customer(), "kind": args.kind}
        return await self.appointments.backoffice.post("appointments", body, key)

    async def verify(self, args: AskForCall, scope: Scope, before: JsonValue) -> Finding:
        wanted: Record = {"customer_id": scope.customer(), "kind": args.kind, "slot_id": None, "status": "booked"}
        return Finding.added(Snapshot.model_validate(before).rows, await self._theirs(scope), wanted)

    async def _theirs(self, scope: Scope) -> list[Record]:
        return await self.appointments.backoffice.rows("appointments", customer_id=scope.customer())


@dataclass(frozen=True)
class _Move:
    appointments: _Appointments

    async def before(self, args: Move, scope: Scope) -> JsonValue:
        """The appointment, the slot that it has and the one that it is to have."""
        record = await self.appointments.booked_now(args.appointment_id, scope)
        new = await self.appointments.free_slot(args.slot_id, str(record["kind"]), args.starts)
        return Snapshot(record=record, rows=[await self.appointments.slot(record.get("slot_id")), new]).kept()

    async def run(self, args: Move, scope: Scope, key: str) -> Record:
        await self.appointments.own(args.appointment_id, scope)
        body = {"slot_id": args.slot_id}
        return await self.appointments.backoffice.patch(
            "appointments", args.appointment_id, body, key, conflict_refuses=True
        )

    async def verify(self, args: Move, _: Scope, before: JsonValue) -> Finding:
        """The appointment has the new slot and nothing else of it changed; the new slot is taken, the old one free."""
        then = Snapshot.model_validate(before)
        after = await self.appointments.backoffice.item("appointments", args.appointment_id)
        found = Finding.changed(then.record, after or {}, {"slot_id": args.slot_id})
        if found.state == "absent":
            return found
        old, new = then.rows
        found = found.beside("slot", new, await self.appointments.slot(args.slot_id), {"free": False})
        return found.beside(
            "slot before", old, await self.appointments.slot(old.get("id")), {"free": True} if old else {}
        )

    def as_before(self, args: Move, before: JsonValue) -> Record | None:
        """Back to the slot that it had."""
        return moved_back(args, str(Snapshot.model_validate(before).record.get("slot_id") or ""))


@dataclass(frozen=True)
class _Cancel:
    appointments: _Appointments

    async def before(self, args: Cancel, scope: Scope) -> JsonValue:
        record = await self.appointments.booked_now(args.appointment_id, scope)
        return Snapshot(record=record, rows=[await self.appointments.slot(record.get("slot_id"))]).kept()

    async def run(self, args: Cancel, scope: Scope, key: str) -> Record:
        await self.appointments.own(args.appointment_id, scope)
        return await self.appointments.backoffice.patch(
            "appointments", args.appointment_id, {"status": "cancelled"}, key
        )

    async def verify(self, args: Cancel, _: Scope, before: JsonValue) -> Finding:
        """It is cancelled, nothing else of it changed, and its slot is free."""
        then = Snapshot.model_validate(before)
        after = await self.appointments.backoffice.item("appointments", args.appointment_id)
        found = Finding.changed(then.record, after or {}, {"status": "cancelled"})
        held = then.rows[0]
        if found.state == "absent":
            return found
        return found.beside("slot", held, await self.appointments.slot(held.get("id")), _freed(held))

    def as_before(self, args: Cancel, before: JsonValue) -> Record | None:
        """The same slot booked anew."""
        return booked_anew(args, str(Snapshot.model_validate(before).record.get("slot_id") or ""))


def _freed(slot: Record) -> Record:
    return {"free": True} if slot else {}


def booked_anew(args: Cancel, slot_id: str) -> Record | None:
    """What takes a cancellation back: the slot that it had booked anew."""
    if not slot_id or args.kind not in get_args(Kind):
        return None
    return {"slot_id": slot_id, "kind": args.kind, "starts": args.starts}


def moved_back(args: Move, slot_id: str) -> Record | None:
    """What takes a move back: the one to the slot that it had."""
    if not slot_id or not args.was:
        return None
    moved: Record = {"appointment_id": args.appointment_id, "slot_id": slot_id}
    return moved | {"starts": args.was, "was": args.starts}


def appointment_tools(backoffice: Backoffice, clock: Callable[[], datetime], zone: tzinfo) -> list[Tool]:
    """The tools over the back office; `clock` tells an aware time, `zone` is the company's."""
    these = _Appointments(backoffice, clock, zone)
    return tools_over(
        these, Doing(_Book(these), _AskForCall(these), _Move(these), _Cancel(these)),
        system="backoffice", key=KeyKind.IDEMPOTENCY_KEY,
    )  # fmt: skip


class Reads(Protocol):
    """What can be looked up in a system that keeps appointments."""

    async def find_slots(self, args: FindSlots, scope: Scope, /) -> Calendar:
        """The free slots of a kind at that time, soonest first."""

    async def get_slot(self, args: OneSlot, scope: Scope, /) -> Slot | None:
        """A slot, free or not."""

    async def booked(self, args: NoArguments, scope: Scope, /) -> Diary:
        """What the customer in scope has booked and is still to come, soonest first."""

    async def get_appointment(self, args: OneAppointment, scope: Scope, /) -> Appointment | None:
        """An appointment of the customer in scope."""


class Does(Protocol):
    """What an action does: see the fields of these names in `Action`."""

    async def before(self, args: Any, scope: Scope, /) -> JsonValue: ...  # noqa: D102

    async def run(self, args: Any, scope: Scope, key: str, /) -> Record: ...  # noqa: D102

    async def verify(self, args: Any, scope: Scope, before: JsonValue, /) -> Finding: ...  # noqa: D102


class Reverses(Does, Protocol):
    """An action that can be taken back."""

    def as_before(self, args: Any, before: JsonValue, /) -> Record | None:
        """The arguments of what takes it back; None where nothing can."""


@dataclass(frozen=True)
class Doing:
    """What can be done in a system that keeps appointments."""

    book: Does
    ask_for_call: Does
    move: Reverses
    cancel: Reverses


def tools_over(reads: Reads, doing: Doing, *, system: str, key: KeyKind, proof: str = "read again") -> list[Tool]:
    """The lookups and actions around appointments, over any system that keeps them."""

    def look(
        name: str,
        summary: str,
        args: type[Arguments],
        result: type[BaseModel],
        subject: str,
        run: Callable[[Any, Scope], Awaitable[BaseModel | None]],
    ) -> Lookup:
        return Lookup(name=name, summary=summary, system=system, args=args, result=result, subject=subject, run=run)

    def act(
        name: str,
        summary: str,
        args: type[Arguments],
        does: Does,
        target: Callable[[Any], Target],
        undo: Undo | None = None,
    ) -> Action:
        return Action(
            name=name, summary=summary, system=system, args=args, risk=Risk.CUSTOMER_CONFIRMED, key=key, proof=proof,
            target=target, before=does.before, run=does.run, verify=does.verify, undo=undo,
        )  # fmt: skip

    return [
        look("find_slots", "Find the free slots of a kind.", FindSlots, Calendar, "calendar", reads.find_slots),
        look("get_slot", "Look up one slot: when it begins.", OneSlot, Slot, "place", reads.get_slot),
        look("find_appointments", "Find what the customer has booked.", NoArguments, Diary, "diary", reads.booked),
        look(
            "get_appointment", "Look up one appointment of the customer.", OneAppointment, Appointment, "appointment",
            reads.get_appointment,
        ),
        act("book_appointment", "Book a free slot for the customer.", Book, doing.book, _slot),
        act("ask_for_call", "Have somebody call the customer as soon as anybody can.", AskForCall, doing.ask_for_call,
            lambda _: Target(kind="customer", id="")),
        act("move_appointment", "Move an appointment to another slot.", Move, doing.move, _appointment,
            Undo("move_appointment", doing.move.as_before)),
        act("cancel_appointment", "Cancel an appointment.", Cancel, doing.cancel, _appointment,
            Undo("book_appointment", doing.cancel.as_before)),
    ]  # fmt: skip


def _slot(args: Book) -> Target:
    return Target(kind="slot", id=args.slot_id)


def _appointment(args: Move | Cancel) -> Target:
    return Target(kind="appointment", id=args.appointment_id)
