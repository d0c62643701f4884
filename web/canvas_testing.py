"""Tests of releases, beside whatever else goes on: scenarios take longer than anybody waits for a page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.backtest import Past
from agent.errors import DeskhandError, NotPublishable
from agent.publishing import Publisher, Rehearsal
from knowledge.documents import PlaybookError
from knowledge.release import ReleaseError

_LOG = logging.getLogger(__name__)
Rehearse = Callable[[Path, Path], Awaitable[Rehearsal]]
"""Plays the scenarios of the documents in the first folder, and holds them against those in the second."""

FindPast = Callable[[Path, int], Awaitable[list[Past]]]
"""The rulings of so many cases, to hold a release against the live one, whose documents are in the folder."""


@dataclass
class Testing:
    """The tests that run; one at a time for a release."""

    publisher: Publisher
    rehearse: Rehearse
    past: FindPast
    failed: dict[str, str] = field(default_factory=dict)
    """Release → why its last test came to no end."""
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def runs(self, release_id: str) -> bool:
        """Whether a release is being tested."""
        return release_id in self._running

    def begin(self, release_id: str, cases: int, *, by: str, why: str) -> None:
        """Test a release against the live one; what comes of it stands in the log. Raises NotPublishable."""
        if not why.strip():
            raise NotPublishable("Say why it is tested: the reason stands in the log of releases.")
        if self.runs(release_id):
            raise NotPublishable("It is being tested already; look again in a moment.")
        self.failed.pop(release_id, None)
        task = asyncio.create_task(self._tested(release_id, cases, by, why))
        self._running[release_id] = task
        task.add_done_callback(lambda done: self._over(release_id, done))

    async def ended(self, release_id: str) -> None:
        """Wait until no test of a release runs."""
        if release_id in self._running:
            await asyncio.wait([self._running[release_id]])

    async def stop(self) -> None:
        """End what runs; nothing of it is kept."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _tested(self, release_id: str, cases: int, by: str, why: str) -> None:
        board, releases = await self.publisher.log.board(), self.publisher.releases
        draft = await asyncio.to_thread(releases.folder, release_id)
        live = await asyncio.to_thread(releases.folder, str(board.live))
        scenes = await self.rehearse(draft, live)
        await self.publisher.test(release_id, await self.past(live, cases), scenes, by=by, why=why)

    def _over(self, release_id: str, task: asyncio.Task[None]) -> None:
        self._running.pop(release_id, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, DeskhandError | PlaybookError | ReleaseError):
            self.failed[release_id] = str(error)
        elif error is not None:
            _LOG.error("The test of the release %s broke off", release_id, exc_info=error)
            self.failed[release_id] = "The test broke off; the server’s log says why."
