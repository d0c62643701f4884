"""Fixtures of the web's tests: a real browser, a scripted desk, and a visitor in front of the chat."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.browser import chromium, page
from tests.web.casework import STAFF_TOKEN, Casework, guest, staff, work
from tests.web.scripted_desk import ScriptedDesk
from tests.web.visitor import Visitor

__all__ = ["chromium", "desk", "guest", "page", "staff", "visitor", "work"]


@pytest.fixture
async def desk() -> AsyncIterator[ScriptedDesk]:
    """A desk that is up."""
    desk = ScriptedDesk()
    await desk.comes_up()
    yield desk
    await desk.goes_down()


@pytest.fixture
async def visitor(page: Page, desk: ScriptedDesk) -> Visitor:
    """A visitor who has not come to any page yet."""
    visitor = Visitor(page, desk)
    page.on(
        "console",
        lambda said: visitor.complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    return visitor


@pytest.fixture
async def mara(page: Page, work: Casework) -> AsyncIterator[Page]:
    """A browser in which Mara is signed in; what it complains about fails the test, but for refusals."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    await page.goto(f"{work.url}/console")
    await page.get_by_label("Staff token").fill(STAFF_TOKEN)
    await page.get_by_label("Your name").fill("Mara")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="To decide")).to_be_visible()
    yield page
    assert [said for said in complaints if "the server responded with a status of 4" not in said] == []
