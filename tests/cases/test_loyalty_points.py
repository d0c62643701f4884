"""Points that are missing: a page without an API, a person's approval, and a proof from the pages themselves."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from evals.talk import Case, Turn
from tests.backoffice import Record
from tests.browser import executable
from tests.cases.house import House, running
from tests.cases.people import People, age, total
from tools.browser.action import marker
from tools.contract import Scope

pytestmark = pytest.mark.slow
SAYS = "The points for my order {} are missing, can you add them please?"


@pytest.fixture(autouse=True)
def _with_a_browser() -> None:
    executable()


@pytest.fixture
async def house(house: House, people: People) -> House:
    """With its browser open: a start takes its time on a busy machine, and a turn's is limited."""
    action = house.front.desk.catalog.action("correct_points")
    scope = Scope(tenant="harbor", case_id=str(uuid4()), customer_id=next(iter(people.customers)))
    await action.before(action.args.model_validate({"points": 1, "reason": "Only looked at"}), scope)
    return house


def old_enough(order: Record) -> bool:
    return age(order["delivered_at"]) > timedelta(days=31) and not order["refunds"] and total(order) >= 1


async def asked(house: House, customer: Record, order: Record) -> tuple[Case, Turn]:
    case = await house.verified(customer["id"])
    return case, await case.say(SAYS.format(order["id"]))


async def approved(house: House, case: Case) -> dict[str, Any]:
    [approval] = await house.approvals(case)
    decided = await house.decide(approval["id"], decision="approve", digest=approval["digest"])
    return decided.raise_for_status().json()["turn"]  # type: ignore[no-any-return]


async def corrections(house: House, after: int) -> list[Record]:
    return await house.oracle.written(after, actor="staff:mara", resource="loyalty")


async def test_points_are_booked_after_a_person_has_said_so_and_are_seen_on_the_page(
    house: House, people: People
) -> None:
    customer, order = people.with_order("delivered", old_enough)
    seq, points = await house.oracle.seq(), int(total(order))
    case, turn = await asked(house, customer, order)
    assert (turn["status"], turn["ruling"]["outcome"]) == ("waiting_approval", "approve"), turn
    assert await corrections(house, seq) == []
    done = await approved(house, case)
    [receipt] = done["receipts"]
    assert (receipt["action"], receipt["state"]) == ("correct_points", "verified"), receipt
    assert receipt["target"] == {"kind": "loyalty", "id": customer["id"]}
    assert done["status"] == "resolved"
    assert f"{points} Harbor Points are booked" in done["reply"]
    [written] = await corrections(house, seq)
    before, after = written["changes"]["points"]
    assert (written["id"], after - before) == (customer["id"], points)
    assert written["changes"]["reason"][1] == f"Points for order {order['id']} [{marker(receipt['effect'])}]"
    for log in (receipt["evidence"]["answer"]["log"], receipt["evidence"]["read_back"]["log"]):
        for entry in log:
            assert hashlib.sha256((house.home / entry["file"]).read_bytes()).hexdigest() == entry["shot"]
            assert entry["at"].startswith(f"{house.base}/backoffice/")


@pytest.mark.parametrize(("fault", "state"), [("lost_write", "mismatch"), ("error_after_write", "verified")])
async def test_what_is_told_is_what_the_page_shows_afterwards(
    house: House, people: People, fault: str, state: str
) -> None:
    customer, order = people.with_order("delivered", old_enough)
    seq = await house.oracle.seq()
    case, _ = await asked(house, customer, order)
    await house.oracle.arm(fault, resource="loyalty", method="PATCH")
    done = await approved(house, case)
    states = [receipt["state"] for receipt in done["receipts"] if receipt["action"] == "correct_points"]
    assert states == [state], done
    assert ("are booked" in done["reply"]) == (state == "verified")
    assert (done["handoff"] is not None) == (state != "verified")
    changed = [row for row in await corrections(house, seq) if row["changes"]]
    assert len(changed) == (state == "verified")


async def test_before_its_time_nothing_is_asked_of_anybody(house: House, people: People) -> None:
    customer, order = people.with_order("delivered", lambda order: age(order["delivered_at"]) < timedelta(days=29))
    _, turn = await asked(house, customer, order)
    assert turn["ruling"]["outcome"] == "forbid"
    assert [citation["id"] for citation in turn["citations"]] == ["payment/10.6"]
    assert "30 days" in turn["reply"]


async def test_without_a_browser_the_house_stands_and_a_person_is_told(ready_home: Path) -> None:
    async with running(ready_home, chromium="/nowhere/chromium") as house:
        people = await People.of(house.oracle)
        customer, order = people.with_order("delivered", old_enough)
        seq = await house.oracle.seq()
        case, turn = await asked(house, customer, order)
        if turn["status"] == "waiting_approval":
            turn = await approved(house, case)
        assert turn["handoff"]["reason"] == "system_down", turn
        assert [receipt["action"] for receipt in turn["receipts"]] == ["create_ticket"]
        assert await corrections(house, seq) == []
