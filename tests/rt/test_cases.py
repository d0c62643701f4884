"""Whole cases over a real RT: what a customer agreed to is done there once, and told only when RT shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import yaml

from evals.talk import Case
from tests.cases.house import House, running
from tests.cases.people import People
from tests.cases.test_connections import book_in, outcomes
from tests.rt.conftest import Tracker, declared
from tests.rt.tracker import needs_rt

pytestmark = [needs_rt, pytest.mark.timeout(600)]  # the machines that run these tests are busy
ACTIONS = """
find_ticket: {risk: low_risk, identity: confirmed}
get_ticket: {risk: low_risk, identity: confirmed}
open_ticket: {risk: customer_confirmed, identity: verified}
set_ticket_status: {risk: customer_confirmed, identity: verified}
set_ticket_priority: {risk: human_approved, identity: verified}
move_ticket: {risk: human_approved, identity: verified}
"""
ASKED = {
    "open a repair ticket": [
        "Please open a repair ticket for my lamp",
        "open a repair ticket, my lamp hums at night",
        "I need a repair ticket for my coffee grinder",
        "could you open a repair ticket for me",
        "a repair ticket for my lamp please",
    ],
    "let the repair ticket rest": [
        "Please let my repair ticket rest for a while",
        "let my repair ticket rest, I am on holiday",
        "my repair ticket can rest until I am back",
        "can my repair ticket rest for two weeks",
        "rest my repair ticket please",
    ],
    "escalate the repair ticket": [
        "Escalate my repair ticket to the head of the workshop",
        "I want my repair ticket escalated",
        "please escalate my repair ticket at once",
        "escalate the repair ticket for my lamp",
        "my repair ticket must go to the head of the workshop",
    ],
}
OPEN = """
title: Open a repair ticket
identity: verified
steps:
  - propose: open_ticket
    with: {subject: '"A repair"', text: matter.said}
"""
CHANGE = """
title: Change a repair ticket
identity: verified
steps:
  - {look_up: find_ticket, if_missing: no_ticket}
  - propose: set_ticket_status
    with: {ticket_id: open_ticket.id, status: '"STATUS"'}
"""
WORKFLOWS = {
    "open_ticket": OPEN,
    "rest_ticket": CHANGE.replace("STATUS", "stalled"),
    # No lifecycle of this RT has such a status; its answer is 200 all the same.
    "hurry_ticket": CHANGE.replace("STATUS", "escalated"),
}
INTENTS = yaml.safe_dump(
    {
        name: {"means": f"To {title}.", "title": {"en": title}, "workflow": name, "examples": {"en": examples}}
        for name, (title, examples) in zip(WORKFLOWS, ASKED.items(), strict=True)
    }
)
WORDS = "no_ticket: There is no ticket of yours.\n" + "".join(
    outcomes(name, "Your ticket") for name in ("open_ticket", "set_ticket_status", "set_ticket_priority", "move_ticket")
)


@pytest.fixture(scope="module")
async def house(one_rt: Tracker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Harbor Goods with a playbook that knows RT's tools."""
    folder = tmp_path_factory.mktemp("house")
    book = book_in(folder, ACTIONS, INTENTS, WORKFLOWS, WORDS)
    connections = declared(folder, one_rt)
    async with running(folder / "home", playbook=book, connections=connections, turn_timeout_s=90) as house:
        yield house


@pytest.fixture(scope="module")
async def people(house: House) -> People:
    return await People.of(house.oracle)


@pytest.fixture
async def case(house: House, people: People, rt: Tracker) -> tuple[Case, str]:
    """A case of a verified customer who is on file in RT."""
    customer, _ = people.with_order("delivered")
    await rt.customer(customer["id"])
    return await house.verified(customer["id"]), customer["id"]


@pytest.mark.parametrize("fault", ["", "cut_after"])
async def test_a_ticket_is_opened_once_and_told_when_it_is_there(
    case: tuple[Case, str], rt: Tracker, fault: str
) -> None:
    talk, customer = case
    asked = await talk.say("Please open a repair ticket for my lamp")
    assert [ask["kind"] for ask in asked["asks"]] == ["confirmation"], asked
    assert await rt.tickets(customer) == []
    rt.proxy.arm(fault)
    done = await talk.say("Yes")
    assert [(receipt["action"], receipt["state"]) for receipt in done["receipts"]] == [("open_ticket", "verified")]
    assert "Your ticket is done" in done["reply"]
    [ticket] = await rt.tickets(customer)
    assert (ticket["Subject"], ticket["Status"]) == ("A repair", "new")
    assert any("repair ticket for my lamp" in text for text in await rt.texts(ticket["id"]))
    assert [(call.method, call.status) for call in rt.proxy.writes] == [("POST", 201)]


@pytest.mark.parametrize(
    ("said", "status", "state"),
    [("Please let my repair ticket rest for a while", "stalled", "verified"),
     ("Escalate my repair ticket to the head of the workshop", "new", "mismatch")],
)  # fmt: skip
async def test_only_a_change_that_rt_shows_is_told(
    case: tuple[Case, str], rt: Tracker, said: str, status: str, state: str
) -> None:
    talk, customer = case
    number = await rt.opened(customer)
    asked = await talk.say(said)
    assert [ask["kind"] for ask in asked["asks"]] == ["confirmation"], asked
    rt.proxy.arm("")
    done = await talk.say("Yes")
    [receipt] = [receipt for receipt in done["receipts"] if receipt["action"] == "set_ticket_status"]
    assert (receipt["state"], receipt["target"]) == (state, {"kind": "ticket", "id": number})
    differences = receipt["evidence"]["read_back"]["differences"]
    unheeded = [] if state == "verified" else [{"field": "Status", "intended": "escalated", "seen": "new"}]
    assert differences == unheeded
    assert ("Your ticket is done" in done["reply"]) == (state == "verified")
    assert ((await rt.ticket(number))["Status"], [call.status for call in rt.proxy.writes]) == (status, [200])


async def test_a_ticket_of_somebody_else_is_not_there(case: tuple[Case, str], rt: Tracker) -> None:
    await rt.opened(await rt.customer())
    turn = await case[0].say("Please let my repair ticket rest for a while")
    assert ("There is no ticket of yours" in turn["reply"], turn["receipts"]) == (True, [])
