"""django-helpdesk: the ticket of a handoff, and, where a company wants them, its status and notes on it.

What the help desk does not tell us, and what is done about it:

- It knows no keys, and opens a ticket for each call: the case and the effect's key stand in a ticket's text, and are
  looked for before one is sent. Its API cannot search, so the newest 1,000 tickets are read.
- It answers 200 to a field that it does not know, and changes nothing: the whole ticket is read again.
- A follow-up with a title renames its ticket: none is sent, and one that came about is found.
- It fails (500) without a description or an address; both are always sent. The address is empty, so that only
  Deskhand speaks with the customer.

A ticket is named by its place among those of the case, as the handoff counts them, so that no argument can name a
ticket of somebody else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue, StringConstraints, TypeAdapter

from tools.calls import ITEM, Calls, as_read, path_of, understood
from tools.connectors.connection import Connection, Kind, Needs, SystemSettings, tried
from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolLost, ToolRefused
from tools.declared import Secret
from tools.finding import Finding, Record, Snapshot
from tools.tickets import CreateTicket

PAGE, LOOK_BACK = 100, 1000
TITLE = 200
PRIORITY = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
STATUS = {1: "open", 2: "reopened", 3: "resolved", 4: "closed", 5: "duplicate"}
REFERENCE = 24
"""As much of an effect's key as stands in a text."""
MARK = re.compile(r"\[(?:Case (?P<case>\S+), ticket (?P<number>\d+), r|R)eference [0-9a-f]+\]\s*$")
NOTES = "followup_set"
Extra = Literal["get_ticket", "add_to_ticket", "set_ticket_status"]


class Settings(SystemSettings):
    """`connector: helpdesk`."""

    connector: Literal["helpdesk"]
    url: str
    token: Secret
    """Of a staff member who may see and change the tickets of the queue."""
    queue: int
    """The number of the queue that tickets go to."""
    extra: list[Extra] = []
    """Tools beside `create_ticket`; each wants a class in `actions.yaml` and its wording."""
    timeout_s: float = 5.0
    system: str = "helpdesk"


class OneTicket(Arguments):
    """A ticket of the case: the how-manieth it is."""

    number: Annotated[int, Field(ge=1)]


