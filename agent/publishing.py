"""Publishing: the steps of a release from its documents to the customers, and what stands against each.

Nothing goes live that has a finding, that fails a scenario which passed before, or that lets more happen to money,
identity or access than the live release, unless somebody named answers for it; and who wrote what touches these is not
the one who publishes it.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent.backtest import Backtest, Past, backtest
from agent.casefile.clock import Clock
from agent.casefile.release_log import Accepted, Board, Checked, Published, ReleaseLog, Shadowed, Sliced, Tested
from agent.errors import NotPublishable
from knowledge.draft import read_draft
from knowledge.release import Release, Releases
from knowledge.rules import Vocabulary
from knowledge.touching import touching
from knowledge.weaker import Weaker, easier_proofs, weaker

FIRST_START = "first start"
"""Who publishes the documents of a home that has no release yet."""


@dataclass(frozen=True)
class Rehearsal:
    """What came of the scenarios, those of a draft and those of the live release."""

    failing: list[str] = field(default_factory=list)
    """Those that passed before, and fail now."""
    rewritten: list[str] = field(default_factory=list)
    """Those that the draft has in other words or not at all, and that fail now as they were before."""


@dataclass(frozen=True)
class Trial:
    """What a test found, in full; the log keeps the short of it."""

    backtest: Backtest
    weaker: list[Weaker]
    easier: list[str]
    """What makes it easier to pass for a customer."""
    rehearsal: Rehearsal

    @property
    def told(self) -> list[str]:
        """What somebody has to answer for: what was proved, and what past cases show beyond it."""
        proved = [str(one) for one in self.weaker]
        known = {one.action for one in self.weaker}
        shown = {f"{f.action} in past cases: {f.kind}" for f in self.backtest.blocking if f.action not in known}
        words = "was rewritten or removed, and fails now as it was"
        return [
            *proved,
            *self.easier,
            *sorted(shown),
            *(f"the scenario '{name}' {words}" for name in self.rehearsal.rewritten),
        ]


@dataclass(frozen=True)
class Publisher:
    """The steps that a release takes."""

    releases: Releases
    log: ReleaseLog
    vocabulary: Vocabulary
    clock: Clock
    prepare: Callable[[Release], Awaitable[None]]
    """Makes all that customers would wait for: the index, the intent head."""

    async def begin(self, folder: Path) -> Release:
        """The live release; a home that has none yet gets the folder's documents. Raises PlaybookError."""
        board = await self.log.board()
        if board.live is None:
            release = await asyncio.to_thread(self.releases.keep, folder)
            why = "There was no release yet."
            board = await self.log.append(
                board, Checked(release=release.id, authors=[FIRST_START]), by=FIRST_START, why=why
            )
            board = await self.log.append(board, Published(release=release.id, was=None), by=FIRST_START, why=why)
        return await asyncio.to_thread(self.releases.get, str(board.live))

    async def submit(self, folder: Path, *, by: str, why: str, authors: list[str] | None = None) -> Release:
        """Check documents and keep them as a release. Raises PlaybookError with all findings, NotPublishable."""
        company = (await asyncio.to_thread(read_draft, folder)).company
        if company is not None and company.id != self.log.tenant:
            wrong = f"These documents are of the company '{company.id}', and this house is of another one"
            raise NotPublishable(f"{wrong}: write `id: {self.log.tenant}` in company.yaml.")
        release = await asyncio.to_thread(self.releases.keep, folder)
        board, wrote = await self.log.board(), authors or [by]
        if not set(wrote) <= set(board.authors(release.id)):
            await self.log.append(board, Checked(release=release.id, authors=wrote), by=by, why=why)
        return release

    async def test(self, release_id: str, past: list[Past], scenes: Rehearsal, *, by: str, why: str) -> Trial:
        """Hold a release against the live one, and keep what came of it."""
        board = await self.log.board()
        trial = await self.tried(self._known(board, release_id), past, scenes)
        kept = Tested(
            release=release_id,
            against=board.live,
            rulings=trial.backtest.rulings,
            flips=len(trial.backtest.flips),
            weaker=trial.told,
            failing=scenes.failing,
        )
        await self.log.append(board, kept, by=by, why=why)
        return trial

    async def tried(self, draft: Release, past: list[Past], scenes: Rehearsal) -> Trial:
        """As `test`, with nothing kept."""
        board = await self.log.board()
        live = self.releases.get(board.live) if board.live else draft
        found = await asyncio.to_thread(backtest, past, live, draft, self.vocabulary)
        today = self.clock.now().date()
        proved = await asyncio.to_thread(weaker, live.playbook, draft.playbook, self.vocabulary, today)
        easier = easier_proofs(live.playbook.company.identity, draft.playbook.company.identity)
        return Trial(found, proved, easier, scenes)

    async def accept(self, release_id: str, *, by: str, why: str) -> None:
        """Answer for what its last test found weaker. Raises NotPublishable when there is nothing to answer for."""
        board = await self.log.board()
        tested = board.test(release_id)
        if tested is None or not tested[1].weaker:
            raise NotPublishable(f"Nothing of the release {release_id} waits for anybody to answer for it.")
        _named(by, why)
        await self.log.append(board, Accepted(release=release_id, tested=tested[0]), by=by, why=why)

    async def obstacles(self, release_id: str, by: str, board: Board | None = None) -> list[str]:
        """All that stands against this person's publishing it, each as one sentence; none: it may go live."""
        board = board or await self.log.board()
        release = self._known(board, release_id)
        today = self.clock.now().date()
        found = [str(finding) for finding in await asyncio.to_thread(self.releases.findings, release_id, today)]
        if board.live is None or board.live == release_id:
            return found
        tested = board.test(release_id)
        if tested is None:
            against = f"It was not tested against the live release {board.live}"
            return [*found, f"{against}: `deskhand playbook test {release_id}`."]
        seq, test = tested
        found += [f"The scenario '{name}' passed before and fails now." for name in test.failing]
        accepted = any(isinstance(e.body, Accepted) and e.body.tested == seq for e in board.of(release_id))
        found += [f"Somebody has to answer for this: {one}" for one in test.weaker if not accepted]
        parts = touching(self.releases.get(board.live).playbook, release.playbook, self.vocabulary)
        if parts and _same(by) in map(_same, board.authors(release_id)):
            found.append(
                f"{by} wrote it, and it touches money, identity or access ({', '.join(parts)}): "
                "a second person has to publish it."
            )
        return found

    async def publish(self, release_id: str, *, by: str, why: str) -> Board:
        """Make it live; what begins from now on begins under it. Raises NotPublishable."""
        board = await self._may(release_id, by, why)
        if board.live == release_id:
            raise NotPublishable(f"The release {release_id} is live already.")
        await self.prepare(self.releases.get(release_id))
        return await self.log.append(board, Published(release=release_id, was=board.live), by=by, why=why)

    async def roll_back(self, *, by: str, why: str, to: str | None = None) -> Board:
        """Make an earlier release live again, by default the one before. Raises NotPublishable."""
        _named(by, why)
        board = await self.log.board()
        target = to or board.before()
        if target is None or board.state(target) != "retired":
            raise NotPublishable(
                "There is no earlier release to go back to." if to is None else f"{to} was never live."
            )
        self.releases.get(target)
        return await self.log.append(board, Published(release=target, was=board.live, back=True), by=by, why=why)

    async def slice(self, release_id: str, percent: int, *, by: str, why: str) -> Board:
        """Let a share of new cases, in percent, begin under it; 0 ends that. Raises NotPublishable."""
        if not 0 <= percent <= 100:
            raise NotPublishable(f"{percent} is no share; write a percentage from 0 to 100.")
        _named(by, why)
        board = await self.log.board()
        if percent:
            board = await self._may(release_id, by, why)
            await self.prepare(self.releases.get(release_id))
        return await self.log.append(board, Sliced(release=release_id, percent=percent), by=by, why=why)

    async def shadow(self, release_id: str, on: bool, *, by: str, why: str) -> Board:
        """Let a release rule beside the live one, without effect, or end that. Raises NotPublishable."""
        _named(by, why)
        board = await self.log.board()
        self._known(board, release_id)
        return await self.log.append(board, Shadowed(release=release_id, on=on), by=by, why=why)

    async def _may(self, release_id: str, by: str, why: str) -> Board:
        _named(by, why)
        board = await self.log.board()
        if against := await self.obstacles(release_id, by, board):
            raise NotPublishable(f"The release {release_id} cannot go live:\n" + "\n".join(against))
        return board

    def _known(self, board: Board, release_id: str) -> Release:
        if board.state(release_id) is None:
            raise NotPublishable(f"There is no release '{release_id}'; `deskhand playbook releases` lists them.")
        return self.releases.get(release_id)


def _same(name: str) -> str:
    """A name as it is told apart from others: nobody becomes a second person by capitals or spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _named(by: str, why: str) -> None:
    if not by.strip() or not why.strip():
        raise NotPublishable("Say who does this and why: both stand in the log of releases.")
