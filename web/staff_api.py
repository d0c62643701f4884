"""The HTTP contract for staff: files, handoffs, approvals, undoing, and who has a case. The staff token opens it."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field, JsonValue, StringConstraints, ValidationError

from agent import undo
from agent.casefile import approvals
from agent.casefile import events as e
from agent.casefile.approvals import Decision
from agent.casefile.canonical import canonical
from agent.casefile.records import Approval, ApprovalStatus, Args, Handoff, Turn
from agent.policy.workflow import exact_args
from web.api import BODY, KNOWN, Given, Text, read_case
from web.front import Desked, Front, Staff
from web.problems import Problem, refusals
from web.stream import awaited
from web.view import CaseView, packet_of

STAFFED = refusals(KNOWN | {403: "This needs the staff token.", 404: "There is no such thing."})
MOVED = STAFFED | refusals(BODY | {409: "The case is closed."})
router = APIRouter()


class JsonLines(PlainTextResponse):
    """One JSON document a line."""

    media_type = "application/x-ndjson"


class Decided(Given):
    """`POST /v1/approvals/{id}`."""

    decision: Literal["approve", "edit", "reject", "respond"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
    digest: str | None = None
    args: dict[str, JsonValue] | None = None
    text: Text | None = None


class DecidedApproval(BaseModel):
    """The approval as it was decided, and the turn in which the customer heard of it (null while at work)."""

    approval: Approval
    turn: Turn | None


class Undo(Given):
    """`POST /v1/cases/{id}/undo`: the key of an effect that its receipt says is verified."""

    effect: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Undone(BaseModel):
    """The turn in which it was taken back, with the receipt; a ruling without a receipt says why it was not.

    Null while at work.
    """

    turn: Turn | None


class Reason(Given):
    """Who takes, gives back or closes a case, for the log."""

    by: Annotated[str, Field(max_length=200)] = "staff"


@router.get("/v1/cases/{case_id}/file", tags=["staff"], response_class=JsonLines, responses=STAFFED)
async def read_file(door: Desked, _staff: Staff, case_id: UUID) -> Response:
    """The case's events as JSON lines, with their hash chain."""
    rows = await door.desk.files.rows(str(case_id))
    lines = (json.dumps(_exported(row), ensure_ascii=False) for row in rows)
    return JsonLines("".join(f"{line}\n" for line in lines))


def _exported(row: Any) -> dict[str, Any]:
    body = None if row["body"] is None else json.loads(row["body"])
    return {**row, "body": body, "body_text": row["body"]}


@router.get("/v1/cases/{case_id}/handoff", tags=["staff"], responses=STAFFED)
async def read_handoff(door: Desked, _staff: Staff, case_id: UUID) -> Handoff:
    """The packet of the last handoff."""
    packet = packet_of(await door.desk.files.events(str(case_id)))
    if packet is None:
        raise Problem(404, "This case was not handed over.")
    return packet


@router.get("/v1/approvals", tags=["staff"], responses=refusals(KNOWN | {403: "This needs the staff token."}))
async def list_approvals(
    door: Desked, _staff: Staff, status: Annotated[ApprovalStatus | None, Query()] = None
) -> list[Approval]:
    """Approvals, oldest first."""
    async with door.desk.files.database.read() as db:
        return await approvals.listed(db, door.desk.tenant, door.desk.clock, status=status)


@router.post(
    "/v1/approvals/{approval_id}",
    tags=["staff"],
    responses=STAFFED | refusals(BODY | {409: "Decided, expired, or another proposal than the one that waits."}),
)
async def decide_approval(door: Desked, staff: Staff, approval_id: UUID, given: Decided) -> DecidedApproval:
    """Decide on a pending approval: exactly one of many racing decisions wins, the others get 409."""
    return await decided(door, str(approval_id), given, staff)


async def decided(door: Front, approval_id: str, given: Decided, by: str) -> DecidedApproval:
    """Record a decision and wait for the turn that it causes."""
    desk = door.desk
    async with desk.files.database.read() as db:
        pending = await approvals.get(db, desk.tenant, desk.clock, approval_id)
    args = _checked(door, pending, given)
    statuses: dict[str, ApprovalStatus] = {
        "approve": "approved",
        "edit": "edited",
        "reject": "rejected",
        "respond": "responded",
    }
    decision = Decision(status=statuses[given.decision], decided_by=by, reason=given.reason, text=given.text, args=args)
    async with desk.files.database.write() as tx:
        approval = await approvals.decide(tx, desk.tenant, desk.clock, approval_id, decision, given.digest)
    door.turns.wake(approval.case_id)
    turn = await awaited(door, approval.case_id, f"decision:{approval_id}")
    return DecidedApproval(approval=approval, turn=turn)


def _checked(door: Front, pending: Approval, given: Decided) -> Args | None:
    """The edited arguments, if there are any. Answers 422 for a decision that lacks something, 409 for stale ones."""
    if given.decision == "edit" and given.args is None:
        raise Problem(422, "An edit carries the new `args`.")
    if given.decision == "respond" and given.text is None:
        raise Problem(422, "A response carries the `text` for the customer.")
    if given.args is None:
        return None
    try:
        args = exact_args(door.desk.catalog, pending.action, given.args)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Problem(422, f"These are no arguments of {pending.action}: {field}: {first['msg']}.") from None
    if given.decision == "edit":
        return args
    if canonical(args) != canonical(pending.args):
        raise Problem(409, "These arguments are not those that wait for approval; use `edit` to change them.")
    return None


@router.post(
    "/v1/cases/{case_id}/undo",
    tags=["staff"],
    responses=STAFFED | refusals(BODY | {409: "It cannot be taken back, is being taken back, or the case is closed."}),
)
async def undo_effect(door: Desked, staff: Staff, case_id: UUID, wanted: Undo) -> Undone:
    """Take an effect back by the action that its tool declares for it: ruled, sent once and proven like any other."""
    return await undone(door, str(case_id), wanted, staff)


async def undone(door: Front, case_id: str, wanted: Undo, by: str) -> Undone:
    """Have an effect taken back and wait for the turn that does it."""
    wake_id = await undo.ask(door.desk, case_id, wanted.effect, by, wanted.reason)
    door.turns.wake(case_id)
    return Undone(turn=await awaited(door, case_id, wake_id))


@router.post("/v1/cases/{case_id}/takeover", tags=["staff"], responses=MOVED)
async def take_over(door: Desked, _staff: Staff, case_id: UUID, reason: Reason | None = None) -> CaseView:
    """A person takes the case: from here nothing of the agent's is sent."""
    return await _by_staff(door, case_id, e.TakenOver(by=(reason or Reason()).by))


@router.post("/v1/cases/{case_id}/release", tags=["staff"], responses=MOVED)
async def give_back(door: Desked, _staff: Staff, case_id: UUID, reason: Reason | None = None) -> CaseView:
    """A person gives the case back to the agent."""
    return await _by_staff(door, case_id, e.GivenBack(by=(reason or Reason()).by))


@router.post("/v1/cases/{case_id}/close", tags=["staff"], responses=MOVED)
async def close_case(door: Desked, _staff: Staff, case_id: UUID, reason: Reason | None = None) -> CaseView:
    """A person closes the case; it takes no more messages."""
    return await _by_staff(door, case_id, e.CaseClosed(by=(reason or Reason()).by))


async def _by_staff(door: Front, case_id: UUID, what: e.TakenOver | e.GivenBack | e.CaseClosed) -> CaseView:
    await door.turns.by_staff(str(case_id), what)
    return await read_case(door, str(case_id))
