"""Following a turn: the answer is read from the case file, so that any worker may do the work."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from agent.casefile import events as e
from agent.casefile import inbox
from agent.casefile.records import Turn
from web.front import Front

POLL_S = 0.25
"""Another process writes without ringing this one's bell; the file is read again after this time."""
GRACE_S = 5.0
"""How much longer than a turn may take its answer is waited for."""


_GAP = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])")
"""Where authored text may be shown in pieces; what may be said was decided before."""


@dataclass(frozen=True)
class Said:
    """A sentence that was sent."""

    text: str


async def follow(door: Front, case_id: str, wake_id: str) -> AsyncIterator[Said | Turn]:
    """The sentences of the turn that deals with this row of the inbox as they are sent, then the turn.

    Ends without a turn when none was done in the turn's time and a grace.
    """
    files, mine = door.desk.files, False
    seen = await files.kept_seq(case_id)  # before the row is read: a turn that ends in between is seen below
    ends = time.monotonic() + door.desk.limits.turn_timeout_s + GRACE_S
    row = await _row(door, case_id, wake_id)
    if row is not None and row.turn_seq is not None:
        turn = await finished(door, case_id, row.turn_seq)
        for sentence in _GAP.split(turn.reply) if turn.reply else []:
            yield Said(sentence)
        yield turn
        return
    while time.monotonic() < ends:
        for event in await files.events(case_id, after=seen):
            seen = event.seq
            match event.body:
                case e.TurnStarted(wakes=wakes):
                    mine = wake_id in wakes
                case e.ReplySent(text=text) if mine and text:
                    for sentence in _GAP.split(text):
                        yield Said(sentence)
                case e.TurnDone(turn=turn, wakes=wakes) if wake_id in wakes:
                    yield turn
                    return
        await door.desk.bell.wait(case_id, POLL_S)


async def awaited(door: Front, case_id: str, wake_id: str) -> Turn | None:
    """The turn that deals with this row; None when it is not done in time."""
    async for part in follow(door, case_id, wake_id):
        if isinstance(part, Turn):
            return part
    return None


async def finished(door: Front, case_id: str, turn_seq: int) -> Turn:
    """The turn whose last event has this seq."""
    event = (await door.desk.files.events(case_id, after=turn_seq - 1, limit=1))[0]
    if not isinstance(event.body, e.TurnDone):
        raise TypeError(f"Event {turn_seq} of the case {case_id} does not end a turn.")
    return event.body.turn


async def _row(door: Front, case_id: str, wake_id: str) -> inbox.Wake | None:
    async with door.desk.files.database.read() as db:
        return await inbox.find(db, case_id, wake_id)
