"""An eye on the demo systems: what really stands in them, and the hand that arms their faults."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Any, Self

import httpx

Record = dict[str, Any]


class Oracle:
    """Sees and sets up the back office past all faults, as the actor `oracle`; arms the faults of others."""

    def __init__(self, base_url: str) -> None:
        headers = {"X-Oracle": "1", "X-Actor": "oracle"}
        self._http = httpx.AsyncClient(base_url=f"{base_url}/api", headers=headers, timeout=10, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def until_up(self) -> None:
        """Return when the back office answers: another process may have started it a moment ago."""
        while True:
            with contextlib.suppress(httpx.TransportError):
                await self.seq()
                return
            await asyncio.sleep(0.05)

    async def rows(self, collection: str, **equal: str) -> list[Record]:
        """The records of a collection whose fields have these values."""
        return await self._json("GET", collection, params={**equal, "limit": "10000"})  # type: ignore[no-any-return]

    async def item(self, collection: str, id: str) -> Record:  # noqa: A002 - the field's name
        """One record."""
        return await self._json("GET", f"{collection}/{id}")  # type: ignore[no-any-return]

    async def post(self, collection: str, **fields: Any) -> Record:
        """Make a record."""
        return await self._json("POST", collection, json=fields)  # type: ignore[no-any-return]

    async def patch(self, collection: str, id: str, **fields: Any) -> Record:  # noqa: A002 - the field's name
        """Change a record."""
        return await self._json("PATCH", f"{collection}/{id}", json=fields)  # type: ignore[no-any-return]

    async def seq(self) -> int:
        """Where the journal stands."""
        rows = await self._json("GET", "journal")
        return rows[-1]["seq"] if rows else 0

    async def written(self, after: int = 0, **equal: Any) -> list[Record]:
        """What the agent wrote after `after`, by the journal; `key="…"` and the like narrow it."""
        rows: list[Record] = await self._json("GET", "journal", params={"after": after})
        wanted = {"actor": "agent", **equal}
        return [row for row in rows if all(row[name] == value for name, value in wanted.items())]

    async def arm(self, name: str, n: int = 1, **aim: Any) -> None:
        """The next `n` calls that match `aim` (`resource`, `method`; `ms` to wait) meet the fault."""
        await self._json("POST", "faults", json={"name": name, "n": n, **aim})

    async def armed(self) -> list[Record]:
        """The faults that are still to be met, `n` times each."""
        return await self._json("GET", "faults")  # type: ignore[no-any-return]

    async def clear(self) -> None:
        """Disarm every fault."""
        (await self._http.delete("/faults")).raise_for_status()

    async def _json(self, method: str, path: str, **call: Any) -> Any:
        response = await self._http.request(method, f"/{path}", **call)
        response.raise_for_status()
        return response.json()
