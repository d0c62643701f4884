"""Tickets: leave work for a person. Also for a visitor whom nobody has identified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, JsonValue

from tools.contract import Action, Arguments, KeyKind, Risk, Scope, Target
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice

Subject = Annotated[str, Field(min_length=1), AfterValidator(lambda text: text[:300])]
Body = Annotated[str, AfterValidator(lambda text: text[:20_000])]
"""Cut rather than refused: a long story must not cost the customer their person."""


class CreateTicket(Arguments):
    """A ticket of the case; a subject over 300 characters and a body over 20,000 are cut."""

    kind: Literal["handoff", "bug", "dispute", "complaint"] = "handoff"
    subject: Subject
    body: Body = ""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    number: Annotated[int, Field(ge=1)]
    """The how-manieth ticket of the case it is, so that a second handoff is not taken for a repeat of the first."""


class ReportBug(Arguments):
    """What does not work, in the customer's words, and what they say of where and when."""

    subject: Subject
    body: Body = ""
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    kind: Literal["bug"] = "bug"


class GrantException(Arguments):
    """What a customer wants beside the rules, in their words, and what it comes to."""

    kind: Literal["billing_terms", "commitment", "compliance_claim", "access", "no_identity_check"]
    wish: Subject


Asked = CreateTicket | ReportBug | GrantException


@dataclass(frozen=True)
class _CreateTicket:
    backoffice: Backoffice

    async def before(self, _: Asked, scope: Scope) -> JsonValue:
        return Snapshot(rows=await self._of_the_case(scope)).kept()

    async def run(self, args: Asked, scope: Scope, key: str) -> Record:
        return await self.backoffice.post("tickets", _ticket(args, scope), key)

    async def verify(self, args: Asked, scope: Scope, before: JsonValue) -> Finding:
        rows = await self._of_the_case(scope)
        return Finding.added(Snapshot.model_validate(before).rows, rows, _ticket(args, scope))

    async def _of_the_case(self, scope: Scope) -> list[Record]:
        return await self.backoffice.rows("tickets", case_id=scope.case_id)


def _ticket(args: Asked, scope: Scope) -> Record:
    whose: Record = {"customer_id": scope.customer_id, "case_id": scope.case_id}
    if isinstance(args, GrantException):
        return whose | {"kind": args.kind, "subject": args.wish}
    return whose | args.model_dump(mode="json", exclude={"number"})


def create_ticket(backoffice: Backoffice) -> Action:
    """The tool `create_ticket`. Its target is the how-manieth ticket of the case; the evidence has the system's id."""
    ticket = _CreateTicket(backoffice)
    return Action(
        name="create_ticket",
        summary="Open a ticket for a person, with what is known of the case.",
        system="backoffice",
        args=CreateTicket,
        risk=Risk.LOW,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda args: Target(kind="ticket", id=str(args.number)),
        before=ticket.before,
        run=ticket.run,
        verify=ticket.verify,
    )


def report_bug(backoffice: Backoffice) -> Action:
    """The tool `report_bug`: a ticket with the facts; nothing is handed over. The evidence has the system's id."""
    ticket = _CreateTicket(backoffice)
    return Action(
        name="report_bug",
        summary="Report a technical fault to those who mend it.",
        system="backoffice",
        args=ReportBug,
        risk=Risk.CUSTOMER_CONFIRMED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda _: Target(kind="ticket", id="bug"),
        before=ticket.before,
        run=ticket.run,
        verify=ticket.verify,
    )


def grant_exception(backoffice: Backoffice) -> Action:
    """The tool `grant_exception`: a ticket for those who carry it out. The evidence has the system's id."""
    ticket = _CreateTicket(backoffice)
    return Action(
        name="grant_exception",
        summary="Have something carried out that the rules do not provide for.",
        system="backoffice",
        args=GrantException,
        risk=Risk.HUMAN_APPROVED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda args: Target(kind="ticket", id=args.kind),
        before=ticket.before,
        run=ticket.run,
        verify=ticket.verify,
    )
