"""What the effect journal costs: at most two commits an effect. `make bench` shows the milliseconds and the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest
from sqlalchemy import event

from tests.cases.house import House
from tests.cases.matrix.stories import STORIES, Play
from tests.figures import publish

NUMBERS = count(9000)
AGAIN = 3
"""A turn that takes long renews its lease, which is a commit too: the fewest of so many plays are counted."""


@contextmanager
def _counted(house: House) -> Iterator[list[int]]:
    """Grows by one with each commit to the case files."""
    commits, engine = list[int](), house.front.desk.files.database.engine.sync_engine

    def commit(_: object) -> None:
        commits.append(1)

    event.listen(engine, "commit", commit)
    yield commits
    event.remove(engine, "commit", commit)


async def _commits(house: House, name: str, answer: str) -> int:
    """Of the turn in which the customer gives this answer to the question whether it shall be done."""
    fewest = []
    for _ in range(AGAIN):
        play = await Play.begun(STORIES[name], house, next(NUMBERS))
        await play.up_to_the_yes()
        with _counted(house) as commits:
            await play.case.say(answer)
        assert bool(await play.written()) == (answer == "yes")
        fewest.append(len(commits))
    return min(fewest)


@pytest.mark.parametrize("name", ["cancel", "refund"])
async def test_an_effect_costs_two_commits_at_most(quick: House, name: str) -> None:
    done, declined = await _commits(quick, name, "yes"), await _commits(quick, name, "no")
    assert done - declined <= 2
    publish("commits", name, {"commits of the turn": done, "of one that declines": declined})
