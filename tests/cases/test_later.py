"""What a turn could not settle is settled later: one ticket a handoff, and what came of an unknown effect."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from agent.casefile import chain
from evals.talk import Case
from tests.cases.house import House
from tests.cases.people import People

ALL = 100_000
DOWN: dict[str, dict[str, Any]] = {
    "cannot be read": {"name": "server_error", "method": "GET"},
    "cannot be written": {"name": "server_error", "method": "POST"},
    "is down": {"name": "server_error"},
    "gives up on writes": {"name": "timeout_before_write", "ms": 100},
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quick_people(one_quick_house: House) -> People:
    return await People.of(one_quick_house.oracle)


async def _handed_over(house: House) -> Case:
    case = await house.open()
    turn = await case.say("I want to talk to a person")
    assert turn["handoff"] == {"reason": "person_asked", "ticket_id": None}
    return case


async def _packet(house: House, case: Case) -> dict[str, Any]:
    answer = await house.client.get(f"/v1/cases/{case.id}/handoff", headers=house.staff)
    packet: dict[str, Any] = answer.raise_for_status().json()
    return packet


async def _has_its_ticket(house: House, case: Case) -> None:
    """The packet names the one ticket of the case, sooner or later; the customer hears nothing more."""
    for _ in range(80):
        named = (await _packet(house, case))["ticket_id"]
        if named["value"]:
            break
        await asyncio.sleep(0.1)
    assert [row["id"] for row in await house.oracle.rows("tickets", case_id=case.id)] == [named["value"]]
    assert named["events"]
    assert {turn["reply"] for turn in (await case.turns())[1:]} <= {""}
    files = house.front.desk.files
    rows, head = await files.rows(case.id), await files.head(case.id)
    assert chain.first_broken(rows, head=(head.seq, head.hash)) is None


@pytest.mark.parametrize("trouble", DOWN)
async def test_a_handoff_gets_its_ticket_when_the_help_desk_is_back(quick: House, trouble: str) -> None:
    await quick.oracle.arm(**DOWN[trouble], n=ALL, resource="tickets")
    case = await _handed_over(quick)
    assert await quick.oracle.rows("tickets", case_id=case.id) == []
    await quick.oracle.clear()
    await _has_its_ticket(quick, case)


async def test_a_ticket_that_the_help_desk_lost_is_opened_anew(quick: House) -> None:
    await quick.oracle.arm("lost_write", resource="tickets")
    await _has_its_ticket(quick, await _handed_over(quick))


async def test_a_ticket_that_could_not_be_seen_is_found_and_not_opened_twice(quick: House) -> None:
    await quick.oracle.arm("timeout_after_write", resource="tickets", ms=900)
    before = await quick.oracle.seq()
    handing_over = asyncio.create_task(_handed_over(quick))
    for _ in range(200):
        if await quick.oracle.written(before, resource="tickets"):
            break
        await asyncio.sleep(0.01)
    await quick.oracle.arm("server_error", n=ALL, resource="tickets", method="GET")
    case = await handing_over
    await quick.oracle.clear()
    await _has_its_ticket(quick, case)
    assert len([row for row in await quick.oracle.written(before, resource="tickets") if row["applied"]]) == 1


async def test_a_ticket_that_a_lagging_replica_hid_is_found_and_not_opened_twice(quick: House) -> None:
    before = await quick.oracle.seq()
    await quick.oracle.arm("stale_read", n=ALL, resource="tickets")
    case = await _handed_over(quick)
    await quick.oracle.clear()
    await _has_its_ticket(quick, case)
    assert len([row for row in await quick.oracle.written(before, resource="tickets") if row["applied"]]) == 1


@pytest.mark.parametrize("fault", ["wrong_field", "partial_write"])
async def test_a_ticket_that_is_not_as_intended_is_the_ticket_all_the_same(quick: House, fault: str) -> None:
    await quick.oracle.arm(fault, resource="tickets", method="POST")
    case = await quick.open()
    turn = await case.say("I want to talk to a person")
    [row] = await quick.oracle.rows("tickets", case_id=case.id)
    assert turn["handoff"]["ticket_id"] == row["id"]
    assert "create_ticket: mismatch" in (await _packet(quick, case))["failed_steps"]["value"]


@pytest.mark.parametrize("ending", ["release", "close"])
async def test_what_no_person_has_any_more_needs_no_ticket(quick: House, ending: str) -> None:
    await quick.oracle.arm("server_error", n=ALL, resource="tickets")
    case = await _handed_over(quick)
    answer = await quick.client.post(f"/v1/cases/{case.id}/{ending}", headers=quick.staff)
    assert answer.is_success, answer.text
    await quick.oracle.clear()
    await asyncio.sleep(1.0)
    assert await quick.oracle.rows("tickets", case_id=case.id) == []


async def test_a_second_handoff_has_a_ticket_of_its_own(quick: House) -> None:
    await quick.oracle.arm("server_error", n=ALL, resource="tickets")
    case = await _handed_over(quick)
    await quick.client.post(f"/v1/cases/{case.id}/release", headers=quick.staff)
    await quick.oracle.clear()
    turn = await case.say("a human please")
    assert turn["handoff"]["ticket_id"]
    await asyncio.sleep(1.0)
    assert [r["id"] for r in await quick.oracle.rows("tickets", case_id=case.id)] == [turn["handoff"]["ticket_id"]]


async def _left_unknown(house: House, people: People, *, written: bool) -> tuple[Case, str]:
    """A case whose customer has agreed to cancel; the call was cut, and then the orders could not be read."""
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    await case.say(f"please cancel order {order['id']}")
    before = await house.oracle.seq()
    fault = "timeout_after_write" if written else "timeout_before_write"
    await house.oracle.arm(fault, n=1 if written else ALL, resource="orders", method="PATCH", ms=900)
    answer = asyncio.create_task(case.say("yes"))
    if written:
        for _ in range(200):
            if await house.oracle.written(before, resource="orders"):
                break
            await asyncio.sleep(0.01)
    else:
        await asyncio.sleep(0.5)
    await house.oracle.arm("server_error", n=ALL, resource="orders", method="GET")
    turn = await answer
    [receipt] = [one for one in turn["receipts"] if one["action"] == "cancel_order"]
    assert receipt["state"] == "unknown", turn
    assert f"Whether order {order['id']} is cancelled is not confirmed yet." in turn["reply"]
    return case, order["id"]


async def _later_turns(case: Case, *, until: str) -> list[dict[str, Any]]:
    """The turns of nobody's message, once one of them shows the effect in this state, or after a while."""
    for _ in range(40):
        late = [turn for turn in await case.turns() if turn["message_id"] is None]
        if any(receipt["state"] == until for turn in late for receipt in turn["receipts"]):
            break
        await asyncio.sleep(0.1)
    return late


