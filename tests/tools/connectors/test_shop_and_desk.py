"""pretix and django-helpdesk as they are declared, and before systems that do not answer what was asked.

How they do before the real ones is shown in `tests/systems`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from agent.policy.facts import vocabulary
from agent.settings import HARBOR
from knowledge.load import load
from tests.backoffice import serving
from tests.tools.papers import Drawer
from tools.browser.action import Browsing
from tools.browser.chromium import Chromium
from tools.calls import Calls
from tools.catalog import connected_catalog, harbor_catalog
from tools.connections import connections_of
from tools.connectors.connection import Connection, Needs
from tools.connectors.helpdesk import Desk
from tools.connectors.pretix_shop import Shop, number_of
from tools.contract import Scope, ToolLost
from tools.declared import DeclarationError
from tools.http import Backoffice

PRETIX = "  - {connector: pretix, url: http://127.0.0.1:9, organizer: o, event: e, token: {env: NO_SUCH_TOKEN}}\n"
HELPDESK = "  - {connector: helpdesk, url: http://127.0.0.1:9, queue: 1, token: {env: NO_SUCH_TOKEN}}\n"
NOWHERE = "http://127.0.0.1:9"
NOBODY = Scope(tenant="harbor", case_id="c1", customer_id=None)


def now() -> datetime:
    return datetime.now(UTC)


def connections(folder: Path, entries: str, *, looking: bool = True) -> list[Connection]:
    (folder / "connections.yaml").write_text(f"systems:\n{entries}")
    needs = Needs(
        clock=now, code_secret=b"", customers=Backoffice(NOWHERE), own=Drawer(), folder=folder, looking=looking
    )  # fmt: skip
    return connections_of(folder / "connections.yaml", needs)


def test_they_stand_in_the_place_of_the_back_offices_tools_and_the_playbook_holds(tmp_path: Path) -> None:
    made = connections(tmp_path, PRETIX + HELPDESK)
    browsing = Browsing(Chromium(), tmp_path, {"backoffice": NOWHERE})
    own = harbor_catalog(Backoffice(NOWHERE), b"", now, UTC, Drawer(), browsing)
    catalog = connected_catalog(own, made)
    assert catalog.tools.keys() == own.tools.keys()
    moved = {name for name, tool in catalog.tools.items() if tool.system != "backoffice"}
    assert moved >= {"get_order", "find_customer", "issue_refund", "cancel_order", "change_email", "create_ticket"}
    assert load(HARBOR, vocabulary(catalog)).company.id == "harbor"


@pytest.mark.parametrize("entry", [PRETIX, HELPDESK])
def test_a_missing_token_stops_the_start_with_a_sentence(tmp_path: Path, entry: str) -> None:
    with pytest.raises(DeclarationError, match=r"connections\.yaml:2: A secret is missing: the variable NO_SUCH_TOKEN"):
        connections(tmp_path, entry, looking=False)


@pytest.mark.parametrize("entry", [PRETIX, HELPDESK])
async def test_a_system_that_cannot_be_reached_is_told(tmp_path: Path, entry: str) -> None:
    [connection] = connections(tmp_path, entry)
    [trouble] = await connection.probe()
    assert "cannot be reached" in trouble.wrong
    await connection.close()


def test_an_orders_number_is_as_customers_know_it() -> None:
    assert number_of("HG200001") == "HG-200001"


@asynccontextmanager
async def answering(answers: dict[str, Any]) -> AsyncIterator[Calls]:
    """A system that gives these answers, whatever the question."""
    app = FastAPI()

    @app.get("/{path:path}")
    def answer(path: str) -> Any:
        return next(given for part, given in answers.items() if path.rstrip("/").endswith(part))

    async with serving(app) as base, Calls(base) as calls:
        yield calls


def page(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"count": len(rows), "next": None, "results": [*rows]}


async def test_a_shop_that_answers_something_else_is_not_believed() -> None:
    other = {"identifier": "cus_2", "email": "b@b.example", "customer": "cus_2", "code": "HG200002", "is_active": True}
    answers = {"orders": page(other), "customers": page(other), "HG200001": other, "cus_1": other}
    async with answering(answers) as calls:
        shop = Shop(calls, "o", "e")
        for asked in (
            shop.order("HG-200001"),
            shop.account("cus_1"),
            shop.account_with("a@b.example"),
            shop.orders_of("cus_1"),
        ):
            with pytest.raises(ToolLost):
                await asked
        assert await shop.account_with("b@b.example") == other


async def test_an_account_that_is_closed_is_nobodys() -> None:
    closed = {"identifier": "cus_1", "email": "a@b.example", "is_active": False}
    async with answering({"customers": page(closed), "cus_1": closed}) as calls:
        shop = Shop(calls, "o", "e")
        assert await shop.account("cus_1") is None
        assert await shop.account_with("a@b.example") is None


async def test_a_list_that_never_ends_is_no_list() -> None:
    async with answering({"customers": page() | {"next": "more"}}) as calls:
        with pytest.raises(ToolLost, match="does not list"):
            await Shop(calls, "o", "e").account_with("a@b.example")


async def test_a_ticket_with_another_id_is_not_taken() -> None:
    mark = "[Case c1, ticket 1, reference abc]"
    ticket = {"id": 7, "description": f"Help\n\n{mark}"}
    async with answering({"tickets": page(ticket), "tickets/7": ticket | {"id": 8}}) as calls:
        desk = Desk(calls, 1)
        assert await desk.of_the_case(NOBODY) == [ticket]
        with pytest.raises(ToolLost, match="another ticket"):
            await desk.ticket(1, NOBODY)
        assert await desk.ticket(2, NOBODY) is None
