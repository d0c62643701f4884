"""Chromium: found on this machine, launched when it is first needed, two visits at a time, closed with the desk.

A visit is a context of its own, with nothing in it that an earlier one left. Whatever breaks in the browser ends as a
call that was lost; a browser that crashed or hangs is replaced for the next visit.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self

from playwright.async_api import Browser, BrowserContext, Error, Page, Playwright, StorageState, async_playwright

from tools.browser.gate import Gate
from tools.contract import ToolLost

NAMES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_ONE = "no Chromium found: install it (`apt-get install chromium`) or name it in CHROMIUM"
ARGS = (
    # No name is looked up by the browser: the proxy does that, for the sites it lets through.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # The one name of this is newer than the other.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic", "--dns-prefetch-disable", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--no-pings", "--disable-gpu", "--disable-dev-shm-usage",
)  # fmt: skip
NOWHERE = "http://127.0.0.1:9"
"""The proxy of all that belongs to no visit."""
VISITS = 2
QUEUE_S = 15.0
LAUNCH_S = 20.0
OPEN_S = 5.0
CLOSE_S = 3.0


def find_chromium(named: str | None = None) -> str | None:
    """The executable: `named`, else what CHROMIUM names, else the system's own; None where there is none.

    Raises ValueError when the named one is not there.
    """
    named = named or os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        raise ValueError(f"CHROMIUM is set to {named!r}, which cannot be run; correct or unset it")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """The browser of a desk; used as `async with`, or closed with `aclose`."""

    def __init__(self, executable: str | None = None, *, queue_s: float = QUEUE_S) -> None:
        self._named, self._queue_s = executable, queue_s
        self._free = asyncio.Semaphore(VISITS)
        self._lock = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.pid: int | None = None
        """The browser's process, while there is one."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    @contextlib.asynccontextmanager
    async def visit(
        self, sites: Sequence[str], session: StorageState | None = None
    ) -> AsyncIterator[tuple[Page, Gate]]:
        """An empty page that reaches `sites` alone, and its gate. Raises `ToolLost` when none can be had.

        `session` is what an earlier visit's context was left with (`storage_state`): whoever signed in there is.
        """
        try:
            async with asyncio.timeout(self._queue_s):
                await self._free.acquire()
        except TimeoutError:
            raise ToolLost(f"The browser was busy for {self._queue_s:g} s.", answered=True) from None
        try:
            async with Gate(sites) as gate:
                browser, page = await self._opened(gate, session)
                try:
                    yield page, gate
                finally:
                    await self._let_go(browser, page.context)
        finally:
            self._free.release()

    async def reached(self) -> None:
        """Have a page, of no site. Raises `ToolLost` when none can be had."""
        async with self.visit([]):
            return

    async def aclose(self) -> None:
        """End the browser, if it was ever started."""
        async with self._lock:
            await self._end()

    async def _opened(self, gate: Gate, session: StorageState | None) -> tuple[Browser, Page]:
        for _ in range(2):
            browser = await self._launched()
            try:
                async with asyncio.timeout(OPEN_S):
                    context = await browser.new_context(
                        proxy={"server": gate.address, "bypass": "<-loopback>"},
                        accept_downloads=False,
                        service_workers="block",
                        reduced_motion="reduce",
                        storage_state=session,
                    )
                    return browser, await gate.guard(context)
            except (Error, TimeoutError):  # it died, or hangs, since it was last used
                await self._drop(browser)
        raise ToolLost("The browser gives no page.", answered=True)

    async def _launched(self) -> Browser:
        async with self._lock:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            await self._end()
            try:
                executable = find_chromium(self._named)
            except ValueError as error:
                raise ToolLost(f"There is no browser: {error}.", answered=True) from error
            if executable is None:
                raise ToolLost(f"There is no browser: {HOW_TO_GET_ONE}.", answered=True)
            try:
                async with asyncio.timeout(LAUNCH_S):
                    return await self._launch(executable)
            except (Error, TimeoutError) as error:
                await self._end()
                raise ToolLost("The browser cannot be started.", answered=True) from error
            except asyncio.CancelledError:
                await self._end()
                raise

    async def _launch(self, executable: str) -> Browser:
        self._playwright = await async_playwright().start()
        as_root = os.geteuid() == 0  # root cannot have the sandbox
        self._browser = await self._playwright.chromium.launch(
            executable_path=executable, args=ARGS, chromium_sandbox=not as_root, proxy={"server": NOWHERE}
        )
        session = await self._browser.new_browser_cdp_session()
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        self.pid = next(process["id"] for process in processes if process["type"] == "browser")
        return self._browser

    async def _let_go(self, browser: Browser, context: BrowserContext) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await context.close()
        except (Error, TimeoutError):
            await self._drop(browser)

    async def _drop(self, browser: Browser) -> None:
        """End this browser, unless another one has taken its place already."""
        async with self._lock:
            if self._browser is browser:
                await self._end(by_force=True)

    async def _end(self, *, by_force: bool = False) -> None:
        browser, playwright, pid = self._browser, self._playwright, self.pid
        self._browser = self._playwright = self.pid = None
        if browser is not None and browser.is_connected():
            if by_force and pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            else:
                with contextlib.suppress(Error, TimeoutError):
                    async with asyncio.timeout(CLOSE_S):
                        await browser.close()
        if playwright is not None:
            with contextlib.suppress(Error, TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await playwright.stop()
