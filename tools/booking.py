"""Appointments at the back office. One takes its slot and frees it by itself, so both records are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from pydantic import AwareDatetime, BaseModel, JsonValue

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
from tools.contract import KeyKind, Scope, Tool, ToolRefused
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, Blank, as_read
from tools.moments import local


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

    async def theirs(self, scope: Scope) -> list[Record]:
        """All appointments of the customer in scope."""
        return await self.backoffice.rows("appointments", customer_id=scope.customer())

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


@dataclass(frozen=True)
class _Book:
    appointments: _Appointments

    async def before(self, args: Book, scope: Scope) -> JsonValue:
        """The slot as it stands, and the customer's appointments."""
        slot = await self.appointments.free_slot(args.slot_id, args.kind, args.starts)
        return Snapshot(record=slot, rows=await self.appointments.theirs(scope)).kept()

    async def run(self, args: Book, scope: Scope, key: str) -> Record:
        body = {"customer_id": scope.customer(), "slot_id": args.slot_id, "kind": args.kind}
        return await self.appointments.backoffice.post("appointments", body, key, conflict_refuses=True)

    async def verify(self, args: Book, scope: Scope, before: JsonValue) -> Finding:
        """One new appointment, and its slot taken; where there is none, whose the slot became is not ours to judge."""
        then = Snapshot.model_validate(before)
        wanted: Record = {"customer_id": scope.customer(), "slot_id": args.slot_id, "kind": args.kind}
        found = Finding.added(then.rows, await self.appointments.theirs(scope), wanted | {"status": "booked"})
        slot = await self.appointments.slot(args.slot_id)
        return found if found.state == "absent" else found.beside("slot", then.record, slot, {"free": False})


@dataclass(frozen=True)
class _AskForCall:
    appointments: _Appointments

    async def before(self, _: AskForCall, scope: Scope) -> JsonValue:
        return Snapshot(rows=await self.appointments.theirs(scope)).kept()

    async def run(self, args: AskForCall, scope: Scope, key: str) -> Record:
        body = {"customer_id": scope.customer(), "kind": args.kind}
        return await self.appointments.backoffice.post("appointments", body, key)

    async def verify(self, args: AskForCall, scope: Scope, before: JsonValue) -> Finding:
        wanted: Record = {"customer_id": scope.customer(), "kind": args.kind, "slot_id": None, "status": "booked"}
        return Finding.added(Snapshot.model_validate(before).rows, await self.appointments.theirs(scope), wanted)


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


def appointment_tools(backoffice: Backoffice, clock: Callable[[], datetime], zone: tzinfo) -> list[Tool]:
    """The tools over the back office; `clock` tells an aware time, `zone` is the company's."""
    these = _Appointments(backoffice, clock, zone)
    return tools_over(
        these, Doing(_Book(these), _AskForCall(these), _Move(these), _Cancel(these)),
        system="backoffice", key=KeyKind.IDEMPOTENCY_KEY,
    )  # fmt: skip
