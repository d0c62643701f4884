"""Returns: which items of an order may be meant, and their way back, for which the system sends a label by itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, cast

from pydantic import AfterValidator, BaseModel, Field, JsonValue, StringConstraints

from tools import items
from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolRefused
from tools.customers import Person
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, as_read
from tools.orders import OneOrder, OrderId, OrderRow, own_order
from tools.refunds import Reason


def _choice(text: str) -> str:
    if items.chosen(text) is None:
        raise ValueError("not a choice of items, such as `2 x Stoneware mug (KIT-MUG01)`")
    return text


class FindItems(OneOrder):
    """Which order, and the customer's words for what of it they mean; "" for nothing said."""

    said: Annotated[str, Field(max_length=2000)] = ""


class Bought(BaseModel):
    """A line of an order, and how many of its pieces are on no way back yet."""

    sku: str
    name: str
    qty: int
    left: int


class Items(BaseModel):
    """What some words mean among the items of an order of the customer in scope."""

    chosen: str
    """What of them can still come back, as `RegisterReturn` takes it; "" where it cannot be told."""
    everything: str
    """All that was bought, as `RegisterReturn` would take it."""
    under_way: bool
    """All of what is meant has a return already, and is what `chosen` names."""
    lines: list[Bought]


class RegisterReturn(Arguments):
    """Which items of which order come back, and why."""

    order_id: OrderId
    items: Annotated[str, StringConstraints(max_length=4000), AfterValidator(_choice)]
    """As `Items.chosen` has them: what the customer says yes to is what is sent."""
    reason: Reason = ""


class _Back(BaseModel):
    sku: str
    qty: int


class _Return(BaseModel):
    items: list[_Back]


class _Before(Snapshot):
    """Also the labels that were sent before, and where the next one goes."""

    labels: list[Record]
    to: str


@dataclass(frozen=True)
class _FindItems:
    backoffice: Backoffice

    async def run(self, args: FindItems, scope: Scope) -> Items | None:
        """None for an order that is not theirs."""
        record = await self.backoffice.item("orders", args.order_id)
        if record is None or scope.customer_id is None or record.get("customer_id") != scope.customer_id:
            return None
        back = _pieces(await self.backoffice.rows("returns", order_id=args.order_id))
        bought = as_read(OrderRow, record).items
        lines = [Bought(sku=i.sku, name=i.name, qty=i.qty, left=max(i.qty - back[i.sku], 0)) for i in bought]
        wanted = items.meant(args.said, lines)
        left = {line.sku: min(wanted.get(line.sku, 0), line.left) for line in lines}
        under_way = bool(wanted) and not any(left.values())
        return Items(
            chosen=items.written(lines, wanted if under_way else left),
            everything=items.written(lines, {line.sku: line.qty for line in lines}),
            under_way=under_way,
            lines=lines,
        )


def _pieces(returns: list[Record]) -> Counter[str]:
    """How many of each sku are in these returns."""
    sent = Counter[str]()
    for row in returns:
        for item in as_read(_Return, row).items:
            sent[item.sku] += item.qty
    return sent


@dataclass(frozen=True)
class _RegisterReturn:
    backoffice: Backoffice

    async def before(self, args: RegisterReturn, scope: Scope) -> JsonValue:
        """The order, its returns, the labels sent so far, and the address on file. Raises `ToolRefused`."""
        order = await own_order(self.backoffice, args.order_id, scope)
        if order.get("status") != "delivered":
            raise ToolRefused(f"Order {args.order_id} is {order.get('status')}: nothing of it can be sent back.")
        returns = await self.backoffice.rows("returns", order_id=args.order_id)
        _refuse_others(args, as_read(OrderRow, order), _pieces(returns))
        person = await self.backoffice.item("customers", scope.customer())
        to = as_read(Person, person).email if person else ""
        if not to:
            raise ToolRefused("There is no e-mail address on file that a label could go to.")
        labels = [Record(id=row["id"]) for row in await self._labels(scope)]
        return _Before(record=order, rows=returns, labels=labels, to=to).kept()

    async def run(self, args: RegisterReturn, scope: Scope, key: str) -> Record:
        await own_order(self.backoffice, args.order_id, scope)
        return await self.backoffice.post("returns", _return(args), key)

    async def verify(self, args: RegisterReturn, scope: Scope, before: JsonValue) -> Finding:
        """One new return with these items, the order as it was, and one new label for it at the address on file."""
        then = _Before.model_validate(before)
        rows = await self.backoffice.rows("returns", order_id=args.order_id)
        order = await self.backoffice.item("orders", args.order_id) or {}
        intended = _return(args) | {"customer_id": scope.customer_id, "status": "registered"}
        made = Finding.added(then.rows, rows, intended).beside("order", then.record, order, {})
        new = cast("list[Record]", made.seen["added"])
        links = [str(row.get("label")) for row in new]
        labels = [_with_label(row, links) for row in await self._labels(scope)]
        wanted: Record = {"to": then.to, "channel": "email", "label": links[0] if links else None}
        return made.along("label", Finding.added(then.labels, labels, wanted))

    async def _labels(self, scope: Scope) -> list[Record]:
        return await self.backoffice.rows("messages", customer_id=scope.customer(), kind="return_label")


def _refuse_others(args: RegisterReturn, order: OrderRow, back: Counter[str]) -> None:
    """Raises `ToolRefused` for items that were not bought so, or have a return already."""
    pieces = items.chosen(args.items) or {}
    if items.written(order.items, pieces) != args.items:
        raise ToolRefused(f"These are not items of order {args.order_id}.")
    if any(back[line.sku] + pieces.get(line.sku, 0) > line.qty for line in order.items):
        raise ToolRefused(f"More would come back of order {args.order_id} than was bought.")


def _return(args: RegisterReturn) -> Record:
    pieces = [Record(sku=sku, qty=qty) for sku, qty in (items.chosen(args.items) or {}).items()]
    return {"order_id": args.order_id, "items": [*pieces], "reason": args.reason}


def _with_label(message: Record, links: list[str]) -> Record:
    """The message with the label that it carries, of those that are looked for."""
    return message | {"label": next((link for link in links if link in str(message.get("body"))), None)}


def return_tools(backoffice: Backoffice) -> list[Tool]:
    """`find_items` and `register_return`."""
    register = _RegisterReturn(backoffice)
    return [
        Lookup(
            name="find_items",
            summary="Find which items of an order some words mean, and which of them can come back.",
            system="backoffice",
            args=FindItems,
            result=Items,
            subject="items",
            run=_FindItems(backoffice).run,
        ),
        Action(
            name="register_return",
            summary="Register that items of an order come back, for which a label is sent to the address on file.",
            system="backoffice",
            args=RegisterReturn,
            risk=Risk.CUSTOMER_CONFIRMED,
            key=KeyKind.IDEMPOTENCY_KEY,
            target=lambda args: Target(kind="order", id=args.order_id),
            before=register.before,
            run=register.run,
            verify=register.verify,
        ),
    ]
