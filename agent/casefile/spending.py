"""Spending: how many calls and effects a case, and a customer on one day, have cost so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from operator import add as plus
from operator import sub as minus

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.tables import spending


@dataclass(frozen=True)
class Spent:
    """Counts."""

    tool_calls: int = 0
    model_calls: int = 0
    effects: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(*map(plus, self._counts, other._counts))

    def __sub__(self, other: Spent) -> Spent:
        return Spent(*map(minus, self._counts, other._counts))

    @property
    def _counts(self) -> tuple[int, int, int]:
        return self.tool_calls, self.model_calls, self.effects


@dataclass(frozen=True)
class Account:
    """What is counted together."""

    subject: str
    day: str = ""

    @classmethod
    def of_case(cls, case_id: str) -> Account:
        """A case since it was opened, or given back by a person."""
        return cls(f"case:{case_id}")

    @classmethod
    def of_customer(cls, customer_id: str, clock: Clock) -> Account:
        """A customer's cases today."""
        return cls(f"customer:{customer_id}", clock.now().date().isoformat())


async def add(tx: AsyncConnection, tenant: str, accounts: Sequence[Account], spent: Spent) -> None:
    """Count it on each account."""
    for account in accounts:
        values = {
            "tool_calls": spending.c.tool_calls + spent.tool_calls,
            "model_calls": spending.c.model_calls + spent.model_calls,
            "effects": spending.c.effects + spent.effects,
        }
        grown = await tx.execute(update(spending).where(_is(tenant, account)).values(values))
        if grown.rowcount == 0:
            row = {"tenant": tenant, "subject": account.subject, "day": account.day, **asdict(spent)}
            await tx.execute(insert(spending).values(row))


async def of(db: AsyncConnection, tenant: str, account: Account) -> Spent:
    """What an account has come to."""
    counts = select(spending.c.tool_calls, spending.c.model_calls, spending.c.effects)
    row = (await db.execute(counts.where(_is(tenant, account)))).first()
    return Spent() if row is None else Spent(*row)


async def forget(tx: AsyncConnection, tenant: str, account: Account) -> None:
    """Begin to count anew."""
    await tx.execute(delete(spending).where(_is(tenant, account)))


def _is(tenant: str, account: Account) -> ColumnElement[bool]:
    one = spending.c.tenant == tenant, spending.c.subject == account.subject, spending.c.day == account.day
    return and_(*one)
