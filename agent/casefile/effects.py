"""The effect journal: an effect is committed here, with the yes that authorised it, before it is sent (G1, G2).

`planned → started → returned → verified | mismatch | failed | unknown`. One that stays planned was authorised, and its
system could not be read beforehand: nothing was sent. The unique key is made from what the effect is, and a yes is for
one effect only; both are held by the database.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.tables import effects
from agent.errors import NotAuthorised

SENT = ("started", "returned", "verified", "mismatch", "failed", "unknown")
"""An unknown outcome is looked at again, and what a system shows may change."""


async def plan(
    tx: AsyncConnection, tenant: str, clock: Clock, case_id: str, effect: str, action: str, yes: str
) -> None:
    """Journal an effect that is authorised and not sent yet; what came of an earlier plan of the same effect stays.

    Raises NotAuthorised when its yes was used for another effect.
    """
    if (await tx.execute(select(effects.c.effect).where(effects.c.effect == effect))).first() is not None:
        return
    row = {
        "effect": effect,
        "tenant": tenant,
        "case_id": case_id,
        "action": action,
        "state": "planned",
        "yes": yes,
        "changed_at": clock.stamp(),
    }
    try:
        await tx.execute(insert(effects).values(row))
    except IntegrityError as error:
        raise NotAuthorised(f"`{action}` was to be planned under {yes}, which was used before.") from error


async def start(tx: AsyncConnection, clock: Clock, effect: str) -> None:
    """A planned effect is about to be sent. Raises NotAuthorised when it is not planned, or was started before."""
    if not await _move(tx, clock, effect, ("planned",), "started"):
        raise NotAuthorised(f"The effect {effect[:12]} was already started, or never planned.")


async def returned(tx: AsyncConnection, clock: Clock, effect: str) -> None:
    """The system answered, or the call was given up; what came of it is not known yet."""
    await _move(tx, clock, effect, ("started",), "returned")


async def settle(tx: AsyncConnection, clock: Clock, effect: str, state: str) -> None:
    """Write what came of an effect that was started."""
    await _move(tx, clock, effect, SENT, state)


async def _move(tx: AsyncConnection, clock: Clock, effect: str, from_: Sequence[str], to: str) -> bool:
    stands = (effects.c.effect == effect) & effects.c.state.in_(from_)
    moved = await tx.execute(update(effects).where(stands).values(state=to, changed_at=clock.stamp()))
    return moved.rowcount == 1


async def states(db: AsyncConnection, case_id: str) -> dict[str, str]:
    """The state of each effect of a case, by key."""
    rows = await db.execute(select(effects.c.effect, effects.c.state).where(effects.c.case_id == case_id))
    return {row.effect: row.state for row in rows}
