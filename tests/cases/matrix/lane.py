"""A lane: a desk that is killed again and again, in one play after the other, and what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent.casefile import chain
from server import Settings, case_files
from tests.backoffice import Oracle
from tests.cases.house import Door
from tests.cases.matrix.killing import ENDLESS, Desk
from tests.cases.matrix.stories import Play, Story
from tests.cases.matrix.verdict import Verdict, judged

OFTEN = 5_000
"""Each lane numbers its customers from a multiple of it."""


@dataclass
class Tally:
    """What was counted over many plays."""

    kills: int = 0
    verdicts: list[Verdict] = field(default_factory=list)
    resumed_s: list[float] = field(default_factory=list)
    """From the moment the desk was healthy again to the answer that a kill had cut off."""

    def figures(self) -> dict[str, object]:
        """As they are published."""
        return {
            "kills": self.kills,
            "duplicates": sum(len(one.duplicates) for one in self.verdicts),
            "lost": sum(len(one.lost) for one in self.verdicts),
            "unproven sentences": sum(len(one.unproven) for one in self.verdicts),
            "resumed within": f"{max(self.resumed_s, default=0):.1f} s",
        }

    @property
    def objections(self) -> list[Verdict]:
        """The verdicts that are not as guaranteed."""
        return [verdict for verdict in self.verdicts if verdict]


@dataclass
class Lane:
    """One desk, its door, and the next customer's number."""

    desk: Desk
    door: Door
    number: int

    @classmethod
    @contextlib.asynccontextmanager
    async def made(cls, home: Path, systems: str | None, which: int) -> AsyncIterator[Lane]:
        """A lane in a home of its own; without `systems` the embedded ones die with the desk."""
        desk = Desk(home, systems)
        async with Oracle(desk.backoffice) as oracle, desk.open():
            yield cls(desk, Door(desk.base, desk.client, oracle, home), which * OFTEN)

    async def play(self, story: Story, tally: Tally, *, at: int = ENDLESS, after_s: Sequence[float] = ()) -> bool:
        """Play a story; the desk dies at the point `at`, and after each of these times. Gives whether it ever died.

        The first time counts from the beginning, the others from when it was up again.
        """
        self.number += 1
        play = await Play.begun(story, self.door, self.number)
        play.reads = bool(self.number % 2)
        deaths = self.desk.deaths
        self.desk.fuse.light(at)
        strikes = asyncio.create_task(self._strike(after_s))
        for step in play.steps:
            await step()
            self._count_resumption(tally)
        await strikes
        self.desk.fuse.put_out()
        await self.desk.up()
        self.desk.healthy_at = None
        tally.kills += self.desk.deaths - deaths
        tally.verdicts.append(await judged(play))
        return self.desk.deaths > deaths

    async def _strike(self, after_s: Sequence[float]) -> None:
        for pause in after_s:
            await self.desk.up()
            await asyncio.sleep(pause)
            self.desk.kill()

    def _count_resumption(self, tally: Tally) -> None:
        if self.desk.healthy_at is not None:
            tally.resumed_s.append(time.monotonic() - self.desk.healthy_at)
            self.desk.healthy_at = None

    @contextlib.asynccontextmanager
    async def beside(self) -> AsyncIterator[Door]:
        """Another process over the same home."""
        other = Desk(self.door.home, self.desk.backoffice)
        async with other.open():
            yield Door(other.base, other.client, self.door.oracle, self.door.home)


async def broken_files(home: Path) -> list[str]:
    """The cases of a home whose chain does not hold."""
    async with case_files(Settings(home=home)) as files:
        found = []
        for case_id in await files.ids():
            head, rows = await files.head(case_id), await files.rows(case_id)
            if chain.first_broken(rows, head=(head.seq, head.hash)) is not None:
                found.append(case_id)
        return found
