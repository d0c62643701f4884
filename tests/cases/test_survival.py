"""What outlives a process, and what does not outlive its time. Kills are in `matrix/test_kills.py`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.cases.house import House, running
from tests.cases.people import People


async def test_an_approval_outlives_the_process_and_its_checkpoint(ready_home: Path) -> None:
    home = ready_home
    async with running(home) as first:
        people = await People.of(first.oracle)
        customer, order = people.refundable(60, 400)
        case = await first.verified(customer["id"])
        await case.say(f"refund for {order['id']} please because it is damaged")
        [approval] = await first.approvals(case)
    for leftover in home.glob("checkpoints.db*"):
        leftover.unlink()  # a checkpoint is only a cache: the case file has the question
    async with running(home) as second:
        decided = (await second.decide(approval["id"], decision="approve", digest=approval["digest"])).json()
        assert decided["turn"]["receipts"][0]["state"] == "verified", decided
        assert len(await second.oracle.written(resource="refunds")) == 1


async def test_what_nobody_decides_lapses_and_the_customer_hears_it(ready_home: Path) -> None:
    async with running(ready_home, approval_ttl_s=0.5, confirm_ttl_s=0.2) as house:
        await _approval_lapses(house)
        await _confirmation_lapses(house)


async def _approval_lapses(house: House) -> None:
    people = await People.of(house.oracle)
    customer, order = people.refundable(60, 400)
    case = await house.verified(customer["id"])
    asked = await case.say(f"refund for {order['id']} please because it is damaged")
    [approval] = (await house.client.get("/v1/approvals", headers=house.staff)).json()
    late: list[dict[str, object]] = []
    for _ in range(60):
        if late := await case.turns(after=asked["seq"]):
            break
        await asyncio.sleep(0.1)
    assert late[0]["message_id"] is None
    assert "in time" in str(late[0]["reply"])
    assert (await house.decide(approval["id"], decision="approve")).status_code == 409
    [now] = (await house.client.get("/v1/approvals", headers=house.staff)).json()
    assert now["status"] == "expired"
    assert await house.oracle.written(resource="refunds") == []


async def _confirmation_lapses(house: House) -> None:
    people = await People.of(house.oracle)
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    first = await case.say(f"please cancel order {order['id']}")
    await asyncio.sleep(0.3)
    turn = await case.say("yes")
    assert turn["receipts"] == []
    assert turn["asks"][0]["proposal"]["digest"] == first["asks"][0]["proposal"]["digest"]
    assert await house.oracle.written(resource="orders") == []
