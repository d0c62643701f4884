"""How a staff page becomes HTML: templates in `pages/`, everything escaped, links under the prefix of the call."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tools.backoffice.fields import Row
from tools.backoffice.problems import Refused
from tools.backoffice.session import SignedOut

PAGES = Path(__file__).with_name("pages")
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def link(request: Request, name: str, /, **params: Any) -> str:
    """The path of a page, under whatever this app is mounted."""
    return str(request.scope.get("root_path", "")).rstrip("/") + str(request.app.url_path_for(name, **params))


def redirect(request: Request, name: str, **params: Any) -> Response:
    """On to another page, with GET."""
    return RedirectResponse(link(request, name, **params), status_code=303)


def _day(at: str | None) -> str:
    return at.replace("T", " ").removesuffix("Z")[:16] if at else "–"


def _money(amount: Row | None) -> str:
    return f"{amount['amount']} {amount['currency']}" if amount else "–"


class Pages:
    """The templates."""

    def __init__(self) -> None:
        loader = FileSystemLoader(PAGES)
        self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
        self._environment.filters |= {"day": _day, "money": _money}

    def render(self, request: Request, template: str, status: int = 200, **shown: Any) -> Response:
        """One page."""

        def to(name: str, **params: Any) -> str:
            return link(request, name, **params)

        text = self._environment.get_template(template).render(link=to, **shown)
        return HTMLResponse(text, status, headers=GUARDS)


def staff_route(pages: Pages) -> type[APIRoute]:
    """Routes that answer people: signed out means the login page, a refusal is a page too."""

    class StaffRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def answer(request: Request) -> Response:
                try:
                    return await handle(request)
                except SignedOut:
                    return redirect(request, "login")
                except Refused as refusal:
                    return pages.render(request, "refused.html", refusal.status, refusal=refusal)

            return answer

    return StaffRoute
