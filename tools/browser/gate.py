"""The gate: all that a visit may reach, held at the network and not by the pages' good behaviour.

Two layers ask the same question. The browser's own requests are routed, where each one is known with its page and its
method. Behind that stands a proxy, the only way out that the browser has: it also sees what is never routed, such as
the second hop of a redirect, a prefetch, a worker's request or a WebSocket. The proxy serves one request a connection,
so what a connection may reach is settled by its first line.

A form is sent only while a step is taken that is declared to send, and then one; at any other time only reads pass.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Error, Page, Request, Response, Route, WebSocketRoute

READS = frozenset({"GET", "HEAD", "OPTIONS"})
PORTS = {"http": 80, "https": 443}
HEAD_S = 10
"""How long a connection may take to say where it wants to go."""
HOP = frozenset({b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization"})
"""Headers between the browser and the proxy alone."""
KEPT = 20
"""How many refused addresses are remembered."""

Origin = tuple[str, str, int]


def origin(url: str) -> Origin | None:
    """Scheme, host and port; None for anything that is not a plain http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
    if parts.hostname is None or port is None or parts.scheme not in PORTS or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port


class Gate:
    """Lets one visit reach `sites` (addresses; nothing outside the path of one) and nothing else.

    Used as `async with`: `address` is the proxy's, which only this visit's browser context is to use.
    """

    def __init__(self, sites: Sequence[str]) -> None:
        self._sites = [(origin(site), urlsplit(site).path.rstrip("/")) for site in sites]
        self._open, self._left = False, 0
        self.sent: list[Request] = []
        """All that was let through and may change something."""
        self.answers: list[tuple[Request, int]] = []
        """What came back for those, with its status."""
        self.broken: list[Request] = []
        """Those that were cut off: whether they arrived is not known."""
        self.navigations = 0
        """How often the page itself went somewhere."""
        self.refused: list[str] = []
        self._moved, self._over = asyncio.Event(), False
        self._calls: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._call, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    @property
    def address(self) -> str:
        """Of the proxy."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @contextlib.contextmanager
    def sending(self, most: int = 1) -> Iterator[None]:
        """Meanwhile something may be sent, once: what a page sends beside its form is refused."""
        self._open, self._left = True, most
        try:
            yield
        finally:
            self._open = False

    def admits(self, url: str, method: str = "GET") -> bool:
        """Whether such a request may leave now."""
        asked = origin(url)
        path = urlsplit(url).path if asked is not None and url.isprintable() else ""
        known = any(asked == site and f"{path}/".startswith(f"{prefix}/") for site, prefix in self._sites)
        return asked is not None and known and (self._open or method in READS)

    async def guard(self, context: BrowserContext) -> Page:
        """Put this gate before a fresh context, and give its one page; further ones are closed as they open."""
        self._over = False
        await context.route("**/*", self._route)
        await context.route_web_socket("**/*", self._socket)
        page = await context.new_page()
        context.on("page", _close)
        context.on("response", self._answered)
        context.on("requestfailed", self._cut_off)
        page.on("crash", self._end)
        page.on("close", self._end)
        return page

    async def quiet(self) -> None:
        """Return when nothing that was sent can be answered any more; the caller limits the time."""
        while not self._over and len(self.answers) + len(self.broken) < len(self.sent):
            self._moved.clear()
            await self._moved.wait()

    def refuse(self, url: str) -> None:
        """Remember what was refused, without its query, which may say anything."""
        plain = url.split("?", 1)[0][:200]
        if len(self.refused) < KEPT and plain not in self.refused:
            self.refused.append(plain)

    async def _route(self, route: Route, request: Request) -> None:
        with contextlib.suppress(Error):  # the page may be gone by now
            sends = request.method not in READS
            if not self.admits(request.url, request.method) or (sends and self._left < 1):
                self.refuse(request.url)
                await route.abort("blockedbyclient")
                return
            if sends:
                self._left -= 1
                self.sent.append(request)
            if request.is_navigation_request() and request.frame.parent_frame is None:
                self.navigations += 1
            await route.continue_()

    async def _socket(self, socket: WebSocketRoute) -> None:
        self.refuse(socket.url)
        await socket.close(code=1008)

    def _answered(self, response: Response) -> None:
        if response.request in self.sent:
            self.answers.append((response.request, response.status))
            self._moved.set()

    def _cut_off(self, request: Request) -> None:
        if request in self.sent and all(request is not answered for answered, _ in self.answers):
            self.broken.append(request)
            self._moved.set()

    def _end(self, _: Page) -> None:
        self._over = True
        self._moved.set()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser. What is refused is cut off, so that no page of ours answers in its place."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs this as a task
        self._calls.add(task)
        try:
            async with asyncio.timeout(HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
            await self._forward(head, reader, writer)
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the browser sees a connection that ended; cancelled is what the end of the visit makes of it
        finally:
            self._calls.discard(task)
            writer.close()

    async def _forward(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.split(b"\r\n")
        method, target, version = first.decode("ascii").split(" ")
        tunnel = method == "CONNECT"
        url = f"https://{target}" if tunnel else target
        asked = origin(url)
        # What a tunnel carries cannot be seen, so the paths of its site are for the routes to hold.
        admitted = any(asked == site for site, _ in self._sites) if tunnel else self.admits(url, method)
        if asked is None or not admitted:
            self.refuse(url)
            return
        _, host, port = asked
        far_reader, far_writer = await asyncio.open_connection(host, port)
        try:
            if tunnel:
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                parts = urlsplit(target)
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                kept = [line for line in lines if line and line.split(b":", 1)[0].lower() not in HOP]
                request = [f"{method} {path} {version}".encode(), *kept, b"Connection: close", b"", b""]
                far_writer.write(b"\r\n".join(request))
            there = asyncio.create_task(_pump(reader, far_writer))
            try:
                await _pump(far_reader, writer)
            finally:
                there.cancel()
                await asyncio.gather(there, return_exceptions=True)
        finally:
            far_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


async def _close(page: Page) -> None:
    with contextlib.suppress(Error):
        await page.close()
