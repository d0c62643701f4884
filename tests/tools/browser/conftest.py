"""Recipes at work: the product's own browser, closed with the session."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.backoffice import serving
from tests.browser import chromium, executable
from tests.tools.browser.backoffice import pages_at_work, staffed
from tests.tools.browser.desk import Desk, Working, app_of
from tools.browser.chromium import Chromium

__all__ = ["chromium", "pages_at_work", "staffed"]


@pytest.fixture(scope="session")
async def pages() -> AsyncIterator[Chromium]:
    """The browser that recipes use."""
    async with Chromium(executable(), queue_s=60) as browser:
        yield browser


@pytest.fixture
async def working(pages: Chromium, tmp_path: Path) -> AsyncIterator[Working]:
    """A new desk with a recipe for it."""
    desk = Desk()
    async with serving(app_of(desk)) as base:
        yield Working(desk, base, pages, tmp_path)
