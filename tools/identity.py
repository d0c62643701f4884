"""Who is writing: of whom some facts may speak, and which of them agree with that record.

For identification alone: the answer tells which facts agree, never what the record holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from tools import agreement, facts
from tools.agreement import SAME
from tools.contract import Arguments, Lookup, Scope
from tools.customers import Person
from tools.finding import Record
from tools.http import Backoffice, as_read

Fact = Literal["order_id", "email", "name", "postcode", "phone"]
FACTS: tuple[Fact, ...] = ("order_id", "email", "name", "postcode", "phone")


class Facts(Arguments):
    """What somebody says of themselves, as they wrote it; "" is like nothing."""

    order_id: str | None = None
    email: str | None = None
    name: str | None = None
    postcode: str | None = None
    phone: str | None = None

    def given(self) -> dict[Fact, str]:
        """The facts that say something."""
        said: dict[Fact, str] = {fact: (getattr(self, fact) or "").strip() for fact in FACTS}
        return {fact: text for fact, text in said.items() if text}


class Candidate(BaseModel):
    """Of whom the facts may speak, and which of them agree with that record."""

    customer_id: str
    matched: list[Fact]
    mismatched: list[Fact]


@dataclass(frozen=True)
class _FindCustomer:
    backoffice: Backoffice

    async def run(self, args: Facts, _: Scope) -> Candidate | None:
        """The candidate is whose order it is, else whose e-mail, else whose phone; a name or postcode finds nobody."""
        given = args.given()
        owner = await self._owner(given.get("order_id", "").upper())
        record = await self._candidate(given, owner)
        if record is None:
            return None
        return judged(given, as_read(Person, record), owner)

    async def _owner(self, order_id: str) -> str:
        order = await self.backoffice.item("orders", order_id) if order_id else None
        return str((order or {}).get("customer_id") or "")

    async def _candidate(self, given: dict[Fact, str], owner: str) -> Record | None:
        email, phone = given.get("email", ""), given.get("phone", "")
        return (
            (await self.backoffice.item("customers", owner) if owner else None)
            or await self._only("email", facts.email(email))
            or await self._only("phone", facts.phone(phone))
        )

    async def _only(self, field: Fact, value: str) -> Record | None:
        """The one customer with this value; nobody when several share it."""
        rows = await self.backoffice.rows("customers", **{field: value}) if value else []
        return rows[0] if len(rows) == 1 else None


def judged(given: dict[Fact, str], person: Person, owner: str) -> Candidate:
    """Which of the facts agree with this person; `owner` is whose order the named one is."""
    matched = [fact for fact, text in given.items() if _agrees(fact, text, person, owner)]
    return Candidate(customer_id=person.id, matched=matched, mismatched=[fact for fact in given if fact not in matched])


def _agrees(fact: Fact, given: str, person: Person, owner: str) -> bool:
    match fact:
        case "order_id":
            return owner == person.id
        case "email":
            return facts.email(given) == facts.email(person.email) != ""
        case "phone":
            return facts.phone(given, beside=person.phone) == facts.phone(person.phone) != ""
        case "postcode":
            return agreement.postcode(given, person.postcode) == SAME
        case "name":
            return agreement.name(given, person.name) == SAME


def find_customer(backoffice: Backoffice) -> Lookup:
    """The tool `find_customer`; it works, and answers the same, whoever is in scope."""
    return Lookup(
        name="find_customer",
        summary="Find whom the given facts may speak of, and which of them agree.",
        system="backoffice",
        args=Facts,
        result=Candidate,
        subject="candidate",
        run=_FindCustomer(backoffice).run,
    )
