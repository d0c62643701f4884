"""Processes die; cases do not. A real server process is killed, and another one goes on with its home."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import jwt

from evals.talk import Case
from tests.backoffice import Oracle
from tests.cases.house import House, running
from tests.cases.people import People

PROJECT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def _process(home: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """`deskhand run` as a process of its own, killed at the end if it still lives."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"PORT": str(port), "DESKHAND_HOME": str(home)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "run", cwd=PROJECT, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=base) as client:
            for _ in range(1200):
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/healthz")).status_code == 200:
                        break
                assert process.returncode is None, "the server ended"
                await asyncio.sleep(0.1)
        yield base, process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


def _vouched(home: Path, customer_id: str, now: float) -> str:
    claims = {"sub": customer_id, "aud": "deskhand", "exp": int(now) + 600}
    return jwt.encode(claims, (home / "customer_secret").read_text().strip(), algorithm="HS256")


async def test_a_turn_that_was_killed_is_finished_after_a_restart_and_its_effect_happened_once(
    ready_home: Path,
) -> None:
    home = ready_home
    async with (
        _process(home) as (base, process),
        httpx.AsyncClient(base_url=base, timeout=30) as client,
        Oracle(f"{base}/backoffice") as oracle,
    ):
        people = await People.of(oracle)
        customer, order = people.with_order("processing")
        case = await Case.opened(client, customer_token=_vouched(home, customer["id"], time.time()))
        await case.say(f"please cancel order {order['id']}")
        await oracle.arm("timeout_after_write", resource="orders", method="PATCH", ms=900)
        message_id = str(uuid.uuid4())
        posted = await client.post(
            f"/v1/cases/{case.id}/messages",
            json={"id": message_id, "text": "yes"},
            headers=case.headers | {"Prefer": "respond-async"},
        )
        assert posted.status_code == 202
        for _ in range(200):
            if await oracle.written(resource="orders"):
                break
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with _process(home) as (base, _), httpx.AsyncClient(base_url=base, timeout=30) as client:
        again = Case(client, case.id, case.headers["Authorization"].removeprefix("Bearer "))
        turn = None
        for _ in range(100):
            answer = await client.get(f"/v1/cases/{case.id}/turns/{message_id}", headers=again.headers)
            if answer.status_code == 200:
                turn = answer.json()
                break
            await asyncio.sleep(0.1)
        assert turn is not None, "the turn was not finished"
        assert [r["state"] for r in turn["receipts"]] == ["verified"]
        async with Oracle(f"{base}/backoffice") as oracle:
            assert len(await oracle.written(resource="orders")) == 1
            assert (await oracle.item("orders", order["id"]))["status"] == "cancelled"


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
