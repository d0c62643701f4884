"""Appointments: the free slots, what is booked, and to book, move or cancel it.

Moments are given and taken in the company's time zone, as `2026-12-03T10:00`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol, get_args

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, Undo
from tools.finding import Finding, Record
from tools.moments import Local

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
    was: Annotated[str, Field(title="time it was booked for")] = ""
    """When it was before, as the customer was told; "" where it had no slot."""


class Cancel(Arguments):
    """Which appointment, and when it was, as the customer was told."""

    appointment_id: Id
    kind: str
    starts: Annotated[str, Field(title="time")] = ""


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


def within(starts: str, when: str) -> bool:
    """Whether a moment lies on a day, at a moment, or between two of them; both ends belong to it."""
    first, _, last = when.partition("/")
    return first <= starts and starts <= f"{last or first}~" if first else True


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
