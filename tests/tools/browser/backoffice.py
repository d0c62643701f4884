"""The staff pages of the back office, and the recipes that ship for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.backoffice import Oracle
from tests.tools.conftest import Shop, scope_of
from tools.backoffice.session import LOGIN, PASSWORD
from tools.browser.action import Browsing, shipped_actions
from tools.browser.chromium import Chromium
from tools.contract import Action, Catalog, Scope


@dataclass
class Staffed:
    """Recipes at work on the pages, and an eye on what really happened."""

    tools: Catalog
    oracle: Oracle
    home: Path
    customers: list[str]

    async def ready(self, name: str) -> tuple[Action, Scope]:
        """The action, for a customer that nobody has used yet."""
        return self.tools.action(name), scope_of(self.customers.pop())


@pytest.fixture(scope="session")
async def pages_at_work(pages: Chromium, house: Shop, tmp_path_factory: pytest.TempPathFactory) -> Staffed:
    """For all tests of a session: they share the staff's sessions."""
    home = tmp_path_factory.mktemp("home")
    (home / "backoffice_login").write_text(LOGIN)
    (home / "backoffice_password").write_text(PASSWORD)
    customers = [row["id"] for row in await house.oracle.rows("customers", locale="en")]
    browsing = Browsing(pages, home, {"backoffice": house.base_url})
    return Staffed(Catalog.of(*shipped_actions(browsing)), house.oracle, home, customers)


@pytest.fixture
async def staffed(pages_at_work: Staffed) -> AsyncIterator[Staffed]:
    """With no fault armed, before and after."""
    await pages_at_work.oracle.clear()
    yield pages_at_work
    await pages_at_work.oracle.clear()
