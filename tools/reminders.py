"""Reminders: something is said to the customer at a time. They wait at the desk itself, and go out by mail when due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Annotated

from pydantic import BaseModel, JsonValue, StringConstraints

from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolRefused
from tools.finding import Finding, Record, Snapshot
from tools.moments import Beginning, Local, local, stamp
from tools.own import Own

What = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
ReminderId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class SetReminder(Arguments):
    """When, by the company's clock, and of what."""

    at: Beginning
    text: What


class CancelReminder(Arguments):
    """Which, and what the customer was told of it."""

    reminder_id: ReminderId
    at: Local
    text: What


class OneReminder(Arguments):
    """Names a reminder."""

    reminder_id: ReminderId


class NoArguments(Arguments):
    """The case is the one in scope."""


class Reminder(BaseModel):
    """A reminder that is not due yet."""

    id: str
    at: str
    text: str


class Reminders(BaseModel):
    """Those of the case, soonest first."""

    waiting: list[Reminder]


@dataclass(frozen=True)
class _Reminders:
    own: Own
    clock: Callable[[], datetime]
    zone: tzinfo

    async def waiting(self, _: NoArguments, scope: Scope) -> Reminders:
        return Reminders(waiting=[Reminder.model_validate(row) for row in await self.rows(scope)])

    async def one(self, args: OneReminder, scope: Scope) -> Reminder | None:
        rows = [Reminder.model_validate(row) for row in await self.rows(scope)]
        return next((row for row in rows if row.id == args.reminder_id), None)

    async def rows(self, scope: Scope) -> list[Record]:
        found = await self.own.waiting(scope.case_id)
        return [{"id": w.id, "at": self._local(w.due_at), "text": w.text} for w in found]

    def _local(self, due_at: str) -> str:
        return local(datetime.fromisoformat(due_at), self.zone)


@dataclass(frozen=True)
class _Set:
    reminders: _Reminders

    async def before(self, args: SetReminder, scope: Scope) -> JsonValue:
        if self._due(args) <= self.reminders.clock().astimezone(UTC).isoformat(timespec="microseconds"):
            raise ToolRefused(f"{args.at} is past.")
        return Snapshot(rows=await self.reminders.rows(scope)).kept()

    async def run(self, args: SetReminder, scope: Scope, key: str) -> Record:
        return {"id": await self.reminders.own.remind(scope.case_id, key, self._due(args), args.text)}

    async def verify(self, args: SetReminder, scope: Scope, before: JsonValue) -> Finding:
        wanted: Record = {"at": args.at, "text": args.text}
        return Finding.added(Snapshot.model_validate(before).rows, await self.reminders.rows(scope), wanted)

    def _due(self, args: SetReminder) -> str:
        return stamp(args.at, self.reminders.zone)


@dataclass(frozen=True)
class _Cancel:
    reminders: _Reminders

    async def before(self, args: CancelReminder, scope: Scope) -> JsonValue:
        rows = await self.reminders.rows(scope)
        if not any(row["id"] == args.reminder_id for row in rows):
            raise ToolRefused("This reminder was sent or cancelled already.")
        return Snapshot(rows=rows).kept()

    async def run(self, args: CancelReminder, scope: Scope, key: str) -> Record:  # noqa: ARG002 - its contract
        await self.reminders.own.withdraw(scope.case_id, args.reminder_id)
        return {"id": args.reminder_id}

    async def verify(self, args: CancelReminder, scope: Scope, before: JsonValue) -> Finding:
        """It does not wait any more, and all others do."""
        after = {str(row["id"]): row for row in await self.reminders.rows(scope)}
        then = {str(row["id"]): row for row in Snapshot.model_validate(before).rows}
        kept: Record = {id_: row for id_, row in then.items() if id_ != args.reminder_id}
        gone: Record = {id_: row for id_, row in after.items() if id_ in then and id_ != args.reminder_id}
        return Finding.changed(kept | {"waits": True}, gone | {"waits": args.reminder_id in after}, {"waits": False})


def reminder_tools(own: Own, clock: Callable[[], datetime], zone: tzinfo) -> list[Tool]:
    """The lookups and actions around reminders; `clock` tells an aware time, `zone` is the company's."""
    these = _Reminders(own, clock, zone)
    setting, cancelling = _Set(these), _Cancel(these)
    return [
        Lookup(
            name="find_reminders",
            summary="Find the reminders of this case that are not due yet.",
            system="desk",
            args=NoArguments,
            result=Reminders,
            subject="reminders",
            run=these.waiting,
        ),
        Lookup(
            name="get_reminder",
            summary="Look up one reminder of this case.",
            system="desk",
            args=OneReminder,
            result=Reminder,
            subject="reminder",
            run=these.one,
        ),
        Action(
            name="set_reminder",
            summary="Remind the customer of something at a time.",
            system="desk",
            args=SetReminder,
            risk=Risk.CUSTOMER_CONFIRMED,
            key=KeyKind.IDEMPOTENCY_KEY,
            target=lambda args: Target(kind="reminder", id=args.at),
            before=setting.before,
            run=setting.run,
            verify=setting.verify,
        ),
        Action(
            name="cancel_reminder",
            summary="Cancel a reminder that is not due yet.",
            system="desk",
            args=CancelReminder,
            risk=Risk.CUSTOMER_CONFIRMED,
            key=KeyKind.CONDITION,
            target=lambda args: Target(kind="reminder", id=args.reminder_id),
            before=cancelling.before,
            run=cancelling.run,
            verify=cancelling.verify,
        ),
    ]
