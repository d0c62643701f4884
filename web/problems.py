"""Problems: every refusal is RFC 9457 problem+json with one clear sentence, and has changed nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent.errors import (
    ApprovalStale,
    ApprovalUnknown,
    CaseIsClosed,
    CaseUnknown,
    DeskhandError,
    DraftMoved,
    DraftUnknown,
    LateWriter,
    MessageDiffers,
    NotPublishable,
    NotTried,
    NotUndoable,
    ReleasesMoved,
)

MAX_BODY = 256 * 1024
MEDIA = "application/problem+json"
STATUS: dict[type[DeskhandError], int] = {
    CaseUnknown: 404,
    ApprovalUnknown: 404,
    DraftUnknown: 404,
    NotTried: 409,
    CaseIsClosed: 409,
    MessageDiffers: 409,
    ApprovalStale: 409,
    NotUndoable: 409,
    LateWriter: 409,
    ReleasesMoved: 409,
    DraftMoved: 409,
    NotPublishable: 409,
}


class ProblemDetails(BaseModel):
    """The body of a refusal."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    """One sentence: what is wrong and what to do."""


def refusals(described: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Refusals as OpenAPI describes them; each status with when it is answered."""
    content = {MEDIA: {"schema": ProblemDetails.model_json_schema()}}
    return {status: {"description": when, "content": content} for status, when in described.items()}


class Problem(HTTPException):
    """A refusal with its sentence."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status_code=status, detail=detail)


def problem(status: int, detail: str) -> JSONResponse:
    """The answer for a refusal."""
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    title = HTTPStatus(status).phrase
    body = ProblemDetails(title=title, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status_code=status, media_type=MEDIA, headers=headers)


def install(app: FastAPI) -> None:
    """Answer every error of these kinds as a problem, and refuse bodies that are too large."""
    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[JSONResponse]]] = {
        HTTPException: _http,
        RequestValidationError: _invalid,
        DeskhandError: _ours,
        OperationalError: _busy,
        TimeoutError: _busy,
        Exception: _broken,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)
    app.add_middleware(BodyLimit)


async def _http(_request: Request, error: Exception) -> JSONResponse:
    return problem(getattr(error, "status_code", 500), str(getattr(error, "detail", error)))


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    return problem(next((s for kind, s in STATUS.items() if isinstance(error, kind)), 500), str(error))


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    if any(e["type"] == "json_invalid" for e in found):
        return problem(400, "The body is not valid JSON.")
    what = "; ".join(f"{'.'.join(str(part) for part in e['loc'][1:])}: {e['msg']}" for e in found)
    return problem(422, what or "The request is not as the API describes it.")


async def _broken(_request: Request, _error: Exception) -> JSONResponse:
    return problem(500, "Something went wrong on our side; what was accepted before is kept. Try again in a moment.")


async def _busy(_request: Request, _error: Exception) -> JSONResponse:
    answer = problem(503, "The store does not answer just now; try again in a moment.")
    answer.headers["Retry-After"] = "2"
    return answer


class BodyLimit:
    """Refuses a body over 256 KB before it is read whole."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: count what is received; too much of it is answered 413."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > MAX_BODY:
            return await problem(413, "The body is larger than 256 KB.")(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY:
                raise Problem(413, "The body is larger than 256 KB.")
            return message

        return await self.app(scope, counted, send)
