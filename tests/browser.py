"""A real browser for tests: the system's Chromium, driven by Playwright.

A `conftest.py` takes the fixtures by importing them: `from tests.browser import chromium, page`. Where there is no
Chromium the tests are skipped, and the reason says how to get one; `CHROMIUM` names another executable.
"""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tools.browser.chromium import HOW_TO_GET_ONE, find_chromium

ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MS = 10_000


def executable() -> str:
    """The system's Chromium; the test is skipped where there is none."""
    path = find_chromium()
    if path is None:
        pytest.skip(HOW_TO_GET_ONE)
    return path


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the session."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        await browser.close()


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """An empty page with a storage of its own. An error that a script of it does not catch fails the test."""
    context = await chromium.new_context(reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    uncaught: list[str] = []
    context.on("weberror", lambda fault: uncaught.append(str(fault.error)))
    yield page
    await context.close()
    assert not uncaught, uncaught
