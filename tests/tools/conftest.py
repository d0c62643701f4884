"""The tools of Harbor Goods over a real back office, and customers that no other test has touched."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest

from tests.systems import Oracle, Record, running_backoffice
from tools.catalog import harbor_catalog
from tools.contract import Catalog, Scope
from tools.http import Backoffice

SECRET = b"only for tests"
PATIENCE_S = 0.4
"""How long the tools wait for an answer; a fault that makes them wait longer takes twice that."""


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
    met: set[str] = field(default_factory=set)

    async def order(self, **equal: str) -> tuple[Record, Scope]:
        """An order like that without refunds, of a customer who is new to the tests, and a case of theirs."""
        rows = await self.oracle.rows("orders", **equal)
        order = next(row for row in rows if not row["refunds"] and row["customer_id"] not in self.met)
        self.met.add(order["customer_id"])
        return order, scope_of(order["customer_id"])


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
        yield Shop(base_url, oracle, harbor_catalog(backoffice, SECRET, lambda: datetime.now(UTC)), requests)


@pytest.fixture
async def shop(house: Shop) -> AsyncIterator[Shop]:
    """The house with no fault armed, before and after."""
    house.requests.clear()
    yield house
    await house.oracle.clear()
