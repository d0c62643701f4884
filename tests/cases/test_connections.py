"""A company's own systems in whole cases: what a customer agreed to is done there, proven, and told only then."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

import server
from agent.casefile.events import EffectStarted
from agent.connected import needs_of
from agent.models.port import ActionStep
from tests.cases.conftest import copied
from tests.cases.theatre import Theatre, playing
from tests.tools.connectors import warehouse
from tests.tools.connectors.crm import Crm, declared, running_crm
from tests.tools.connectors.test_mcp import DECLARATION, KEYED, Warehouse
from tools.connectors.mcp import import_tools

BOOK = Path(__file__).parents[2] / "knowledge" / "harbor"
pytestmark = pytest.mark.timeout(600)  # the machines that run these tests are busy
ACTIONS = """
find_membership: {risk: low_risk, identity: confirmed}
get_membership: {risk: low_risk, identity: confirmed}
get_reservations: {risk: low_risk, identity: confirmed}
pause_membership: {risk: customer_confirmed, identity: verified, reversible: true, undo: restore_membership}
restore_membership: {risk: human_approved, identity: verified}
ask_for_a_call: {risk: human_approved, identity: verified}
put_aside: {risk: low_risk, identity: verified}
wipe: {risk: low_risk, identity: anonymous}
"""
INTENTS = """
pause_membership:
  means: The customer wants their club membership to rest until a day.
  title: {en: pause the club membership}
  workflow: pause_membership
  examples:
    en:
      - Please pause my club membership until 2026-12-01
      - I want to pause my membership
      - put my club membership on hold
      - let my membership rest for a while
      - Can my membership be paused until spring?
      - pause the club membership please
put_aside:
  means: The customer wants two stoneware mugs to be put aside in the warehouse.
  title: {en: have mugs put aside}
  workflow: put_aside
  examples:
    en:
      - Please put two mugs aside for me
      - Put aside two mugs in the warehouse
      - reserve two mugs for me in the warehouse
      - can you set two mugs aside
      - I would like two mugs to be put aside
      - keep two mugs aside for me please
"""
PAUSE = """
title: Pause a club membership
identity: verified
needs: [{slot: date}]
steps:
  - {look_up: find_membership, if_missing: no_membership}
  - propose: pause_membership
    with: {membership_id: own_membership.id, date: slots.date}
"""
ASIDE = """
title: Put mugs aside
identity: verified
steps:
  - propose: put_aside
    with: {sku: '"MUG"', quantity: "2"}
"""
WORKFLOWS = {"pause_membership": PAUSE, "put_aside": ASIDE}


def outcomes(action: str, what: str) -> str:
    """The words that an action needs."""
    told = {
        "verified": f"{what} is done",
        "mismatch": "It went wrong",
        "failed": "It failed",
        "unknown": "Not confirmed",
    }
    return "".join(f"outcome.{action}.{state}: {text}.\n" for state, text in told.items()) + (
        f"do.{action}: see to it\nconfirm.{action}: Shall I see to it? Please answer yes or no.\n"
    )


WORDS = outcomes("pause_membership", "Your pause") + outcomes("put_aside", "Your reservation")
WORDS += (
    outcomes("restore_membership", "Your membership")
    + outcomes("ask_for_a_call", "Your call")
    + "no_membership: There is no membership of yours.\n"
)


def book_in(
    folder: Path,
    actions: str = ACTIONS,
    intents: str = INTENTS,
    workflows: Mapping[str, str] = WORKFLOWS,
    words: str = WORDS,
) -> Path:
    """Harbor's playbook, in English alone, with new tools, intents, workflows and words."""
    book = shutil.copytree(BOOK, folder / "book")
    company = book / "company.yaml"
    company.write_text(re.sub(r"(?m)^locales: .*$", "locales: [en]", company.read_text()))
    shutil.rmtree(book / "translations")
    for language in ("es", "de", "fr"):
        (book / "wording" / f"{language}.yaml").unlink()
    for file, more in {"actions.yaml": actions, "intents.yaml": intents, "wording/en.yaml": words}.items():
        path = book / file
        path.write_text(f"{path.read_text()}\n{more}")
    for name, steps in workflows.items():
        (book / "workflows" / f"{name}.yaml").write_text(steps)
    return book


