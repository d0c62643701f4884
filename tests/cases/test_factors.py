"""What rules may look at is known when it is asked for, whatever the workflow looked up: whole cases over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from agent.settings import HARBOR
from knowledge.company import BusinessHours
from tests.backoffice import Record
from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.cases.people import newcomer

POLICY = """\
---
owner: Trade desk
locale: en
valid_from: 2026-01-01
---
# Factors

## 20.1 Trade orders
A trade order is cancelled by the trade desk.
```rule
when: action.name == "cancel_order" && customer.tier == "trade"
then: approve
```

## 20.2 Phone numbers while we are there
A phone number is changed while our colleagues are there.
```rule
when: action.name == "change_phone" && !time.open
then: handoff
```

## 20.3 Accounts are frozen
The e-mail address of an account is not changed at present.
```rule
when: action.name == "change_email" && intent.area == "account" && intent.confidence > 0.0
then: forbid
```

## 20.4 Faults told by trade customers
What trade customers report is looked at first.
```rule
when: action.name == "report_bug" && customer.tier == "trade"
then: approve
```
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Harbor Goods with these rules, whose people are away today and tomorrow."""
    folder = tmp_path_factory.mktemp("factors")
    book = shutil.copytree(HARBOR, folder / "book")
    (book / "policies" / "factors.md").write_text(POLICY)
    company = book / "company.yaml"
    days = list(BusinessHours.model_fields)[1:]
    away = {days[(datetime.now() + timedelta(days=ahead)).weekday()] for ahead in (-1, 0, 1)}
    lines = company.read_text().splitlines(keepends=True)
    company.write_text("".join(line for line in lines if line.strip().partition(":")[0] not in away))
    async with running(copied(built_home, folder / "home"), playbook=book) as house:
        yield house


async def _somebody(house: House, number: int, tier: str = "standard") -> tuple[Record, Record]:
    """A customer, and an order of theirs that is being packed."""
    customer, orders = await newcomer(house.oracle, number)
    return await house.oracle.patch("customers", customer["id"], tier=tier), orders[0]


@pytest.mark.parametrize("tier", ["trade", "plus"])
async def test_the_tier_decides_although_no_workflow_looked_it_up(strict: House, tier: str) -> None:
    customer, order = await _somebody(strict, 700 + len(tier), tier)
    case, before = await strict.verified(customer["id"]), await strict.oracle.seq()
    turn = await case.say(f"Please cancel order {order['id']}")
    if tier == "plus":
        assert turn["ruling"]["outcome"] == "confirm", turn
        done = await case.say("yes")
        assert [(receipt["action"], receipt["state"]) for receipt in done["receipts"]] == [("cancel_order", "verified")]
        return
    assert (turn["ruling"]["outcome"], turn["ruling"]["clauses"]) == ("approve", ["factors/20.1"])
    [approval] = await strict.approvals(case)
    assert approval["evidence"]["looked_up"]["customer"]["tier"] == "trade"
    assert await strict.oracle.written(before, resource="orders") == []
    await strict.decide(approval["id"], decision="approve")
    assert (await strict.oracle.item("orders", order["id"]))["status"] == "cancelled"


async def test_out_of_hours_a_person_goes_on(strict: House) -> None:
    customer, _ = await _somebody(strict, 720)
    turn = await (await strict.verified(customer["id"])).say("Please change my phone number to +49 171 5551234")
    assert (turn["status"], turn["ruling"]["clauses"]) == ("waiting_person", ["factors/20.2"])
    assert turn["handoff"]["reason"] == "policy"


async def test_the_product_area_and_the_certainty_decide(strict: House) -> None:
    customer, _ = await _somebody(strict, 721)
    turn = await (await strict.verified(customer["id"])).say("Please change my e-mail address to new@example.org")
    assert (turn["ruling"]["outcome"], turn["ruling"]["clauses"]) == ("forbid", ["factors/20.3"])


async def test_of_somebody_unknown_what_cannot_be_told_wants_a_person(strict: House) -> None:
    said = ("The checkout page crashes when I pay", "It says error 500, since this morning, in Firefox")
    nobody, (known, _) = await strict.open(), await _somebody(strict, 722)
    for words in said:
        turn = await nobody.say(words)
    assert (turn["status"], turn["ruling"]["clauses"]) == ("waiting_person", ["factors/20.4"])
    case = await strict.verified(known["id"])
    for words in said:
        turn = await case.say(words)
    assert turn["ruling"]["outcome"] == "confirm", turn
