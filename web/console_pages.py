"""How a console page becomes HTML: templates in `pages/console/`, everything escaped, nothing inline, nothing kept.

People get pages where programs get problem+json: signed out leads to the login page, a refusal is a page too.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import JsonValue
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from agent.casefile.clock import Clock
from agent.errors import DeskhandError
from web.console_session import SignedOut
from web.console_words import STANDS
from web.front import Front
from web.problems import STATUS

PAGES = Path(__file__).parent / "pages" / "console"
GUARDS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""For every page of the console."""
NAMES = STANDS | {"eta": "expected at", "sku": "article", "qty": "quantity", "args": "arguments"}
UNITS = (("day", 86_400), ("h", 3600), ("min", 60))


class ConsoleRoute(APIRoute):
    """A route that answers people."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler: no exception of ours leaves as anything but a page."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                page = await handle(request)
            except SignedOut:
                page = redirect(f"/console/login?{urlencode({'next': _asked(request)})}")
            except (HTTPException, DeskhandError, RequestValidationError, OperationalError) as error:
                status, sentence = refusal(error)
                page = render(request, "refused.html", status, sentence=sentence, title=HTTPStatus(status).phrase)
            page.headers.update(GUARDS)
            return page

        return answer


def redirect(path: str) -> Response:
    """On to another page, with GET."""
    return RedirectResponse(path, status_code=303)


def render(request: Request, template: str, status: int = 200, **shown: Any) -> Response:
    """One page; it knows who is signed in and what time it is."""
    door = getattr(request.app.state, "front", None)
    clock = door.desk.clock if isinstance(door, Front) else Clock()
    session = getattr(request.state, "session", None)
    page = _environment().get_template(template).render(session=session, now=clock.now(), **shown)
    return HTMLResponse(page, status)


def refusal(error: Exception) -> tuple[int, str]:
    """The status of an error and its sentence, as the API would give them."""
    match error:
        case HTTPException():
            return error.status_code, str(error.detail)
        case DeskhandError():
            return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500), str(error)
        case RequestValidationError():
            return 422, "There is no such page: the address is not one that the console writes."
    return 503, "The store does not answer just now; try again in a moment."


def label(name: str) -> str:
    """`days_since_delivery` → `Days since delivery`."""
    return NAMES.get(name, name.replace("_", " ").replace(".", " ").strip()).capitalize()


def exact(at: str) -> str:
    """A stamp as people write it, in UTC; anything else stays as it is."""
    moment = _moment(at)
    return at if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def relative(at: str, now: datetime) -> str:
    """How long ago, or how soon: `3 min ago`, `in 23 h`."""
    moment = _moment(at)
    if moment is None:
        return at
    away = (moment - now).total_seconds()
    for unit, seconds in UNITS:
        if abs(away) >= seconds:
            count = int(abs(away) // seconds)
            some = f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}"
            return f"in {some}" if away > 0 else f"{some} ago"
    return "in a moment" if away > 0 else "just now"


def money(fields: dict[str, JsonValue]) -> str:
    """The sum that arguments name, with two decimals and its currency; "" when they name none."""
    amount = fields.get("amount")
    inner = amount if isinstance(amount, dict) else fields
    try:
        cents = Decimal(str(inner.get("amount"))).quantize(Decimal("0.01"))
    except InvalidOperation:
        return ""
    return f"{cents} {inner.get('currency', '')}".strip()


def plain(value: JsonValue) -> str:
    """One value for a table's cell; results hold sums as floats, so floats get two decimals."""
    match value:
        case None | "":
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.2f}"
        case str():
            return exact(value)
        case int():
            return str(value)
    parts = [f"{label(k)}: {plain(v)}" for k, v in value.items()] if isinstance(value, dict) else map(plain, value)
    return "; ".join(parts) or "–"


def clip(text: str, room: int) -> str:
    """The beginning of a text that takes at most `room` bytes as HTML: pages do not grow with what people write."""
    kept = text
    while (takes := size(kept)) > room:
        kept = kept[: len(kept) * room // takes]
    return kept if kept == text else f"{kept}…"


def size(text: str) -> int:
    """The bytes that a text takes as HTML."""
    return len(html.escape(text).encode())


def _moment(at: str) -> datetime | None:
    """Only what is written like a stamp is one: `2026-11-22T20:09…`."""
    if at[4:5] != "-" or at[10:11] != "T":
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _asked(request: Request) -> str:
    path = request.url.path if request.method == "GET" else "/console"
    return f"{path}?{request.url.query}" if request.method == "GET" and request.url.query else path


@lru_cache(maxsize=1)
def _environment() -> Environment:
    loader = FileSystemLoader(PAGES)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages.filters |= {
        "label": label, "exact": exact, "relative": relative, "money": money, "plain": plain, "clip": clip,
    }  # fmt: skip
    return pages