@dataclass
class Company:
    theatre: Theatre
    crm: Crm
    warehouse: Warehouse


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """Harbor Goods with two systems of its own beside the back office."""
    folder = tmp_path_factory.mktemp("company")
    stock = Warehouse(folder, needs_of(server.Settings(), folder=folder))
    stock.store.write_text('{"rows": [], "calls": 0}')
    command = f"{{command: [{sys.executable}, {warehouse.__file__}, {stock.store}]}}"
    text = DECLARATION.replace("timeout_s: 2\n", "timeout_s: 5\n") + "  wipe: forbidden\n"
    await import_tools(stock.declare(command, KEYED, text), stock.needs)
    async with running_crm() as crm:
        connections = declared(folder, crm)
        connections.write_text(f"{connections.read_text()}  - {{connector: mcp, declaration: warehouse.yaml}}\n")
        settings = {"playbook": book_in(folder), "connections": connections, "turn_timeout_s": 30}
        async with playing(copied(built_home, folder / "home"), **settings) as theatre:
            theatre.stage(lambda honest: honest)
            yield Company(theatre, crm, stock)


async def test_a_change_in_the_companys_own_system_is_agreed_done_and_proven(company: Company) -> None:
    customer, _ = company.theatre.customer()
    membership = company.crm.join(customer["id"])
    case = await company.theatre.house.verified(customer["id"])
    asked = await case.say("Please pause my club membership until 2026-12-01")
    assert [ask["kind"] for ask in asked["asks"]] == ["confirmation"], asked
    assert company.crm.memberships[membership]["status"] == "active"
    done = await case.say("Yes")
    assert [(receipt["action"], receipt["state"]) for receipt in done["receipts"]] == [("pause_membership", "verified")]
    assert "Your pause is done" in done["reply"]
    held = company.crm.memberships[membership]
    assert (held["status"], held["paused_until"], held["updated_at"]) == ("paused", "2026-12-01", 1)
    wanted = {"effect": done["receipts"][0]["effect"], "reason": "The customer rang and changed their mind."}
    house = company.theatre.house
    answer = await house.client.post(f"/v1/cases/{case.id}/undo", json=wanted, headers=house.staff)
    [receipt] = answer.raise_for_status().json()["turn"]["receipts"]
    assert (receipt["action"], receipt["state"], held["status"]) == ("restore_membership", "verified", "active")


@pytest.mark.parametrize(
    ("fault", "state", "changes"),
    [("cut", "verified", 1), ("truncated", "verified", 1), ("silent", "mismatch", 0), ("collateral", "mismatch", 1)],
)
async def test_nothing_is_told_that_the_system_does_not_show(
    company: Company, fault: str, state: str, changes: int
) -> None:
    customer, _ = company.theatre.customer()
    membership = company.crm.join(customer["id"])
    case = await company.theatre.house.verified(customer["id"])
    await case.say("Please pause my club membership until 2026-12-01")
    company.crm.fault = fault
    done = await case.say("Yes")
    paused = [receipt["state"] for receipt in done["receipts"] if receipt["action"] == "pause_membership"]
    assert paused == [state]
    assert ("Your pause is done" in done["reply"]) == (state == "verified")
    assert company.crm.memberships[membership]["updated_at"] == changes


async def test_a_tool_of_an_mcp_server_asks_for_the_yes_that_its_declaration_wants(company: Company) -> None:
    """The playbook calls it low risk; the declaration is stricter, and the stricter one holds."""
    customer, _ = company.theatre.customer()
    case = await company.theatre.house.verified(customer["id"])
    asked = await case.say("Please put two mugs aside for me")
    assert [ask["kind"] for ask in asked["asks"]] == ["confirmation"], asked
    done = await case.say("Yes")
    assert [(receipt["action"], receipt["state"]) for receipt in done["receipts"]] == [("put_aside", "verified")]
    [row] = [row for row in company.warehouse.held["rows"] if row["customer_id"] == customer["id"]]
    assert (row["sku"], row["quantity"]) == ("MUG", 2)


@pytest.mark.parametrize("tool", ["warehouse.wipe", "wipe"])
async def test_a_model_that_calls_a_forbidden_tool_gets_a_person_and_nothing_is_sent(
    company: Company, tool: str
) -> None:
    calls, theatre = company.warehouse.held["calls"], company.theatre
    theatre.puppet(steps=[ActionStep(tool=tool, args={})])
    customer, _ = theatre.customer()
    case = await theatre.house.verified(customer["id"])
    turn = await case.say("What is the meaning of the word stoneware in your shop?")
    theatre.stage(lambda honest: honest)
    assert turn["receipts"] == []
    assert not [started for started in await theatre.noted(case, EffectStarted) if started.action == tool]
    assert company.warehouse.held["calls"] == calls
