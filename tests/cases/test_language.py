"""Whole cases with a model's endpoint that fails: the case goes on, in time, and says which model answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.house import running
from tests.cases.people import People
from web.serving import free_port

TIMEOUT_S = 9.0


async def test_a_dead_endpoint_costs_the_customer_nothing_but_the_model(ready_home: Path) -> None:
    dead = f"http://127.0.0.1:{free_port()}/v1"
    settings: dict[str, Any] = {"model": "scripted", "openai_base_url": dead, "openai_api_key": "x"}
    async with running(ready_home, turn_timeout_s=TIMEOUT_S, **settings) as house:
        case = await house.open()
        turn = await case.say("How many days do I have to send something back?")
        assert turn["model"] == "offline (after scripted failed)"
        assert turn["citations"]
        people = await People.of(house.oracle)
        customer, order = people.with_order("processing")
        mine = await house.verified(customer["id"])
        await mine.say(f"please cancel order {order['id']}")
        assert (await mine.say("yes"))["receipts"][0]["state"] == "verified"
