"""The front door: who is calling, and what stands behind the routes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from agent.casefile.clock import Clock
from agent.casefile.drafts import Drafts
from agent.desk import Desk
from agent.publishing import Publisher
from agent.turns import Turns
from web.canvas_company import Tries
from web.canvas_testing import Testing
from web.problems import Problem

TOKEN_MINUTES = 15
_bearer = HTTPBearer(auto_error=False, description="The visitor's token of this case, or the staff token.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


@dataclass(frozen=True)
class Front:
    """What the routes work with; built once at the start."""

    desk: Desk
    turns: Turns
    staff_token: str
    customer_secret: str
    store: str
    publisher: Publisher
    drafts: Drafts
    testing: Testing
    tries: Tries

    def is_staff(self, token: str) -> bool:
        """Whether this is the staff token; compared in constant time."""
        return hmac.compare_digest(token.encode(), self.staff_token.encode())


def front(request: Request) -> Front:
    """The front of this app. Answers 503 while the start is not through."""
    found = getattr(request.app.state, "front", None)
    if not isinstance(found, Front):
        raise Problem(503, "Deskhand is still starting; try again in a moment.")
    return found


Desked = Annotated[Front, Depends(front)]


def staff(door: Desked, bearer: Bearer) -> str:
    """The caller is staff; gives the name that stands in the log."""
    if bearer is None:
        raise Problem(401, "Send the staff token as `Authorization: Bearer …`; it is in the home's `staff_token`.")
    if not door.is_staff(bearer.credentials):
        raise Problem(403, "This needs the staff token.")
    return "staff"


async def visitor(case_id: UUID, door: Desked, bearer: Bearer) -> str:
    """The caller may see this case: its visitor, or staff. A case of others looks like none. Gives the case's id."""
    if bearer is None:
        raise Problem(401, "Send the case's token as `Authorization: Bearer …`.")
    id_ = str(case_id)
    if door.is_staff(bearer.credentials):
        await door.desk.files.head(id_)
    elif not await door.desk.files.may_visit(id_, bearer.credentials):
        raise Problem(404, "There is no such case for this token.")
    return id_


Staff = Annotated[str, Depends(staff)]
VisitedCase = Annotated[str, Depends(visitor)]


def customer_of(token: str, secret: str, clock: Clock) -> str:
    """The customer that a host site vouches for. Answers 401 for a token that is forged, expired or lives too long."""
    refused = Problem(401, "The customer_token is not valid: an HS256 JWT with sub, aud `deskhand` and exp is needed.")
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience="deskhand",
            options={"require": ["sub", "aud", "exp"], "verify_exp": False},
        )
        expires, subject = float(claims["exp"]), str(claims["sub"])
    except (jwt.InvalidTokenError, TypeError, ValueError):
        raise refused from None
    left = expires - clock.now().timestamp()
    if left <= 0 or not subject:
        raise refused
    if left > TOKEN_MINUTES * 60 + 5:
        raise Problem(401, f"The customer_token lives longer than {TOKEN_MINUTES} minutes; issue a shorter one.")
    return subject
