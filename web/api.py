"""The HTTP contract for customers: cases, messages, turns. What a route accepts is committed before it answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import text as sql
from sse_starlette import EventSourceResponse

from agent.casefile import events as e
from agent.casefile import inbox
from agent.casefile.records import CaseStatus, Turn
from web.front import Desked, Front, VisitedCase, customer_of
from web.problems import Problem, refusals
from web.stream import awaited, finished, follow
from web.view import CaseView, turns_of, viewed

BUSY = {503: "The store does not answer just now, or Deskhand is still starting."}
BODY = {400: "The body is not valid JSON."}
KNOWN = {401: "No token.", 422: "The request is not as described here."} | BUSY
VISITED = refusals(KNOWN | {404: "There is no such thing for this token."})
router = APIRouter()
KEEP_ALIVE_S = 15
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8000)]


STREAM = {
    "text/event-stream": {
        "schema": {"type": "string"},
        "example": 'event: sentence\ndata: {"text": "Hello."}\n\nevent: turn\ndata: {"seq": 8, "reply": "Hello."}\n\n',
    }
}


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
    live = await door.desk.live()
    return Health(status="ok", release=live.id, model=door.desk.model_for(live).name, store=door.store)


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
    case_id = str(uuid4())
    release = await door.desk.for_case(case_id)
    locales = release.playbook.company.locales
    wanted = (asked.locale or locales[0])[:2].lower()
    opened = e.CaseOpened(
        release=release.id,
        channel=asked.channel,
        locale=wanted if wanted in locales else locales[0],
        customer_id=customer,
    )
    _, token = await door.desk.files.open(opened, case_id)
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
