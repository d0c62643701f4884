"""Limits: so many requests a minute from one address, then 429 until the minute is over."""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from web.problems import problem

WINDOW_S = 60.0
ADDRESSES = 10_000
"""Counted at the most; past that the counts start anew, so that memory stays bounded."""


class RateLimit:
    """A fixed window per client address over the API; pages and health are not counted."""

    def __init__(self, app: ASGIApp, per_minute: int) -> None:
        self.app, self.per_minute = app, per_minute
        self._began, self._counts = time.monotonic(), dict[str, int]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: count, and refuse what is over the limit."""
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            return await self.app(scope, receive, send)
        now = time.monotonic()
        if now - self._began >= WINDOW_S or len(self._counts) >= ADDRESSES:
            self._began, self._counts = now, {}
        address = (scope.get("client") or ("", 0))[0]
        count = self._counts[address] = self._counts.get(address, 0) + 1
        if count <= self.per_minute:
            return await self.app(scope, receive, send)
        refusal = problem(429, "Too many requests from this address; try again in a minute.")
        refusal.headers["Retry-After"] = str(max(1, round(WINDOW_S - (now - self._began))))
        return await refusal(scope, receive, send)
