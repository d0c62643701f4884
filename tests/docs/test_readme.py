"""The README's story is played by a running house; its picture and its tables are held against the code."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph.graph import END, START

import server
from agent.connected import tools_of
from agent.graph import Seats, build
from agent.policy.facts import vocabulary
from agent.settings import HOST
from evals.talk import Case
from evals.tools_table import rows
from knowledge.load import load
from tests.cases.house import House
from tests.docs.pages import block, fences, says, text_of
from tests.docs.story import Story

README = "README.md"
HERE = f"http://{HOST}:8000"
pytestmark = pytest.mark.timeout(600)  # the machines that run these tests are busy
BROKEN_SOAP, CRACKED_SPOON, SCRATCHED_STOOL = "HG-209177", "HG-208752", "HG-209220"
"""Orders of the seed, which is the same on every day but for its dates."""


async def _owner(house: House, order_id: str) -> dict[str, Any]:
    order = await house.oracle.item("orders", order_id)
    return await house.oracle.item("customers", order["customer_id"])


async def _signed_in(house: House, order_id: str) -> Case:
    return await house.verified((await _owner(house, order_id))["id"])


async def test_a_small_refund_needs_the_code_and_the_customers_yes(house: House) -> None:
    owner = await _owner(house, BROKEN_SOAP)
    story = await Story.of(house.oracle, await house.open())
    await story.customer(f"Hello, the soap in order {BROKEN_SOAP} arrived broken. I'd like my money back, please.")
    await story.customer(f"{owner['email']}, {owner['postcode']}")
    await story.customer(await house.code_for(owner["id"]), shown="(the six digits from the mail)")
    unclear = await story.customer("Yes, but only if it is on my card today")
    assert unclear["receipts"] == []
    assert await house.oracle.rows("refunds", order_id=BROKEN_SOAP) == []
    done = await story.customer("Yes")
    assert [(receipt["action"], receipt["state"]) for receipt in done["receipts"]] == [("issue_refund", "verified")]
    assert len(await house.oracle.rows("refunds", order_id=BROKEN_SOAP)) == 1
    says(README, "a small refund", block(story.text))


async def test_a_refund_that_the_back_office_loses_is_noticed(house: House) -> None:
    story = await Story.of(house.oracle, await _signed_in(house, CRACKED_SPOON))
    await story.customer(f"Please refund order {CRACKED_SPOON}, because the spoon is cracked.")
    await house.oracle.arm("lost_write", resource="refunds", method="POST")
    story.note("back office", "(from now on it accepts a refund, and loses it)")
    turn = await story.customer("Yes")
    assert turn["status"] == "waiting_person"
    assert await house.oracle.rows("refunds", order_id=CRACKED_SPOON) == []
    packet = (await house.client.get(f"/v1/cases/{story.case.id}/handoff", headers=house.staff)).json()
    story.note("colleague", "(opens the console and reads, with the whole conversation)")
    story.note("failed", "; ".join(packet["failed_steps"]["value"]), inner=True)
    story.note("next", packet["recommended_next"]["value"], inner=True)
    says(README, "a lost refund", block(story.text))


async def test_a_large_refund_waits_for_a_person(house: House) -> None:
    story = await Story.of(house.oracle, await _signed_in(house, SCRATCHED_STOOL))
    turn = await story.customer(f"I want my money back for order {SCRATCHED_STOOL}, because the stool is scratched.")
    assert turn["status"] == "waiting_approval"
    assert await house.oracle.rows("refunds", order_id=SCRATCHED_STOOL) == []
    [approval] = await house.approvals(story.case)
    reason = "The photo shows the scratch."
    answer = await house.decide(approval["id"], decision="approve", digest=approval["digest"], reason=reason)
    story.note("colleague", f"approves exactly {json.dumps(approval['args'])}, since: {reason}")
    decided = answer.json()["turn"]
    await story.desk(decided)
    assert decided["receipts"][0]["state"] == "verified"
    says(README, "a large refund", block(story.text))


async def test_the_commands_for_visitors_of_the_demo_work(house: House) -> None:
    shell = "".join(fence.text for fence in fences(README) if fence.language == "sh").replace("\\\n", "")
    commands = [shlex.split(line)[1:] for line in shell.splitlines() if line.startswith("curl ")]
    assert len(commands) == 2
    for command in commands:
        [url] = [word for word in command if word.startswith(HERE)]
        body = command[command.index("-d") + 1] if "-d" in command else None
        sent: dict[str, Any] = {"content": body, "headers": {"content-type": "application/json"}} if body else {}
        answer = await house.client.request("POST" if body else "GET", url.removeprefix(HERE), **sent)
        assert answer.is_success, answer.text
    armed = (await house.client.get("/backoffice/api/faults")).json()
    assert [(fault["name"], fault["resource"]) for fault in armed] == [("lost_write", "refunds")]


def test_the_picture_has_the_graphs_nodes_and_edges() -> None:
    drawn = build(cast("Seats", None)).compile().get_graph()
    named = {START: "message", END: "done"}
    edges = {(named.get(edge.source, edge.source), named.get(edge.target, edge.target)) for edge in drawn.edges}
    [picture] = [fence for fence in fences(README) if fence.language == "mermaid"]
    assert _edges(picture.text) == edges


def _edges(mermaid: str) -> set[tuple[str, str]]:
    """The edges of lines like `decide --> act & confirm`; a label in brackets is no part of a name."""
    arrows = [re.sub(r"\(.*?\)", "", line).split("-->") for line in mermaid.splitlines() if "-->" in line]
    return {(source.strip(), target.strip()) for source, targets in arrows for target in targets.split("&")}


def test_every_tool_is_in_the_table(tmp_path: Path) -> None:
    settings = server.Settings(home=tmp_path)
    catalog = tools_of(settings)
    table = ["| tool | class | identity | what it does |", "|---|---|---|---|"]
    table += [
        f"| `{row.name}` | {row.risk.replace('_', ' ')} | {row.identity} | {row.summary} |"
        for row in rows(catalog, load(settings.playbook, vocabulary(catalog)).actions)
    ]
    says(README, "the tools by risk", "\n" + "\n".join(table) + "\n\n")


@pytest.mark.parametrize("heading", ["Add a tool", "Add a workflow"])
def test_the_short_forms_are_parts_of_the_long_ones(heading: str) -> None:
    section = text_of(README).partition(f"## {heading}\n")[2].partition("\n## ")[0]
    long = text_of(f"docs/{heading.lower().replace(' ', '-')}.md")
    short = [fence.text for fence in fences(README) if fence.text in section]
    assert short
    for code in short:
        assert code in long
