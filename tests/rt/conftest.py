"""A real RT for a session, behind a proxy that can break calls, and the connection as it is declared."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.rt.tracker import HOW_TO_GET_IT, INSTALLED, PASSWORD, tracker
from tests.systems.process import System
from tests.systems.proxy import FaultProxy, fault_proxy
from tests.tools.papers import Drawer
from tools.connections import connections_of
from tools.connectors.connection import Connection, Needs
from tools.http import Backoffice

HERE = Path(__file__).parent
NUMBERS = count(1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once why nothing was tried."""
    if not INSTALLED:
        terminalreporter.write_line(HOW_TO_GET_IT)


@dataclass(frozen=True)
class Tracker:
    """RT, and what is really in it, asked as its administrator and past the proxy."""

    system: System
    proxy: FaultProxy
    http: httpx.AsyncClient

    async def customer(self, customer_id: str = "") -> str:
        """A customer who is on file there."""
        name = customer_id or f"cus_{next(NUMBERS)}"
        body = {"Name": name, "EmailAddress": f"{name}@customers.example"}
        (await self.http.post("user", json=body)).raise_for_status()
        return name

    async def opened(self, customer_id: str, **more: Any) -> str:
        """A ticket of the customer; its number."""
        body = {"Queue": "Support", "Requestor": customer_id, "Subject": "The lamp hums"} | more
        return str((await self.http.post("ticket", json=body)).raise_for_status().json()["id"])

    async def change(self, number: str, **fields: str) -> None:
        """A colleague's change; the proxy sees it."""
        url = f"{self.proxy.base}/REST/2.0/ticket/{number}"
        (await self.http.put(url, json=fields)).raise_for_status()

    async def texts(self, number: str) -> list[str]:
        """What is written in the ticket."""
        rows = (await self.http.get(f"ticket/{number}/attachments", params={"fields": "Content"})).json()["items"]
        return [str(row["Content"]) for row in rows]

    async def ticket(self, number: str) -> dict[str, Any]:
        """The ticket."""
        found: dict[str, Any] = (await self.http.get(f"ticket/{number}")).raise_for_status().json()
        return found

    async def tickets(self, customer_id: str) -> list[dict[str, Any]]:
        """The customer's tickets."""
        asked = {"query": f"Requestor.Name = '{customer_id}'"}
        rows = (await self.http.get("tickets", params=asked)).raise_for_status().json()["items"]
        return [await self.ticket(row["id"]) for row in rows]


@pytest.fixture(scope="session")
async def one_rt() -> AsyncIterator[Tracker]:
    async with tracker() as system, fault_proxy(system.base) as proxy:
        root = httpx.AsyncClient(
            base_url=f"{system.base}/REST/2.0/", auth=("root", PASSWORD), timeout=60, trust_env=False
        )
        async with root as http:
            yield Tracker(system, proxy, http)


@pytest.fixture
def rt(one_rt: Tracker) -> Tracker:
    """RT with no fault armed."""
    one_rt.proxy.clear()
    return one_rt


def declared(folder: Path, rt: Tracker, *changes: tuple[str, str]) -> Path:
    """The file of connections in a folder, with the declaration and the description, changed in both."""
    for name in ("rt.yaml", "rt-api.yaml"):
        text = (HERE / name).read_text().replace("http://127.0.0.1:8103", rt.proxy.base)
        for old, new in changes:
            text = text.replace(old, new)
        (folder / name).write_text(text)
    shutil.copy(rt.system.home / "token", folder / "rt-token")
    connections = folder / "connections.yaml"
    connections.write_text("systems:\n  - {connector: openapi, declaration: rt.yaml}\n")
    return connections


def connected(connections: Path) -> Connection:
    """The one connection of the file."""
    nobody = Backoffice("http://127.0.0.1:9")
    [connection] = connections_of(
        connections, Needs(clock=lambda: datetime.now(UTC), code_secret=b"", customers=nobody, own=Drawer())
    )
    return connection


@pytest.fixture
async def tools(rt: Tracker, tmp_path: Path) -> AsyncIterator[Connection]:
    """The tools over RT."""
    connection = connected(declared(tmp_path, rt))
    yield connection
    await connection.close()