async def test_an_unknown_outcome_is_told_once_it_can_be_seen(quick: House, quick_people: People) -> None:
    case, order_id = await _left_unknown(quick, quick_people, written=True)
    await quick.oracle.clear()
    late = await _later_turns(case, until="verified")
    told = [turn["reply"] for turn in late if turn["reply"]]
    assert len(told) == 1, late
    assert told[0].startswith(f"There is news of what was not confirmed yet. Order {order_id} is cancelled.")
    await asyncio.sleep(0.5)
    assert len(await _later_turns(case, until="verified")) == len(late), "what is settled is not looked at again"
    assert (await case.view())["status"] == "waiting_person"


async def test_what_cannot_be_seen_stays_unknown_and_is_not_sent_again(quick: House, quick_people: People) -> None:
    case, order_id = await _left_unknown(quick, quick_people, written=False)
    await quick.oracle.clear()
    await asyncio.sleep(1.5)
    late = await _later_turns(case, until="unknown")
    states = [receipt["state"] for turn in late for receipt in turn["receipts"]]
    assert states, "it was looked at again"
    assert set(states) == {"unknown"}
    assert {turn["reply"] for turn in late} == {""}
    assert (await quick.oracle.item("orders", order_id))["status"] == "processing"


async def test_who_speaks_with_a_person_hears_it_from_them(quick: House, quick_people: People) -> None:
    case, _ = await _left_unknown(quick, quick_people, written=True)
    taken = await quick.client.post(f"/v1/cases/{case.id}/takeover", headers=quick.staff)
    assert taken.is_success, taken.text
    await quick.oracle.clear()
    late = await _later_turns(case, until="verified")
    assert "verified" in [receipt["state"] for turn in late for receipt in turn["receipts"]]
    assert {turn["reply"] for turn in late} == {""}
