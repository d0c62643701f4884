"""The way to the back office: its records by resource and id. What its answers mean stands in `tools/calls.py`."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Annotated, Self

import httpx
from pydantic import BeforeValidator, JsonValue, TypeAdapter

from tools.calls import ITEM, Calls, as_read, path_of, understood
from tools.contract import ToolLost
from tools.finding import Record

PAGE = 1000
MOST_PAGES = 20
"""More records than these belong to no customer; a system that answers so does not filter."""
ITEMS = TypeAdapter(list[Record])

Blank = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]
"""Text of a record; "" where the system has null."""


class Backoffice:
    """The back office at `base_url` (its REST API is under `/api` there), as the actor `agent`.

    `timeout_s` is for a whole call. A `client` that is given stays the caller's to close.
    """

    def __init__(self, base_url: str, *, timeout_s: float = 1.0, client: httpx.AsyncClient | None = None) -> None:
        api = f"{base_url.rstrip('/')}/api"
        self._calls = Calls(api, headers={"X-Actor": "agent"}, timeout_s=timeout_s, client=client)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections that are this object's own."""
        await self._calls.aclose()

    async def item(self, resource: str, id: str) -> Record | None:  # noqa: A002 - the field's name
        """The record, None when there is none. Raises `ToolLost`."""
        response = await self._calls.read(path_of(resource, id))
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
            response = await self._calls.read(path_of(resource), asked)
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
        return await self._write("POST", path_of(resource), body, key, conflict_refuses=conflict_refuses)

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
        return await self._write("PATCH", path_of(resource, id), body, key, conflict_refuses=conflict_refuses)

    async def reached(self) -> None:
        """Make the cheapest read there is. Raises `ToolLost`."""
        if await self._calls.read(path_of("customers"), {"limit": "1"}) is None:
            raise ToolLost("There is no back office at this address.", answered=True)

    async def _write(
        self, method: str, path: str, body: Mapping[str, JsonValue], key: str, *, conflict_refuses: bool
    ) -> Record:
        headers = {"Idempotency-Key": key}
        answer = await self._calls.write(method, path, dict(body), headers=headers, conflict_refuses=conflict_refuses)
        return understood(ITEM, answer, answered=False)


__all__ = ["Backoffice", "Blank", "as_read"]