class AddToTicket(OneTicket):
    """What is written under a ticket; the help desk's people see it, the customer does not."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]


class SetTicketStatus(OneTicket):
    """Where a ticket stands from now on."""

    status: Literal["open", "reopened", "closed"]


class Ticket(BaseModel):
    """A ticket of the case."""

    id: int
    title: str
    status: str
    on_hold: bool
    notes: int
    """What was written under it."""


class _Page(BaseModel):
    count: int
    results: list[Record]


@dataclass(frozen=True)
class Desk:
    """The help desk's tickets."""

    calls: Calls
    queue: int
    page: int = PAGE
    look_back: int = LOOK_BACK

    async def of_the_case(self, scope: Scope) -> list[Record]:
        """The tickets of the case, oldest first. Raises `ToolLost`."""
        count, found = (await self._page(1, 1)).count, list[Record]()
        last = -(-count // self.page)
        for page in range(last, max(last - self.look_back // self.page, 0), -1):
            found = (await self._page(page, self.page)).results + found
        return [ticket for ticket in found if _place(ticket, scope) is not None]

    async def ticket(self, number: int, scope: Scope) -> Record | None:
        """The case's ticket with that number, read by itself. Raises `ToolLost`."""
        listed = [row for row in await self.of_the_case(scope) if _place(row, scope) == number]
        if not listed:
            return None
        response = await self.calls.read(path_of("api", "tickets", str(listed[0]["id"])) + "/")
        ticket = understood(ITEM, response) if response is not None else None
        if ticket is not None and ticket.get("id") != listed[0]["id"]:
            raise ToolLost("The help desk answered with another ticket than was asked for.", answered=True)
        return ticket

    async def own_ticket(self, number: int, scope: Scope) -> Record:
        """The same. Raises `ToolRefused` where there is none."""
        ticket = await self.ticket(number, scope)
        if ticket is None:
            raise ToolRefused(f"This case has no ticket number {number}.")
        return ticket

    async def reached(self) -> None:
        """Make the cheapest read there is. Raises `ToolLost`."""
        await self._page(1, 1)

    async def write(self, method: str, body: Record, *path: str) -> Record:
        """One change. Raises `ToolRefused` or `ToolLost`."""
        answer = await self.calls.write(method, path_of("api", *path) + "/", body)
        return understood(ITEM, answer, answered=False)

    async def _page(self, number: int, size: int) -> _Page:
        response = await self.calls.read("api/tickets/", {"page": str(number), "page_size": str(size)})
        if response is None:
            raise ToolLost("The help desk does not list its tickets.", answered=True)
        return understood(TypeAdapter(_Page), response)


def _place(ticket: Record, scope: Scope) -> int | None:
    """The how-manieth ticket of the case it is; only a mark at the very end of its text is ours."""
    found = MARK.search(str(ticket.get("description")))
    return int(found["number"]) if found is not None and found["case"] == scope.case_id else None


@dataclass(frozen=True)
class _CreateTicket:
    desk: Desk

    async def before(self, _: CreateTicket, scope: Scope) -> JsonValue:
        """The ids alone: people work on the others, and nothing here could change them."""
        return Snapshot(rows=[Record(id=row["id"]) for row in await self.desk.of_the_case(scope)]).kept()

    async def run(self, args: CreateTicket, scope: Scope, key: str) -> Record:
        earlier = await self.desk.ticket(args.number, scope)
        if earlier is not None:
            return earlier
        mark = f"[Case {scope.case_id}, ticket {args.number}, reference {key[:REFERENCE]}]"
        text = f"{args.body.strip()}\n\n{mark}".strip()
        return await self.desk.write("POST", self._ticket(args) | {"description": text}, "tickets")

    async def verify(self, args: CreateTicket, scope: Scope, before: JsonValue) -> Finding:
        """One new ticket of the case, with that text, open and nobody's yet."""
        rows = [_unsigned(row, "description") for row in await self.desk.of_the_case(scope)]
        return Finding.added(
            Snapshot.model_validate(before).rows,
            rows,
            self._ticket(args) | {"description": args.body.strip(), "status": 1},
        )

    def _ticket(self, args: CreateTicket) -> Record:
        where: Record = {"queue": self.desk.queue, "priority": PRIORITY[args.priority], "submitter_email": ""}
        return where | {"title": args.subject[:TITLE].strip()}


def _unsigned(record: Record, text: str) -> Record:
    """A record to compare: the mark at the end of its text is ours, and proves nothing."""
    return record | {text: MARK.sub("", str(record.get(text))).strip()}


@dataclass(frozen=True)
class _AddToTicket:
    desk: Desk

    async def before(self, args: AddToTicket, scope: Scope) -> JsonValue:
        ticket = await self.desk.own_ticket(args.number, scope)
        return Snapshot(record=ticket, rows=[_unsigned(note, "comment") for note in _notes(ticket)]).kept()

    async def run(self, args: AddToTicket, scope: Scope, key: str) -> Record:
        ticket = await self.desk.own_ticket(args.number, scope)
        mark = f"[Reference {key[:REFERENCE]}]"
        if earlier := [note for note in _notes(ticket) if str(note.get("comment")).endswith(mark)]:
            return earlier[0]
        note: Record = {"ticket": ticket["id"], "comment": f"{args.text}\n\n{mark}", "public": False}
        return await self.desk.write("POST", note, "followups")

    async def verify(self, args: AddToTicket, scope: Scope, before: JsonValue) -> Finding:
        """One new note with that text, and the ticket as it was."""
        then, ticket = Snapshot.model_validate(before), await self.desk.ticket(args.number, scope) or {}
        rows = [_unsigned(note, "comment") for note in _notes(ticket)]
        written = Finding.added(then.rows, rows, {"comment": args.text, "public": False, "new_status": None})
        return written.beside("ticket", then.record, ticket, {NOTES: ticket.get(NOTES)})


def _notes(ticket: Record) -> list[Record]:
    notes = ticket.get(NOTES)
    return [note for note in notes if isinstance(note, dict)] if isinstance(notes, list) else []


@dataclass(frozen=True)
class _SetTicketStatus:
    desk: Desk

    async def before(self, args: SetTicketStatus, scope: Scope) -> JsonValue:
        return Snapshot(record=await self.desk.own_ticket(args.number, scope)).kept()

    async def run(self, args: SetTicketStatus, scope: Scope, _: str) -> Record:
        ticket = await self.desk.own_ticket(args.number, scope)
        return await self.desk.write("PATCH", {"status": _number(args.status)}, "tickets", str(ticket["id"]))

    async def verify(self, args: SetTicketStatus, scope: Scope, before: JsonValue) -> Finding:
        ticket = await self.desk.ticket(args.number, scope) or {}
        return Finding.changed(Snapshot.model_validate(before).record, ticket, {"status": _number(args.status)})


def _number(status: str) -> int:
    return next(number for number, name in STATUS.items() if name == status)


@dataclass(frozen=True)
class _GetTicket:
    desk: Desk

    async def run(self, args: OneTicket, scope: Scope) -> Ticket | None:
        ticket = await self.desk.ticket(args.number, scope)
        if ticket is None:
            return None
        status = STATUS.get(int(str(ticket["status"])), str(ticket["status"]))
        return as_read(Ticket, ticket | {"status": status, "notes": len(_notes(ticket))})


def connect(settings: Settings, needs: Needs) -> Connection:
    """The tools of one help desk. Raises DeclarationError when its token is missing."""
    headers = {"Authorization": f"Token {needs.secret(settings.token)}"}
    calls = Calls(settings.url, headers=headers, timeout_s=settings.timeout_s)
    desk = Desk(calls, settings.queue)
    tools = [tool for tool in _tools(desk, settings.system) if tool.name in ("create_ticket", *settings.extra)]
    return Connection(system=settings.system, tools=tools, close=calls.aclose, probe=lambda: tried(desk.reached()))


def _tools(desk: Desk, system: str) -> list[Tool]:
    create, add, status = _CreateTicket(desk), _AddToTicket(desk), _SetTicketStatus(desk)

    def target(args: OneTicket | CreateTicket) -> Target:
        return Target(kind="ticket", id=str(args.number))

    return [
        Lookup(
            name="get_ticket",
            summary="Look up a ticket of the case.",
            system=system,
            args=OneTicket,
            result=Ticket,
            subject="ticket",
            run=_GetTicket(desk).run,
        ),
        Action(
            name="create_ticket",
            summary="Open a ticket for a person, with what is known of the case.",
            system=system,
            args=CreateTicket,
            risk=Risk.LOW,
            key=KeyKind.MARKER,
            target=target,
            before=create.before,
            run=create.run,
            verify=create.verify,
            proof="the tickets of the case",
        ),
        Action(
            name="add_to_ticket",
            summary="Write something under a ticket of the case, for the people who work on it.",
            system=system,
            args=AddToTicket,
            risk=Risk.LOW,
            key=KeyKind.MARKER,
            target=target,
            before=add.before,
            run=add.run,
            verify=add.verify,
            proof="the whole ticket with its notes",
        ),
        Action(
            name="set_ticket_status",
            summary="Open a ticket of the case again, or close it.",
            system=system,
            args=SetTicketStatus,
            risk=Risk.LOW,
            key=KeyKind.CONDITION,
            target=target,
            before=status.before,
            run=status.run,
            verify=status.verify,
            proof="the whole ticket",
        ),
    ]


KIND = Kind(Settings, connect)
