"""The browser as a resource: two visits at a time, none where there is no Chromium, nothing left of it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.browser import executable
from tests.tools.browser.desk import ARGS, Working
from tools.browser.chromium import HOW_TO_GET_ONE, Chromium, find_chromium
from tools.contract import ToolLost

pytestmark = pytest.mark.slow
CHILD = """
import asyncio, sys
from tools.browser.chromium import Chromium


async def main():
    browser = Chromium()
    async with browser.visit([]):
        print(browser.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_two_visits_at_a_time_and_the_third_waits(working: Working) -> None:
    working.desk.modes.add("crowded")
    action = working.action()
    exact = action.args.model_validate(ARGS)
    await asyncio.gather(*(action.before(exact, working.scope) for _ in range(4)))
    assert (working.desk.looks, working.desk.most_at_once) == (4, 2)


async def test_who_waits_too_long_is_told_that_nothing_was_sent() -> None:
    async with Chromium(executable(), queue_s=0.1) as browser, browser.visit([]), browser.visit([]):
        with pytest.raises(ToolLost, match="busy") as lost:
            async with browser.visit([]):
                raise AssertionError("there were three")
        assert lost.value.answered


async def test_nothing_is_launched_before_it_is_needed_and_nothing_stays() -> None:
    async with Chromium(executable()) as browser:
        assert browser.pid is None
        await browser.reached()
        pid = browser.pid
        assert pid is not None
        os.kill(pid, 0)  # it is there
    assert browser.pid is None
    assert await _gone(pid)


async def test_a_server_that_is_killed_leaves_no_browser_behind() -> None:
    executable()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    pid = int(await child.stdout.readline())
    os.killpg(child.pid, signal.SIGKILL)
    await child.wait()
    assert await _gone(pid)


async def test_a_context_begins_empty(working: Working) -> None:
    async with working.chromium.visit([working.base]) as (page, _):
        await page.goto(f"{working.base}/home")
        await page.evaluate("localStorage.setItem('left', 'here'); document.cookie = 'left=here'")
    async with working.chromium.visit([working.base]) as (page, _):
        await page.goto(f"{working.base}/home")
        assert await page.evaluate("[localStorage.length, document.cookie]") == [0, ""]


async def test_without_chromium_a_call_is_lost_and_says_how_to_get_one(tmp_path: Path) -> None:
    async with Chromium(str(tmp_path / "chromium")) as browser:
        with pytest.raises(ToolLost, match="CHROMIUM is set to") as lost:
            await browser.reached()
        assert lost.value.answered
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    async with Chromium(str(broken)) as browser:
        with pytest.raises(ToolLost, match="cannot be started") as lost:
            await browser.reached()
        assert lost.value.answered


def test_chromium_is_found_by_its_setting_or_by_name(tmp_path: Path) -> None:
    assert find_chromium(sys.executable) == sys.executable
    with pytest.raises(ValueError, match="cannot be run; correct or unset it"):
        find_chromium(str(tmp_path / "none"))
    assert "CHROMIUM" in HOW_TO_GET_ONE


async def _gone(pid: int) -> bool:
    """Whether a process has ended, or does within ten seconds."""
    for _ in range(200):
        if not await asyncio.to_thread(_runs, Path(f"/proc/{pid}/stat")):
            return True
        await asyncio.sleep(0.05)
    return False


def _runs(stat: Path) -> bool:
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
