"""Who sits before the console: a signed cookie, and the token that every form must carry back.

The cookie is an HS256 JWT under a key made from the staff token, so that nothing is kept on the server and a new
staff token signs everybody out. It is readable by no script, is sent along by no other site, and ends by the
product's clock. The login form has a cookie of its own that proves nothing but where the form came from.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

import jwt
from fastapi import Depends, Request, Response
from jwt.types import Options
from starlette.datastructures import FormData

from web.front import Desked, Front
from web.problems import Problem

LASTS_S = 8 * 3600
Kind = Literal["staff", "login"]
Role = Literal["author"]
ALL: frozenset[Role] = frozenset({"author"})
"""What the bearer of the staff token may be."""
PLACE: dict[Kind, tuple[str, str]] = {
    "staff": ("deskhand_staff", "/console"),
    "login": ("deskhand_login", "/console/login"),
}
"""The name of each cookie and the path that it is sent to."""


class SignedOut(Exception):
    """The page is for staff, and nobody is signed in."""


@dataclass(frozen=True)
class Session:
    """One visit."""

    id: str
    by: str
    """The name under which decisions stand in the log; as its bearer gave it, since staff share one token."""
    form_token: str
    roles: frozenset[str]


def begin(door: Front, by: str = "", roles: frozenset[Role] = frozenset()) -> Session:
    """A new visit. Signing in begins another one, so that nobody can plant theirs."""
    return _session(door, secrets.token_urlsafe(24), by, roles)


def read(request: Request, door: Front, kind: Kind = "staff") -> Session | None:
    """The visit that a request belongs to; None without a cookie that is genuine and in time."""
    cookie = request.cookies.get(PLACE[kind][0], "")
    rules: Options = {"require": ["exp"], "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(cookie, _key(door), algorithms=["HS256"], audience=kind, options=rules)
        ends, id_, by = float(claims["exp"]), str(claims["id"]), str(claims["by"])
        roles = frozenset(map(str, claims["roles"]))
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return None
    return _session(door, id_, by, roles) if door.desk.clock.now().timestamp() < ends else None


def seal(session: Session, request: Request, door: Front, answer: Response, kind: Kind = "staff") -> None:
    """Give the browser its cookie."""
    ends = int(door.desk.clock.now().timestamp()) + LASTS_S
    claims = {"id": session.id, "by": session.by, "roles": sorted(session.roles), "aud": kind, "exp": ends}
    name, path = PLACE[kind]
    answer.set_cookie(
        name,
        jwt.encode(claims, _key(door), algorithm="HS256"),
        path=path,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def forget(answer: Response) -> None:
    """Take the cookie back."""
    name, path = PLACE["staff"]
    answer.delete_cookie(name, path=path, httponly=True, samesite="strict")


def signed_in(request: Request, door: Desked) -> Session:
    """The visit of a member of staff. Raises SignedOut."""
    session = read(request, door)
    if session is None:
        raise SignedOut
    request.state.session = session
    return session


Member = Annotated[Session, Depends(signed_in)]


def author(member: Member) -> Session:
    """Somebody who may change drafts and releases. Answers 403 for anybody else."""
    if "author" not in member.roles:
        raise Problem(403, "This needs the author role, which your session does not have.")
    return member


Author = Annotated[Session, Depends(author)]


async def sent_form(request: Request, member: Member) -> FormData:
    """The form that this visit was shown. Answers 403 for any other."""
    form = await request.form()
    if not belongs(form, member):
        raise Problem(403, "This form is out of date; open the page again and send it once more.")
    return form


SentForm = Annotated[FormData, Depends(sent_form)]


def belongs(form: FormData, session: Session | None) -> bool:
    """Whether the form came from a page that was given to this visit; compared in constant time."""
    sent = field(form, "form_token").encode()
    return session is not None and hmac.compare_digest(session.form_token.encode(), sent)


def field(form: FormData, name: str) -> str:
    """A field as text; "" when it was not sent, or is a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _session(door: Front, id_: str, by: str, roles: frozenset[str]) -> Session:
    token = hmac.new(_key(door), b"form:" + id_.encode(), hashlib.sha256).hexdigest()
    return Session(id_, by, token, frozenset(roles))


def _key(door: Front) -> bytes:
    return hmac.new(door.staff_token.encode(), b"deskhand console session", hashlib.sha256).digest()
