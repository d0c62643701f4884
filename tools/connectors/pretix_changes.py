"""What is changed in a pretix shop, and how each change is proven: orders cancelled, refunds booked, accounts kept."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import JsonValue

from tools.calls import as_read
from tools.connectors.pretix_shop import OPEN, Shop, Sold, settled
from tools.contract import Action, Arguments, KeyKind, Risk, Scope, Target, Tool, ToolRefused, Undo
from tools.customers import ChangeEmail, ChangePhone, as_before
from tools.finding import Finding, Record, Snapshot
from tools.orders import OneOrder
from tools.refunds import IssueRefund

REFERENCE = 12
"""As much of an effect's key as stands in a refund's comment."""


@dataclass(frozen=True)
class _CancelOrder:
    shop: Shop

    async def before(self, args: OneOrder, scope: Scope) -> JsonValue:
        record = await self.shop.own_order(args.order_id, scope)
        stage = as_read(Sold, record).stage
        if stage not in ("processing", "unpaid"):
            raise ToolRefused(f"Order {args.order_id} is {stage} and cannot be cancelled any more.")
        return Snapshot(record=settled(record)).kept()

    async def run(self, args: OneOrder, scope: Scope, key: str) -> Record:
        record = await self.shop.own_order(args.order_id, scope)
        path = self.shop.of_event("orders", str(record["code"]), "mark_canceled")
        return await self.shop.write("POST", path, {"send_email": True}, key)

    async def verify(self, args: OneOrder, _: Scope, before: JsonValue) -> Finding:
        """Cancelled, since a moment that pretix chooses, with the payments that were still open; nothing else."""
        then, now = Snapshot.model_validate(before).record, await self.shop.order(args.order_id) or {}
        cancelled = {"status": "c", "cancellation_date": now.get("cancellation_date") or "a moment"}
        return Finding.changed(then, settled(now), cancelled | {"payments": _closed(then.get("payments"))})


def _closed(payments: JsonValue) -> JsonValue:
    """The payments of an order once it is cancelled."""

    def closed(payment: JsonValue) -> JsonValue:
        if isinstance(payment, dict) and payment.get("state") in ("created", "pending"):
            return payment | {"state": "canceled", "payment_url": None}
        return payment

    return [closed(payment) for payment in payments] if isinstance(payments, list) else payments


@dataclass(frozen=True)
class _IssueRefund:
    shop: Shop
    provider: str
    state: str

    async def before(self, args: IssueRefund, scope: Scope) -> JsonValue:
        record = await self.shop.own_order(args.order_id, scope)
        await self._hold(args, record)
        rows = [_row(refund) for refund in await self.shop.refunds(args.order_id)]
        return Snapshot(record=settled(record), rows=rows).kept()

    async def run(self, args: IssueRefund, scope: Scope, key: str) -> Record:
        record = await self.shop.own_order(args.order_id, scope)
        reference, rows = key[:REFERENCE], await self.shop.refunds(args.order_id)
        if booked := [row for row in rows if _referred(row)[1] == reference]:
            return booked[0]
        await self._hold(args, record)
        path = self.shop.of_event("orders", str(record["code"]), "refunds")
        body = _refund(args, self.provider) | {"comment": f"{args.reason} [{reference}]".strip()}
        return await self.shop.write("POST", path, body | {"state": self.state}, key)

    async def verify(self, args: IssueRefund, _: Scope, before: JsonValue) -> Finding:
        """One new refund, and in the order that refund and nothing else; pending while pretix says so itself."""
        then = Snapshot.model_validate(before)
        refunds = await self.shop.refunds(args.order_id)
        order = settled(await self.shop.order(args.order_id) or {})
        rows = [_row(refund) for refund in refunds]
        known = {row["id"] for row in then.rows}
        under_way = next((row["state"] for row in rows if row["id"] not in known and row["state"] in OPEN), None)
        intended = _refund(args, self.provider) | {"comment": args.reason, "state": under_way or "done"}
        booked = Finding.added(then.rows, rows, intended).beside("order", then.record, order, {"refunds": [*refunds]})
        pending = under_way is not None and booked.state == "verified"
        return booked.model_copy(update={"state": "pending"}) if pending else booked

    async def _hold(self, args: IssueRefund, record: Record) -> None:
        """Raises `ToolRefused` for another currency, and for more than is left."""
        left, currency = as_read(Sold, record).left, await self.shop.currency()
        if args.currency != currency or args.amount > left:
            raise ToolRefused(f"No more than {left:.2f} {currency} can be given back for order {args.order_id}.")


def _refund(args: IssueRefund, provider: str) -> Record:
    return {"amount": str(args.amount), "source": "admin", "provider": provider}


def _referred(refund: Record) -> tuple[str, str]:
    """The reason in a refund's comment, and the reference behind it."""
    reason, _, reference = str(refund.get("comment") or "").rpartition("[")
    ours = reference.endswith("]") and len(reference) == REFERENCE + 1
    return (reason.strip(), reference[:-1]) if ours else (str(refund.get("comment") or ""), "")


