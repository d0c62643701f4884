"""Approvals: a question to a person, decided once. The row decides a race; the case file tells what came of it."""

from __future__ import annotations

import json
import uuid

from pydantic import JsonValue
from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.inbox import Wake, put
from agent.casefile.records import Approval, ApprovalStatus, Args, Frozen
from agent.casefile.tables import approvals, inbox
from agent.errors import ApprovalStale, ApprovalUnknown

NAMESPACE = uuid.UUID("8a3f4dd2-2f0b-4c37-9b0e-1f9f5f0c7a11")
"""Approval ids are made from case and proposal, so that asking again after a crash asks the same question."""


class Decision(Frozen):
    """A person's answer, as it was given."""

    status: ApprovalStatus
    decided_by: str
    reason: str
    text: str | None = None
    args: Args | None = None


async def ask(tx: AsyncConnection, tenant: str, clock: Clock, approval: Approval) -> None:
    """Put the question, and a wake for the moment it lapses."""
    row = {
        "approval_id": approval.id,
        "tenant": tenant,
        "case_id": approval.case_id,
        "status": "pending",
        "digest": approval.digest,
        "created_at": approval.created_at,
        "expires_at": approval.expires_at,
        "body": approval.model_dump_json(),
    }
    await tx.execute(insert(approvals).values(row))
    lapse = Wake(approval.case_id, f"expiry:{approval.id}", "expiry", approval.id)
    await put(tx, tenant, clock, lapse, due_at=approval.expires_at)


async def decide(
    tx: AsyncConnection, tenant: str, clock: Clock, approval_id: str, decision: Decision, digest: str | None = None
) -> Approval:
    """Answer the question; of many racing answers exactly one wins. `digest`: the proposal that was shown.

    Raises ApprovalUnknown, and ApprovalStale when it is decided, expired or for another proposal.
    """
    approval = await get(tx, tenant, clock, approval_id)
    if approval.status != "pending":
        raise ApprovalStale(f"This approval is {approval.status}; it can no longer be decided.")
    if digest is not None and digest != approval.digest:
        raise ApprovalStale("This is not the proposal that waits for approval; read it again and decide on that one.")
    won = await tx.execute(
        update(approvals)
        .where(approvals.c.approval_id == approval_id, approvals.c.status == "pending")
        .values(status=decision.status, decision=decision.model_dump_json())
    )
    if won.rowcount != 1:
        raise ApprovalStale("This approval was decided by someone else a moment ago.")
    await _forget_lapse(tx, approval)
    await put(tx, tenant, clock, Wake(approval.case_id, f"decision:{approval_id}", "decision", approval_id))
    return approval.model_copy(update={"status": decision.status, "decided_by": decision.decided_by})


async def lapse(tx: AsyncConnection, approval_id: str) -> bool:
    """Mark it expired; False when it was decided before."""
    lapsed = await tx.execute(
        update(approvals)
        .where(approvals.c.approval_id == approval_id, approvals.c.status == "pending")
        .values(status="expired")
    )
    return lapsed.rowcount == 1


async def withdraw(tx: AsyncConnection, approval: Approval) -> None:
    """Take the question back: a person has the whole case now. A decision that came first stands in the table."""
    await lapse(tx, approval.id)
    await _forget_lapse(tx, approval)


async def _forget_lapse(tx: AsyncConnection, approval: Approval) -> None:
    """Nothing is due any more at the time at which the question would have lapsed."""
    due = (inbox.c.case_id == approval.case_id) & (inbox.c.wake_id == f"expiry:{approval.id}")
    await tx.execute(delete(inbox).where(due, inbox.c.turn_seq.is_(None)))


async def get(db: AsyncConnection, tenant: str, clock: Clock, approval_id: str) -> Approval:
    """One approval as it stands now. Raises ApprovalUnknown."""
    found = await listed(db, tenant, clock, approval_id=approval_id)
    if not found:
        raise ApprovalUnknown(f"There is no approval {approval_id}.")
    return found[0]


async def decision(db: AsyncConnection, approval_id: str) -> Decision | None:
    """The answer that won, if there is one."""
    row = await db.execute(select(approvals.c.decision).where(approvals.c.approval_id == approval_id))
    text = row.scalar_one_or_none()
    return None if text is None else Decision.model_validate_json(text)


async def listed(
    db: AsyncConnection, tenant: str, clock: Clock, *, status: str | None = None, approval_id: str | None = None
) -> list[Approval]:
    """Approvals, oldest first; one whose time has passed is expired, whether or not its case knows yet."""
    wanted = select(approvals).where(approvals.c.tenant == tenant).order_by(approvals.c.created_at)
    if approval_id is not None:
        wanted = wanted.where(approvals.c.approval_id == approval_id)
    now = clock.stamp()
    if status is not None:
        wanted = wanted.where(_stands(status, now))
    found = []
    for row in (await db.execute(wanted)).mappings():
        body: dict[str, JsonValue] = json.loads(row["body"])
        lapsed = row["status"] == "pending" and row["expires_at"] <= now
        who = json.loads(row["decision"])["decided_by"] if row["decision"] else None
        body |= {"status": "expired" if lapsed else row["status"], "decided_by": who}
        found.append(Approval.model_validate(body))
    return found


def _stands(status: str, now: str) -> ColumnElement[bool]:
    """As SQL, so that the decisions of years are not read to list what is pending."""
    pending = approvals.c.status == "pending"
    if status == "pending":
        return pending & (approvals.c.expires_at > now)
    stored = approvals.c.status == status
    return stored | (pending & (approvals.c.expires_at <= now)) if status == "expired" else stored
