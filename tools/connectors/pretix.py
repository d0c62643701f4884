"""pretix: orders, refunds and customer accounts of a ticket shop, under Harbor's names, so that its workflows run.

What pretix does not tell us, and what is done about it:

- It books any refund, also above the order's total: the amount is held against what was paid and is left.
- It answers a used idempotency key with the old answer, whatever the new call asks for, and forgets keys after a day:
  each refund carries its reference in the comment, which is looked for before one is sent.
- It cancels what was handed out already, and mails the customer: only what is unpaid or still here is cancelled.
- A refund that is `created` or in transit is not done yet: it is pending, and looked at again later.

Who a customer is: a customer account. Facts of an order are held against it (see `pretix_shop.py`); an account is
found by an order or by its e-mail address, never by a phone number, which pretix cannot look up. The postcode is the
one on the invoice of the newest order. `change_address` and `send_code` have no counterpart there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from tools import facts
from tools.calls import Calls, as_read
from tools.connectors.connection import Connection, Kind, Needs, SystemSettings, tried
from tools.connectors.pretix_changes import actions
from tools.connectors.pretix_shop import Shop, Sold, number_of
from tools.contract import Lookup, Scope, Tool
from tools.customers import RECENT, Customer, NoArguments, Person
from tools.declared import Secret
from tools.finding import Record
from tools.http import Blank
from tools.identity import Candidate, Facts, judged
from tools.orders import OneOrder, Order


class Settings(SystemSettings):
    """`connector: pretix`."""

    connector: Literal["pretix"]
    url: str
    organizer: str
    event: str
    token: Secret
    """Of a team that may see and change orders and customers."""
    refund_provider: str = "manual"
    """What carries a refund out, as pretix names it."""
    refund_state: Literal["created", "done"] = "created"
    """`created`: somebody or something carries it out later, and until then it is pending. `done`: it is booked as
    carried out."""
    timeout_s: float = 5.0
    system: str = "pretix"


class _Account(BaseModel):
    """A customer account as pretix holds it."""

    identifier: str
    name: str
    email: Blank
    phone: Blank
    locale: str


class _Address(BaseModel):
    street: str
    zipcode: str
    city: str


def _person(account: Record, orders: list[Record]) -> Person:
    """A person in Harbor's words, made of an account and its newest order."""
    known = as_read(_Account, account)
    invoice = next((order["invoice_address"] for order in orders if order.get("invoice_address")), None)
    at = as_read(_Address, invoice) if isinstance(invoice, dict) else _Address(street="", zipcode="", city="")
    return Person(
        id=known.identifier,
        name=known.name,
        email=known.email,
        phone=known.phone,
        postcode=at.zipcode,
        address=", ".join(part for part in (at.street, at.city) if part),
        locale=known.locale,
        tier="standard",
    )


@dataclass(frozen=True)
class _GetOrder:
    shop: Shop
    clock: Callable[[], datetime]

    async def run(self, args: OneOrder, scope: Scope) -> Order | None:
        """Somebody else's order is read, and answered, like one that does not exist."""
        record = await self.shop.order(args.order_id)
        if record is None or scope.customer_id is None or record.get("customer") != scope.customer_id:
            return None
        return Order.of(await self._translated(as_read(Sold, record)), self.clock())

    async def _translated(self, sold: Sold) -> Record:
        """The order as the back office would have it."""
        currency = await self.shop.currency()

        def money(amount: Decimal) -> Record:
            return {"amount": str(amount), "currency": currency}

        lines = [(str(p.item), await self.shop.product(p.item), p.price) for p in sold.positions]
        return {
            "id": number_of(sold.code),
            "customer_id": sold.customer,
            "status": sold.stage,
            "items": [{"sku": sku, "name": name, "qty": 1, "price": money(price)} for sku, name, price in lines],
            "total": money(sold.total),
            "placed_at": sold.placed_at.isoformat(),
            "delivered_at": sold.handed_out.isoformat() if sold.handed_out else None,
            "delivery": {},
            "refunds": [{"amount": money(refund.amount)} for refund in sold.refunds if refund.counts],
        }


@dataclass(frozen=True)
class _GetCustomer:
    shop: Shop
    clock: Callable[[], datetime]

    async def run(self, _: NoArguments, scope: Scope) -> Customer | None:
        account = await self.shop.account(scope.customer_id) if scope.customer_id else None
        if account is None:
            return None
        orders = await self.shop.orders_of(str(account["identifier"]))
        person, since = _person(account, orders), self.clock() - RECENT
        refunds = [refund for order in orders for refund in as_read(Sold, order).refunds]
        recent = [refund.amount for refund in refunds if refund.counts and refund.created >= since]
        return Customer(**person.model_dump(), refunds_30d=len(recent), refunded_30d=float(sum(recent)))


@dataclass(frozen=True)
class _FindCustomer:
    shop: Shop

    async def run(self, args: Facts, _: Scope) -> Candidate | None:
        """The candidate is whose order it is, else whose e-mail address."""
        given = args.given()
        order = await self._order(given.get("order_id", ""))
        owner = str((order or {}).get("customer") or "")
        email = facts.email(given.get("email", ""))
        account = await self.shop.account(owner) if owner else None
        account = account or (await self.shop.account_with(email) if email else None)
        if account is None:
            return None
        orders = await self.shop.orders_of(str(account["identifier"]))
        return judged(given, _person(account, orders), owner)

    async def _order(self, order_id: str) -> Record | None:
        return await self.shop.order(order_id.upper()) if order_id else None


def connect(settings: Settings, needs: Needs) -> Connection:
    """The tools of one shop. Raises DeclarationError when its token is missing."""
    headers = {"Authorization": f"Token {needs.secret(settings.token)}"}
    calls = Calls(settings.url, headers=headers, timeout_s=settings.timeout_s)
    shop = Shop(calls, settings.organizer, settings.event)
    changes = actions(shop, settings.system, settings.refund_provider, settings.refund_state)
    tools = [*_lookups(shop, needs, settings.system), *changes]
    return Connection(system=settings.system, tools=tools, close=calls.aclose, probe=lambda: tried(shop.reached()))


def _lookups(shop: Shop, needs: Needs, system: str) -> list[Tool]:
    return [
        Lookup(
            name="get_order",
            summary="Look up one order of the customer: status, amounts, refunds.",
            system=system,
            args=OneOrder,
            result=Order,
            subject="order",
            run=_GetOrder(shop, needs.clock).run,
        ),
        Lookup(
            name="get_customer",
            summary="Look up the customer of this case: contact details, recent refunds.",
            system=system,
            args=NoArguments,
            result=Customer,
            subject="customer",
            run=_GetCustomer(shop, needs.clock).run,
        ),
        Lookup(
            name="find_customer",
            summary="Find whom the given facts may speak of, and which of them agree.",
            system=system,
            args=Facts,
            result=Candidate,
            subject="candidate",
            run=_FindCustomer(shop).run,
        ),
    ]


KIND = Kind(Settings, connect)
