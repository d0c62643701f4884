"""The HTTP contract: cases, messages, turns, approvals. What a route accepts is committed before it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError
from sqlalchemy import text as sql
from sse_starlette import EventSourceResponse

from agent import undo
from agent.casefile import approvals, inbox
from agent.casefile import events as e
from agent.casefile.approvals import Decision
from agent.casefile.canonical import canonical
from agent.casefile.records import Approval, ApprovalStatus, Args, CaseStatus, Handoff, Turn
from agent.policy.workflow import exact_args
from web.front import Desked, Front, Staff, VisitedCase, customer_of
from web.problems import Problem, refusals
from web.stream import awaited, finished, follow
from web.view import CaseView, packet_of, turns_of, viewed

BUSY = {503: "The store does not answer just now, or Deskhand is still starting."}
BODY = {400: "The body is not valid JSON."}
KNOWN = {401: "No token.", 422: "The request is not as described here."} | BUSY
VISITED = refusals(KNOWN | {404: "There is no such thing for this token."})
STAFFED = refusals(KNOWN | {403: "This needs the staff token.", 404: "There is no such thing."})
MOVED = STAFFED | refusals(BODY | {409: "The case is closed."})
router = APIRouter()
KEEP_ALIVE_S = 15
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]


STREAM = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "example": 'event: sentence\ndata: {"text": "Hello."}\n\nevent: turn\ndata: {"seq": 8, "reply": "Hello."}\n\n',
    }
}


class JsonLines(PlainTextResponse):
    """One JSON document a line."""

    media_type = "application/x-ndjson"


class Given(BaseModel):
    """Base of request bodies: an unknown field is an error, so that a misspelt one is not ignored."""

    model_config = ConfigDict(extra="forbid")


class OpenCase(Given):
    """`POST /v1/cases`."""

    channel: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,29}$")] = "chat"
    locale: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")] | None = None
    customer_token: str | None = None


class CaseOpened(BaseModel):
    """The case's id and the visitor's token for it; the token is shown only here."""

    case_id: str
    token: str


class NewMessage(Given):
    """`POST /v1/cases/{id}/messages`; the client makes the id, so that sending again is safe."""

    id: UUID
    text: Text


class AtWork(BaseModel):
    """A turn that is not done yet."""

    message_id: str
    status: CaseStatus = "open"


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


class Health(BaseModel):
    """`GET /healthz`."""

    status: Literal["ok"]
    release: str
    model: str
    store: str


@router.get("/healthz", tags=["health"], responses=refusals({503: "Deskhand cannot work; the detail says why."}))
async def healthz(door: Desked) -> Health:
    """Whether the product can work; 503 with the reason when it cannot."""
    async with asyncio.timeout(5), door.desk.files.database.read() as db:
        await db.execute(sql("SELECT 1"))
    model = door.desk.model_for(door.desk.live).name
    return Health(status="ok", release=door.desk.live.id, model=model, store=door.store)


@router.post(
    "/v1/cases",
    status_code=201,
    tags=["cases"],
    responses=refusals(BODY | KNOWN | {401: "The customer_token is forged, expired, or lives too long."}),
)
async def open_case(door: Desked, asked: OpenCase | None = None) -> CaseOpened:
    """Open a case. A `customer_token` of the host site makes its customer verified."""
    asked = asked or OpenCase()
    customer = None
    if asked.customer_token is not None:
        customer = customer_of(asked.customer_token, door.customer_secret, door.desk.clock)
    locales = door.desk.live.playbook.company.locales
    wanted = (asked.locale or locales[0])[:2].lower()
    opened = e.CaseOpened(
        release=door.desk.live.id,
        channel=asked.channel,
        locale=wanted if wanted in locales else locales[0],
        customer_id=customer,
    )
    case_id, token = await door.desk.files.open(opened)
    return CaseOpened(case_id=case_id, token=token)


@router.post(
    "/v1/cases/{case_id}/messages",
    tags=["cases"],
    response_model=Turn,
    responses={
        200: {"description": "The turn; as a stream, `sentence` events as they are said, then it.", "content": STREAM},
        202: {"model": AtWork, "description": "Accepted; the turn is at `…/turns/{message_id}`."},
        **VISITED,
        **refusals(BODY | {409: "The id was used with another text, or the case is closed."}),
        **refusals({413: "The body is larger than 256 KB."}),
    },
)
async def send_message(
    door: Desked,
    case_id: VisitedCase,
    message: NewMessage,
    accept: Annotated[str, Header()] = "application/json",
    prefer: Annotated[str, Header()] = "",
) -> Response:
    """Take a message in, once per id, and answer with its turn: whole, as a stream, or later."""
    message_id = str(message.id)
    await door.turns.accept(case_id, message_id, message.text)
    if "respond-async" in prefer:
        return _at_work(case_id, message_id)
    if "text/event-stream" in accept:
        return EventSourceResponse(_events(door, case_id, message_id), ping=KEEP_ALIVE_S)
    turn = await awaited(door, case_id, message_id)
    return _at_work(case_id, message_id) if turn is None else JSONResponse(turn.model_dump(mode="json"))


def _at_work(case_id: str, message_id: str) -> JSONResponse:
    where = {"Location": f"/v1/cases/{case_id}/turns/{message_id}"}
    return JSONResponse(AtWork(message_id=message_id).model_dump(), status_code=202, headers=where)


async def _events(door: Front, case_id: str, message_id: str) -> AsyncIterator[dict[str, str]]:
    async for part in follow(door, case_id, message_id):
        if isinstance(part, Turn):
            yield {"event": "turn", "data": part.model_dump_json()}
        else:
            yield {"event": "sentence", "data": json.dumps({"text": part.text}, ensure_ascii=False)}


@router.get("/v1/cases/{case_id}", tags=["cases"], responses=VISITED)
async def read_case(door: Desked, case_id: VisitedCase) -> CaseView:
    """The case, folded from its file."""
    files = door.desk.files
    events = await files.events(case_id)
    async with files.database.read() as db:
        waiting = await inbox.due(db, door.desk.clock, case_id)
    return viewed(files.blank(case_id), events, waiting)


@router.get("/v1/cases/{case_id}/turns", tags=["cases"], responses=VISITED)
async def list_turns(
    door: Desked, case_id: VisitedCase, after: Annotated[int, Query(ge=0, le=2**53)] = 0
) -> list[Turn]:
    """The turns after an event's seq, those that no message caused too."""
    return turns_of(await door.desk.files.events(case_id, after=after))


@router.get(
    "/v1/cases/{case_id}/turns/{message_id}",
    tags=["cases"],
    response_model=Turn,
    responses={202: {"model": AtWork, "description": "Still at work."}, **VISITED},
)
async def read_turn(door: Desked, case_id: VisitedCase, message_id: UUID) -> Response:
    """The turn that dealt with a message; 202 while it is at work."""
    async with door.desk.files.database.read() as db:
        row = await inbox.find(db, case_id, str(message_id))
    if row is None:
        raise Problem(404, "There is no such message in this case.")
    if row.turn_seq is None:
        return _at_work(case_id, str(message_id))
    return JSONResponse((await finished(door, case_id, row.turn_seq)).model_dump(mode="json"))


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
