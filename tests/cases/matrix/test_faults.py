"""Systems fail in every named way, on every write of every story (G2, G3): nothing is claimed that does not stand.

`make test` lets each fault be met once in some of the stories. `make matrix` plays all of them, and also lets it be met
three times and for good, by any call, and with a system that cannot be read afterwards; its figures are published.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from evals.talk import Turn
from tests.cases.house import House
from tests.cases.matrix.stories import FEW, FOLLOWUPS, STORIES, Play, Story
from tests.cases.matrix.verdict import told
from tests.cases.matrix.whole import WHOLE
from tests.figures import publish

FOR_GOOD = 100_000
ONCE = {
    "lost_write": "mismatch",
    "error_after_write": "verified",
    "timeout_after_write": "verified",
    "timeout_before_write": "verified",
    "partial_write": "mismatch",
    "wrong_field": "mismatch",
    "stale_read": "verified or mismatch",
    "server_error": "verified",
    "slow": "verified",
}
"""Each fault, and the state of an effect that met it once; a stale read meets whichever is the first of the turn."""
ONCE_ON_A_PAGE = {"timeout_before_write": "unknown", "server_error": "failed"}
"""A page does not recognise a repeat, so nothing is sent to it twice."""
WAITS_MS = {"timeout_after_write": 1100, "timeout_before_write": 100, "slow": 100}
"""What is written before the answer waits has to make its caller give up, who does so after a second."""
SETTLED_WITHIN_S = 25.0
"""The house looks again after 0.2 s, and then after twice as long each time; the sixth look is sure."""
NUMBERS = count(1000)
"""Of the customers, one for each play."""


@dataclass(frozen=True)
class Trouble:
    """A fault that is armed when the effect is about to be sent."""

    fault: str
    times: int = 1
    any_call: bool = False
    """Whether any call meets it, and not the write alone."""
    then_unread: bool = False
    """Whether the system cannot be read once the write has met the fault, until the turn is over."""


USUAL = [Trouble(name) for name in ONCE]
MORE = [
    *(Trouble(name, times) for name in ONCE for times in (3, FOR_GOOD)),
    *(Trouble(name, times, any_call=True) for name in ("server_error", "slow") for times in (1, 3, FOR_GOOD)),
    *(Trouble(name, then_unread=True) for name in ONCE if name != "stale_read"),
]


@dataclass
class Shown:
    """What came of a story in trouble."""

    trouble: Trouble
    state: str
    """Of the effect when its turn was over; "not sent" without a receipt."""
    settled: bool
    """Whether it was known then, or later without a person's doing."""
    false: list[str]
    """Outcomes that were told, or held for proven, and do not stand."""
    dishonest: list[str]
    """What else the customer should not have been told."""
    times: int
    """How often it happened."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in FEW else pytest.mark.slow)
        for name, story in STORIES.items()
        if story.resource != FOLLOWUPS
    ],
)
async def test_nothing_is_claimed_that_does_not_stand(quick: House, name: str) -> None:
    STORIES[name].wants_of_the_machine()
    troubles = [trouble for trouble in (USUAL + MORE if WHOLE else USUAL) if _can_meet(STORIES[name], trouble)]
    shown = [await _in_trouble(quick, name, trouble) for trouble in troubles]
    assert [one for one in shown if one.false or one.dishonest or one.times > 1] == []
    once = ONCE | (ONCE_ON_A_PAGE if STORIES[name].browsed else {})
    for one in shown:
        assert one.trouble not in USUAL or one.state in once[one.trouble.fault].split(" or "), one
    if WHOLE:
        publish("faults", name, _figures(shown))


def _can_meet(story: Story, trouble: Trouble) -> bool:
    """A page is never stale, and is read as it is written."""
    return not story.browsed or (trouble.fault != "stale_read" and not trouble.then_unread)


async def _in_trouble(house: House, name: str, trouble: Trouble) -> Shown:
    play = await Play.begun(STORIES[name], house, next(NUMBERS))
    await play.up_to_the_yes()
    await _arm(play, trouble)
    unread = asyncio.create_task(_unread(play, trouble))
    turn = await play.the_yes()
    await unread
    assert await _is_met(play, trouble), f"{name} never met {trouble}"
    await house.oracle.clear()
    state, turns = _state(play, turn), [turn]
    if state == "unknown":
        turns += await _later(play)
    stands = await play.stands()
    known = [one for one in turns if _state(play, one) != "unknown"]
    claimed = [one for one in turns if _state(play, one) == "verified" or play.story.action in told(one)]
    return Shown(
        trouble, state, bool(known), [str(one) for one in claimed if not stands], _dishonest(play, turn, state),
        len([row for row in await play.written() if row["applied"]]),
    )  # fmt: skip


async def _arm(play: Play, trouble: Trouble) -> None:
    aim: dict[str, Any] = {"ms": WAITS_MS[trouble.fault]} if trouble.fault in WAITS_MS else {}
    if trouble.fault != "stale_read" and not trouble.any_call:
        aim["method"] = play.story.method
    await play.door.oracle.arm(trouble.fault, trouble.times, resource=play.story.resource, **aim)


async def _is_met(play: Play, trouble: Trouble) -> bool:
    armed = [one for one in await play.door.oracle.armed() if one["name"] == trouble.fault and one["method"] != "GET"]
    return all(one["n"] < trouble.times for one in armed)


async def _unread(play: Play, trouble: Trouble) -> None:
    """From the moment when the write meets its fault, the system cannot be read."""
    if trouble.then_unread:
        for _ in range(1000):
            if await _is_met(play, trouble):
                break
            await asyncio.sleep(0.01)
        await play.door.oracle.arm("server_error", FOR_GOOD, resource=play.story.resource, method="GET")


async def _later(play: Play) -> list[Turn]:
    """The turns that nobody's message caused, until one of them knows what came of the effect, or a while is over."""
    for _ in range(int(SETTLED_WITHIN_S / 0.1)):
        late = [turn for turn in await play.case.turns() if turn["message_id"] is None]
        if {_state(play, turn) for turn in late} - {"unknown", "not sent"}:
            break
        await asyncio.sleep(0.1)
    return [turn for turn in late if _state(play, turn) != "not sent"]


def _state(play: Play, turn: Turn) -> str:
    states = [receipt["state"] for receipt in turn["receipts"] if receipt["action"] == play.story.action]
    return str(states[-1]) if states else "not sent"


def _dishonest(play: Play, turn: Turn, state: str) -> list[str]:
    """While nobody knows, the customer hears just that. Of a ticket they hear nothing."""
    if state != "unknown" or play.story.action == "create_ticket":
        return []
    said = str(turn["reply"])
    return [] if "not confirmed yet" in said and "I could not" not in said else [said]


def _figures(shown: list[Shown]) -> dict[str, object]:
    states = Counter(one.state for one in shown)
    unknown = [one for one in shown if one.state == "unknown"]
    return {
        "actions": len(shown),
        **{state: states[state] for state in ("verified", "mismatch", "failed", "unknown", "not sent")},
        "false completions": sum(bool(one.false) for one in shown),
        "happened twice": sum(one.times > 1 for one in shown),
        "settled alone": f"{sum(one.settled for one in unknown)} of {len(unknown)}",
    }
