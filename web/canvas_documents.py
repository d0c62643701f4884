"""The documents of a draft: checked while they are written, saved on the version that was read, removed and added."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from agent.casefile.drafts import Draft
from agent.errors import DraftMoved
from knowledge.draft import is_document
from web import canvas_diff, canvas_reading, canvas_views
from web.canvas_views import Sheet
from web.console_pages import ConsoleRoute, redirect, render
from web.console_session import Author, Member, SentForm
from web.front import Desked, Front
from web.problems import Problem

Text = Annotated[str, Form()]
Version = Annotated[int, Form(ge=0)]
router = APIRouter(prefix="/drafts/{draft_id}", include_in_schema=False, route_class=ConsoleRoute)


@router.post("/documents")
async def add(
    door: Desked, member: Author, _form: SentForm, draft_id: UUID, kind: Text = "", name: Text = ""
) -> Response:
    """Begin a document of a kind."""
    file = canvas_views.named_document(kind, name.strip())
    sheet = await canvas_views.sheet(door, str(draft_id))
    if file in sheet.documents:
        raise Problem(409, f"There is a document {file} already; write in that one.")
    text = canvas_views.begun_text(file, f"{door.desk.clock.now():%Y-%m-%d}")
    await door.drafts.write(str(draft_id), file, text, sheet.draft.version(file), by=member.by)
    return redirect(address(sheet.draft, file))


@router.get("/documents/{file:path}")
async def document(request: Request, door: Desked, _member: Member, draft_id: UUID, file: str) -> Response:
    """One document: its text to write in, what a check finds, and what it says in plain words."""
    sheet = await canvas_views.sheet(door, str(draft_id))
    text = sheet.text(file)
    shown = await _checked(door, sheet, file, text)
    return render(request, "canvas_document.html", text=text, version=sheet.draft.version(file), **shown)


@router.post("/check/{file:path}")
async def check(
    request: Request, door: Desked, _member: Member, _form: SentForm, draft_id: UUID, file: str, text: Text = ""
) -> Response:
    """What a check finds, and how the document reads, with a text that is not saved: a part of its page."""
    sheet = await canvas_views.sheet(door, str(draft_id))
    return render(request, "canvas_checked.html", **await _checked(door, sheet, _known(file), lines(text)))


@router.post("/documents/{file:path}")
async def save(
    request: Request, door: Desked, member: Author, _form: SentForm, draft_id: UUID, file: str, version: Version,
    text: Text = "",
) -> Response:  # fmt: skip
    """Write a document on the version that was read; where there is a newer one, both are shown, to be merged."""
    try:
        await door.drafts.write(str(draft_id), _known(file), lines(text), version, by=member.by)
    except DraftMoved as moved:
        return await _merging(request, door, str(draft_id), file, version, lines(text), str(moved))
    return redirect(address(await door.drafts.get(str(draft_id)), file))


@router.post("/remove/{file:path}")
async def remove(
    door: Desked, member: Author, _form: SentForm, draft_id: UUID, file: str, version: Version
) -> Response:
    """Take a document out of a draft; what stood in it stays in the draft's history."""
    (await canvas_views.sheet(door, str(draft_id))).text(file)
    await door.drafts.write(str(draft_id), file, None, version, by=member.by)
    return redirect(f"/console/canvas/drafts/{draft_id}")


def address(draft: Draft, file: str) -> str:
    """Where a document is written."""
    return f"/console/canvas/drafts/{draft.id}/documents/{file}"


def lines(text: str) -> str:
    """A text as a form sends it, with the line ends that documents have. Answers 422 for what no document holds."""
    if "\0" in text:
        raise Problem(422, "There is a control character in the text: remove it.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def _checked(door: Front, sheet: Sheet, file: str, text: str) -> dict[str, Any]:
    texts = {**sheet.documents, file: text}
    found = await canvas_views.checked(door, texts)
    reading = await asyncio.to_thread(canvas_reading.read, file, texts, door.desk.vocabulary)
    return {"sheet": sheet, "file": file, "findings": found, "reading": reading}


async def _merging(
    request: Request, door: Front, draft_id: str, file: str, version: int, yours: str, alert: str
) -> Response:
    sheet = await canvas_views.sheet(door, draft_id)
    base = sheet.draft.applied(sheet.base, until=version).get(file, "")
    theirs = sheet.documents.get(file)
    shown = {
        "sheet": sheet, "file": file, "yours": yours, "theirs": theirs, "base": base,
        "they": canvas_diff.compared(base, theirs or ""), "you": canvas_diff.compared(base, yours),
        "last": sheet.draft.changes.get(file),
    }  # fmt: skip
    return render(request, "canvas_merge.html", 409, alert=alert, **shown)


def _known(file: str) -> str:
    if not is_document(file):
        raise Problem(404, "There is no place for a document of this name in a playbook.")
    return file
