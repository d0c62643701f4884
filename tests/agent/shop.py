"""A shop in memory: a system of record with named faults, and the real tools that reach it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, JsonValue, StringConstraints

from tools.contract import Action, Arguments, Catalog, KeyKind, Lookup, Risk, Scope, Target, ToolLost, ToolRefused, Undo
from tools.finding import Finding, Record, Snapshot
from tools.money import Amount, Currency

WriteFault = Literal[
    "lost_write", "error_before_write", "error_after_write", "timeout_before_write", "timeout_after_write",
    "partial_write", "wrong_field", "refused", "late", "killed_before_write", "killed_after_write",
]  # fmt: skip
"""`late`: no answer, and the write is made only after some more reads. `killed_…`: our process dies there."""


Change = Callable[[], None]


class Killed(BaseException):
    """The process is gone, at this very line."""


class OneOrder(Arguments):
    order_id: Annotated[str, AfterValidator(str.upper), StringConstraints(pattern=r"^(HG|hg)-[0-9]+$")]


class Refund(OneOrder):
    amount: Amount
    currency: Currency = "EUR"


class OrderLine(BaseModel):
    """A thing that was ordered."""

    sku: str
    name: str


class Label(OneOrder):
    note: str


class Order(BaseModel):
    """An order of the customer in scope."""

    id: str
    status: str
    total: Decimal
    paid: bool
    note: str | None
    lines: list[OrderLine] = []


class Customer(BaseModel):
    """The customer in scope."""

    id: str
    refunds: int


class Shop:
    """The orders of `cus_1`, what was written to them, and what goes wrong next."""

    def __init__(self) -> None:
        self.orders: dict[str, Record] = {f"HG-{n}": _order(f"HG-{n}") for n in range(1, 4)}
        self.refunds: list[Record] = []
        self.faults: list[WriteFault] = []
        """What the next writes meet; after these, none."""
        self.stale_reads = self.lost_reads = 0
        """How many reads show what was before the last call, and how many after them show nothing."""
        self.late_by_reads = 2
        self.written: list[str] = []
        """The keys of all writes that changed something."""
        self.called: list[str] = []
        """The keys of all calls, whatever came of them."""
        self.at_call: Callable[[str], None] = lambda _key: None
        self.at_read: Callable[[], None] = lambda: None
        self._old: tuple[dict[str, Record], list[Record]] = ({}, [])
        self._later: list[tuple[str, Change]] = []

    def read(self) -> tuple[dict[str, Record], list[Record]]:
        """All orders and all refunds, as a reader gets them now. Raises ToolLost."""
        self.at_read()
        if self._later:
            self.late_by_reads -= 1
        if self._later and self.late_by_reads <= 0:
            self._apply(*self._later.pop())
        if self.stale_reads:
            self.stale_reads -= 1
            return copy.deepcopy(self._old)
        if self.lost_reads:
            self.lost_reads -= 1
            raise ToolLost("timeout", answered=True)
        return copy.deepcopy((self.orders, self.refunds))

    def order_of(self, order_id: str, scope: Scope) -> Record | None:
        """The order, when it is theirs. Raises ToolLost."""
        order = self.read()[0].get(order_id)
        return order if order is not None and order["customer_id"] == scope.customer_id else None

    def write(self, key: str, change: Change, half: Change) -> Record:
        """Make the change as far as the fault at hand lets it; `half` is what a partial write does."""
        self.called.append(key)
        self.at_call(key)
        fault = self.faults.pop(0) if self.faults else None
        self._old = copy.deepcopy((self.orders, self.refunds))
        match fault:
            case "killed_before_write":
                raise Killed
            case "refused":
                raise ToolRefused("The order cannot be changed.")
            case "error_before_write" | "timeout_before_write":
                raise ToolLost("no answer", answered=fault == "error_before_write")
            case "late":
                self._later.append((key, change))
                raise ToolLost("no answer", answered=False)
            case "lost_write":
                return {"status": "ok"}
        self._apply(key, half if fault in ("partial_write", "wrong_field") else change)
        match fault:
            case "killed_after_write":
                raise Killed
            case "error_after_write" | "timeout_after_write":
                raise ToolLost("no answer", answered=fault == "error_after_write")
        return {"status": "ok"}

    def _apply(self, key: str, change: Change) -> None:
        before = copy.deepcopy((self.orders, self.refunds))
        change()
        if before != (self.orders, self.refunds):
            self.written.append(key)


def _order(order_id: str) -> Record:
    known: Record = {"id": order_id, "customer_id": "cus_1", "status": "processing"}
    return known | {"total": "40.00", "paid": True, "note": None}


@dataclass(frozen=True)
class _Tools:
    """What the tools of the shop do."""

    shop: Shop

    async def get_order(self, args: OneOrder, scope: Scope) -> Order | None:
        order = self.shop.order_of(args.order_id, scope)
        return None if order is None else Order.model_validate(order)

    async def get_customer(self, _args: Arguments, scope: Scope) -> Customer:
        return Customer(id=scope.customer(), refunds=len(self.shop.read()[1]))

    async def before(self, args: OneOrder, scope: Scope) -> JsonValue:
        order = self.shop.order_of(args.order_id, scope)
        if order is None:
            raise ToolRefused("There is no such order.")
        return Snapshot(record=order, rows=self.shop.read()[1]).kept()

    async def cancel(self, args: OneOrder, _scope: Scope, key: str) -> Record:
        order = self.shop.orders[args.order_id]
        return self.shop.write(key, lambda: order.update(status="cancelled"), lambda: order.update(note="cancelled"))

    async def is_cancelled(self, args: OneOrder, scope: Scope, before: JsonValue) -> Finding:
        now = self.shop.order_of(args.order_id, scope)
        return Finding.changed(Snapshot.model_validate(before).record, now or {}, {"status": "cancelled"})

    async def label(self, args: Label, _scope: Scope, key: str) -> Record:
        order = self.shop.orders[args.order_id]
        return self.shop.write(key, lambda: order.update(note=args.note), lambda: order.update(note=args.note[:1]))

    async def is_labelled(self, args: Label, scope: Scope, before: JsonValue) -> Finding:
        now = self.shop.order_of(args.order_id, scope)
        return Finding.changed(Snapshot.model_validate(before).record, now or {}, {"note": args.note})

    async def refund(self, args: Refund, _scope: Scope, key: str) -> Record:
        row: Record = {"id": f"r-{key}", "key": key, **args.model_dump(mode="json")}
        return self.shop.write(key, lambda: self._once(row), lambda: self._once(row | {"amount": "1.00"}))

    def _once(self, row: Record) -> None:
        if all(earlier["key"] != row["key"] for earlier in self.shop.refunds):
            self.shop.refunds.append(row)

    async def is_refunded(self, args: Refund, _scope: Scope, before: JsonValue) -> Finding:
        _, rows = self.shop.read()
        return Finding.added(Snapshot.model_validate(before).rows, rows, args.model_dump(mode="json"))

    def cancelling(self, name: str, risk: Risk) -> Action:
        """An action on an order of this class; the system knows no keys."""
        return Action(
            name=name, summary="Cancel an order.", system="shop", args=OneOrder, risk=risk, key=KeyKind.NONE,
            target=_target, before=self.before, run=self.cancel, verify=self.is_cancelled,
        )  # fmt: skip


def _earlier_label(args: Label, before: JsonValue) -> Record | None:
    note = Snapshot.model_validate(before).record["note"]
    return args.model_dump() | {"note": note} if note else None


def _target(args: OneOrder) -> Target:
    return Target(kind="order", id=args.order_id)


def catalog(shop: Shop) -> Catalog:
    """The tools of the shop: two lookups, and an action of each class; refunds are recognised by their key."""
    tools = _Tools(shop)
    return Catalog.of(
        Lookup(
            name="get_order", summary="Read an order.", system="shop", args=OneOrder, result=Order, subject="order",
            run=tools.get_order,
        ),
        Lookup(
            name="get_customer", summary="Read the customer.", system="shop", args=Arguments, result=Customer,
            subject="customer", run=tools.get_customer,
        ),
        tools.cancelling("cancel_order", Risk.CUSTOMER_CONFIRMED),
        tools.cancelling("hold_order", Risk.LOW),
        tools.cancelling("delete_order", Risk.FORBIDDEN),
        Action(
            name="label_order", summary="Write a note on an order.", system="shop", args=Label,
            risk=Risk.CUSTOMER_CONFIRMED, key=KeyKind.NONE, target=_target, before=tools.before, run=tools.label,
            verify=tools.is_labelled, undo=Undo("label_order", _earlier_label),
        ),
        Action(
            name="issue_refund", summary="Pay money back.", system="shop", args=Refund, risk=Risk.HUMAN_APPROVED,
            key=KeyKind.IDEMPOTENCY_KEY, target=_target, before=tools.before, run=tools.refund,
            verify=tools.is_refunded,
        ),
    )  # fmt: skip
