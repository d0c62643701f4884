"""A recipe on RT's own pages: done in a form, read back in a fresh context, and agreeing with REST."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.rt.conftest import HERE, Tracker
from tests.rt.tracker import needs_rt
from tests.systems.test_browser_recipes import KEY, Staffed, chromium, staffed
from tools.browser.chromium import Chromium
from tools.contract import ToolRefused

__all__ = ["chromium"]
pytestmark = needs_rt


@pytest.fixture
async def staff(rt: Tracker, chromium: Chromium, tmp_path: Path) -> AsyncIterator[Staffed]:
    """RT's pages for a customer who is on file there."""
    staff = staffed(rt.system, "rt", HERE / "rt_status.yaml", chromium, tmp_path, await rt.customer())
    yield staff
    await staff.api.aclose()


async def test_a_ticket_rests_in_the_form_and_rest_agrees(rt: Tracker, staff: Staffed) -> None:
    number = await rt.opened(staff.scope.customer(), Status="open")
    earlier = await rt.ticket(number)
    finding = await staff.done(ticket=number, status="stalled")
    assert finding.state == "verified", finding.differences
    ticket = await rt.ticket(number)
    assert {name for name in ticket if ticket[name] != earlier[name]} <= {
        "Status", "LastUpdated", "LastUpdatedBy", "_hyperlinks",
    }  # fmt: skip
    assert (earlier["Status"], ticket["Status"], ticket["LastUpdatedBy"]["id"]) == ("open", "stalled", "bot")


async def test_a_ticket_of_somebody_else_is_like_one_that_does_not_exist(rt: Tracker, staff: Staffed) -> None:
    theirs = await rt.opened(await rt.customer(), Status="open")
    earlier, said = await rt.ticket(theirs), set()
    for number in (theirs, "99999"):
        exact = staff.action.args.model_validate({"ticket": number, "status": "stalled"})
        for call in (staff.action.before(exact, staff.scope), staff.action.run(exact, staff.scope, KEY)):
            with pytest.raises(ToolRefused) as refused:
                await call
            said.add(str(refused.value))
    assert len(said) == 1
    assert await rt.ticket(theirs) == earlier
