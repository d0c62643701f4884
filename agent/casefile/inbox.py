"""The inbox: what wakes a case. A message is committed here before anyone is told that it was accepted (G7).

A row is a message, a person's decision, or something due at a time; it is done when a turn's last event names it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.records import Cause
from agent.casefile.tables import cases, inbox
from agent.errors import CaseIsClosed, CaseUnknown, MessageDiffers


@dataclass(frozen=True)
class Wake:
    """One row: why a case is to be worked on."""

    case_id: str
    wake_id: str
    cause: Cause
    body: str
    turn_seq: int | None = None
    """The seq of the last event of the turn that dealt with it; None while it waits, 0 when it was withdrawn."""
    accepted_at: str = ""
    """When it came in, by the product's clock."""


async def accept(tx: AsyncConnection, tenant: str, clock: Clock, case_id: str, message_id: str, text: str) -> None:
    """Take a message in, once.

    Raises CaseUnknown, CaseIsClosed, and MessageDiffers when the id was used with another text.
    """
    status = (
        await tx.execute(select(cases.c.status).where(cases.c.case_id == case_id, cases.c.tenant == tenant))
    ).scalar_one_or_none()
    if status is None:
        raise CaseUnknown(f"There is no case {case_id}.")
    known = await _find(tx, case_id, message_id)
    if known is not None and known.body != text:
        raise MessageDiffers("This message id was used before with another text; send a new id with a new text.")
    if known is not None:
        return
    if status == "closed":
        raise CaseIsClosed("This case is closed; open a new one.")
    await put(tx, tenant, clock, Wake(case_id, message_id, "message", text))


async def put(tx: AsyncConnection, tenant: str, clock: Clock, wake: Wake, due_at: str | None = None) -> None:
    """Add a row that becomes due at once or at a time."""
    now = clock.stamp()
    last = await tx.execute(select(func.coalesce(func.max(inbox.c.position), 0)).where(inbox.c.case_id == wake.case_id))
    row = {
        "case_id": wake.case_id,
        "wake_id": wake.wake_id,
        "tenant": tenant,
        "cause": wake.cause,
        "body": wake.body,
        "accepted_at": now,
        "due_at": due_at or now,
        "position": last.scalar_one() + 1,
        "turn_seq": None,
    }
    await tx.execute(insert(inbox).values(row))


async def due(db: AsyncConnection, clock: Clock, case_id: str) -> list[Wake]:
    """What a case is to be worked on for now, in the order it was accepted."""
    rows = await db.execute(
        select(inbox)
        .where(inbox.c.case_id == case_id, inbox.c.turn_seq.is_(None), inbox.c.due_at <= clock.stamp())
        .order_by(inbox.c.position)
    )
    return [_wake(row) for row in rows.mappings()]


async def waiting_cases(db: AsyncConnection, tenant: str, clock: Clock) -> list[str]:
    """The cases with something due."""
    rows = await db.execute(
        select(inbox.c.case_id)
        .where(inbox.c.turn_seq.is_(None), inbox.c.due_at <= clock.stamp(), inbox.c.tenant == tenant)
        .distinct()
    )
    return list(rows.scalars())


async def waiting(db: AsyncConnection, case_id: str) -> list[tuple[str, str]]:
    """The id and the due time of each row that nobody has dealt with, due or not, soonest first."""
    rows = await db.execute(
        select(inbox.c.wake_id, inbox.c.due_at)
        .where(inbox.c.case_id == case_id, inbox.c.turn_seq.is_(None))
        .order_by(inbox.c.due_at, inbox.c.position)
    )
    return [(wake_id, due_at) for wake_id, due_at in rows]


def reminder_wake(reminder_id: str) -> str:
    """The id of the row with which a reminder becomes due."""
    return f"reminder:{reminder_id}:0"


async def reminders(db: AsyncConnection, case_id: str) -> list[tuple[str, str, str]]:
    """The id, the due time and the text of each reminder that nobody has dealt with, soonest first."""
    rows = await db.execute(
        select(inbox)
        .where(inbox.c.case_id == case_id, inbox.c.turn_seq.is_(None), inbox.c.wake_id.like(reminder_wake("%")))
        .order_by(inbox.c.due_at, inbox.c.position)
    )
    return [(row["wake_id"].split(":")[1], row["due_at"], row["body"]) for row in rows.mappings()]


async def withdraw(tx: AsyncConnection, case_id: str, wake_id: str) -> None:
    """Have a row that waits never become due; one that was dealt with stays as it is."""
    waits = (inbox.c.case_id == case_id, inbox.c.wake_id == wake_id, inbox.c.turn_seq.is_(None))
    await tx.execute(update(inbox).where(*waits).values(turn_seq=0))


async def find(db: AsyncConnection, case_id: str, wake_id: str) -> Wake | None:
    """One row, done or not."""
    return await _find(db, case_id, wake_id)


async def done(tx: AsyncConnection, case_id: str, wake_ids: list[str], turn_seq: int) -> None:
    """Mark rows as dealt with by the turn that ended with this event."""
    await tx.execute(
        update(inbox).where(inbox.c.case_id == case_id, inbox.c.wake_id.in_(wake_ids)).values(turn_seq=turn_seq)
    )


async def _find(db: AsyncConnection, case_id: str, wake_id: str) -> Wake | None:
    rows = await db.execute(select(inbox).where(inbox.c.case_id == case_id, inbox.c.wake_id == wake_id))
    row = rows.mappings().one_or_none()
    return None if row is None else _wake(row)


def _wake(row: RowMapping) -> Wake:
    return Wake(**{name: row[name] for name in Wake.__dataclass_fields__})
