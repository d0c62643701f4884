"""Serving: the app on a port of loopback, and nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Generator

import uvicorn
from starlette.types import ASGIApp

from agent.errors import NotUsable
from agent.settings import HOST


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, *, stops_by_signal: bool) -> None:
        super().__init__(config)
        self.up = asyncio.Event()
        self._stops_by_signal = stops_by_signal

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        with super().capture_signals() if self._stops_by_signal else contextlib.nullcontext():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextlib.asynccontextmanager
async def served(app: ASGIApp, port: int, *, stops_by_signal: bool = True) -> AsyncIterator[asyncio.Task[None]]:
    """The app, answering; the task ends when the server is told to stop.

    `stops_by_signal=False`: it leaves signals to the server beside which it was started.
    """
    config = uvicorn.Config(app, host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=3)
    server = _Server(config, stops_by_signal=stops_by_signal)
    serving = asyncio.create_task(server.serve())
    started = asyncio.create_task(server.up.wait())
    try:
        await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
        yield serving
    finally:
        # One that is told to stop while it starts would leave its socket open.
        await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        server.should_exit = True
        await serving


def free_port() -> int:
    """A port that no program listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def claim(port: int) -> None:
    """Raises NotUsable when another program listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise NotUsable(f"Port {port} is taken by another program; set PORT to a free one.") from error
