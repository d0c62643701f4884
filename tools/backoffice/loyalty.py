"""Loyalty points: seen and corrected on a staff page alone, without an API.

A correction is journaled as a PATCH of resource `loyalty`, the customer's id, by `staff:<login>`. Each form can correct
once: sent again, it shows what the first sending did. Faults armed for the resource `loyalty` meet the form.
"""

import secrets
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from tools.backoffice import faults
from tools.backoffice.collection import LOYALTY
from tools.backoffice.fields import Row
from tools.backoffice.problems import NotFound, Unprocessable
from tools.backoffice.rendering import Pages, redirect
from tools.backoffice.session import Member, check_form
from tools.backoffice.store import Store
from tools.backoffice.writes import Answer, Call, history, replayed, write

MOST = 100_000
"""Points that one correction may give or take."""

Field = Annotated[str, Form(max_length=400)]


def add_loyalty(router: APIRouter, pages: Pages, store: Store) -> None:
    """The page of one customer's points, and its form."""

    @router.get("/loyalty/{id}", name="loyalty")
    async def show(request: Request, member: Member, id: str) -> Response:  # noqa: A002 - the field's name
        return _page(request, pages, store, member, id)

    @router.post("/loyalty/{id}")
    async def correct(
        request: Request,
        member: Member,
        id: str,  # noqa: A002 - the field's name
        form_token: Field = "",
        once: Field = "",
        points: Field = "",
        reason: Field = "",
    ) -> Response:
        check_form(member, form_token)
        sent = {"points": points.strip(), "reason": reason.strip()}
        call = Call(collection=LOYALTY, id=id, asked={}, sent=sent, key=once or None, actor=f"staff:{member.login}")
        fault = faults.take(store, "loyalty", call.method)

        def act() -> Answer:
            with store.transaction():  # nobody corrects between our look at the balance and our write
                earlier = replayed(store, call)
                correction = replace(call, asked={} if earlier else _correction(_balance(store, id), sent))
                return earlier or write(store, correction, fault.bend if fault else None)

        try:
            await faults.met(fault, act)
        except Unprocessable as error:
            return _page(request, pages, store, member, id, status=422, error=error.detail, sent=sent)
        return redirect(request, "loyalty", id=id)


def _balance(store: Store, id: str) -> Row:  # noqa: A002 - the field's name
    row = store.record("loyalty", id)
    if row is None:
        raise NotFound(f"There are no points for {id!r}.")
    return row


def _correction(balance: Row, sent: dict[str, str]) -> Row:
    """The record after it. Raises Unprocessable with a sentence for the form."""
    try:
        by = int(sent["points"])
    except ValueError:
        raise Unprocessable("Give the points as a whole number, like 150 or -40.") from None
    if by == 0 or abs(by) > MOST:
        raise Unprocessable(f"A correction gives or takes between 1 and {MOST} points.")
    if balance["points"] + by < 0:
        raise Unprocessable(f"Nobody can have less than no points; there are {balance['points']} to take.")
    if not sent["reason"]:
        raise Unprocessable("Say why: the reason is kept with the correction.")
    return {"points": balance["points"] + by, "reason": sent["reason"]}


def _corrections(store: Store, id: str) -> list[Row]:  # noqa: A002 - the field's name
    """What was really given and taken, newest first; a reason said again is not in the journal's changes."""
    done: list[Row] = []
    reason = ""
    for row in history(store, "loyalty", id):
        reason = row["changes"].get("reason", [None, reason])[1]
        if "points" in row["changes"]:
            before, after = row["changes"]["points"]
            done.append({"at": row["at"], "by": row["actor"], "reason": reason, "before": before, "after": after})
    return done[::-1]


def _page(
    request: Request,
    pages: Pages,
    store: Store,
    member: Member,
    id: str,  # noqa: A002 - the field's name
    *,
    status: int = 200,
    error: str = "",
    sent: dict[str, str] | None = None,
) -> Response:
    shown = {
        "customer": store.record("customers", id),
        "balance": _balance(store, id),
        "corrections": _corrections(store, id),
        "once": secrets.token_urlsafe(16),
        "sent": sent or {"points": "", "reason": ""},
    }
    return pages.render(request, "loyalty.html", status, visit=member, error=error, **shown)
