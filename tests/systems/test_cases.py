"""Whole cases over real systems: Harbor's own workflows, with orders in pretix and tickets in django-helpdesk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import yaml

from evals.talk import Case
from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.systems.conftest import entries
from tests.systems.pretix import EVENT
from tests.systems.real import HelpDesk, Shop

pytestmark = pytest.mark.timeout(600)


async def test_a_customer_is_known_by_the_shop_and_their_refund_is_booked_there(house: House, shop: Shop) -> None:
    """The code goes to the address that the company's own records have under the same customer number."""
    buyer = shop.buyer()
    invoice: dict[str, str] = (await shop.order(buyer.delivered))["invoice_address"]  # type: ignore[assignment]
    await house.oracle.patch("customers", buyer.id, email=buyer.email)
    case = await house.open()
    turn = await case.say(f"I want a refund of 10 euros for {buyer.delivered} because it arrived broken")
    known = {"id": buyer.id, "email": buyer.email, "name": invoice["name"], "postcode": invoice["zipcode"], "phone": ""}
    turn = await house.answer_asks(case, turn, known)
    assert f"Shall I refund 10.00 EUR for order {buyer.delivered}" in turn["reply"], turn
    assert await shop.refunds(buyer.delivered) == []
    turn = await case.say("yes")
    assert f"The refund of 10.00 EUR for order {buyer.delivered} is booked. I looked again" in turn["reply"]
    [booked] = await shop.refunds(buyer.delivered)
    assert (booked["amount"], booked["state"]) == ("10.00", "done")
    again = await case.say(f"please refund another 9999 euros for {buyer.delivered}, it is still broken")
    assert not again["receipts"]
    assert len(await shop.refunds(buyer.delivered)) == 1


async def test_a_stranger_learns_nothing_of_an_order_in_the_shop(house: House, shop: Shop) -> None:
    buyer, stranger = shop.buyer(), shop.buyer()
    case = await house.verified(stranger.id)
    turn = await case.say(f"please cancel order {buyer.processing}")
    assert turn["status"] != "resolved"
    assert (await shop.order(buyer.processing))["status"] == "p"


async def test_a_handoff_is_a_ticket_in_the_help_desk(house: House, desk: HelpDesk) -> None:
    case = await house.open()
    turn = await case.say("I want to talk to a person, please. My lamp hums at night.")
    assert turn["status"] == "waiting_person"
    [ticket] = await desk.tickets(case.id)
    assert turn["handoff"]["ticket_id"] == str(ticket["id"])
    assert "My lamp hums at night" in ticket["description"]
    assert ticket["title"].endswith("(person_asked)")


@pytest.fixture
async def slow_refunds(house: House, shop: Shop, desk: HelpDesk, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose shop only notes refunds down, for somebody to carry out."""
    declared = tmp_path / "connections.yaml"
    declared.write_text(yaml.safe_dump({"systems": entries(shop, desk, refund_state="created")}))
    home = copied(house.home, tmp_path / "home")
    async with running(home, connections=declared, retry_s=0.5, turn_timeout_s=90) as slow:
        yield slow


async def test_a_refund_that_is_only_noted_down_is_told_when_it_is_done(slow_refunds: House, shop: Shop) -> None:
    buyer = shop.buyer()
    case = await slow_refunds.verified(buyer.id)
    await case.say(f"I want a refund of 10 euros for {buyer.delivered} because it arrived broken")
    turn = await case.say("yes")
    [receipt] = [receipt for receipt in turn["receipts"] if receipt["action"] == "issue_refund"]
    assert receipt["state"] == "unknown"
    assert "not confirmed yet" in turn["reply"]
    refund = f"{EVENT}/orders/{buyer.delivered.replace('-', '')}/refunds/1/done/"
    (await shop.http.post(refund, json={})).raise_for_status()
    assert "is booked. I looked again" in await _later(case, turn["seq"])
    assert len(await shop.refunds(buyer.delivered)) == 1


async def _later(case: Case, after: int) -> str:
    """What the customer is told next, by itself."""
    for _ in range(120):
        if told := [turn["reply"] for turn in await case.turns(after) if turn["reply"]]:
            return str(told[-1])
        await asyncio.sleep(0.25)
    raise AssertionError("nothing more was told")
