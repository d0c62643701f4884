"""The canvas: where a playbook is written. Its drafts, and one draft with its documents, its history and its findings.

Everything that changes a draft or a release needs an author and the form's token, and leaves an event.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from web import canvas_documents, canvas_impact, canvas_releases, canvas_try, canvas_views
from web.console_pages import ConsoleRoute, redirect, render
from web.console_session import Author, Member, SentForm
from web.front import Desked
from web.problems import Problem

NAME = 80
"""Characters of a draft's name at the most."""
router = APIRouter(prefix="/canvas", include_in_schema=False, route_class=ConsoleRoute)
for part in (canvas_documents, canvas_impact, canvas_releases, canvas_try):
    router.include_router(part.router)


@router.get("")
async def all_drafts(request: Request, door: Desked, _member: Member) -> Response:
    """The drafts, newest first, and the form that begins one."""
    board = await door.publisher.log.board()
    drafts = await door.drafts.listed()
    return render(request, "canvas.html", drafts=drafts, board=board)


@router.post("/drafts")
async def begin(
    door: Desked, member: Author, _form: SentForm, name: Annotated[str, Form()] = "", base: Annotated[str, Form()] = ""
) -> Response:
    """Begin a draft from a release, or from nothing."""
    name = " ".join(name.split())[:NAME]
    if not name:
        raise Problem(422, "Give the draft a name, so that others know what it is for.")
    if base:
        await canvas_views.release_documents(door, base)
    draft = await door.drafts.begin(name, base or None, by=member.by)
    return redirect(f"/console/canvas/drafts/{draft.id}")


@router.get("/drafts/{draft_id}")
async def one_draft(request: Request, door: Desked, _member: Member, draft_id: UUID) -> Response:
    """A draft: its documents, what a check finds in them, and who wrote what and when."""
    sheet = await canvas_views.sheet(door, str(draft_id))
    found = await canvas_views.checked(door, sheet.documents)
    live = (await door.publisher.log.board()).live
    return render(request, "canvas_draft.html", sheet=sheet, findings=found, live=live, kinds=canvas_views.KINDS)
