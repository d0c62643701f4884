"""Later: a case is woken again, at growing intervals, for what could not be settled in its turn."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile import inbox
from agent.casefile.inbox import Wake
from agent.casefile.records import Cause
from agent.turn import OpenTurn

LONGEST_PAUSE_S = 3600.0
TRIES = 60
"""Some two days; what is not settled by then is left to the person who has the case."""


def again(turn: OpenTurn, cause: Cause, about: str, body: str = "") -> None:
    """Have the case woken after twice the time that was waited for the last try about the same."""
    tries = sum(looks(wake) for wake in turn.wakes if is_about(wake, cause, about)) + 1
    if tries > TRIES:
        return
    desk, case_id = turn.desk, turn.case.case_id
    pause = min(desk.limits.retry_s * 2.0 ** (tries - 1), LONGEST_PAUSE_S)
    wake = Wake(case_id, f"{cause}:{about}:{tries}", cause, body)

    async def put(tx: AsyncConnection) -> None:
        await inbox.put(tx, desk.tenant, desk.clock, wake, due_at=desk.clock.after(pause))

    turn.with_next_commit(put)


def once_more(turn: OpenTurn) -> None:
    """Have the case woken again for whatever this turn was woken for, since it failed."""
    for wake in turn.wakes:
        if wake.cause in ("ticket", "effect", "reminder"):
            again(turn, wake.cause, wake.wake_id.split(":")[1], wake.body)


def is_about(wake: Wake, cause: str, about: str) -> bool:
    """Whether a wake is for this."""
    return wake.wake_id.startswith(f"{cause}:{about}:")


def looks(wake: Wake) -> int:
    """The how-manieth try it is that a case is woken for by `again`."""
    return int(wake.wake_id.split(":")[2])
