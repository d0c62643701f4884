"""What the pages tell a reader to do is done here, to the letter, on a copy of the project."""

from __future__ import annotations

import re

import pytest

from evals.talk import Case
from tests.docs.conftest import TOOL, WORKFLOW, Built, Followed
from tests.docs.pages import block, says
from tests.docs.story import Story

PRESENT = "HG-212827"
"""An order that is being packed; the seed is the same on every day but for its dates."""
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the machines that run these tests are busy


async def test_a_new_tool_is_refused_until_the_playbook_knows_it(with_tool: Followed) -> None:
    code, said = with_tool.halfway
    assert code == 1
    says(TOOL, "the check after the catalog", block(said))
    code, said = with_tool.check
    assert code == 0
    assert "Nothing to mend" in said


async def test_the_new_tool_meets_the_projects_own_checks(with_tool: Followed) -> None:
    new = ("tools/gifts.py", "tests/tools/test_gifts.py")
    for check in (("ruff", "check", *new), ("ruff", "format", "--check", *new)):
        assert (await with_tool.copy.python(*check))[0] == 0
    code, said = await with_tool.copy.python(
        "pytest", "tests/tools/test_gifts.py", "tests/tools/test_catalog.py", "-p", "no:cacheprovider"
    )
    assert code == 0, said


async def test_the_new_workflow_fits_the_playbook(with_workflow: Followed) -> None:
    code, said = with_workflow.check
    assert code == 0, said
    code, said = await with_workflow.copy.python(
        "pytest", "tests/cases/matrix/test_stories.py", "-p", "no:cacheprovider"
    )
    assert code == 0, said


def test_a_start_ends_with_what_there_is_to_open(built: Built) -> None:
    printed = re.sub(r"after [\d.]+ s", "after … s", built.printed)
    printed = re.sub(r"(staff token +)/\S+/home/", r"\1…/.deskhand/", printed)
    says("README.md", "the start", block(printed.replace(built.base, "http://127.0.0.1:8000")))


async def test_a_customer_is_served_by_the_new_workflow(built: Built) -> None:
    order = await built.oracle.item("orders", PRESENT)
    owner = await built.oracle.item("customers", order["customer_id"])
    story = await Story.of(built.oracle, await Case.opened(built.client))
    await story.customer(f"Order {PRESENT} is a present for my sister, please leave the invoice out of the parcel.")
    await story.customer(owner["postcode"])
    assert await built.oracle.item("orders", PRESENT) == order
    done = await story.customer("Yes please")
    assert [(receipt["action"], receipt["state"]) for receipt in done["receipts"]] == [("mark_as_gift", "verified")]
    changed = await built.oracle.item("orders", PRESENT)
    assert changed == order | {"note": changed["note"]}
    assert changed["note"].startswith("Gift")
    says(WORKFLOW, "a gift", block(story.text))


async def test_the_new_clause_refuses_what_comes_too_late(built: Built) -> None:
    order = (await built.oracle.rows("orders", status="shipped"))[-1]
    owner = await built.oracle.item("customers", order["customer_id"])
    story = await Story.of(built.oracle, await Case.opened(built.client))
    await story.customer(f"Please mark {order['id']} as a gift")
    refused = await story.customer(owner["postcode"])
    assert refused["ruling"]["outcome"] == "forbid"
    assert [citation["id"] for citation in refused["citations"]] == ["gifts/12.1"]
    assert await built.oracle.item("orders", order["id"]) == order
    says(WORKFLOW, "too late for a gift", block(story.text))
