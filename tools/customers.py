"""Customers: read the one in scope, and change how they are reached.

Nothing here takes a customer's id from an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, JsonValue, StringConstraints

from tools import facts
from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolRefused, Undo
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, Blank, as_read
from tools.refunds import Refund

RECENT = timedelta(days=30)


def _needed(kind: str, normal: Callable[[str], str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not (value := normal(text)):
            raise ValueError(f"not {kind}")
        return value

    return check


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class NoArguments(Arguments):
    """The customer is the one in scope."""


class ChangeEmail(Arguments):
    """The new address; kept in small letters."""

    email: Annotated[str, AfterValidator(_needed("an e-mail address", facts.email))]


class ChangePhone(Arguments):
    """The new number with its country; kept as E.164."""

    phone: Annotated[str, AfterValidator(_needed("a phone number with its country, such as +49…", facts.phone))]


class ChangeAddress(Arguments):
    """Street and town in one line, and the postcode beside it."""

    address: Line
    postcode: Line


class Person(BaseModel):
    """A customer as the system holds them."""

    id: str
    name: str
    email: Blank
    phone: Blank
    postcode: Blank
    address: Blank
    locale: str
    tier: str


class Customer(Person):
    """The customer in scope, and what went back to them in the last 30 days, over all orders."""

    refunds_30d: int
    refunded_30d: Annotated[float, Field(title="money back in 30 days")]


@dataclass(frozen=True)
class _GetCustomer:
    backoffice: Backoffice
    clock: Callable[[], datetime]

    async def run(self, _: NoArguments, scope: Scope) -> Customer | None:
        record = await self.backoffice.item("customers", scope.customer_id) if scope.customer_id else None
        if record is None:
            return None
        person, since = as_read(Person, record), self.clock() - RECENT
        rows = [as_read(Refund, row) for row in await self.backoffice.rows("refunds", customer_id=person.id)]
        recent = [refund.amount.amount for refund in rows if refund.created_at >= since]
        return Customer(**person.model_dump(), refunds_30d=len(recent), refunded_30d=float(sum(recent)))


@dataclass(frozen=True)
class _ChangeContact:
    """Sets the fields that the arguments name."""

    backoffice: Backoffice

    async def before(self, _: Arguments, scope: Scope) -> JsonValue:
        record = await self.backoffice.item("customers", scope.customer())
        if record is None:
            raise ToolRefused("The system has no record of this customer any more.")
        return Snapshot(record=record).kept()

    async def run(self, args: Arguments, scope: Scope, key: str) -> Record:
        return await self.backoffice.patch("customers", scope.customer(), args.model_dump(mode="json"), key)

    async def verify(self, args: Arguments, scope: Scope, before: JsonValue) -> Finding:
        after = await self.backoffice.item("customers", scope.customer())
        return Finding.changed(Snapshot.model_validate(before).record, after or {}, args.model_dump(mode="json"))


def customer_tools(backoffice: Backoffice, clock: Callable[[], datetime]) -> list[Tool]:
    """`get_customer`, `change_email`, `change_phone`, `change_address`; `clock` tells an aware time."""
    return [
        Lookup(
            name="get_customer",
            summary="Look up the customer of this case: contact details, tier, recent refunds.",
            system="backoffice",
            args=NoArguments,
            result=Customer,
            subject="customer",
            run=_GetCustomer(backoffice, clock).run,
        ),
        _change(backoffice, "change_email", "Change the customer's e-mail address.", ChangeEmail),
        _change(backoffice, "change_phone", "Change the customer's phone number.", ChangePhone),
        _change(backoffice, "change_address", "Change the customer's address and postcode.", ChangeAddress),
    ]


def _change(backoffice: Backoffice, name: str, summary: str, args: type[Arguments]) -> Action:
    contact = _ChangeContact(backoffice)
    return Action(
        name=name,
        summary=summary,
        system="backoffice",
        args=args,
        risk=Risk.CUSTOMER_CONFIRMED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda _: Target(kind="customer", id=""),
        before=contact.before,
        run=contact.run,
        verify=contact.verify,
        undo=Undo(name, as_before),
    )


def as_before(args: Arguments, before: JsonValue) -> Record | None:
    """What stood there; None where a field was empty, since an empty value is none that can be asked for."""
    record = Snapshot.model_validate(before).record
    then: Record = {field: record.get(field) for field in type(args).model_fields}
    return then if all(then.values()) else None
