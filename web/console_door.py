"""The console's door: sign in with the staff token, sign out."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from web import console_session as sessions
from web.console_pages import ConsoleRoute, redirect, render
from web.console_session import SentForm, field
from web.front import Desked, Front

NAME = 60
"""Characters of a name at the most."""
INSIDE = re.compile(r"/console(?:/[\w-]+(?:\.[\w-]+)*)*(?:\?[\w=&-]*)?", re.ASCII)
"""Where signing in may lead to: our own pages, and no other site's."""
OUT_OF_DATE = "This page was open for too long, or your browser keeps no cookies. Please try again."
WRONG = "That is not the staff token. It stands in the file staff_token of Deskhand’s home folder."
router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)


@router.get("/login")
async def show_login(request: Request, door: Desked) -> Response:
    """The login page; whoever is signed in goes on to the work."""
    if sessions.read(request, door) is not None:
        return redirect("/console")
    return _login(request, door, wanted=request.query_params.get("next", ""))


@router.post("/login")
async def sign_in(request: Request, door: Desked) -> Response:
    """Begin a session for whoever has the staff token."""
    form = await request.form()
    wanted = field(form, "next")
    by = " ".join(field(form, "name").split())[:NAME]
    if not sessions.belongs(form, sessions.read(request, door, "login")):
        return _login(request, door, 403, OUT_OF_DATE, wanted=wanted, by=by)
    if not door.is_staff(field(form, "staff_token").strip()):
        return _login(request, door, 401, WRONG, wanted=wanted, by=by)
    answer = redirect(wanted if INSIDE.fullmatch(wanted) else "/console")
    sessions.seal(sessions.begin(door, by or "staff", sessions.ALL), request, door, answer)
    return answer


@router.post("/logout")
async def sign_out(_form: SentForm) -> Response:
    """Take the session's cookie back."""
    answer = redirect("/console/login")
    sessions.forget(answer)
    return answer


def _login(
    request: Request, door: Front, status: int = 200, alert: str = "", *, wanted: str = "", by: str = ""
) -> Response:
    """The form, under a cookie of its own; what was typed is kept, but for the token."""
    session = sessions.begin(door)
    answer = render(request, "login.html", status, alert=alert, wanted=wanted, by=by, login_token=session.form_token)
    sessions.seal(session, request, door, answer, "login")
    return answer
