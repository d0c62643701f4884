"""Processes die; cases do not (G2, G3, G7): kill -9 at every point of every story, and at any moment.

`make test` tries one story at all of its points, and 50 moments; `make kill N=1000` every story, and so many moments.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import count, takewhile
from random import Random
from typing import TypeVar

import pytest

from tests.cases.matrix.conftest import Lanes
from tests.cases.matrix.lane import Lane, Tally, broken_files
from tests.cases.matrix.stories import STORIES
from tests.cases.matrix.whole import KILLS, RUN, SEED, WHOLE
from tests.figures import at_most, publish

ALWAYS = "refund that a person approves"
"""The story with the most waiting: for the person, and between the decision and its effect."""
PATIENCE_S = 240.0
"""For one play: what takes longer is lost."""
RESUMED_S = 5.0
pytestmark = pytest.mark.timeout(600 + 10 * KILLS)
Job = TypeVar("Job")


async def _side_by_side(lanes: list[Lane], jobs: Iterable[Job], do: Callable[[Lane, Job], Awaitable[object]]) -> None:
    waiting = iter(jobs)

    async def work(lane: Lane) -> None:
        for job in waiting:
            async with asyncio.timeout(PATIENCE_S):
                await do(lane, job)

    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(work(lane))


async def _holds(lanes: list[Lane], tally: Tally) -> None:
    assert tally.objections == []
    assert [case for lane in lanes for case in await broken_files(lane.door.home)] == []
    assert statistics.median(tally.resumed_s) < RESUMED_S
    assert max(tally.resumed_s) < 2 * RESUMED_S, "a machine that has much else to do may be late, but not by that"


async def _at_every_point(lanes: list[Lane], name: str) -> dict[str, object]:
    """Kill at the first point, the second, and so on, until a play comes to its end before the point is reached."""
    tally, points = Tally(), dict[str, object]()

    async def kill(lane: Lane, point: int) -> None:
        if not await lane.play(STORIES[name], tally, at=point):
            points["commits"], points["sends"] = (
                lane.desk.fuse.passed("commit") // 2,
                lane.desk.fuse.passed("send") // 2,
            )

    await _side_by_side(lanes, takewhile(lambda _: not points, count(1)), kill)
    await _holds(lanes, tally)
    return points | tally.figures()


@pytest.mark.parametrize("name", STORIES if WHOLE else [ALWAYS])
async def test_a_kill_at_any_point_of_a_story_changes_nothing_of_its_end(lanes: Lanes, name: str) -> None:
    STORIES[name].wants_of_the_machine()
    async with lanes() as killed:
        publish("kill points", name, await _at_every_point(killed, name))


@pytest.mark.skipif(not WHOLE, reason="`make matrix` does this.")
async def test_nor_does_one_that_takes_the_systems_along(lanes: Lanes) -> None:
    async with lanes(embedded=True) as killed:
        publish("kill points", "cancel, with the systems in the same process", await _at_every_point(killed, "cancel"))


async def test_a_kill_at_any_moment_changes_nothing_of_the_end(lanes: Lanes) -> None:
    dice, tally = Random(SEED), Tally()
    print(f"seed {SEED}")
    async with lanes() as killed:
        lasts = await _lengths(killed)
        plays = list(_drawn(dice, lasts))
        await _side_by_side(killed, plays, lambda lane, play: lane.play(STORIES[play[0]], tally, after_s=play[1]))
        await _holds(killed, tally)
    assert tally.kills == KILLS
    drawn = {"seed": SEED, **tally.figures(), "at most": at_most(0, tally.kills)}
    publish("kills", RUN, drawn)


async def _lengths(lanes: list[Lane]) -> dict[str, float]:
    """How long each story takes when nobody dies, in seconds."""
    lasts = dict[str, float]()

    async def measure(lane: Lane, name: str) -> None:
        began = time.monotonic()
        await lane.play(STORIES[name], Tally())
        lasts[name] = time.monotonic() - began

    await _side_by_side(lanes, STORIES, measure)
    return lasts


def _drawn(dice: Random, lasts: dict[str, float]) -> Iterator[tuple[str, list[float]]]:
    """Stories, and when the desk dies in them; in every third it dies again while it goes on from where it was."""
    left = KILLS
    while left:
        name = dice.choice(list(STORIES))
        again = [dice.uniform(0, RESUMED_S)] if left > 1 and dice.random() < 1 / 3 else []
        yield name, [dice.uniform(0, lasts[name]), *again]
        left -= 1 + len(again)
