"""The desk: everything a run needs, made once by the composition root and only read afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.casefile.clock import Clock
from agent.casefile.release_log import ReleaseLog
from agent.casefile.store import CaseFiles
from agent.models.port import Model
from agent.systems import Systems
from knowledge.learnt import Languages
from knowledge.load import PlaybookError
from knowledge.release import Release, ReleaseError, Releases
from knowledge.rules import Vocabulary
from knowledge.search import IndexMismatch, IndexUnavailable, Search
from tools.contract import Catalog

log = logging.getLogger("deskhand.desk")


@dataclass(frozen=True)
class Limits:
    """The settings that bound a turn, the life of a yes, and when things are tried again."""

    turn_timeout_s: float = 30.0
    approval_ttl_s: float = 86_400.0
    confirm_ttl_s: float = 900.0
    retry_s: float = 30.0
    """How long after its turn a ticket or an outcome that could not be had is tried again; then after twice as long."""


class Bell:
    """Rings when a case's file has grown, so that nobody in this process polls for it."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def ring(self, case_id: str) -> None:
        """Wake all that wait for this case."""
        for waiter in self._waiting.get(case_id, ()):
            waiter.set()

    async def wait(self, case_id: str, timeout_s: float) -> None:
        """Return when the bell rings or the time is up: another process may have written without ringing it."""
        rung = asyncio.Event()
        self._waiting[case_id].add(rung)
        try:
            async with asyncio.timeout(timeout_s):
                await rung.wait()
        except TimeoutError:
            return
        finally:
            self._waiting[case_id].discard(rung)
            if not self._waiting[case_id]:
                del self._waiting[case_id]


@dataclass(frozen=True)
class Desk:
    """What the nodes work with."""

    files: CaseFiles
    catalog: Catalog
    vocabulary: Vocabulary
    releases: Releases
    log: ReleaseLog
    """Which release is live, and which rules beside it."""
    search: Search
    model_for: Callable[[Release], Model]
    """A fresh model for one turn under a release."""
    code_secret: bytes
    limits: Limits = Limits()
    languages: Languages | None = None
    """What was learnt of each; None where nothing learns."""
    bell: Bell = field(default_factory=Bell)
    systems: Systems = field(default_factory=Systems)
    _searchable: set[str] = field(default_factory=set)

    async def release(self, release_id: str) -> Release:
        """A release, ready to be searched: cases of days ago are pinned to releases that nobody has asked for since.

        Raises ReleaseError, PlaybookError, IndexMismatch, IndexUnavailable.
        """
        if release_id not in self._searchable:
            release = await asyncio.to_thread(self.releases.get, release_id)
            await asyncio.to_thread(self.search.build, release)
            self._searchable.add(release_id)
        return self.releases.get(release_id)

    async def live(self) -> Release:
        """The release that is live by now. Raises what `release` raises."""
        return await self.release(str((await self.log.board()).live))

    async def for_case(self, case_id: str) -> Release:
        """The release that a new case begins under. Raises what `release` raises."""
        return await self.release(str((await self.log.board()).for_case(case_id)))

    async def stand_by(self) -> None:
        """Have at hand what a rollback would make live again, and the slice: no customer shall wait for either."""
        board = await self.log.board()
        for release_id in {board.before(), board.slice} - {board.live, None}:
            try:
                self.model_for(await self.release(str(release_id)))
            except (ReleaseError, PlaybookError, IndexMismatch, IndexUnavailable) as error:
                log.warning("The release %s is not at hand: %s", release_id, error)

    async def shadow(self) -> Release | None:
        """The release that rules beside the others, without effect; one that cannot be used disturbs nobody."""
        shadow = (await self.log.board()).shadow
        try:
            return await asyncio.to_thread(self.releases.get, shadow) if shadow is not None else None
        except (ReleaseError, PlaybookError) as error:
            log.warning("The shadow %s cannot rule: %s", shadow, error)
            return None

    @property
    def clock(self) -> Clock:
        """The one clock."""
        return self.files.clock

    @property
    def tenant(self) -> str:
        """Whose desk this is."""
        return self.files.tenant
