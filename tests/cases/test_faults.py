"""Systems that stay broken: a person, and nothing claimed. Each fault on each write is in `matrix/test_faults.py`."""

from __future__ import annotations

import pytest

from tests.cases.house import House
from tests.cases.people import People


@pytest.mark.parametrize("fault", ["timeout_before_write", "server_error"])
async def test_a_system_that_stays_broken_ends_at_a_person_and_nothing_is_claimed(
    house: House, people: People, fault: str
) -> None:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    await case.say(f"please cancel order {order['id']}")
    before = await house.oracle.seq()
    await house.oracle.arm(fault, n=50, resource="orders", method="PATCH")
    turn = await case.say("yes")
    await house.oracle.clear()
    [receipt] = [r for r in turn["receipts"] if r["action"] != "create_ticket"]
    assert receipt["state"] in ("failed", "unknown")
    assert turn["status"] == "waiting_person"
    assert [row for row in await house.oracle.written(before, resource="orders") if row["applied"]] == []
    assert (await house.oracle.item("orders", order["id"]))["status"] == "processing"


async def test_systems_that_cannot_be_read_lead_to_a_person(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case = await house.verified(customer["id"])
    await house.oracle.arm("server_error", n=50, resource="orders", method="GET")
    turn = await case.say(f"where is order {order['id']}?")
    assert turn["status"] == "waiting_person"
    assert turn["handoff"]["reason"] == "system_down"
