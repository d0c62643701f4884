"""Every named fault on the write of every workflow: never a false completion, the right receipt, a person where due."""

from __future__ import annotations

import pytest

from evals.talk import Case, Turn
from tests.cases.house import House
from tests.cases.people import People

# The receipt's state; only with `verified` the change stands in the system of record.
EXPECTED = {
    "lost_write": "mismatch",
    "error_after_write": "verified",
    "timeout_after_write": "verified",
    "timeout_before_write": "verified",
    "partial_write": "mismatch",
    "wrong_field": "mismatch",
    "stale_read": "verified",
    "server_error": "verified",
    "slow": "verified",
}


async def _cancel(house: House, people: People) -> tuple[Case, str, str]:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    await case.say(f"please cancel order {order['id']}")
    return case, "orders", order["id"]


async def _refund(house: House, people: People) -> tuple[Case, str, str]:
    customer, order = people.refundable(15, 400)
    case = await house.verified(customer["id"])
    await case.say(f"I want a refund of 12.50 euros for {order['id']} because it arrived broken")
    return case, "refunds", order["id"]


async def _email(house: House, people: People) -> tuple[Case, str, str]:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    await case.say("please change my email address to fault.test@example.org")
    return case, "customers", customer["id"]


async def _phone(house: House, people: People) -> tuple[Case, str, str]:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    await case.say("please change my phone number to +49 30 901820")
    return case, "customers", customer["id"]


async def _address(house: House, people: People) -> tuple[Case, str, str]:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    await case.say("I have moved. My new address is Lindenstraße 12, 10969 Berlin")
    return case, "customers", customer["id"]


WORKFLOWS = {"cancel": _cancel, "refund": _refund, "email": _email, "phone": _phone, "address": _address}
INTENDED = {
    "cancel": {"status": "cancelled"},
    "email": {"email": "fault.test@example.org"},
    "phone": {"phone": "+4930901820"},
    "address": {"address": "Lindenstraße 12, 10969 Berlin", "postcode": "10969"},
}


@pytest.mark.parametrize("fault", EXPECTED)
@pytest.mark.parametrize("workflow", WORKFLOWS)
async def test_a_fault_on_the_write_is_never_announced_as_done(
    house: House, people: People, workflow: str, fault: str
) -> None:
    case, resource, id_ = await WORKFLOWS[workflow](house, people)
    before = await house.oracle.seq()
    await _arm(house, fault, resource)
    turn = await case.say("yes")
    [receipt] = [r for r in turn["receipts"] if r["action"] != "create_ticket"]
    assert receipt["state"] == EXPECTED[fault], receipt
    applied = [row for row in await house.oracle.written(before, resource=resource) if row["applied"]]
    assert len(applied) <= 1 + (fault == "wrong_field")
    _is_honest(turn, receipt["state"])
    assert await _stands(house, workflow, resource, id_) == (receipt["state"] == "verified")


async def _arm(house: House, fault: str, resource: str) -> None:
    if fault == "stale_read":
        await house.oracle.arm(fault, resource=resource)
    else:
        method = "POST" if resource == "refunds" else "PATCH"
        await house.oracle.arm(fault, resource=resource, method=method)


async def _stands(house: House, workflow: str, resource: str, id_: str) -> bool:
    if resource == "refunds":
        rows = await house.oracle.rows("refunds", order_id=id_)
        return any(row["amount"]["amount"] == "12.50" and "broken" in (row["reason"] or "") for row in rows)
    record = await house.oracle.item(resource, id_)
    return record | INTENDED[workflow] == record


def _is_honest(turn: Turn, state: str) -> None:
    if state == "verified":
        assert turn["status"] == "resolved"
        return
    assert turn["status"] == "waiting_person"
    assert turn["handoff"]["ticket_id"]
    for claim in ("is cancelled", "is booked", "is now", "looked again"):
        assert claim not in turn["reply"]


@pytest.mark.parametrize("fault", ["timeout_before_write", "server_error"])
async def test_a_system_that_stays_broken_ends_at_a_person_and_nothing_is_claimed(
    house: House, people: People, fault: str
) -> None:
    case, resource, id_ = await _cancel(house, people)
    before = await house.oracle.seq()
    await house.oracle.arm(fault, n=50, resource=resource, method="PATCH")
    turn = await case.say("yes")
    await house.oracle.clear()
    [receipt] = [r for r in turn["receipts"] if r["action"] != "create_ticket"]
    assert receipt["state"] in ("failed", "unknown")
    assert turn["status"] == "waiting_person"
    assert [row for row in await house.oracle.written(before, resource=resource) if row["applied"]] == []
    assert (await house.oracle.item(resource, id_))["status"] == "processing"


async def test_systems_that_cannot_be_read_lead_to_a_person(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case = await house.verified(customer["id"])
    await house.oracle.arm("server_error", n=50, resource="orders", method="GET")
    turn = await case.say(f"where is order {order['id']}?")
    assert turn["status"] == "waiting_person"
    assert turn["handoff"]["reason"] == "system_down"


@pytest.mark.parametrize("fault", ["lost_write", "partial_write", "wrong_field"])
async def test_a_code_that_was_not_sent_is_not_asked_for(house: House, people: People, fault: str) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.open()
    await case.say("change my phone number to +49 30 901820")
    await house.oracle.arm(fault, resource="messages", method="POST")
    turn = await case.say(f"{customer['email']}, {customer['postcode']}")
    assert next((r["action"], r["state"]) for r in turn["receipts"]) == ("send_code", "mismatch")
    assert turn["status"] == "waiting_person"
    assert "I tried to send you a code" in turn["reply"]
    assert "I have sent" not in turn["reply"]
