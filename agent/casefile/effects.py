"""The effect journal: an effect is committed here, with the yes that authorised it, before it is sent (G1, G2).

`started → returned → verified | mismatch | failed | unknown`. The unique key is made from what the effect is, and a
yes can start one effect only; both are held by the database.
"""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.events import EffectStarted
from agent.casefile.tables import effects
from agent.errors import NotAuthorised


async def start(tx: AsyncConnection, tenant: str, clock: Clock, case_id: str, started: EffectStarted) -> None:
    """Journal an effect that is about to be sent. Raises NotAuthorised when it, or its yes, was used before."""
    row = {
        "effect": started.effect,
        "tenant": tenant,
        "case_id": case_id,
        "action": started.action,
        "state": "started",
        "yes": started.yes,
        "changed_at": clock.stamp(),
    }
    try:
        await tx.execute(insert(effects).values(row))
    except IntegrityError as error:
        raise NotAuthorised(f"`{started.action}` was already started under {started.yes}.") from error


async def settle(tx: AsyncConnection, clock: Clock, effect: str, state: str) -> None:
    """Write what came of it."""
    await tx.execute(update(effects).where(effects.c.effect == effect).values(state=state, changed_at=clock.stamp()))


async def states(db: AsyncConnection, case_id: str) -> dict[str, str]:
    """The state of each effect of a case, by key."""
    rows = await db.execute(select(effects.c.effect, effects.c.state).where(effects.c.case_id == case_id))
    return {row.effect: row.state for row in rows}
