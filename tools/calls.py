"""Calls over HTTP: the way to one system, and what each of its answers means to a tool.

| answer | read | write |
|---|---|---|
| 2xx with what was asked for | the answer | the answer, which proves nothing |
| 404, 410 | None for an item, else `ToolLost` | `ToolRefused` |
| 409 | `ToolLost` | `ToolLost`: another call with this key came first, and its fate is not known here; `ToolRefused`
where the caller says that it means something else |
| 408, 425, 429 | `ToolLost` | `ToolLost(answered=True)`: asked to come again later, so nothing was done |
| other 4xx | `ToolLost`: the system cannot be read | `ToolRefused` |
| 502, 504 | `ToolLost` | `ToolLost`: a gateway gave up, the system behind it may not have |
| other 5xx, 3xx | `ToolLost` | `ToolLost(answered=True)` |
| too late, cut off, no JSON, no such shape | `ToolLost` | `ToolLost` |

A lost read has no effect that could arrive later, so it is always `answered`, and it is tried again twice where
that may help. A write is sent once. No redirect is followed, and the proxies of the environment are not asked:
where records of customers travel is decided by `base_url` alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from tools.contract import ToolLost, ToolRefused
from tools.finding import Record

PAUSES_S = (0.05, 0.2)
"""Before the second and the third try of a read."""
LATER = frozenset({408, 425, 429})
GATEWAY = frozenset({502, 504})
ABSENT = frozenset({404, 410})
UNWELCOME = frozenset({401, 403})
ITEM = TypeAdapter(Record)

Shape = TypeVar("Shape", bound=BaseModel)
Read = TypeVar("Read")


class Calls:
    """A system at `base_url`, asked with these headers; `timeout_s` is for a whole call.

    Paths are appended to `base_url`; `path_of` writes them. A `client` that is given stays the caller's to close.
    """

    def __init__(
        self,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 1.0,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._headers = dict(headers or {})
        self._timeout_s = timeout_s
        self._owned = client is None
        # Idle connections go before a server drops them (after 5 s, often): a write on a dropped one would be lost.
        idle = httpx.Limits(keepalive_expiry=2)
        self._client = client or httpx.AsyncClient(timeout=None, limits=idle, trust_env=False)  # noqa: S113 - _answer

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that are this object's own."""
        if self._owned:
            await self._client.aclose()

    async def read(
        self, path: str, params: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response | None:
        """The answer to a GET, None for a 404 or a 410. Raises `ToolLost`."""
        request = self._request("GET", path, params, headers or {}, None)
        for pause in (*PAUSES_S, None):
            try:
                response = await self._answer(request)
                if response.is_success:
                    return response
                if response.status_code in ABSENT:
                    return None
                lost = _lost(response, answered=True)
                passing = response.is_server_error or response.status_code in LATER
            except ToolLost as error:
                lost, passing = ToolLost(str(error), answered=True), True
            if pause is None or not passing:
                break
            await asyncio.sleep(pause)
        raise lost

    async def write(
        self,
        method: str,
        path: str,
        body: JsonValue = None,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        conflict_refuses: bool = False,
    ) -> httpx.Response:
        """The answer to one call that changes something. Raises `ToolRefused` or `ToolLost`.

        `conflict_refuses`: where a 409 can only mean that what is asked for is taken, it is a refusal.
        """
        response = await self._answer(self._request(method, path, params, headers or {}, body))
        status = response.status_code
        if response.is_success:
            return response
        if status in GATEWAY or (status == httpx.codes.CONFLICT and not conflict_refuses):
            raise _lost(response)
        if response.is_client_error and status not in LATER:
            raise ToolRefused(_said(response))
        raise _lost(response, answered=True)

    def _request(
        self, method: str, path: str, params: Mapping[str, str] | None, headers: Mapping[str, str], body: JsonValue
    ) -> httpx.Request:
        sent = self._headers | dict(headers)
        return self._client.build_request(method, f"{self._base}/{path}", params=params, headers=sent, json=body)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """Send once, for at most `timeout_s` in all: a system that drips must not hold a turn."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._client.send(request, follow_redirects=False)
        except TimeoutError as error:
            raise ToolLost(f"The system gave no answer within {self._timeout_s:g} s.") from error
        except httpx.ConnectError as error:
            raise ToolLost("The system cannot be reached.", answered=True) from error
        except httpx.HTTPError as error:
            raise ToolLost(f"The call was cut off ({type(error).__name__}).") from error


def path_of(*parts: str) -> str:
    """A path of these parts, each of them one: no sign in a part leads anywhere else."""
    # A dot is written out, too: an id of two would lead up.
    return "/".join(quote(part, safe="").replace(".", "%2E") for part in parts)


def understood(shape: TypeAdapter[Read], response: httpx.Response, *, answered: bool = True) -> Read:
    """The body as `shape`. Raises `ToolLost` for anything else."""
    try:
        return shape.validate_json(response.content)
    except ValidationError as error:
        raise ToolLost("The system answered with something that is not a record.", answered=answered) from error


def as_read(shape: type[Shape], record: Record) -> Shape:
    """A record as a tool needs it. Raises `ToolLost` when fields are missing or of another kind."""
    try:
        return shape.model_validate(record)
    except ValidationError as error:
        fields = ", ".join(sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]}))
        raise ToolLost(f"The system's record cannot be read: {fields}.", answered=True) from error


def _lost(response: httpx.Response, *, answered: bool = False) -> ToolLost:
    advice = "see that its secret is the right one and may do this" if response.status_code in UNWELCOME else ""
    return ToolLost(_said(response), answered=answered, advice=advice)


def _said(response: httpx.Response) -> str:
    """The status, and what a problem+json says of it."""
    said = f"The system answered {response.status_code}"
    try:
        detail = ITEM.validate_json(response.content).get("detail")
    except ValidationError:
        detail = None
    return f"{said}: {detail[:300]}" if isinstance(detail, str) else f"{said}."
