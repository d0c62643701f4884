"""The releases: what became of each, and the steps that a person takes with one, in their name and with a reason."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Request, Response

from agent.backtest import Backtest, ruled_beside
from agent.casefile.release_log import Accepted, Board, Shadowed, told
from agent.errors import NotPublishable, ReleasesMoved
from knowledge.documents import PlaybookError
from knowledge.release import ReleaseError
from web import canvas_diff, canvas_views
from web.console_pages import ConsoleRoute, redirect, refusal, render
from web.console_session import Author, Member, SentForm
from web.console_views import page_of
from web.front import Desked, Front
from web.problems import Problem

Text = Annotated[str, Form()]
Number = Annotated[int, Form(ge=0)]
Step = Literal["test", "accept", "publish", "slice", "shadow", "rollback"]
Named = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$")]
BESIDE = 10_000
"""Rulings in the shadow that are looked at."""
router = APIRouter(prefix="/releases", include_in_schema=False, route_class=ConsoleRoute)


@router.get("")
async def all_releases(request: Request, door: Desked, _member: Member) -> Response:
    """The releases, newest first, and the whole log."""
    board = await door.publisher.log.board()
    return render(request, "canvas_releases.html", board=board, told=told)


@router.get("/{release_id}")
async def one_release(request: Request, door: Desked, member: Member, release_id: Named) -> Response:
    """One release: where it stands, what stands against its publication, and who did what."""
    return await _shown(request, door, member.by, release_id)


@router.get("/{release_id}/diff")
async def diff(request: Request, door: Desked, _member: Member, release_id: Named) -> Response:
    """Its documents against the live ones."""
    board = await _known(door, release_id)
    live = await canvas_views.release_documents(door, board.live)
    these = await canvas_views.release_documents(door, release_id)
    changed = await asyncio.to_thread(canvas_diff.changed, live, these)
    return render(request, "canvas_diff.html", sheet=None, changed=changed, board=board, release=release_id)


@router.post("/{release_id}/{step}")
async def take(
    request: Request, door: Desked, member: Author, _form: SentForm, release_id: Named, step: Step,
    why: Text = "", percent: Number = 0, on: Text = "", cases: Number = 200,
) -> Response:  # fmt: skip
    """Take a step with a release; one that may not be taken is told on its page, with all that stands against it."""
    await _known(door, release_id)
    try:
        await _taken(door, release_id, step, member.by, why.strip(), percent, on == "on", max(cases, 1))
    except (NotPublishable, ReleasesMoved) as error:
        status, sentence = refusal(error)
        return await _shown(request, door, member.by, release_id, status, sentence)
    except (ReleaseError, PlaybookError) as error:
        return await _shown(request, door, member.by, release_id, 409, str(error))
    return redirect(f"/console/canvas/releases/{release_id}")


async def _taken(
    door: Front, release_id: str, step: Step, by: str, why: str, percent: int, on: bool, cases: int
) -> None:
    publisher = door.publisher
    match step:
        case "test":
            door.testing.begin(release_id, cases, by=by, why=why)
        case "accept":
            await publisher.accept(release_id, by=by, why=why)
        case "publish":
            await publisher.publish(release_id, by=by, why=why)
        case "slice":
            await publisher.slice(release_id, percent, by=by, why=why)
        case "shadow":
            await publisher.shadow(release_id, on, by=by, why=why)
        case "rollback":
            await publisher.roll_back(by=by, why=why, to=release_id)


async def _shown(
    request: Request, door: Front, by: str, release_id: str, status: int = 200, alert: str = ""
) -> Response:
    board = await _known(door, release_id)
    test = board.test(release_id)
    answered = [entry.body.tested for entry in board.of(release_id) if isinstance(entry.body, Accepted)]
    shown = {
        "against": await _against(door, release_id, by, board),
        "beside": await _beside(door, release_id, board),
        "testing": door.testing.runs(release_id),
        "broke": door.testing.failed.get(release_id, ""),
        "test": test[1] if test else None,
        "to_accept": bool(test and test[1].weaker and test[0] not in answered),
    }
    return render(
        request, "canvas_release.html", status, alert=alert, release=release_id, board=board, told=told,
        page_of=page_of, **shown,
    )  # fmt: skip


async def _against(door: Front, release_id: str, by: str, board: Board) -> list[str]:
    """What stands against this person's publishing it."""
    try:
        return await door.publisher.obstacles(release_id, by, board)
    except (ReleaseError, PlaybookError) as error:
        return str(error).split("\n")


async def _beside(door: Front, release_id: str, board: Board) -> Backtest | None:
    """What it ruled otherwise in the shadow; None: it never was there, or cannot be read any more."""
    if not any(isinstance(entry.body, Shadowed) for entry in board.of(release_id)):
        return None
    try:
        release = door.publisher.releases.get(release_id)
    except (ReleaseError, PlaybookError):
        return None
    return await ruled_beside(door.desk.files, release, door.desk.vocabulary, BESIDE)


async def _known(door: Front, release_id: str) -> Board:
    board = await door.publisher.log.board()
    if board.state(release_id) is None:
        raise Problem(404, "There is no such release.")
    return board
