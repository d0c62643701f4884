"""Approve: the run stops here until a person has decided. It asks, waits, and notes the answer; nothing more.

The answer that counts is the one that won in the approvals' table, whatever a resume says.
"""

from __future__ import annotations

from langgraph.types import interrupt

from agent.casefile import approvals
from agent.casefile.approvals import Decision
from agent.casefile.events import ApprovalGiven
from agent.casefile.inbox import Wake
from agent.casefile.records import Approval, Proposal
from agent.errors import ApprovalStale
from agent.state import State, Update
from agent.turn import OpenTurn

STATUS = {"approve": "approved", "edit": "edited", "reject": "rejected", "respond": "responded"}


async def approve(state: State, turn: OpenTurn) -> Update:
    """Wait for the decision on the pending approval."""
    approval = turn.case.approval
    if approval is None:
        return {"step": {"kind": "nothing"}, "route": "propose"}
    answer = interrupt(approval.model_dump(mode="json"))
    decision = await _decision(turn, approval, answer)
    turn.note(
        ApprovalGiven(
            approval_id=approval.id,
            intent=turn.case.approval_intent,
            proposal=Proposal(action=approval.action, args=approval.args, digest=approval.digest),
            status=decision.status,
            decided_by=decision.decided_by,
            reason=decision.reason,
            text=decision.text,
            args=decision.args,
            clauses=approval.clauses,
        )
    )
    return {"step": {}, "route": "propose"}


async def _decision(turn: OpenTurn, approval: Approval, answer: object) -> Decision:
    desk = turn.desk
    async with desk.files.database.read() as db:
        won = await approvals.decision(db, approval.id)
    if won is not None:
        return won
    if any(wake.cause == "expiry" and wake.body == approval.id for wake in turn.wakes):
        async with desk.files.database.write() as tx:
            if await approvals.lapse(tx, approval.id):
                return Decision(status="expired", decided_by="", reason="Nobody decided in time.")
        raise ApprovalStale("The approval was decided a moment before it lapsed.")
    return await _record(turn, approval, answer)


async def _record(turn: OpenTurn, approval: Approval, answer: object) -> Decision:
    """A decision that came with the resume itself, as Studio gives it: recorded like any other, once."""
    given = answer if isinstance(answer, dict) else {}
    if given.get("decision") not in STATUS:
        raise ApprovalStale("Resume with {decision: approve | edit | reject | respond, reason}.")
    decision = Decision(
        status=STATUS[given["decision"]],
        decided_by=str(given.get("by", "studio")),
        reason=str(given.get("reason", "")),
        text=given.get("text"),
        args=given.get("args"),
    )
    desk = turn.desk
    async with desk.files.database.write() as tx:
        await approvals.decide(tx, desk.tenant, desk.clock, approval.id, decision, given.get("digest"))
    turn.wakes.append(Wake(approval.case_id, f"decision:{approval.id}", "decision", approval.id))
    return decision
