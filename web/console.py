"""The staff console: what waits for a person, the approvals, the cases and their files, as server-rendered pages.

Pages work from the store alone; a decision goes through the same code as the API's, with the digest that was shown.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from agent.casefile import events as e
from agent.casefile.fold import Case
from agent.casefile.records import CaseStatus
from agent.errors import ApprovalStale
from web import canvas, console_door, console_forms, console_views
from web.console_forms import Typed
from web.console_pages import ConsoleRoute, redirect, refusal, render
from web.console_session import Member, SentForm
from web.front import Desked, Front
from web.problems import Problem
from web.staff_api import decided, undone
from web.view import packet_of

HOME_ASKED, HOME_CASES, PER_PAGE = 6, 10, 25
STATUSES: tuple[CaseStatus, ...] = (
    "waiting_person", "waiting_approval", "waiting_customer", "open", "resolved", "closed",
)  # fmt: skip
Page = Annotated[int, Query(ge=1, le=100_000)]
Move = Literal["takeover", "release", "close"]
MOVES: dict[Move, type[e.TakenOver | e.GivenBack | e.CaseClosed]] = {
    "takeover": e.TakenOver,
    "release": e.GivenBack,
    "close": e.CaseClosed,
}

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)
router.include_router(console_door.router)
router.include_router(canvas.router)


@router.get("")
async def home(request: Request, door: Desked, _member: Member) -> Response:
    """What waits for a person, newest first, and the newest cases."""
    waiting, files = await console_views.pending(door), door.desk.files
    asked = [await console_views.asked(door, approval) for approval in waiting[:HOME_ASKED]]
    handed = await files.listed(HOME_CASES, status="waiting_person")
    recent = await files.listed(HOME_CASES)
    return render(request, "home.html", asked=asked, waiting=len(waiting), handed=handed, recent=recent)


@router.get("/approvals")
async def all_approvals(request: Request, door: Desked, _member: Member, page: Page = 1) -> Response:
    """Every approval that waits, newest first."""
    waiting = await console_views.pending(door)
    first = (page - 1) * PER_PAGE
    asked = [await console_views.asked(door, approval) for approval in waiting[first : first + PER_PAGE]]
    more = len(waiting) > first + PER_PAGE
    return render(request, "approvals.html", asked=asked, waiting=len(waiting), page=page, more=more)


@router.get("/cases")
async def all_cases(
    request: Request, door: Desked, _member: Member, status: CaseStatus | None = None, page: Page = 1
) -> Response:
    """The cases, or those of one status, newest first."""
    found = await door.desk.files.listed(PER_PAGE + 1, status=status, skip=(page - 1) * PER_PAGE)
    shown: dict[str, Any] = {"cases": found[:PER_PAGE], "more": len(found) > PER_PAGE, "page": page}
    return render(request, "cases.html", chosen=status, statuses=STATUSES, **shown)


@router.get("/approvals/{approval_id}")
async def approval(request: Request, door: Desked, _member: Member, approval_id: UUID) -> Response:
    """One question: what would happen, on which grounds, and the form that answers it."""
    return await _approval(request, door, str(approval_id))


@router.post("/approvals/{approval_id}")
async def decide(request: Request, door: Desked, member: Member, form: SentForm, approval_id: UUID) -> Response:
    """Decide as the API does; a refused decision is told on the page, with what was typed."""
    pending = await console_views.approval_of(door, str(approval_id))
    sent = console_forms.typed(form, pending)
    try:
        await decided(door, str(approval_id), console_forms.given(sent, pending), member.by)
    except (Problem, ApprovalStale) as error:
        status, sentence = refusal(error)
        return await _approval(request, door, str(approval_id), status, sentence, sent)
    return redirect(f"/console/approvals/{approval_id}")


async def _approval(
    request: Request, door: Front, approval_id: str, status: int = 200, alert: str = "", sent: Typed | None = None
) -> Response:
    approval = await console_views.approval_of(door, approval_id)
    events = await console_views.readable(door, approval.case_id)
    typed = sent or console_forms.blank(approval)
    settled = await console_views.settled(door, approval, events)
    shown = {
        "asked": await console_views.asked(door, approval),
        "grounds": console_views.grounds(events, approval, but=_lookups(door)),
        "settled": settled,
        "changes": console_forms.changes(approval, settled.decision.args) if settled else [],
        "typed": typed,
        "fields": console_forms.fields(door.desk.catalog, approval, typed),
    }
    return render(request, "approval.html", status, alert=alert, page_of=console_views.page_of, **shown)


@router.get("/cases/{case_id}")
async def case(request: Request, door: Desked, _member: Member, case_id: UUID, page: Page | None = None) -> Response:
    """A case: where it stands, the conversation, and its file event by event; the last page of it by default."""
    file = await console_views.case_file(door, str(case_id))
    page = min(page or file.pages, file.pages)
    shown: dict[str, Any] = {
        "entries": file.entries(page),
        "rulings": file.newest(e.Ruled, but=_lookups(door)),
        "receipts": file.newest(e.Verified),
        "moves": moves(file.case),
        "undoable": console_views.undoable(door, file),
    }
    return render(request, "case.html", file=file, page=page, page_of=console_views.page_of, **shown)


@router.get("/cases/{case_id}/events/{seq}")
async def event(door: Desked, _member: Member, case_id: UUID, seq: Annotated[int, Path(ge=1)]) -> Response:
    """One event whole, as it is stored."""
    rows = await door.desk.files.rows(str(case_id), after=seq - 1, limit=1)
    if not rows or rows[0]["seq"] != seq:
        raise Problem(404, "There is no such event in this case.")
    whole = json.dumps(dict(rows[0]), ensure_ascii=False, indent=2)
    return Response(whole, media_type="application/json")


@router.get("/cases/{case_id}/handoff")
async def handoff(request: Request, door: Desked, _member: Member, case_id: UUID) -> Response:
    """The packet of the last handoff, each statement with the events it rests on."""
    packet = packet_of(await console_views.readable(door, str(case_id)))
    if packet is None:
        raise Problem(404, "This case was not handed over, so there is no packet.")
    case_, _ = await door.desk.files.load(str(case_id))
    return render(request, "handoff.html", packet=packet, case=case_, page_of=console_views.page_of)


@router.post("/cases/{case_id}/undo")
async def undo(door: Desked, member: Member, form: SentForm, case_id: UUID) -> Response:
    """Take an effect back as the API does, in the person's name."""
    await undone(door, str(case_id), console_forms.undo(form), member.by)
    return redirect(f"/console/cases/{case_id}#receipts")


@router.post("/cases/{case_id}/{move}")
async def moved(door: Desked, member: Member, _form: SentForm, case_id: UUID, move: Move) -> Response:
    """A person takes the case over, gives it back or closes it, in their name."""
    case_, _ = await door.desk.files.load(str(case_id))
    if move not in moves(case_):
        raise Problem(409, f"This case is {case_.status.replace('_', ' ')}; this can no longer be done with it.")
    await door.turns.by_staff(str(case_id), MOVES[move](by=member.by))
    return redirect(f"/console/cases/{case_id}")


def _lookups(door: Front) -> set[str]:
    return {tool.name for tool in door.desk.catalog.lookups}


def moves(case_: Case) -> list[Move]:
    """What a person can do with a case as it stands."""
    if case_.status == "closed":
        return []
    return ["release", "close"] if case_.handed else ["takeover", "close"]
