"""The demo shop's page, the embeddable chat widget, and the files that pages need.

`/widget.js` and its modules under `/static/chat/` may be loaded by any site; everything else is for our own pages.
Browsers ask again each time (`no-cache` with an ETag), so that no page mixes modules of two releases.
"""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

WEB = Path(__file__).parent
FILES = StaticFiles(directory=WEB / "static", check_dir=False)
JAVASCRIPT = "text/javascript; charset=utf-8"
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""For every page: only our own scripts and styles, none of them inline, and no frame around it."""

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def shop() -> FileResponse:
    """The shop page, with the widget on it."""
    return FileResponse(WEB / "pages" / "shop.html", headers=PAGE_HEADERS)


@router.api_route("/widget.js", methods=["GET", "HEAD"])
async def widget(request: Request) -> Response:
    """The module that defines `<deskhand-chat>`."""
    return await file("widget.js", request)


@router.api_route("/static/widget.js", methods=["GET", "HEAD"])
async def one_widget() -> RedirectResponse:
    """The module's other address: its imports are relative to `/widget.js`."""
    return RedirectResponse("/widget.js", status_code=308)


@router.api_route("/static/{path:path}", methods=["GET", "HEAD"])
async def file(path: str, request: Request) -> Response:
    """A style sheet, script or picture; 304 for a known ETag, 404 for what is not there."""
    answer = await FILES.get_response(path, request.scope)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if path.endswith(".js"):
        answer.headers["Content-Type"] = JAVASCRIPT
    if path == "widget.js" or path.startswith("chat/"):
        answer.headers["Access-Control-Allow-Origin"] = "*"
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
