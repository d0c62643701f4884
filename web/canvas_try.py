"""Try a draft: write to an agent that follows its documents, and see stage by stage what it did and why."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from agent.casefile.records import Ask
from knowledge.documents import PlaybookError
from web import canvas_stages, canvas_views
from web.canvas_company import Try
from web.console_pages import ConsoleRoute, redirect, render
from web.console_session import Author, Member, SentForm
from web.front import Desked, Front
from web.problems import Problem

MOST_MESSAGES = 12
"""Said in one go."""
Text = Annotated[str, Form()]
router = APIRouter(prefix="/drafts/{draft_id}/try", include_in_schema=False, route_class=ConsoleRoute)


@router.get("")
async def show(request: Request, door: Desked, _member: Member, draft_id: UUID) -> Response:
    """The form that begins a conversation."""
    sheet = await canvas_views.sheet(door, str(draft_id))
    return render(request, "canvas_try.html", sheet=sheet, one=None, alert="")


@router.post("")
async def begin(
    door: Desked, member: Author, _form: SentForm, draft_id: UUID, text: Text = "", customer: Text = ""
) -> Response:
    """Open a company under the draft as it stands, and say the first messages there."""
    messages = _messages(text)
    sheet = await canvas_views.sheet(door, str(draft_id))
    try:
        one = await door.tries.begin(member.id, str(draft_id), sheet.documents, customer.strip() or None)
    except PlaybookError as error:
        raise Problem(422, f"Nobody can talk to the draft before this is mended: {error.findings[0]}.") from None
    await _said(door, one, messages)
    return redirect(f"/console/canvas/drafts/{draft_id}/try/{one.id}#last")


@router.get("/{try_id}")
async def talk(request: Request, door: Desked, member: Member, draft_id: UUID, try_id: str) -> Response:
    """The conversation so far, with the stages of each turn."""
    one = door.tries.get(member.id, try_id)
    sheet = await canvas_views.sheet(door, str(draft_id))
    events = await one.talk.events()
    told = canvas_stages.rounds(events, one.company.live, door.desk.vocabulary)
    asks = told[-1].turn.asks if told and told[-1].turn else []
    shown: dict[str, Any] = {"rounds": told, "approval": await one.talk.approval(), "code": await _code(one, asks)}
    return render(request, "canvas_try.html", sheet=sheet, one=one, alert="", **shown)


@router.post("/{try_id}")
async def say(door: Desked, member: Author, _form: SentForm, draft_id: UUID, try_id: str, text: Text = "") -> Response:
    """Say more."""
    await _said(door, door.tries.get(member.id, try_id), _messages(text))
    return redirect(f"/console/canvas/drafts/{draft_id}/try/{try_id}#last")


@router.post("/{try_id}/decide")
async def decide(
    door: Desked, member: Author, _form: SentForm, draft_id: UUID, try_id: str,
    decision: Annotated[Literal["approved", "rejected"], Form()],
) -> Response:  # fmt: skip
    """Decide on what waits there, as a person would."""
    one = door.tries.get(member.id, try_id)
    async with one.speaking:
        asked = await one.talk.approval()
        if asked is None:
            raise Problem(409, "Nothing waits for a decision any more.")
        await one.talk.decide(asked, decision, "Tried on the canvas.")
    return redirect(f"/console/canvas/drafts/{draft_id}/try/{try_id}#last")


async def _said(door: Front, one: Try, messages: list[str]) -> None:
    async with one.speaking:
        for message in messages:
            await one.talk.say(message)
            door.tries.keep(one)


def _messages(text: str) -> list[str]:
    messages = [line.strip() for line in text.splitlines() if line.strip()]
    if not messages:
        raise Problem(422, "Write what the customer says, one message a line.")
    if len(messages) > MOST_MESSAGES:
        raise Problem(422, f"These are more than {MOST_MESSAGES} messages: say the others afterwards.")
    return messages


async def _code(one: Try, asks: list[Ask]) -> str:
    """The code in the customer's mail, where one is asked for: there is nobody else to read it."""
    if not any(ask.kind == "code" for ask in asks):
        return ""
    case, _ = await one.company.desk.files.load(one.talk.case_id)
    customer = case.identity.customer_id
    return await one.company.code_for(customer) if customer else ""
