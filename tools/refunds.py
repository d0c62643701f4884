"""Refunds: give money back for an order, to the way it was paid.

The system takes any refund it is sent, so the action itself holds the amount against what is left of the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, JsonValue, StringConstraints, model_validator

from tools.contract import Action, Arguments, KeyKind, Risk, Scope, Target, ToolRefused
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, as_read
from tools.money import Amount, Currency, Money
from tools.orders import OrderId, OrderRow, own_order

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class IssueRefund(Arguments):
    """How much to give back for which order; `amount` may also come as `{"amount", "currency"}`."""

    order_id: OrderId
    amount: Amount
    currency: Currency
    reason: Reason = ""

    @model_validator(mode="before")
    @classmethod
    def _money(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(money := value.get("amount"), dict):
            return value
        if money.keys() != {"amount", "currency"} or value.get("currency", money["currency"]) != money["currency"]:
            raise ValueError("an amount as a record has one `amount` and one `currency`")
        return value | money


class Refund(BaseModel):
    """A refund as the system holds it."""

    amount: Money
    created_at: AwareDatetime


@dataclass(frozen=True)
class _IssueRefund:
    backoffice: Backoffice

    async def before(self, args: IssueRefund, scope: Scope) -> JsonValue:
        record = await own_order(self.backoffice, args.order_id, scope)
        order = as_read(OrderRow, record)
        if order.total.currency != args.currency or args.amount > order.refundable:
            left = f"{order.refundable:.2f} {order.total.currency}"
            raise ToolRefused(f"No more than {left} can be given back for order {args.order_id}.")
        return Snapshot(record=record, rows=await self.backoffice.rows("refunds", order_id=args.order_id)).kept()

    async def run(self, args: IssueRefund, scope: Scope, key: str) -> Record:
        await own_order(self.backoffice, args.order_id, scope)
        return await self.backoffice.post("refunds", _refund(args), key)

    async def verify(self, args: IssueRefund, scope: Scope, before: JsonValue) -> Finding:
        """One new refund in the ledger, and in the order that refund and nothing else."""
        then = Snapshot.model_validate(before)
        rows = await self.backoffice.rows("refunds", order_id=args.order_id)
        order = await self.backoffice.item("orders", args.order_id) or {}
        # A refund that is still pending is none yet.
        intended = _refund(args) | {"customer_id": scope.customer_id, "status": "posted"}
        posted = Finding.added(then.rows, rows, intended)
        return posted.beside("order", then.record, order, {"refunds": [*rows]})


def _refund(args: IssueRefund) -> Record:
    money: Record = {"amount": str(args.amount), "currency": args.currency}
    return {"order_id": args.order_id, "amount": money, "reason": args.reason}


def issue_refund(backoffice: Backoffice) -> Action:
    """The tool `issue_refund`."""
    refund = _IssueRefund(backoffice)
    return Action(
        name="issue_refund",
        summary="Give money back for an order, to the way it was paid.",
        system="backoffice",
        args=IssueRefund,
        risk=Risk.CUSTOMER_CONFIRMED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda args: Target(kind="order", id=args.order_id),
        before=refund.before,
        run=refund.run,
        verify=refund.verify,
    )
