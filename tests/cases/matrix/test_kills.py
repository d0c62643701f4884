"""Processes die; cases do not (G2, G3, G7): kill -9 at every point of every story, and at any moment.

`make test` tries 50 moments, `make kill N=1000` so many, and `make matrix` every point of every story too.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from itertools import count, takewhile
from random import Random
from typing import TypeVar

import pytest

from evals.talk import Case
from tests.cases.matrix.conftest import Lanes
from tests.cases.matrix.lane import Lane, Tally, broken_files
from tests.cases.matrix.stories import FEW, STORIES
from tests.cases.matrix.whole import KILLS, RUN, SEED, WHOLE
from tests.cases.people import newcomer
from tests.figures import at_most, publish

PATIENCE_S = 240.0
"""For one play: what takes longer is lost."""
RESUMED_S = 5.0
REMINDERS = 8
DRAWN = [name for name, story in STORIES.items() if not story.browsed] if WHOLE else list(FEW)
"""The stories in which desks die at any moment; a browser's start would take most of the time."""
QUIET_S = 15.0
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


@pytest.mark.slow
@pytest.mark.parametrize("name", STORIES)
async def test_a_kill_at_any_point_of_a_story_changes_nothing_of_its_end(lanes: Lanes, name: str) -> None:
    STORIES[name].wants_of_the_machine()
    async with lanes() as killed:
        publish("kill points", name, await _at_every_point(killed, name))


@pytest.mark.slow
async def test_nor_does_one_that_takes_the_systems_along(lanes: Lanes) -> None:
    async with lanes(embedded=True) as killed:
        publish("kill points", "cancel, with the systems in the same process", await _at_every_point(killed, "cancel"))


async def test_a_kill_at_any_moment_changes_nothing_of_the_end(lanes: Lanes) -> None:
    dice, tally = Random(SEED), Tally()
    print(f"seed {SEED}")
    async with lanes() as killed:
        plays = list(_drawn(dice))
        lasts = await _lengths(killed, {name for name, *_ in plays})
        timed = [(name, [share * lasts[name], *again]) for name, share, again in plays]
        await _side_by_side(killed, timed, lambda lane, play: lane.play(STORIES[play[0]], tally, after_s=play[1]))
        await _holds(killed, tally)
    assert tally.kills == KILLS
    drawn = {"seed": SEED, **tally.figures(), "at most": at_most(0, tally.kills)}
    publish("kills", RUN, drawn)


@pytest.mark.slow
async def test_what_is_due_is_said_and_mailed_once_though_the_desk_dies_while_it_is(lanes: Lanes) -> None:
    """It dies at the first point after it is up, then at the second one, and so on, until nothing is left to send."""
    async with lanes(1) as [lane]:
        cases = [await _reminded(lane, number) for number in range(REMINDERS)]
        lane.desk.kill()
        lane.desk.settings = {"DESKHAND_CLOCK_OFFSET_S": str(2 * 24 * 3600)}
        for point in count(1):
            await lane.desk.up()
            lane.desk.fuse.light(point)
            if await _outlives(lane):
                break
        said = [(await case.turns(), (await case.view())["followups"]) for case in cases]
        mailed = Counter(
            row["changes"]["customer_id"][1] for row in await lane.door.oracle.written(resource="messages")
        )
        told = [sum("asked me to remind you" in turn["reply"] for turn in turns) for turns, _ in said]
        twice = sum(times > 1 for times in (*mailed.values(), *told))
        lost = REMINDERS - len(mailed) + told.count(0)
        assert (twice, lost) == (0, 0), (mailed, told)
        assert [kept["status"] for _, followups in said for kept in followups] == ["sent"] * REMINDERS
        assert await broken_files(lane.door.home) == []
    kills = lane.desk.deaths - 1
    assert kills > REMINDERS, "it died too seldom for this to tell anything"
    publish("kills of reminders", "due at once", {"reminders": REMINDERS, "kills": kills, "twice": twice, "lost": lost})


async def _reminded(lane: Lane, number: int) -> Case:
    customer, _ = await newcomer(lane.door.oracle, number)
    case = await lane.door.verified(customer["id"])
    await case.say("remind me tomorrow at 9 to send the parcel back")
    assert [one["state"] for one in (await case.say("yes"))["receipts"]] == ["verified"]
    return case


async def _outlives(lane: Lane) -> bool:
    """Whether it still lives when it has sent everything, or nothing more comes for a while."""
    for _ in range(int(QUIET_S / 0.1)):
        if not lane.desk.lives:
            return False
        await asyncio.sleep(0.1)
    return True


async def _lengths(lanes: list[Lane], names: Collection[str]) -> dict[str, float]:
    """How long each of these stories takes when nobody dies, in seconds."""
    lasts = dict[str, float]()

    async def measure(lane: Lane, name: str) -> None:
        began = time.monotonic()
        await lane.play(STORIES[name], Tally())
        lasts[name] = time.monotonic() - began

    await _side_by_side(lanes, sorted(names), measure)
    return lasts


def _drawn(dice: Random) -> Iterator[tuple[str, float, list[float]]]:
    """Stories, and after which share of one the desk dies; in every third it dies again, so many seconds later."""
    left = KILLS
    while left:
        name = dice.choice(DRAWN)
        again = [dice.uniform(0, RESUMED_S)] if left > 1 and dice.random() < 1 / 3 else []
        yield name, dice.random(), again
        left -= 1 + len(again)
