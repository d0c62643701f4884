"""The way to the back office: one shared client, and what each of its answers means to a tool.

| answer | read | write |
|---|---|---|
| 2xx with a record (or a list of records) | the record | the record, which proves nothing |
| 404 | None for an item, else `ToolLost` | `ToolRefused` |
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
from typing import Annotated, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, BeforeValidator, JsonValue, TypeAdapter, ValidationError

from tools.contract import Record, ToolLost, ToolRefused

PAUSES_S = (0.05, 0.2)
"""Before the second and the third try of a read."""
PAGE = 1000
MOST_PAGES = 20
"""More records than these belong to no customer; a system that answers so does not filter."""
LATER = frozenset({408, 425, 429})
GATEWAY = frozenset({502, 504})
ITEM = TypeAdapter(Record)
ITEMS = TypeAdapter(list[Record])

Shape = TypeVar("Shape", bound=BaseModel)
Blank = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Text of a record; "" where the system has null."""


class Backoffice:
    """The back office at `base_url` (its REST API is under `/api` there), as the actor `agent`.

    `timeout_s` is for a whole call. A `client` that is given stays the caller's to close.
    """

    def __init__(self, base_url: str, *, timeout_s: float = 1.0, client: httpx.AsyncClient | None = None) -> None:
        self._api = f"{base_url.rstrip('/')}/api"
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

    async def item(self, resource: str, id: str) -> Record | None:  # noqa: A002 - the field's name
        """The record, None when there is none. Raises `ToolLost`."""
        response = await self._read(self._path(resource, id), {})
        if response is None:
            return None
        record = understood(ITEM, response)
        if record.get("id") != id:
            raise ToolLost(f"The system answered with another record than {resource}/{id}.", answered=True)
        return record

    async def rows(self, resource: str, **equal: str) -> list[Record]:
        """All records whose fields have these values. Raises `ToolLost`.

        Systems ignore filters that they do not know, so a record that does not fit is an answer to no question.
        """
        found: list[Record] = []
        for page in range(MOST_PAGES):
            asked = {**equal, "limit": str(PAGE), "offset": str(page * PAGE)}
            response = await self._read(self._path(resource), asked)
            if response is None:
                break
            rows = understood(ITEMS, response)
            if any("id" not in row or any(row.get(k) != v for k, v in equal.items()) for row in rows):
                break
            found += rows
            if len(rows) < PAGE:
                return found
        raise ToolLost(f"The system does not list {resource} by {', '.join(equal)}.", answered=True)

    async def post(
        self, resource: str, body: Mapping[str, JsonValue], key: str, *, conflict_refuses: bool = False
    ) -> Record:
        """Make a record. Raises `ToolRefused` or `ToolLost`.

        `conflict_refuses`: where a 409 can only mean that what is asked for is taken, it is a refusal.
        """
        return await self._write("POST", self._path(resource), body, key, conflict_refuses=conflict_refuses)

    async def patch(
        self,
        resource: str,
        id: str,  # noqa: A002
        body: Mapping[str, JsonValue],
        key: str,
        *,
        conflict_refuses: bool = False,
    ) -> Record:
        """Change fields of a record; as `post`."""
        return await self._write("PATCH", self._path(resource, id), body, key, conflict_refuses=conflict_refuses)

    def _path(self, *parts: str) -> str:
        # A dot is written out, too: an id of two would lead up.
        return "/".join([self._api, *(quote(part, safe="").replace(".", "%2E") for part in parts)])

    async def _read(self, url: str, params: Mapping[str, str]) -> httpx.Response | None:
        request = self._client.build_request("GET", url, params=dict(params), headers={"X-Actor": "agent"})
        for pause in (*PAUSES_S, None):
            try:
                response = await self._answer(request)
                if response.is_success:
                    return response
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                lost = ToolLost(_said(response), answered=True)
                passing = response.is_server_error or response.status_code in LATER
            except ToolLost as error:
                lost, passing = ToolLost(str(error), answered=True), True
            if pause is None or not passing:
                break
            await asyncio.sleep(pause)
        raise lost

    async def _write(
        self, method: str, url: str, body: Mapping[str, JsonValue], key: str, *, conflict_refuses: bool
    ) -> Record:
        headers = {"X-Actor": "agent", "Idempotency-Key": key}
        response = await self._answer(self._client.build_request(method, url, json=dict(body), headers=headers))
        status = response.status_code
        if response.is_success:
            return understood(ITEM, response, answered=False)
        if status in GATEWAY or (status == httpx.codes.CONFLICT and not conflict_refuses):
            raise ToolLost(_said(response))
        if response.is_client_error and status not in LATER:
            raise ToolRefused(_said(response))
        raise ToolLost(_said(response), answered=True)

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


Read = TypeVar("Read")


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


def _said(response: httpx.Response) -> str:
    """The status, and what a problem+json says of it."""
    said = f"The system answered {response.status_code}"
    try:
        detail = ITEM.validate_json(response.content).get("detail")
    except ValidationError:
        detail = None
    return f"{said}: {detail[:300]}" if isinstance(detail, str) else f"{said}."
