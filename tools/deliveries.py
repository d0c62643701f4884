"""Deliveries: where the parcel of an order goes and where it is left, as long as the order has not left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import JsonValue, StringConstraints

from tools.contract import Action, Arguments, KeyKind, Risk, Scope, Target, ToolLost, ToolRefused, Undo
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice
from tools.orders import OrderId, own_order

Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class ChangeDelivery(Arguments):
    """How an order shall be delivered, in full: what shall stay as it is is named too."""

    order_id: OrderId
    address: Place
    """Street, town and postcode in one line; "" where the system has none."""
    preference: Place
    """Where the parcel shall be left, in the customer's words; "" for no wish."""


@dataclass(frozen=True)
class _ChangeDelivery:
    backoffice: Backoffice

    async def before(self, args: ChangeDelivery, scope: Scope) -> JsonValue:
        return Snapshot(record=await self._unsent(args, scope)).kept()

    async def run(self, args: ChangeDelivery, scope: Scope, key: str) -> Record:
        delivery = _changed(await self._unsent(args, scope), args)
        return await self.backoffice.patch("orders", args.order_id, {"delivery": delivery}, key)

    async def verify(self, args: ChangeDelivery, _: Scope, before: JsonValue) -> Finding:
        """The whole delivery as it was, with this address and this wish, and the rest of the order as it was."""
        then = Snapshot.model_validate(before).record
        after = await self.backoffice.item("orders", args.order_id)
        return Finding.changed(then, after or {}, {"delivery": _changed(then, args)})

    async def _unsent(self, args: ChangeDelivery, scope: Scope) -> Record:
        record = await own_order(self.backoffice, args.order_id, scope)
        if record.get("status") != "processing":
            raise ToolRefused(f"Order {args.order_id} is {record.get('status')}: its delivery cannot be changed here.")
        return record


def _delivery(order: Record) -> Record:
    """Raises `ToolLost` for an order without one."""
    delivery = order.get("delivery")
    if not isinstance(delivery, dict):
        raise ToolLost("The system's record cannot be read: delivery.", answered=True)
    return delivery


def _changed(order: Record, args: ChangeDelivery) -> Record:
    """The whole delivery, since a system may take what is left out for what shall be gone. Nothing said is null."""
    delivery = _delivery(order)
    wanted = {"address": args.address, "preference": args.preference}
    return delivery | {name: value or None for name, value in wanted.items() if value != (delivery.get(name) or "")}


def _as_before(args: ChangeDelivery, before: JsonValue) -> Record:
    then = _delivery(Snapshot.model_validate(before).record)
    return {"order_id": args.order_id, **{name: then.get(name) or "" for name in ("address", "preference")}}


def change_delivery(backoffice: Backoffice) -> Action:
    """The tool `change_delivery`."""
    change = _ChangeDelivery(backoffice)
    return Action(
        name="change_delivery",
        summary="Change where the parcel of an order goes, or where it is left, before it is shipped.",
        system="backoffice",
        args=ChangeDelivery,
        risk=Risk.CUSTOMER_CONFIRMED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda args: Target(kind="order", id=args.order_id),
        before=change.before,
        run=change.run,
        verify=change.verify,
        undo=Undo("change_delivery", _as_before),
    )
