"""The customers of a seeded back office, found by what they bought. Each order is handed out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from tests.backoffice import Oracle, Record


@dataclass
class People:
    """Customers and orders as they were seeded."""

    customers: dict[str, Record]
    orders: list[Record]
    refunds: list[Record]
    used: set[str] = field(default_factory=set)

    @classmethod
    async def of(cls, oracle: Oracle) -> Self:
        """Read all of them."""
        customers = {row["id"]: row for row in await oracle.rows("customers")}
        return cls(customers, await oracle.rows("orders"), await oracle.rows("refunds"))

    def with_order(self, status: str, where: Callable[[Record], bool] = lambda _: True) -> tuple[Record, Record]:
        """A customer nobody has used yet, and one of their orders in that status."""
        for order in self.orders:
            owner = self.customers[order["customer_id"]]
            if order["status"] == status and owner["id"] not in self.used and where(order):
                self.used.add(owner["id"])
                return owner, order
        raise LookupError(f"No unused customer has such a {status} order.")

    def refundable(self, least: int, most: int) -> tuple[Record, Record]:
        """A customer without an earlier refund, and an order delivered lately whose total lies between the two."""
        refunded = {row["customer_id"] for row in self.refunds}

        def fits(order: Record) -> bool:
            recent = order["delivered_at"] and age(order["delivered_at"]) < timedelta(days=25)
            return bool(recent) and least < total(order) < most and order["customer_id"] not in refunded

        return self.with_order("delivered", fits)


BOUGHT = [
    ("processing", 1, "31.00"), ("processing", 2, "18.50"), ("shipped", 4, "44.00"), ("delivered", 8, "24.50"),
    ("delivered", 10, "120.00"), ("delivered", 12, "95.00"), ("delivered", 60, "39.00"),
]  # fmt: skip
"""Status, days ago, total."""


async def newcomers(oracle: Oracle, how_many: int) -> None:
    """More customers than were seeded: the tests of one house are many."""
    for number in range(how_many):
        await newcomer(oracle, number)


async def newcomer(oracle: Oracle, number: int) -> tuple[Record, list[Record]]:
    """A customer more than were seeded, with an order of each kind in `BOUGHT`."""
    named = "".join(chr(ord("a") + number // 26**place % 26) for place in (2, 1, 0))
    owner = await oracle.post(
        "customers", name=f"Robin {named.title()}berg", email=f"robin{number}@newcomers.example",
        phone=f"+44207946{number:04}", postcode=f"{20000 + number}", address=f"Deichweg {number + 1}, Husum",
    )  # fmt: skip
    return owner, [await _bought(oracle, owner["id"], *one) for one in BOUGHT]


async def _bought(oracle: Oracle, customer_id: str, status: str, days: int, amount: str) -> Record:
    money = {"amount": amount, "currency": "EUR"}
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    tracking = f"HGT{customer_id[-6:]}{days:02}"
    return await oracle.post(
        "orders", customer_id=customer_id, status=status, total=money,
        items=[{"sku": "lamp", "name": "Lamp", "qty": 1, "price": money}],
        delivered_at=then if status == "delivered" else None,
        delivery={"carrier": "Lotsen Express", "tracking": tracking} if status in ("shipped", "delivered") else {},
    )  # fmt: skip


def total(order: Record) -> Decimal:
    """The order's total."""
    return Decimal(order["total"]["amount"])


def age(stamp: Any) -> timedelta:
    """How long ago that was."""
    moment = datetime.fromisoformat(str(stamp))
    return datetime.now(UTC) - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