def _row(refund: Record) -> Record:
    """A refund to compare: its reference is ours, and proves nothing."""
    return refund | {"id": refund.get("local_id"), "comment": _referred(refund)[0]}


@dataclass(frozen=True)
class _ChangeAccount:
    """Sets the fields that the arguments name."""

    shop: Shop

    async def before(self, _: Arguments, scope: Scope) -> JsonValue:
        return Snapshot(record=settled(await self._account(scope))).kept()

    async def run(self, args: Arguments, scope: Scope, key: str) -> Record:
        path = self.shop.path("customers", scope.customer())
        return await self.shop.write("PATCH", path, args.model_dump(mode="json"), key)

    async def verify(self, args: Arguments, scope: Scope, before: JsonValue) -> Finding:
        after = settled(await self.shop.account(scope.customer()) or {})
        return Finding.changed(Snapshot.model_validate(before).record, after, args.model_dump(mode="json"))

    async def _account(self, scope: Scope) -> Record:
        record = await self.shop.account(scope.customer())
        if record is None:
            raise ToolRefused("The shop has no account of this customer any more.")
        return record


def actions(shop: Shop, system: str, refund_provider: str, refund_state: str) -> list[Tool]:
    """Every tool that changes something; refunds are booked with this provider, in this state."""
    cancel, refund = _CancelOrder(shop), _IssueRefund(shop, refund_provider, refund_state)
    return [
        Action(
            name="cancel_order",
            summary="Cancel an order that has not been handed out; pretix mails the customer.",
            system=system,
            args=OneOrder,
            risk=Risk.CUSTOMER_CONFIRMED,
            key=KeyKind.IDEMPOTENCY_KEY,
            target=lambda args: Target(kind="order", id=args.order_id),
            before=cancel.before,
            run=cancel.run,
            verify=cancel.verify,
            proof="the whole order",
        ),
        Action(
            name="issue_refund",
            summary="Give money back for an order.",
            system=system,
            args=IssueRefund,
            risk=Risk.CUSTOMER_CONFIRMED,
            key=KeyKind.IDEMPOTENCY_KEY,
            target=lambda args: Target(kind="order", id=args.order_id),
            before=refund.before,
            run=refund.run,
            verify=refund.verify,
            proof="the order's refunds and the whole order",
        ),
        _change(shop, system, "change_email", "Change the e-mail address of the customer's account.", ChangeEmail),
        _change(shop, system, "change_phone", "Change the phone number of the customer's account.", ChangePhone),
    ]


def _change(shop: Shop, system: str, name: str, summary: str, args: type[Arguments]) -> Action:
    account = _ChangeAccount(shop)

    return Action(
        name=name,
        summary=summary,
        system=system,
        args=args,
        risk=Risk.CUSTOMER_CONFIRMED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda _: Target(kind="customer", id=""),
        before=account.before,
        run=account.run,
        verify=account.verify,
        undo=Undo(name, as_before),
        proof="the whole account",
    )
