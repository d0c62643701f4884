"""Systems to test against: a real back office on loopback, and an eye on what really happened in it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI

from evals.oracle import Oracle, Record
from tools.backoffice.app import create_app

__all__ = ["Oracle", "Record", "running_backoffice", "serving"]


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """Serve `app` on a free port of loopback, in a thread with a loop of its own, and give its address.

    Over a socket, because only there a timeout is one.
    """
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive(), "the server did not start"
                await asyncio.sleep(0.01)
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            await asyncio.to_thread(thread.join)


@asynccontextmanager
async def running_backoffice(tmp_path: Path, *, today: date | None = None) -> AsyncIterator[str]:
    """A freshly seeded back office with its database in `tmp_path`; gives the address that `Backoffice` takes."""
    app = create_app(tmp_path / "backoffice.db", today=today)
    try:
        async with serving(app) as base_url:
            yield base_url
    finally:
        app.state.store.close()
