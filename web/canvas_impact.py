"""What a draft changes: line by line against the live release, and in past rulings; then it is submitted."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from agent.backtest import past_rulings
from agent.drafting import as_release, authors, laid_out
from agent.publishing import Rehearsal
from knowledge.documents import PlaybookError
from knowledge.touching import touching
from web import canvas_diff, canvas_views
from web.console_pages import ConsoleRoute, redirect, render
from web.console_session import Author, Member, SentForm
from web.console_views import page_of
from web.front import Desked
from web.problems import Problem

Cases = Annotated[int, Query(ge=1, le=10_000)]
router = APIRouter(prefix="/drafts/{draft_id}", include_in_schema=False, route_class=ConsoleRoute)


@router.get("/diff")
async def diff(request: Request, door: Desked, _member: Member, draft_id: UUID) -> Response:
    """Each document that is not as in the live release, line by line."""
    sheet = await canvas_views.sheet(door, str(draft_id))
    board = await door.publisher.log.board()
    live = await canvas_views.release_documents(door, board.live)
    changed = await asyncio.to_thread(canvas_diff.changed, live, sheet.documents)
    return render(request, "canvas_diff.html", sheet=sheet, changed=changed, board=board)


@router.get("/impact")
async def impact(request: Request, door: Desked, _member: Member, draft_id: UUID, cases: Cases = 1000) -> Response:
    """What the draft would have ruled otherwise in past cases, what it is proved to let through, and what blocks."""
    sheet = await canvas_views.sheet(door, str(draft_id))
    board = await door.publisher.log.board()
    shown: dict[str, Any] = {"sheet": sheet, "board": board, "cases": cases, "page_of": page_of}
    try:
        release = await asyncio.to_thread(as_release, sheet.documents, door.publisher.releases)
    except PlaybookError as error:
        return render(request, "canvas_impact.html", findings=error.findings, trial=None, touched=[], **shown)
    trial = await door.publisher.tried(release, await past_rulings(door.desk.files, cases), Rehearsal())
    live = door.publisher.releases.get(str(board.live))
    touched = await asyncio.to_thread(touching, live.playbook, release.playbook, door.desk.vocabulary)
    return render(request, "canvas_impact.html", findings=[], trial=trial, touched=touched, **shown)


@router.post("/submit")
async def submit(
    door: Desked, member: Author, _form: SentForm, draft_id: UUID, why: Annotated[str, Form()] = ""
) -> Response:
    """Check the draft and keep it as a release; with a finding, nothing is kept."""
    if not why.strip():
        raise Problem(422, "Say why it is submitted: the reason stands in the log of releases.")
    sheet = await canvas_views.sheet(door, str(draft_id))
    wrote = authors(sheet.draft, await door.publisher.log.board())
    try:
        with laid_out(sheet.documents) as folder:
            release = await door.publisher.submit(folder, by=member.by, why=why.strip(), authors=wrote)
    except PlaybookError:
        raise Problem(422, "The draft has something to mend, so it cannot be submitted: its page tells what.") from None
    await door.drafts.submitted(str(draft_id), release.id, by=member.by)
    return redirect(f"/console/canvas/releases/{release.id}")
