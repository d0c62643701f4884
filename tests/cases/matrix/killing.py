"""Killing: `deskhand run` as a process of its own, killed with SIGKILL at one exact point, and started again.

The points are the commits of the desk, before and after, which the process itself sees by SQLAlchemy's events, and the
writes that it sends, before and after, which pass a line that this process holds. Each burns the fuse down by one.
Nothing of the product knows of this.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import ssl
import sys
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

import cli
from agent.settings import HOST
from web.serving import free_port, served

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([
    "cli", "server", "aiosqlite", "anyio._backends._asyncio", "bm25s", "chromadb.api.rust", "httpcore", "tokenizers",
    "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto",
])  # fmt: skip
"""Imported once, and not at each of many starts; nothing of it runs before the fork, and none of it has threads."""
ENDLESS = 1_000_000
BETWEEN_TWO = {"connection", "content-length", "transfer-encoding", "accept-encoding", "content-encoding", "date"}
"""Headers that are about one connection, and are not passed on."""


class Fuse:
    """Shared by the process that is to die and the one that watches: how many points it still has to live."""

    def __init__(self) -> None:
        self._left = FORKS.RawValue("i", 0)
        self._passed = {kind: FORKS.RawValue("i", 0) for kind in ("commit", "send")}

    def light(self, points: int) -> None:
        """The desk dies at this point, the first one being 1, and the counts begin anew."""
        self._left.value = points
        for passed in self._passed.values():
            passed.value = 0

    def put_out(self) -> None:
        """It dies no more, and nothing is counted."""
        self._left.value = 0

    def burn(self, kind: str) -> bool:
        """A point is passed; True when it was the last."""
        if not self._left.value:
            return False
        self._passed[kind].value += 1
        self._left.value -= 1
        return bool(self._left.value == 0)

    def passed(self, kind: str) -> int:
        """How many points of this kind were passed since it was lit."""
        return int(self._passed[kind].value)


def run(settings: Mapping[str, str], fuse: Fuse, log: str) -> None:
    """`deskhand run`, in the process that is to die."""
    os.environ.update(settings)
    _die_at_commits(fuse)
    sys.argv, sys.stdout = ["deskhand", "run"], open(os.devnull, "w")  # noqa: SIM115  until the end of the process
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
    cli.main()


def _die_at_commits(fuse: Fuse) -> None:
    def point() -> None:
        if fuse.burn("commit"):
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "commit")
    def before(connection: Any) -> None:
        connection.info["committing"] = True
        point()

    @event.listens_for(Pool, "checkin")
    def after(_: object, record: Any) -> None:  # a connection goes back as soon as its transaction is over
        if record.info.pop("committing", False):
            point()


class Desk:
    """One home, and the process that serves it, dead or alive."""

    def __init__(self, home: Path, backoffice: str | None) -> None:
        """Without `backoffice`, the systems are the embedded ones and die with the desk."""
        self.home, self.port, self.fuse = home, free_port(), Fuse()
        self.base = f"http://{HOST}:{self.port}"
        self.backoffice = backoffice or f"{self.base}/backoffice"
        self.client = httpx.AsyncClient(base_url=self.base, timeout=60, transport=Insistent(self))
        self._plain = httpx.AsyncClient(base_url=self.base, timeout=5, transport=_line())
        self.settings: dict[str, str] = {}
        """More than it needs to run; the next start takes them."""
        self.deaths, self._line, self._starting = 0, free_port(), asyncio.Lock()
        self.healthy_at: float | None = None
        """When it was up again after it died; None once whatever was broken off has been answered."""
        self._process: Any = None

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[Desk]:
        """Alive, with the line to its systems."""
        async with served(self._wire(), self._line), self.client, self._plain:
            try:
                await self.up()
                self.healthy_at = None
                yield self
            finally:
                self.kill()

    async def up(self) -> None:
        """Start it, unless it lives, and wait until it is healthy. Many may want that at once."""
        async with self._starting:
            if self.lives:
                return
            self.deaths += self._process is not None
            await asyncio.to_thread(self._start)
            while not await _healthy(self._plain):
                assert self._process.is_alive(), (self.home / "stderr").read_text()
                await asyncio.sleep(0.02)
            self.healthy_at = time.monotonic()

    def _start(self) -> None:
        settings = {"PORT": str(self.port), "DESKHAND_HOME": str(self.home), "DESKHAND_RETRY_S": "0.2"} | self.settings
        settings["DESKHAND_BACKOFFICE_URL"] = f"http://{HOST}:{self._line}"
        self._process = FORKS.Process(target=run, args=(settings, self.fuse, str(self.home / "stderr")))
        self._process.start()

    @property
    def lives(self) -> bool:
        """Whether its process runs."""
        return self._process is not None and self._process.is_alive()

    def kill(self) -> None:
        """SIGKILL; when this returns it is dead."""
        if self.lives:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
            wait([self._process.sentinel])

    def _wire(self) -> FastAPI:
        """The line to the systems: a write is a point before it is passed on, and one before its answer is."""
        app, systems = FastAPI(), httpx.AsyncClient(timeout=30, transport=_line())

        @app.api_route("/{path:path}", methods=["GET", "POST", "PATCH"])
        async def passed_on(request: Request, path: str) -> Response:
            if self._is_killed_by(request.method):
                return Response(status_code=503)  # nobody hears it, and nothing was sent
            asked = {"params": request.query_params, "content": await request.body()}
            headers = _passed(request.headers.items())
            answer = await systems.request(request.method, f"{self.backoffice}/{path}", headers=headers, **asked)  # type: ignore[arg-type]
            self._is_killed_by(request.method)
            response = Response(answer.content, answer.status_code)
            response.raw_headers += [(k.encode(), v.encode()) for k, v in _passed(answer.headers.multi_items())]
            return response

        return app

    def _is_killed_by(self, method: str) -> bool:
        dies = method != "GET" and self.fuse.burn("send")
        if dies:
            self.kill()
        return dies


class Insistent(httpx.AsyncBaseTransport):
    """A client that makes its call again until it is answered: our calls may all be repeated."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._line = desk, _line()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        while True:
            try:
                response = await self._line.handle_async_request(request)
                await response.aread()
            except httpx.TransportError:
                await asyncio.sleep(0.01)
                await self._desk.up()
            else:
                return response

    async def aclose(self) -> None:
        await self._line.aclose()


def _passed(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in BETWEEN_TWO]


def _line() -> httpx.AsyncHTTPTransport:
    """To an address of loopback; reading all the certificates of the machine would take longer than most calls."""
    return httpx.AsyncHTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))


async def _healthy(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False
