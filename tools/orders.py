"""Orders: read one, cancel one that has not left. Amounts are floats in results, since rules reckon with doubles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, JsonValue, StringConstraints

from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolRefused
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, Blank, as_read
from tools.money import Money


def _order_id(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


OrderId = Annotated[str, BeforeValidator(_order_id), StringConstraints(pattern=r"^HG-[0-9]{6}$")]
"""`HG-` and six digits; small letters and spaces around it are forgiven."""


Status = Literal["unpaid", "processing", "shipped", "delivered", "cancelled", "returned", "expired"]
"""Of an order; the back office knows all but the first and the last."""


class OneOrder(Arguments):
    """Names an order."""

    order_id: OrderId


class Item(BaseModel):
    """A line of an order; `price` is for one piece."""

    sku: str
    name: str
    qty: int
    price: float


class _Line(BaseModel):
    sku: str
    name: str
    qty: int
    price: Money


class _Delivery(BaseModel):
    carrier: Blank = ""
    tracking: Blank = ""
    eta: Blank = ""
    preference: Blank = ""
    address: Blank = ""


class _Refunded(BaseModel):
    amount: Money


class OrderRow(BaseModel):
    """An order as the system holds it."""

    id: str
    customer_id: str
    status: Status
    items: list[_Line]
    total: Money
    placed_at: AwareDatetime
    delivered_at: AwareDatetime | None
    delivery: _Delivery
    refunds: list[_Refunded]

    @property
    def refunded(self) -> Decimal:
        """What all refunds of the order come to."""
        return sum((refund.amount.amount for refund in self.refunds), Decimal(0))

    @property
    def refundable(self) -> Decimal:
        """What is left of the total."""
        return self.total.amount - self.refunded


class Order(BaseModel):
    """An order of the customer in scope; texts are "" where the system knows nothing."""

    id: str
    customer_id: str
    status: Status
    total: float
    currency: str
    refunded: float
    refundable: Annotated[float, Field(title="amount left to refund")]
    """What is left of the total after all refunds."""
    refunds_count: int
    days_since_delivery: int
    """Whole days by the calendar (UTC); -1 when not delivered."""
    placed_at: str
    delivered_at: str
    carrier: str
    tracking: str
    eta: str
    preference: str
    address: str
    items: list[Item]

    @classmethod
    def of(cls, record: Record, now: datetime) -> Self:
        """Raises `ToolLost` when the record cannot be read."""
        row = as_read(OrderRow, record)
        days = -1 if row.delivered_at is None else max((_day(now) - _day(row.delivered_at)).days, 0)
        return cls(
            **row.delivery.model_dump(),
            id=row.id,
            customer_id=row.customer_id,
            status=row.status,
            total=float(row.total.amount),
            currency=row.total.currency,
            refunded=float(row.refunded),
            refundable=float(row.refundable),
            refunds_count=len(row.refunds),
            days_since_delivery=days,
            placed_at=str(record["placed_at"]),
            delivered_at=str(record["delivered_at"] or ""),
            items=[Item(**line.model_dump(exclude={"price"}), price=float(line.price.amount)) for line in row.items],
        )


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


@dataclass(frozen=True)
class _GetOrder:
    backoffice: Backoffice
    clock: Callable[[], datetime]

    async def run(self, args: OneOrder, scope: Scope) -> Order | None:
        """Somebody else's order is read, and answered, like one that does not exist."""
        record = await self.backoffice.item("orders", args.order_id)
        if record is None or scope.customer_id is None or record.get("customer_id") != scope.customer_id:
            return None
        return Order.of(record, self.clock())


async def own_order(backoffice: Backoffice, order_id: str, scope: Scope) -> Record:
    """The order, if it is of the customer in scope. Raises `ToolRefused`, with the same words for all others."""
    customer = scope.customer()
    record = await backoffice.item("orders", order_id)
    if record is None or record.get("customer_id") != customer:
        raise ToolRefused(f"There is no order {order_id} of this customer.")
    return record


@dataclass(frozen=True)
class _CancelOrder:
    backoffice: Backoffice

    async def before(self, args: OneOrder, scope: Scope) -> JsonValue:
        record = await own_order(self.backoffice, args.order_id, scope)
        if record.get("status") != "processing":
            raise ToolRefused(f"Order {args.order_id} is {record.get('status')} and cannot be cancelled any more.")
        return Snapshot(record=record).kept()

    async def run(self, args: OneOrder, scope: Scope, key: str) -> Record:
        await own_order(self.backoffice, args.order_id, scope)
        return await self.backoffice.patch("orders", args.order_id, {"status": "cancelled"}, key)

    async def verify(self, args: OneOrder, _: Scope, before: JsonValue) -> Finding:
        after = await self.backoffice.item("orders", args.order_id)
        return Finding.changed(Snapshot.model_validate(before).record, after or {}, {"status": "cancelled"})


def order_tools(backoffice: Backoffice, clock: Callable[[], datetime]) -> list[Tool]:
    """`get_order` and `cancel_order`; `clock` tells an aware time, for the days since delivery."""
    cancel = _CancelOrder(backoffice)
    return [
        Lookup(
            name="get_order",
            summary="Look up one order of the customer: status, delivery, amounts, refunds.",
            system="backoffice",
            args=OneOrder,
            result=Order,
            subject="order",
            run=_GetOrder(backoffice, clock).run,
        ),
        Action(
            name="cancel_order",
            summary="Cancel an order that has not been shipped.",
            system="backoffice",
            args=OneOrder,
            risk=Risk.CUSTOMER_CONFIRMED,
            key=KeyKind.IDEMPOTENCY_KEY,
            target=lambda args: Target(kind="order", id=args.order_id),
            before=cancel.before,
            run=cancel.run,
            verify=cancel.verify,
        ),
    ]
