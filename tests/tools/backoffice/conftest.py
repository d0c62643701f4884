import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from tools.backoffice.app import create_app
from tools.backoffice.store import Store

TODAY = date(2026, 3, 2)


class Api(httpx.AsyncClient):
    """A caller of `/api`, in the same process."""

    def __init__(self, app: Any, prefix: str = "/api", **headers: str) -> None:
        super().__init__(transport=httpx.ASGITransport(app), base_url=f"http://shop.test{prefix}/", headers=headers)

    async def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = await self.get(path, params=query, headers={"X-Oracle": "1"})
        assert answer.status_code == 200, answer.text
        rows: list[dict[str, Any]] = answer.json()
        return rows

    async def row(self, path: str) -> dict[str, Any]:
        answer = await self.get(path, headers={"X-Oracle": "1"})
        assert answer.status_code == 200, answer.text
        row: dict[str, Any] = answer.json()
        return row


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The app behind a real socket; its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as seeding leaves it; copies of it are faster than seeding again."""
    path = tmp_path_factory.mktemp("harbor") / "seeded.db"
    create_app(path, today=TODAY).state.store.close()
    return path


@pytest.fixture
def fresh(planted: Path, tmp_path: Path) -> Callable[[], FastAPI]:
    """Makes apps, each on a database of its own."""
    count = iter(range(1_000_000))

    def make() -> FastAPI:
        return create_app(Path(shutil.copy(planted, tmp_path / f"{next(count)}.db")), today=TODAY)

    return make


@pytest.fixture
def app(fresh: Callable[[], FastAPI]) -> Iterator[FastAPI]:
    app = fresh()
    yield app
    app.state.store.close()


@pytest.fixture
def store(app: FastAPI) -> Store:
    kept: Store = app.state.store
    return kept


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[Api]:
    async with Api(app) as client:
        yield client


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
