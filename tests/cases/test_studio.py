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
import pytest
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command

from agent.casefile import lease
from agent.casefile.lease import LEASE_S
from agent.errors import ApprovalStale
from agent.graph import build
from agent.state import Message, State
from evals.talk import Case, Turn
from tests.backoffice import Oracle
from tests.cases.house import House
from tests.cases.people import People
from web.serving import free_port

PROJECT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def _studio(home: Path) -> AsyncIterator[str]:
    """`deskhand studio` as a process group of its own, with no key and no tracing."""
    port = free_port()
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


@pytest.mark.slow
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


Graph = CompiledStateGraph[State, None, State, State]


async def _submitted(house: House, people: People) -> tuple[Case, Graph, RunnableConfig, str]:
    """A large refund, asked for by a run at the graph itself; gives the approval's id besides."""
    customer, order = people.refundable(60, 400)
    case = await house.verified(customer["id"])
    graph, thread = build(house.front.turns).compile(checkpointer=InMemorySaver()), house.front.turns.config(case.id)
    said = f"refund for {order['id']} please because it is damaged"
    await graph.ainvoke(State(messages=[Message(role="user", content=said)]), thread)
    [approval] = await house.approvals(case)
    return case, graph, thread, approval["id"]


async def _next_turn(case: Case, after: int) -> Turn:
    for _ in range(int(LEASE_S) * 30):
        if late := await case.turns(after=after):
            return late[0]
        await asyncio.sleep(0.1)
    raise AssertionError("the turn was not finished")


async def test_a_resume_that_decides_nothing_leaves_the_case_to_others(house: House, people: People) -> None:
    _, graph, thread, approval = await _submitted(house, people)
    with pytest.raises(ApprovalStale, match="Resume with"):
        await graph.ainvoke(Command(resume="sure, why not"), thread)
    decided = await house.decide(approval, decision="approve")
    assert decided.status_code == 200
    turn = decided.json()["turn"]
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"]


async def test_a_resume_waits_for_who_only_looks_whether_there_is_work(house: House, people: People) -> None:
    _, graph, thread, _ = await _submitted(house, people)
    files, case_id = house.front.desk.files, str(thread["configurable"]["thread_id"])
    async with files.database.write() as tx:
        held = await lease.acquire(tx, files.clock, case_id, "a sweep elsewhere")
    assert held is not None
    run = asyncio.create_task(graph.ainvoke(Command(resume={"decision": "approve", "reason": "seen"}), thread))
    await asyncio.sleep(0.2)
    assert not run.done()
    async with files.database.write() as tx:
        await lease.release(tx, held)
    done = await run
    assert "HG-" in done["messages"][-1]["content"]


async def test_a_run_that_dies_after_its_resume_is_finished_by_the_sweep(house: House, people: People) -> None:
    case, graph, thread, _ = await _submitted(house, people)
    before, asked = await house.oracle.seq(), (await case.turns())[-1]["seq"]
    await house.oracle.arm("timeout_after_write", resource="refunds", method="POST", ms=900)
    run = asyncio.create_task(graph.ainvoke(Command(resume={"decision": "approve", "reason": "seen"}), thread))
    for _ in range(200):
        if await house.oracle.written(before, resource="refunds"):
            break
        await asyncio.sleep(0.01)
    run.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await run
    turn = await _next_turn(case, asked)
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"]
    assert len(await house.oracle.written(before, resource="refunds")) == 1
