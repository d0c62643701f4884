"""Fixtures of the web's tests: a real browser, a scripted desk, and a visitor in front of the chat."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from tests.browser import chromium, page
from tests.web.casework import staff, work
from tests.web.scripted_desk import ScriptedDesk
from tests.web.visitor import Visitor

__all__ = ["chromium", "desk", "page", "staff", "visitor", "work"]


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
