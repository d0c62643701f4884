"""LangGraph Studio's server over the same graph, app and saver: a thread is run, interrupted and resumed, offline."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

import server
from tests.cases.people import People
from tests.systems import Oracle

PROJECT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def _studio(home: Path) -> AsyncIterator[str]:
    """`deskhand studio` as a process group of its own, with no key and no tracing."""
    port = server.free_port()
    env = os.environ | {"DESKHAND_HOME": str(home), "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "studio", "--port", str(port), cwd=PROJECT, env=env,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=base) as client:
            for _ in range(900):
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get("/healthz")).status_code == 200:
                        break
                assert process.returncode is None, "Studio's server ended"
                await asyncio.sleep(0.1)
        yield base
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


class Thread:
    """A thread as Studio drives it."""

    def __init__(self, client: httpx.AsyncClient, thread_id: str) -> None:
        self.client, self.id = client, thread_id

    async def run(self, **body: Any) -> dict[str, Any]:
        answer = await self.client.post(f"/threads/{self.id}/runs/wait", json={"assistant_id": "deskhand"} | body)
        state: dict[str, Any] = answer.raise_for_status().json()
        return state

    async def say(self, text: str) -> str:
        """Send a message; the assistant's last line."""
        state = await self.run(input={"messages": [{"role": "user", "content": text}]})
        return str(state["messages"][-1]["content"])


async def test_a_thread_is_run_interrupted_and_resumed(ready_home: Path) -> None:
    async with (
        _studio(ready_home) as base,
        httpx.AsyncClient(base_url=base, timeout=60) as client,
        Oracle(f"{base}/backoffice") as oracle,
    ):
        people = await People.of(oracle)
        customer, order = people.refundable(60, 400)
        created = (await client.post("/threads", json={})).raise_for_status().json()
        thread = Thread(client, created["thread_id"])
        await thread.say(f"refund for {order['id']} please because it is damaged")
        await thread.say(f"{customer['email']}, {customer['postcode']}")
        [mail] = await oracle.rows("messages", customer_id=customer["id"], kind="one_time_code")
        code = re.search(r"\b\d{6}\b", mail["body"])
        assert code is not None
        waiting = await thread.run(input={"messages": [{"role": "user", "content": code.group()}]})
        [question] = waiting["__interrupt__"]
        assert question["value"]["action"] == "issue_refund"
        assert (await client.get(f"/threads/{thread.id}")).json()["status"] == "interrupted"
        assert await oracle.rows("refunds", order_id=order["id"]) == []
        decision = {"decision": "approve", "reason": "seen in Studio", "digest": question["value"]["digest"]}
        done = await thread.run(command={"resume": decision})
        assert "booked" in done["messages"][-1]["content"]
        assert len(await oracle.rows("refunds", order_id=order["id"])) == 1
    with sqlite3.connect(ready_home / "checkpoints.db") as kept:
        [(threads,)] = kept.execute("SELECT count(DISTINCT thread_id) FROM checkpoints")
    kept.close()
    assert threads == 1, "the product's own saver was used"
