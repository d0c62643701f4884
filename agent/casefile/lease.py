"""Leases: who works on a case. A lease that ran out is taken over; its epoch tells the late worker apart (G8)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.tables import leases
from agent.errors import LateWriter

LEASE_S = 4.0
"""After a kill a case is picked up again this many seconds later at the most."""
RENEW_S = 1.0
GIVEN_UP = ""
"""The end of a lease that nobody holds."""


@dataclass(frozen=True)
class Lease:
    """The right to write to one case, until it runs out or a newer epoch begins."""

    case_id: str
    owner: str
    epoch: int


async def acquire(
    tx: AsyncConnection, clock: Clock, case_id: str, owner: str, *, by_force: bool = False
) -> Lease | None:
    """Take the lease of a case; None while another worker holds it. A person who takes over does not wait."""
    free = leases.c.case_id == case_id
    if not by_force:
        free &= leases.c.until < clock.stamp()
    taken = await tx.execute(
        update(leases)
        .where(free)
        .values(owner=owner, epoch=leases.c.epoch + 1, until=clock.after(LEASE_S))
        .returning(leases.c.epoch)
    )
    epoch = taken.scalar_one_or_none()
    return None if epoch is None else Lease(case_id, owner, epoch)


async def renew(tx: AsyncConnection, clock: Clock, lease: Lease) -> bool:
    """Hold on to it; False when it has been lost or given up: a renewal under way must not undo its release."""
    held = await tx.execute(
        update(leases).where(_is(lease), leases.c.until != GIVEN_UP).values(until=clock.after(LEASE_S))
    )
    return held.rowcount == 1


async def release(tx: AsyncConnection, lease: Lease) -> None:
    """Give it up, so that the next turn need not wait."""
    await tx.execute(update(leases).where(_is(lease)).values(until=GIVEN_UP))


async def check(tx: AsyncConnection, lease: Lease) -> None:
    """Raises LateWriter when another worker has the case now."""
    if (await tx.execute(select(leases.c.epoch).where(_is(lease)))).first() is None:
        raise LateWriter(f"Another worker has taken over the case {lease.case_id}.")


def _is(lease: Lease) -> ColumnElement[bool]:
    held = leases.c.case_id == lease.case_id, leases.c.owner == lease.owner, leases.c.epoch == lease.epoch
    return and_(*held)
