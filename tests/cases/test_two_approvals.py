"""A person is asked one thing at a time: what comes after waits, and is taken up when they have decided."""

from __future__ import annotations

from datetime import timedelta

from tests.cases.house import House
from tests.cases.people import People, age, total


def _two_large_orders(people: People) -> tuple[str, list[str]]:
    refunded = {row["customer_id"] for row in people.refunds}
    for customer_id in people.customers:
        if customer_id in people.used or customer_id in refunded:
            continue
        mine = [o for o in people.orders if o["customer_id"] == customer_id and o["status"] == "delivered"]
        large = [o["id"] for o in mine if total(o) > 60 and age(o["delivered_at"]) < timedelta(days=25)]
        if len(large) >= 2:
            people.used.add(customer_id)
            return customer_id, large[:2]
    raise LookupError("No unused customer has two large delivered orders.")


async def test_two_refunds_that_wait_for_a_person_are_decided_one_after_the_other(house: House, people: People) -> None:
    customer_id, orders = _two_large_orders(people)
    case, before = await house.verified(customer_id), await house.oracle.seq()
    turn = await case.say(f"refund {orders[0]} and refund {orders[1]} please because both arrived broken")
    if turn["status"] == "waiting_customer":
        turn = await case.say("it arrived broken")
    seen = []
    while turn["status"] == "waiting_approval":
        [approval] = await house.approvals(case)
        seen.append(approval["args"]["order_id"])
        turn = (await house.decide(approval["id"], decision="approve")).json()["turn"]
    assert turn["status"] == "resolved", turn
    assert sorted(seen) == sorted(orders)
    assert [len(await house.oracle.rows("refunds", order_id=order)) for order in orders] == [1, 1]
    assert len(await house.oracle.written(before)) == 2


async def test_the_same_request_again_asks_nobody_again(house: House, people: People) -> None:
    customer, order = people.refundable(60, 400)
    case = await house.verified(customer["id"])
    words = f"refund for {order['id']} please because it is damaged"
    first = await case.say(words)
    again = await case.say(f"I said: {words}!")
    assert (first["status"], again["status"]) == ("waiting_approval", "waiting_approval")
    [approval] = await house.approvals(case)
    decided = (await house.decide(approval["id"], decision="approve")).json()["turn"]
    assert decided["status"] == "resolved", decided
    assert [receipt["state"] for receipt in decided["receipts"]] == ["verified"]
    assert len(await house.oracle.rows("refunds", order_id=order["id"])) == 1
