"""Real systems with an eye on what really happened in them, past the proxy."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import yaml
from pydantic import JsonValue

from tests.systems.mail import MailSink
from tests.systems.pretix import EVENT
from tests.systems.process import System
from tests.systems.proxy import FaultProxy
from tools.connections import connections_of
from tools.connectors.connection import Connection, Needs
from tools.contract import Action, Lookup, Scope
from tools.finding import Finding, Record

ORGANIZER = "/api/v1/organizers/harbor"


def client(system: System) -> httpx.AsyncClient:
    """A client with the system's token."""
    headers = {"Authorization": f"Token {system.token}"}
    return httpx.AsyncClient(base_url=system.base, headers=headers, timeout=60, trust_env=False)


def connected(entries: Sequence[dict[str, Any]], needs: Needs, folder: Path) -> list[Connection]:
    """The connections of these entries."""
    file = folder / "connections.yaml"
    file.write_text(yaml.safe_dump({"systems": list(entries)}))
    return connections_of(file, needs)


def scope_of(customer_id: str | None) -> Scope:
    """A new case of this customer."""
    return Scope(tenant="harbor", case_id=str(uuid4()), customer_id=customer_id)


def action(connection: Connection, name: str) -> Action:
    """One of its actions."""
    [found] = [tool for tool in connection.tools if tool.name == name]
    assert isinstance(found, Action)
    return found


async def looked_up(connection: Connection, name: str, scope: Scope, /, **args: Any) -> Any:
    """What one of its lookups gives."""
    [found] = [tool for tool in connection.tools if tool.name == name]
    assert isinstance(found, Lookup)
    return await found.run(found.args.model_validate(args), scope)


def new_key() -> str:
    """A key as effects have it, used by nobody."""
    return uuid4().hex * 2


@dataclass(frozen=True)
class Begun:
    """An action that was looked at and may be sent."""

    tool: Action
    scope: Scope
    key: str
    args: Any
    before: JsonValue

    async def send(self) -> None:
        """Make the call."""
        await self.tool.run(self.args, self.scope, self.key)

    async def proven(self) -> Finding:
        """Look at the system again."""
        return await self.tool.verify(self.args, self.scope, self.before)


@dataclass(frozen=True)
class Try:
    """Tries of one tool for one case; each has a key of its own unless one is given."""

    tool: Action
    scope: Scope
    key: str = ""

    async def begun(self, **args: Any) -> Begun:
        """Its first look."""
        exact = self.tool.args.model_validate(args)
        before = await self.tool.before(exact, self.scope)
        return Begun(self.tool, self.scope, self.key or new_key(), exact, before)

    async def done(self, **args: Any) -> Finding:
        """The tool from its first look to its last."""
        one = await self.begun(**args)
        await one.send()
        return await one.proven()


@dataclass(frozen=True)
class Buyer:
    """A customer as the shop was seeded with, whom no other test has."""

    id: str
    email: str
    processing: str
    """An order that is still here; 31.00 EUR."""
    delivered: str
    """One that was handed out; 24.50 EUR."""
    large: str
    """Another one; 120.00 EUR."""


@dataclass(frozen=True)
class Shop:
    """pretix, and the mails that it sends."""

    system: System
    proxy: FaultProxy
    http: httpx.AsyncClient
    mails: MailSink
    _buyers: Iterator[int]

    def buyer(self) -> Buyer:
        """The next customer."""
        n = next(self._buyers)
        first = 200_000 + 10 * n
        return Buyer(
            f"cus_{100_001 + n}",
            f"robin{n}@newcomers.example",
            f"HG-{first}",
            f"HG-{first + 2}",
            f"HG-{first + 3}",
        )

    async def order(self, order_id: str) -> Record:
        """The order as pretix holds it."""
        return await self._got(f"{EVENT}/orders/{order_id.replace('-', '')}/")

    async def refunds(self, order_id: str) -> list[dict[str, Any]]:
        """The order's refunds."""
        page: Any = await self._got(f"{EVENT}/orders/{order_id.replace('-', '')}/refunds/")
        return list(page["results"])

    async def account(self, customer_id: str) -> Record:
        """The customer's account."""
        return await self._got(f"{ORGANIZER}/customers/{customer_id}/")

    def forget_keys(self) -> None:
        """What pretix does to idempotency keys after a day."""
        with contextlib.closing(sqlite3.connect(self.system.home / "data" / "db.sqlite3", timeout=20)) as kept, kept:
            kept.execute("DELETE FROM pretixapi_apicall")

    async def _got(self, path: str) -> Record:
        record: Record = (await self.http.get(path)).raise_for_status().json()
        return record


@dataclass(frozen=True)
class HelpDesk:
    """django-helpdesk."""

    system: System
    proxy: FaultProxy
    http: httpx.AsyncClient

    async def tickets(self, case_id: str) -> list[dict[str, Any]]:
        """The tickets in whose text the case stands."""
        page = (await self.http.get("/api/tickets/", params={"page_size": "1000"})).raise_for_status().json()
        return [ticket for ticket in page["results"] if case_id in ticket["description"]]
