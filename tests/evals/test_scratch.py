"""A scratch company: a real desk, systems made anew, and a time of its own; nothing of the settings' is touched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import server
from evals.oracle import Record
from evals.scratch import Scratch
from tests.cases.people import age, total

LONG_AGO = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)


async def refundable(company: Scratch, least: int, most: int) -> Record:
    refunded = {row["customer_id"] for row in await company.oracle.rows("refunds")}
    orders = await company.oracle.rows("orders", status="delivered")
    fits = (o for o in orders if least < total(o) < most and o["customer_id"] not in refunded)
    return next(o for o in fits if age(o["delivered_at"]) < timedelta(days=25))


async def test_what_was_changed_is_as_it_was_seeded_on_the_next_day(company: Scratch) -> None:
    company.begin()
    [order, *_] = await company.oracle.rows("orders", status="processing")
    case = await company.open(customer_id=order["customer_id"])
    await case.say(f"Please cancel order {order['id']}")
    turn = await case.say("yes")
    assert [receipt.state for receipt in turn.receipts] == ["verified"]
    assert (await company.oracle.item("orders", order["id"]))["status"] == "cancelled"
    await company.oracle.arm("server_error")
    company.begin()
    assert (await company.oracle.item("orders", order["id"]))["status"] == "processing"
    assert await company.oracle.armed() == []


async def test_an_approval_lapses_when_its_time_has_passed_and_nothing_waits_after_it(company: Scratch) -> None:
    company.begin()
    order = await refundable(company, 60, 200)
    case = await company.open(customer_id=order["customer_id"])
    turn = await case.say(f"I want my money back for {order['id']}, it broke")
    assert turn.status == "waiting_approval"
    assert await case.wait(3600) == []
    [lapsed] = await case.wait(90_000)
    assert lapsed.handoff is not None
    assert lapsed.handoff.reason == "approval_expired"
    assert await case.wait(30 * 86_400) == []


async def test_a_person_decides_on_what_waits(company: Scratch) -> None:
    company.begin()
    order = await refundable(company, 60, 200)
    case = await company.open(customer_id=order["customer_id"])
    await case.say(f"I want my money back for {order['id']}, it broke")
    asked = await case.approval()
    assert asked is not None
    turn = await case.decide(asked, "edited", "Half of it.", args={**asked.args, "amount": "20.00"})
    assert [receipt.args["amount"] for receipt in turn.receipts] == ["20.00"]
    assert [row["amount"]["amount"] for row in await company.oracle.rows("refunds", order_id=order["id"])] == ["20.00"]


async def test_its_day_and_its_records_are_those_it_is_put_to(company: Scratch) -> None:
    company.begin(LONG_AGO)
    case = await company.open()
    await case.say("hello")
    assert {event.at[:10] for event in await case.events()} == {"2026-03-04"}
    placed = [order["placed_at"][:10] for order in await company.oracle.rows("orders")]
    assert max(placed) == "2026-03-03"


async def test_the_code_that_a_customer_types_stands_in_their_mail(company: Scratch) -> None:
    company.begin()
    order = await refundable(company, 5, 45)
    owner = await company.oracle.item("customers", order["customer_id"])
    case = await company.open()
    turn = await case.say(f"Refund {order['id']}, it broke. My postcode is {owner['postcode']}.")
    assert [ask.kind for ask in turn.asks] == ["code"], turn.reply
    turn = await case.say(await company.code_for(owner["id"]))
    assert [ask.kind for ask in turn.asks] == ["confirmation"], turn.reply


async def test_nothing_stands_in_the_home_that_lends_its_index(company: Scratch, settings: server.Settings) -> None:
    assert company.live.playbook.company.id == "harbor"
    assert {file.name for file in settings.home.iterdir()} == {"index", "releases"}
