"""Who sits before the staff pages: a signed cookie, and the token every form must carry back.

The cookie is an HS256 JWT of login and form token, good for eight hours, readable by no script, sent to no other site.
The login page itself has a session without a login, so that its form is guarded as well.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
from fastapi import Depends, Request, Response

from tools.backoffice.problems import Refused

COOKIE = "harbor_staff"
LASTS = timedelta(hours=8)
LOGIN = "mara"
PASSWORD = "lighthouse-demo"  # noqa: S105 - the login page shows it; it guards a demo's invented customers


class SignedOut(Exception):
    """The page is for staff and nobody is signed in."""


@dataclass(frozen=True)
class Session:
    """One visit; `login` is None before signing in."""

    login: str | None
    form_token: str


def begin(login: str | None = None) -> Session:
    """A new visit. Signing in begins another one, so that nobody can plant theirs."""
    return Session(login, secrets.token_urlsafe(24))


def password_fits(login: str, password: str) -> bool:
    """Is this the demo's one member of staff?"""
    given, right = f"{login}\n{password}".encode(), f"{LOGIN}\n{PASSWORD}".encode()
    return hmac.compare_digest(given, right)


def read(request: Request, secret: str) -> Session | None:
    """The session of a request; None without a valid cookie."""
    try:
        claims = jwt.decode(request.cookies.get(COOKIE, ""), secret, algorithms=["HS256"], options={"require": ["exp"]})
        return Session(claims["login"], claims["form_token"])
    except (jwt.InvalidTokenError, KeyError):
        return None


def seal(session: Session, secret: str, request: Request, response: Response) -> None:
    """Give the browser its cookie, for this mount alone."""
    claims = {"login": session.login, "form_token": session.form_token, "exp": datetime.now(UTC) + LASTS}
    response.set_cookie(
        COOKIE,
        jwt.encode(claims, secret, algorithm="HS256"),
        max_age=int(LASTS.total_seconds()),
        path=request.scope.get("root_path") or "/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def forget(request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path=request.scope.get("root_path") or "/")


def signed_in(request: Request) -> Session:
    """The session of a member of staff. Raises SignedOut."""
    session = read(request, request.app.state.store.secret)
    if session is None or session.login is None:
        raise SignedOut
    return session


Member = Annotated[Session, Depends(signed_in)]


def check_form(session: Session | None, token: str) -> None:
    """Raises Refused (403) unless the form came from a page we gave this visitor."""
    if session is None or not hmac.compare_digest(session.form_token.encode(), token.encode()):
        raise Refused("This form is out of date: open the page again and send it once more.", status=403)
