"""Loyalty points on the staff page, with every fault that the page can meet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tools.browser.backoffice import Staffed
from tools.browser.action import marker
from tools.contract import ToolLost, ToolRefused

pytestmark = pytest.mark.slow

KEY = "effect-of-this-test"


@pytest.mark.parametrize(
    ("fault", "came", "found"),
    [
        (None, "answered", "verified"),
        ("lost_write", "answered", "absent"),
        ("partial_write", "answered", "mismatch"),
        ("error_after_write", "lost, answered", "verified"),
        ("server_error", "lost, answered", "absent"),
        ("timeout_before_write", "lost", "absent"),
        ("timeout_after_write", "answered", "verified"),
    ],
)
async def test_what_is_found_is_what_the_journal_says(
    staffed: Staffed, fault: str | None, came: str, found: str
) -> None:
    action, scope = await staffed.ready("correct_points")
    args = action.args.model_validate({"points": 120, "reason": "Points for order HG-104877"})
    before = await action.before(args, scope)
    seq = await staffed.oracle.seq()
    if fault is not None:
        await staffed.oracle.arm(fault, resource="loyalty", method="PATCH", ms=400)
    try:
        await action.run(args, scope, KEY)
        back = "answered"
    except ToolLost as lost:
        back = "lost, answered" if lost.answered else "lost"
    finding = await action.verify(args, replace(scope, effect=KEY), before)
    assert (back, finding.state) == (came, found), finding.differences
    rows = await staffed.oracle.written(seq, actor="staff:mara", id=scope.customer_id)
    given = [after - before for row in rows for before, after in [row["changes"].get("points", (0, 0))]]
    assert sum(given) == (0 if found == "absent" else 120)
    assert all(marker(KEY) in row["changes"].get("reason", [None, marker(KEY)])[1] for row in rows)


async def test_more_than_there_is_cannot_be_taken_and_the_page_says_no(staffed: Staffed) -> None:
    action, scope = await staffed.ready("correct_points")
    args = action.args.model_validate({"points": -99999, "reason": "All of them"})
    await action.before(args, scope)
    with pytest.raises(ToolRefused, match="answered 422"):
        await action.run(args, scope, KEY)


async def test_what_a_colleague_books_in_between_is_named(staffed: Staffed) -> None:
    action, scope = await staffed.ready("correct_points")
    args = action.args.model_validate({"points": 10, "reason": "Points for order HG-104877"})
    before = await action.before(args, scope)
    for effect in (KEY, "another effect"):
        await action.run(args, scope, effect)
    finding = await action.verify(args, replace(scope, effect=KEY), before)
    assert finding.state == "mismatch"
    assert {difference.field for difference in finding.differences} == {"points", "corrections"}


async def test_it_is_taken_back_to_what_it_was(staffed: Staffed) -> None:
    action, scope = await staffed.ready("correct_points")
    args = action.args.model_validate({"points": 10, "reason": "Points for order HG-104877"})
    before = await action.before(args, scope)
    await action.run(args, scope, KEY)
    assert action.undo is not None
    undo = action.undo(args, before)
    assert undo is not None
    back = action.args.model_validate(undo.args)
    between = await action.before(back, scope)
    await action.run(back, scope, "undo")
    assert (await action.verify(back, replace(scope, effect="undo"), between)).state == "verified"
