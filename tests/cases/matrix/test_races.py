"""Many at once (G1, G2, G8): one of them wins, the others are told so, and no file forks.

A few rounds of each in `make test`, a hundred in `make matrix`, whose figures are published.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.cases.conftest import copied
from tests.cases.house import Door, House, running
from tests.cases.matrix.conftest import Lanes
from tests.cases.matrix.lane import broken_files
from tests.cases.matrix.stories import STORIES, Play
from tests.cases.matrix.whole import SEED, WHOLE
from tests.figures import publish

ROUNDS = 100 if WHOLE else 5
NUMBERS = count(5000)
TTL_S = 0.6
"""In a hasty house nobody may approve after this time."""
LARGE = "refund that a person approves"
pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]


@dataclass
class Round:
    """One play, how its racing calls were answered, and how often its effect should have happened."""

    play: Play
    answers: Counter[int]
    effects: int


async def _rounds(name: str, house: Door, race: Callable[[Random], Awaitable[Round]]) -> None:
    dice, answers, effects = Random(f"{SEED}:{name}"), Counter[int](), 0
    for _ in range(ROUNDS):
        one = await race(dice)
        applied = [row for row in await one.play.written() if row["applied"]]
        assert len(applied) == one.effects, (one.answers, applied)
        answers, effects = answers + one.answers, effects + one.effects
    forked = await broken_files(house.home)
    assert not forked
    assert set(answers) <= {200, 409}
    if WHOLE:
        figures = {"rounds": ROUNDS, "calls": answers.total(), "refused with 409": answers[409], "effects": effects}
        publish("races", name, figures | {"forked files": len(forked)})


async def _asked(house: Door, name: str) -> Play:
    """A story of which only the last step is missing."""
    play = await Play.begun(STORIES[name], house, next(NUMBERS))
    await play.up_to_the_yes()
    return play


async def _at_once(calls: Iterable[Awaitable[httpx.Response]]) -> Counter[int]:
    return Counter(answer.status_code for answer in await asyncio.gather(*calls))


async def _post(play: Play, message: tuple[str, str], door: Door | None = None) -> httpx.Response:
    path, body = f"/v1/cases/{play.case.id}/messages", {"id": message[0], "text": message[1]}
    return await (door or play.door).client.post(path, json=body, headers=play.case.headers)


def _message(words: str) -> tuple[str, str]:
    return str(uuid.uuid4()), words


# -- messages ---------------------------------------------------------------------------------------------------------


async def test_the_same_message_ten_times_at_once(quick: House) -> None:
    async def race(_: Random) -> Round:
        play, yes = await _asked(quick, "cancel"), _message("yes")
        return Round(play, await _at_once(_post(play, yes) for _ in range(10)), 1)

    await _rounds("the same yes ten times", quick, race)


async def test_messages_out_of_order(quick: House) -> None:
    """A yes that overtakes its question is none; the message before it, again and late, changes nothing."""

    async def race(dice: Random) -> Round:
        play = await Play.begun(STORIES["cancel"], quick, next(NUMBERS))
        ask, early, yes = _message(f"please cancel order {play.names['processing']}"), _message("yes"), _message("yes")
        answers = await _at_once(_post(play, one) for one in dice.sample([ask, early] * 5, 10))
        assert await play.written() == []
        answers += await _at_once(_post(play, one) for one in dice.sample([ask, early, yes] * 3, 9))
        if not await play.written():  # the yes came in one burst with the question before it, and is none either
            answers += await _at_once([_post(play, _message("yes"))])
        return Round(play, answers, 1)

    await _rounds("a yes before its question, each five times", quick, race)


# -- decisions --------------------------------------------------------------------------------------------------------


async def _decision(play: Play, approval: dict[str, Any], door: Door | None = None, **said: Any) -> httpx.Response:
    door, body = door or play.door, {"decision": "approve", "reason": "Looked at it."} | said
    return await door.client.post(f"/v1/approvals/{approval['id']}", json=body, headers=door.staff)


async def _waiting(house: Door) -> tuple[Play, dict[str, Any]]:
    """Where nobody has long to decide, a busy machine may be too late to see what is asked: then of the next one."""
    while True:
        play = await _asked(house, LARGE)
        if approvals := await house.approvals(play.case):
            return play, approvals[0]


async def test_twenty_approvals_at_once(quick: House) -> None:
    async def race(_: Random) -> Round:
        play, approval = await _waiting(quick)
        answers = await _at_once(_decision(play, approval, digest=approval["digest"]) for _ in range(20))
        assert answers == {200: 1, 409: 19}
        return Round(play, answers, 1)

    await _rounds("twenty approvals", quick, race)


async def test_approvals_and_rejections_at_once(quick: House) -> None:
    async def race(dice: Random) -> Round:
        play, approval = await _waiting(quick)
        said = dice.sample(["approve", "reject"] * 5, 10)
        answers = await asyncio.gather(*(_decision(play, approval, decision=one) for one in said))
        [won] = [one for one, answer in zip(said, answers, strict=True) if answer.status_code == 200]
        return Round(play, Counter(answer.status_code for answer in answers), int(won == "approve"))

    await _rounds("five approvals and five rejections", quick, race)


async def test_approvals_of_something_else_than_was_asked(quick: House) -> None:
    """None of them counts, and the question stands: whoever approves what was asked carries it out."""

    async def race(dice: Random) -> Round:
        play, approval = await _waiting(quick)
        more = approval["args"] | {"amount": "119.00"}
        wrong = [{"args": more}, {"digest": "0" * 64}, {"args": more, "digest": approval["digest"]}]
        answers = await _at_once(_decision(play, approval, **dice.choice(wrong)) for _ in range(10))
        assert (answers, await play.written()) == ({409: 10}, [])
        return Round(play, answers + await _at_once([_decision(play, approval, digest=approval["digest"])]), 1)

    await _rounds("ten approvals with changed arguments, then one as asked", quick, race)


@pytest_asyncio.fixture(loop_scope="session")
async def hasty(built_home: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which nobody has long to decide."""
    async with running(copied(built_home, tmp_path / "hasty"), approval_ttl_s=TTL_S) as house:
        yield house


async def test_approvals_around_the_moment_of_expiry(hasty: House) -> None:
    """Up to that moment one wins, and after it none does. A yes that lapses before it is used is asked for anew."""

    async def race(dice: Random) -> Round:
        play, approval = await _waiting(hasty)

        async def decided(after_s: float) -> httpx.Response:
            await asyncio.sleep(after_s)
            return await _decision(play, approval)

        answers = await _at_once(decided(dice.uniform(0.8, 1.4) * TTL_S) for _ in range(5))
        answers += await _at_once([_decision(play, approval)])
        assert answers[200] <= 1
        anew = [one for one in await hasty.approvals(play.case) if one["id"] != approval["id"]]
        return Round(play, answers, answers[200] - len(anew))

    await _rounds("six approvals around the moment of expiry", hasty, race)


# -- processes --------------------------------------------------------------------------------------------------------


async def test_two_processes_resume_one_case(lanes: Lanes) -> None:
    """Two servers over one home are told the same at once; now and then one of them dies of it."""
    async with lanes(1) as [lane], lane.beside() as other:

        async def race(dice: Random) -> Round:
            play, approval = await _waiting(lane.door)
            doors = [lane.door, other] * 5
            answers = await _at_once(_decision(play, approval, one, digest=approval["digest"]) for one in doors)
            again = _message("thank you, that is all")
            answers += await _at_once(_post(play, again, one) for one in dice.sample(doors, 10))
            return Round(play, answers, 1)

        await _rounds("two processes over one home", lane.door, race)
