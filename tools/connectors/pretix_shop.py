"""A shop in pretix, read: its orders, refunds and customer accounts, and what they are in Harbor's words.

Order `HG-200000` has the code `HG200000` there, since codes have no hyphen. A customer is a customer account, known
by its identifier; an order without an account is nobody's. What was paid for and handed out (checked in, each
position of it) is `delivered`, since the latest of those moments; what was paid for is `processing`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from tools.calls import ITEM, Calls, as_read, path_of, understood
from tools.contract import Scope, ToolLost, ToolRefused
from tools.finding import Record

MOST_PAGES = 20
STATUS = {"n": "unpaid", "p": "processing", "e": "expired", "c": "cancelled"}
OPEN = frozenset({"created", "transit", "external"})
"""States of a refund that is on its way."""
VOLATILE = "last_modified"


class _CheckIn(BaseModel):
    at: AwareDatetime = Field(validation_alias="datetime")
    type: str


class _Position(BaseModel):
    item: int
    price: Decimal
    checkins: list[_CheckIn]


class Refund(BaseModel):
    """A refund; its amount is owed or paid unless it failed or was cancelled."""

    amount: Decimal
    state: str
    created: AwareDatetime

    @property
    def counts(self) -> bool:
        """Whether the money is gone or on its way."""
        return self.state == "done" or self.state in OPEN


class _Payment(BaseModel):
    amount: Decimal
    state: str


class Sold(BaseModel):
    """An order as pretix holds it."""

    code: str
    customer: str | None
    status: str
    total: Decimal
    placed_at: AwareDatetime = Field(validation_alias="datetime")
    positions: list[_Position]
    payments: list[_Payment]
    refunds: list[Refund]

    @property
    def left(self) -> Decimal:
        """How much of what was paid can still go back, and never more than the order's total."""
        paid = sum((p.amount for p in self.payments if p.state in ("confirmed", "refunded")), Decimal(0))
        return min(paid, self.total) - sum((r.amount for r in self.refunds if r.counts), Decimal(0))

    @property
    def handed_out(self) -> datetime | None:
        """When the last position was; None while one is not."""
        entries = [[c.at for c in p.checkins if c.type == "entry"] for p in self.positions]
        return max(map(min, entries)) if self.status == "p" and entries and all(entries) else None

    @property
    def stage(self) -> str:
        """Its status in Harbor's words."""
        return "delivered" if self.handed_out else STATUS.get(self.status, self.status)


class _Page(BaseModel):
    next: str | None
    results: list[Record]


class _Event(BaseModel):
    slug: str
    currency: str


class _Item(BaseModel):
    name: dict[str, str]


@dataclass(frozen=True)
class Shop:
    """One event of an organizer. Every read raises `ToolLost`."""

    calls: Calls
    organizer: str
    event: str
    _known: dict[str, str] = field(default_factory=dict)

    def path(self, *parts: str) -> str:
        """A path below the organizer; pretix wants a slash at the end."""
        return path_of("api", "v1", "organizers", self.organizer, *parts) + "/"

    def of_event(self, *parts: str) -> str:
        """A path below the event."""
        return self.path("events", self.event, *parts)

    async def order(self, order_id: str) -> Record | None:
        """The order with that number."""
        code = code_of(order_id)
        return await self._item(self.of_event("orders", code), code=code)

    async def own_order(self, order_id: str, scope: Scope) -> Record:
        """The order, if it is of the customer in scope. Raises `ToolRefused`, with the same words for all others."""
        customer = scope.customer()
        record = await self.order(order_id)
        if record is None or record.get("customer") != customer:
            raise ToolRefused(f"There is no order {order_id} of this customer.")
        return record

    async def refunds(self, order_id: str) -> list[Record]:
        """All refunds of an order."""
        return await self._rows(self.of_event("orders", code_of(order_id), "refunds"))

    async def orders_of(self, customer_id: str) -> list[Record]:
        """All orders of an account, the newest first."""
        return await self._rows(self.of_event("orders"), {"ordering": "-datetime"}, customer=customer_id)

    async def account(self, customer_id: str) -> Record | None:
        """A customer account that is in use."""
        record = await self._item(self.path("customers", customer_id), identifier=customer_id)
        return record if record is not None and record.get("is_active") else None

    async def account_with(self, email: str) -> Record | None:
        """The account with this address (in small letters, as pretix keeps it); no two share one."""
        rows = await self._rows(self.path("customers"), email=email)
        return rows[0] if len(rows) == 1 and rows[0].get("is_active") else None

    async def currency(self) -> str:
        """The event's currency, which cannot change once something was sold."""
        if "" not in self._known:
            self._known[""] = (await self.reached()).currency
        return self._known[""]

    async def product(self, item: int) -> str:
        """The name of a product, as it was when it was first asked for."""
        if (number := str(item)) not in self._known:
            record = await self._item(self.of_event("items", number), id=item)
            names = as_read(_Item, record).name if record is not None else {}
            self._known[number] = names.get("en") or next(iter(names.values()), number)
        return self._known[number]

    async def reached(self) -> _Event:
        """The event itself: the cheapest read there is."""
        record = await self._item(self.of_event(), slug=self.event)
        if record is None:
            raise ToolLost(f"There is no event {self.organizer}/{self.event} at this address.", answered=True)
        return as_read(_Event, record)

    async def write(self, method: str, path: str, body: Record, key: str) -> Record:
        """One change, under a key that pretix keeps for a day. Raises `ToolRefused` or `ToolLost`."""
        answer = await self.calls.write(method, path, body, headers={"X-Idempotency-Key": key})
        return understood(ITEM, answer, answered=False)

    async def _item(self, path: str, **named: str | int) -> Record | None:
        response = await self.calls.read(path)
        record = understood(ITEM, response) if response is not None else None
        if record is not None and any(record.get(name) != value for name, value in named.items()):
            raise ToolLost("The shop answered with another record than was asked for.", answered=True)
        return record

    async def _rows(self, path: str, params: dict[str, str] | None = None, **equal: str) -> list[Record]:
        """All records; one that does not fit the filter says that the shop does not filter."""
        found: list[Record] = []
        for page in range(1, MOST_PAGES + 1):
            response = await self.calls.read(path, {**(params or {}), **equal, "page": str(page)})
            if response is None:
                break
            read = understood(TypeAdapter(_Page), response)
            if any(row.get(name) != value for row in read.results for name, value in equal.items()):
                break
            found += read.results
            if read.next is None:
                return found
        raise ToolLost("The shop does not list what was asked for.", answered=True)


def code_of(order_id: str) -> str:
    """An order's code."""
    return order_id.replace("-", "")


def number_of(code: str) -> str:
    """The order's number as customers know it: letters, a hyphen, digits."""
    return f"{code.rstrip('0123456789')}-{code.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"


def settled(order: Record) -> Record:
    """The record without what changes by itself."""
    return {name: value for name, value in order.items() if name != VOLATILE}
