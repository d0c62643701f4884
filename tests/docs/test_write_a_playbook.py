"""What "Write a playbook" tells a newcomer to do is done here, to the letter, on a copy of the project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from evals.talk import Case
from tests.backoffice import Oracle
from tests.cases.house import Door
from tests.docs.pages import block, fences, says
from tests.docs.reader import Copy
from tests.docs.story import Story

PAGE = "docs/write-a-playbook.md"
MOST_LINES = 30
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the machines that run these tests are busy


@dataclass(frozen=True)
class Newcomer:
    """A copy in which the page was followed, with what its commands said."""

    copy: Copy
    new: str
    check: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Newcomer:
    copy = Copy.at(tmp_path_factory.mktemp("newcomer"))
    code, new = await copy.python("cli", "playbook", "new", "mine")
    assert code == 0, new
    code, empty = await copy.python("cli", "playbook", "check", "mine")
    assert code == 0, empty
    copy.follow(PAGE)
    code, check = await copy.python("cli", "playbook", "check", "mine")
    assert code == 0, check
    return Newcomer(copy, new, check)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def desk(newcomer: Newcomer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """`deskhand run` with the newcomer's playbook."""
    home = tmp_path_factory.mktemp("desk") / "home"
    async with (
        newcomer.copy.running(home, DESKHAND_PLAYBOOK="mine") as (base, _),
        httpx.AsyncClient(base_url=base, timeout=60) as client,
        Oracle(f"{base}/backoffice") as oracle,
    ):
        yield Door(base, client, oracle, home)


def test_it_takes_less_than_thirty_lines() -> None:
    written = [fence for fence in fences(PAGE) if fence.file is not None]
    assert {Path(fence.file or "").name for fence in written} == {"service.md", "cancel_order.yaml", "intents.yaml"}
    assert sum(len(fence.text.splitlines()) for fence in written) < MOST_LINES


def test_the_commands_say_what_the_page_shows(newcomer: Newcomer) -> None:
    says(PAGE, "a new company", block(newcomer.new))
    says(PAGE, "the check of the new company", block(newcomer.check))


async def test_a_mistake_is_named_by_its_line(newcomer: Newcomer) -> None:
    policy = newcomer.copy.root / "mine" / "policies" / "service.md"
    whole = policy.read_text()
    policy.write_text(whole.replace("order.status", "order.state"))
    code, said = await newcomer.copy.python("cli", "playbook", "check", "mine")
    policy.write_text(whole)
    assert code == 1
    says(PAGE, "a mistake in the rule", block(said))


async def test_nobody_writes_over_what_is_there(newcomer: Newcomer) -> None:
    code, said = await newcomer.copy.python("cli", "playbook", "new", "mine")
    assert (code, said.strip()) == (1, "mine:1: there is something here already; name a new folder")


async def test_the_new_rule_decides_a_whole_conversation(desk: Door) -> None:
    order = (await desk.oracle.rows("orders", status="shipped"))[0]
    owner = await desk.oracle.item("customers", order["customer_id"])
    story = await Story.of(desk.oracle, await Case.opened(desk.client))
    await story.customer("Hello, please cancel an order for me")
    await story.customer(order["id"])
    refused = await story.customer(f"{owner['email']}, {owner['postcode']}")
    assert (refused["ruling"]["outcome"], refused["ruling"]["clauses"]) == ("forbid", ["service/1.4"])
    assert await desk.oracle.item("orders", order["id"]) == order
    says(PAGE, "too late to cancel", block(story.text))


async def test_what_the_rule_leaves_is_for_the_class_to_say(desk: Door) -> None:
    order = (await desk.oracle.rows("orders", status="processing"))[0]
    story = await Story.of(desk.oracle, await desk.verified(order["customer_id"]))
    asked = await story.customer(f"I want to cancel {order['id']}")
    assert (asked["ruling"]["outcome"], asked["status"]) == ("approve", "waiting_approval")
    [approval] = await desk.approvals(story.case)
    story.note("a person", "approves")
    answer = await desk.decide(approval["id"], decision="approve")
    await story.desk(answer.raise_for_status().json()["turn"])
    assert (await desk.oracle.item("orders", order["id"]))["status"] == "cancelled"
    says(PAGE, "in time to cancel", block(story.text))
