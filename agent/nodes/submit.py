"""Submit: put the exact proposal to a person, with the evidence it was ruled on. The run stops at `approve`."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile import approvals
from agent.casefile.events import ApprovalAsked, Ruled
from agent.casefile.records import Approval
from agent.state import State, Update
from agent.turn import OpenTurn


async def submit(state: State, turn: OpenTurn) -> Update:
    """Ask for a decision that lapses after the approval's time to live."""
    step, ruled = state["step"], turn.noted(Ruled, lambda r: r.intent is not None)
    if ruled is None or ruled.intent is None:
        raise LookupError("An approval follows a ruling.")
    case, desk = turn.case, turn.desk
    asked = f"{case.case_id}:{ruled.proposal.digest}:{turn.wakes[0].wake_id}"
    approval = Approval(
        id=str(uuid.uuid5(approvals.NAMESPACE, asked)),
        case_id=case.case_id,
        action=ruled.proposal.action,
        args=ruled.proposal.args,
        digest=ruled.proposal.digest,
        clauses=ruled.ruling.clauses,
        reason=ruled.ruling.reason,
        evidence={"customer_said": case.intent(ruled.intent).text, "looked_up": dict(step.get("found", {}))},
        status="pending",
        created_at=desk.clock.stamp(),
        expires_at=desk.clock.after(desk.limits.approval_ttl_s),
    )

    async def write(tx: AsyncConnection) -> None:
        await approvals.ask(tx, desk.tenant, desk.clock, approval)

    turn.with_next_commit(write)
    turn.note(ApprovalAsked(intent=ruled.intent, approval=approval))
    return {"step": {**step, "kind": "submitted"}, "route": "reply"}
