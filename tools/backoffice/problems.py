"""Refusals of the back office, each answered as RFC 9457 `application/problem+json`.

Refused
├── NotFound           404: no such record
├── Conflict           409: a slot that is taken, a key that was used for something else
├── Unprocessable      422: well-formed, but it cannot be stored
└── BrokenByFault      500 or 504: an armed fault, nothing the caller did

A body that is not JSON is 415 or 400, one over 256 KB is 413, a busy or full database is 503.
"""

import json
import sqlite3
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 256 * 1024
"""Bytes of a request body; more is refused, unread where its length is announced."""


PROBLEM = {
    "description": "Refused: `title` and `detail` say why, `errors` which fields",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {"type": "array", "items": {"type": "object"}},
                },
            }
        }
    },
}
"""How OpenAPI shows a refusal."""


class Refused(Exception):
    """The call is answered with `status` and one sentence; unless said otherwise nothing was written."""

    status = 400

    def __init__(self, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.detail, self.status = detail, status or self.status


class NotFound(Refused):
    """There is no such record."""

    status = 404


class Conflict(Refused):
    """The slot or the key is already spoken for."""

    status = 409


class Unprocessable(Refused):
    """The fields make no record that could be stored."""

    status = 422


class BrokenByFault(Refused):
    """An armed fault spoils the answer; whether something was written depends on the fault."""

    status = 500


def problem(status: int, detail: str, **more: object) -> Response:
    """The answer for one refusal."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return Response(json.dumps(body), status, media_type="application/problem+json")


class BodyLimit:
    """Refuses bodies over `BODY_LIMIT`. Not the framework's own limit: that one answers in plain text."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count while the body is read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > BODY_LIMIT:
            await problem(413, f"A body may have {BODY_LIMIT} bytes.")(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > BODY_LIMIT:
                raise HTTPException(413, f"A body may have {BODY_LIMIT} bytes.")
            return message

        await self.app(scope, counted, send)


def answer_with_problems(app: FastAPI) -> None:
    """Give every refusal of `app` the one form."""
    app.add_middleware(BodyLimit)

    @app.exception_handler(Refused)
    async def refused(_: Request, refusal: Refused) -> Response:
        return problem(refusal.status, refusal.detail)

    @app.exception_handler(HTTPException)
    async def refused_by_the_framework(_: Request, error: HTTPException) -> Response:
        answer = problem(error.status_code, str(error.detail))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        faults = error.errors()
        errors = [{"at": ".".join(map(str, fault["loc"])), "problem": fault["msg"]} for fault in faults]
        status = 400 if faults[0]["type"] == "json_invalid" else 422
        return problem(status, f"{errors[0]['at']}: {errors[0]['problem']}", errors=errors)

    @app.exception_handler(sqlite3.OperationalError)
    async def no_database(_: Request, error: sqlite3.OperationalError) -> Response:
        return problem(503, f"The database did not take the call ({error}); try again.")

    @app.exception_handler(Exception)
    async def unexpected(_: Request, __: Exception) -> Response:
        return problem(500, "Something broke here; it has been logged.")
