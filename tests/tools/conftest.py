"""The tools of Harbor Goods over a real back office, and a new customer for every test."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.backoffice import Oracle, Record, running_backoffice
from tests.tools.papers import Drawer
from tools.browser.action import Browsing
from tools.browser.chromium import Chromium
from tools.catalog import harbor_catalog
from tools.contract import Catalog, Scope
from tools.http import Backoffice

# The machines that run these tests are busy: time says nothing about a property.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

SECRET = b"only for tests"
ZONE = ZoneInfo("Europe/Amsterdam")
PATIENCE_S = 1.5
"""How long the tools wait for an answer."""
TOO_LONG_MS = int(2000 * PATIENCE_S)
"""How long a fault lets them wait."""


def scope_of(customer_id: str | None) -> Scope:
    """A new case of this customer."""
    return Scope(tenant="harbor", case_id=str(uuid4()), customer_id=customer_id)


@dataclass
class Shop:
    """The tools, what they sent, and what became of it."""

    base_url: str
    oracle: Oracle
    tools: Catalog
    requests: list[httpx.Request]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def order(self, status: str = "delivered", **more: Any) -> tuple[Record, Scope]:
        """An order like that, of a customer who is new, and a case of theirs."""
        n = next(self.numbers)
        customer = await self.oracle.post(
            "customers", name=f"Ada Quill {n}", email=f"ada{n}@quillbox.example", phone=f"+442079{n:06d}",
            postcode="LS6 1AB", address=f"{n} Mill Lane, Leeds",
        )  # fmt: skip
        mug = {"sku": "KIT-MUG01", "name": "Stoneware mug", "qty": 2, "price": "12.50"}
        order = {"status": status, "items": [mug], "total": "25.00"} | more
        arrived = "2026-01-05T12:00:00Z" if status in ("delivered", "returned") else None
        made = await self.oracle.post("orders", customer_id=customer["id"], delivered_at=arrived, **order)
        return made, scope_of(customer["id"])

    async def subscription(self, customer_id: str = "", **more: Any) -> tuple[Record, Scope]:
        """A coffee plan, of a customer who is new unless one is named, and a case of theirs."""
        owner = customer_id or (await self.order())[0]["customer_id"]
        plan = {"plan": "weekly", "status": "active", "price": "11.90", "next_at": "2031-01-06T10:00:00Z"} | more
        return await self.oracle.post("subscriptions", customer_id=owner, **plan), scope_of(owner)


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    requests: list[httpx.Request] = []

    async def note(request: httpx.Request) -> None:
        requests.append(request)

    async with (
        running_backoffice(tmp_path_factory.mktemp("house")) as base_url,
        Oracle(base_url) as oracle,
        httpx.AsyncClient(event_hooks={"request": [note]}, trust_env=False) as client,
    ):
        backoffice = Backoffice(base_url, timeout_s=PATIENCE_S, client=client)
        browsing = Browsing(Chromium(), tmp_path_factory.mktemp("home"), {"backoffice": base_url})
        tools = harbor_catalog(backoffice, SECRET, lambda: datetime.now(UTC), ZONE, Drawer(), browsing)
        yield Shop(base_url, oracle, tools, requests)


@pytest.fixture
async def shop(house: Shop) -> AsyncIterator[Shop]:
    """The house with no fault armed, before and after."""
    house.requests.clear()
    yield house
    await house.oracle.clear()
