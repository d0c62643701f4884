"""The stories: every write workflow once, as a customer goes through it, and where its effect shows.

All matrices play all of them. A new workflow is one entry in `STORIES`, and `test_stories.py` says when one is missing.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any

from agent.casefile.canonical import SHORT_KEY
from evals.talk import Case, Turn
from tests.backoffice import Record
from tests.browser import executable
from tests.cases.house import Door
from tests.cases.people import newcomer
from tools.browser.action import marker

ACCEPTED, MOST_READS = 202, 2000
CENTS = {"amount": "12.50", "currency": "EUR"}
FOLLOWUPS = "followups"
"""What the desk keeps of itself: no other system has it, so none of their faults meets it."""
FIRST_DAY = date.today() + timedelta(days=200)
"""Long after the last slot that a back office is seeded with."""


@dataclass(frozen=True)
class Given:
    """A record that is there before the story begins, and the name that it has in it."""

    name: str
    collection: str
    fields: Mapping[str, Any]


def _slot(name: str, day: str) -> Given:
    return Given(name, "slots", {"kind": "service", "starts_at": f"{day}T09:00:00Z", "ends_at": f"{day}T09:30:00Z"})


COFFEE = Given(
    "plan", "subscriptions",
    {"customer_id": "{id}", "plan": "weekly", "status": "active", "price": CENTS, "next_at": "{day}T10:00:00Z"},
)  # fmt: skip
BOOKED = (
    _slot("slot", "{day}"), _slot("once", "{last_day}"),
    Given("appointment", "appointments", {"customer_id": "{id}", "slot_id": "{slot}", "kind": "service"}),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Story:
    """One write workflow.

    In all of its texts, `{processing}`, `{cheap}`, `{dear}` and `{old}` are orders of the customer, `{day}`,
    `{next_day}` and `{last_day}` are days that no other play has, and the fields of the customer's own record stand
    under their names.
    """

    action: str
    resource: str
    """Where the effect shows; the desk's own `FOLLOWUPS` too."""
    given: tuple[Given, ...] = ()
    """What the customer has, besides their orders."""
    said: tuple[str, ...]
    """The last one sets the effect free, or has it put to a person."""
    record: str = ""
    """The id of the record that is changed; "" where one is made."""
    becomes: Mapping[str, Any] = field(default_factory=dict)
    """The fields that the effect gives to its record."""
    past: Mapping[str, Any] = field(default_factory=lambda: {"note": "Calls often."})
    """What stood in the record once, so that a stale read has something to show."""
    vouched: bool = True
    """Whether the host site says who the customer is."""
    approved: bool = False
    """Whether a person is asked."""
    browsed: bool = False
    """Whether it is done on a page that staff use, as them, where there is no API: the journal alone shows it."""

    def wants_of_the_machine(self) -> None:
        """Skip the test where the machine lacks what it takes."""
        if self.browsed:
            executable()

    @property
    def method(self) -> str:
        """How it is written."""
        return "PATCH" if self.record or self.browsed else "POST"

    @property
    def only_journaled(self) -> bool:
        """Whether no API of the systems has the record."""
        return self.browsed or self.resource == FOLLOWUPS


STORIES = {
    "cancel": Story(
        action="cancel_order", resource="orders", record="{processing}", becomes={"status": "cancelled"},
        said=("please cancel order {processing}", "yes"),
    ),
    "refund": Story(
        action="issue_refund", resource="refunds", becomes={"amount": CENTS},
        said=("I want a refund of 12.50 euros for {cheap} because it arrived broken", "yes"),
    ),
    "refund that a person approves": Story(
        action="issue_refund", resource="refunds", becomes={"amount": {"amount": "120.00", "currency": "EUR"}},
        said=("refund for {dear} please because it is damaged",), approved=True,
    ),
    "e-mail": Story(
        action="change_email", resource="customers", record="{id}", becomes={"email": "moved@example.org"},
        said=("please change my email address to moved@example.org", "yes"),
    ),
    "phone": Story(
        action="change_phone", resource="customers", record="{id}", becomes={"phone": "+4930901820"},
        said=("please change my phone number to +49 30 901820", "yes"),
    ),
    "address": Story(
        action="change_address", resource="customers", record="{id}",
        becomes={"address": "Lindenstraße 12, 10969 Berlin", "postcode": "10969"},
        said=("I have moved. My new address is Lindenstraße 12, 10969 Berlin", "yes"),
    ),
    "code by mail": Story(
        action="send_code", resource="messages", becomes={"kind": "one_time_code"}, vouched=False,
        said=("change my phone number to +49 30 901820", "{email}, {postcode}"),
    ),
    "delivery": Story(
        action="change_delivery", resource="orders", record="{processing}",
        becomes={"delivery": {"preference": "leave it with the neighbour"}},
        said=("please leave the parcel {processing} in the shed", "Actually leave it with the neighbour", "yes"),
    ),
    "return": Story(
        action="register_return", resource="returns", becomes={"order_id": "{cheap}", "reason": "it is too dark"},
        said=("I want to send back everything from {cheap} because it is too dark", "yes"),
    ),
    "coffee plan": Story(
        action="change_subscription", resource="subscriptions", given=(COFFEE,), record="{plan}",
        past={"price": "9.00"}, becomes={"plan": "monthly"}, said=("switch me to the monthly coffee plan", "yes"),
    ),
    "end of the coffee": Story(
        action="cancel_subscription", resource="subscriptions", given=(COFFEE,), record="{plan}",
        past={"price": "9.00"}, becomes={"status": "cancelled"}, said=("cancel my coffee subscription please", "yes"),
    ),
    "password": Story(
        action="send_reset_link", resource="messages", becomes={"kind": "password_reset", "to": "{email}"},
        said=("I forgot my password", "yes"),
    ),
    "appointment": Story(
        action="book_appointment", resource="appointments", given=(_slot("slot", "{day}"),),
        becomes={"slot_id": "{slot}", "status": "booked"},
        said=("book a consultation on {day} please", "the first one", "yes"),
    ),
    "appointment that moves": Story(
        action="move_appointment", resource="appointments", given=(*BOOKED, _slot("later", "{next_day}")),
        record="{appointment}", past={"slot_id": "{once}"}, becomes={"slot_id": "{later}"},
        said=("move my appointment to {next_day} please", "the first one", "yes"),
    ),
    "appointment that is cancelled": Story(
        action="cancel_appointment", resource="appointments", given=BOOKED, record="{appointment}",
        past={"slot_id": "{once}"}, becomes={"status": "cancelled"}, said=("cancel my appointment", "yes"),
    ),
    "call": Story(
        action="ask_for_call", resource="appointments", becomes={"kind": "callback", "status": "booked"},
        said=("please call me back", "yes"),
    ),
    "bug": Story(
        action="report_bug", resource="tickets", becomes={"kind": "bug", "body": "On the payment page in Firefox"},
        said=("the checkout button does nothing", "On the payment page in Firefox", "yes"),
    ),
    "terms that a person approves": Story(
        action="grant_exception", resource="tickets", becomes={"kind": "billing_terms"}, approved=True,
        said=("Can our company have 60 days to pay its invoices?",),
    ),
    "summary": Story(
        action="send_summary", resource="messages", becomes={"kind": "summary", "to": "{email}"},
        said=("please mail me a summary of this chat", "yes"),
    ),
    "article": Story(
        action="send_article", resource="messages", becomes={"to": "{email}"},
        said=("can you mail me the care instructions for cast iron", "cast iron", "yes"),
    ),
    "reminder": Story(
        action="set_reminder", resource=FOLLOWUPS, becomes={"text": "send the parcel back", "status": "waiting"},
        said=("remind me on {day} at 9 to send the parcel back", "yes"),
    ),
    "reminder that is cancelled": Story(
        action="cancel_reminder", resource=FOLLOWUPS, becomes={"text": "send the parcel back", "status": "cancelled"},
        said=("remind me on {day} at 9 to send the parcel back", "yes", "cancel the reminder", "yes"),
    ),
    "points": Story(
        action="correct_points", resource="loyalty", becomes={"points": 39}, approved=True, browsed=True,
        said=("The points for my order {old} are missing, can you add them please?",),
    ),
    "ticket of a handoff": Story(
        action="create_ticket", resource="tickets", becomes={"kind": "handoff"},
        said=("where is order {processing}?", "I want to talk to a person"),
    ),
}  # fmt: skip


FEW = ("cancel", "refund that a person approves", "code by mail", "appointment that moves")
"""The stories of `make test`: a change, a new record, a message, and two records that change together."""


@dataclass
class Play:
    """A story with a customer of its own."""

    story: Story
    door: Door
    names: dict[str, str]
    case: Case
    since: int
    """Where the journal of the systems stood."""
    before: Record
    """The record as it was; {} where one is made."""
    reads: bool = False
    """Whether its client posts and then reads the turn, instead of waiting for the answer to its post."""
    turns: list[Turn] = field(default_factory=list)

    @classmethod
    async def begun(cls, story: Story, door: Door, number: int) -> Play:
        """A customer more, and their case. Numbers are used once in a house."""
        owner, orders = await newcomer(door.oracle, number)
        names = {name: str(value) for name, value in owner.items()}
        names |= {
            "processing": orders[0]["id"],
            "cheap": orders[3]["id"],
            "dear": orders[4]["id"],
            "old": orders[6]["id"],
        }
        days = (FIRST_DAY + timedelta(days=3 * number + which) for which in range(3))
        names |= zip(("day", "next_day", "last_day"), map(str, days), strict=True)
        case = await (door.verified(owner["id"]) if story.vouched else door.open())
        for one in story.given:
            names[one.name] = (await door.oracle.post(one.collection, **filled(one.fields, names)))["id"]
        id_ = story.record.format(**names)
        before = await door.oracle.item(story.resource, id_) if id_ else {}
        past = filled(story.past, names) if before else {}
        for fields in (past, {name: before[name] for name in past}) if past else ():
            await door.oracle.patch(story.resource, id_, **fields)
        return cls(story, door, names, case, await door.oracle.seq(), before)

    @property
    def steps(self) -> list[Callable[[], Awaitable[Turn]]]:
        """All that people do; the last one sets the effect free, and gives the turn in which it was carried out."""
        said = [partial(self._say, words.format(**self.names)) for words in self.story.said]
        return [*said, self._approve] if self.story.approved else [*said]

    async def up_to_the_yes(self) -> None:
        """All but the last step."""
        for step in self.steps[:-1]:
            await step()

    async def the_yes(self) -> Turn:
        """The last step."""
        return await self.steps[-1]()

    async def _approve(self) -> Turn:
        for approval in await self.door.approvals(self.case):
            await self.door.decide(approval["id"], decision="approve", digest=approval["digest"])
        self.turns.append(await self._decided())
        return self.turns[-1]

    async def _say(self, text: str) -> Turn:
        message_id = str(uuid.uuid4())
        self.turns.append(await (self._post_and_read if self.reads else self.case.say)(text, message_id))
        return self.turns[-1]

    async def _post_and_read(self, text: str, message_id: str) -> Turn:
        at, client = f"/v1/cases/{self.case.id}", self.door.client
        headers = self.case.headers | {"Prefer": "respond-async"}
        await client.post(f"{at}/messages", json={"id": message_id, "text": text}, headers=headers)
        for _ in range(MOST_READS):
            answer = await client.get(f"{at}/turns/{message_id}", headers=headers)
            if answer.status_code != ACCEPTED:
                break
            await asyncio.sleep(0.05)
        turn: Turn = answer.raise_for_status().json()
        return turn

    async def _decided(self) -> Turn:
        """The turn that a person's decision caused; whoever had to decide twice finds the first one's."""
        for _ in range(MOST_READS):
            late = [turn for turn in await self.case.turns() if turn["message_id"] is None]
            if late:
                return late[0]
            await asyncio.sleep(0.05)
        raise AssertionError("What a person decided had no turn.")

    async def written(self) -> list[Record]:
        """What the agent wrote where the effect shows, by the journal: about this customer, whatever the key."""
        if self.story.resource == FOLLOWUPS:
            kept = (await self.case.view())["followups"]
            return [{"id": one["id"], "key": one["id"], "applied": True, "changes": _made(one)} for one in kept]
        about = {*self.names.values(), self.case.id} - {""}
        actor = "staff:mara" if self.story.browsed else "agent"
        rows = await self.door.oracle.written(self.since, resource=self.story.resource, actor=actor)
        theirs = [row for row in rows if row["id"] in about or about & {str(new) for _, new in row["changes"].values()}]
        return [row for row in theirs if self._is_of_its_kind(row["changes"])]

    def _is_of_its_kind(self, changes: Record) -> bool:
        """A handoff's ticket is none of a bug's; what stored nothing has no kind."""
        wanted = self.story.becomes.get("kind")
        return wanted is None or "kind" not in changes or changes["kind"][1] == wanted

    def knows(self, receipt: Record, written: list[Record]) -> bool:
        """Whether something of this is the effect of that receipt: by its key, or by what that leaves in a record."""
        effect, reminder = receipt["effect"], {receipt["effect"][:SHORT_KEY], receipt["target"]["id"]}
        if self.story.browsed:
            return any(marker(effect) in str(row["changes"]["reason"]) for row in written)
        return any(
            row["key"] == effect or (self.story.resource == FOLLOWUPS and row["key"] in reminder) for row in written
        )

    async def stands(self) -> bool:
        """Whether the system shows exactly what was wanted: the change, once, and nothing else of the record."""
        becomes = filled(self.story.becomes, self.names)
        if self.story.record:
            now = await self.door.oracle.item(self.story.resource, self.story.record.format(**self.names))
            return now == _with(self.before, becomes)
        made = [await self._now(row) for row in await self.written() if row["changes"]]
        return len(made) == 1 and made[0] == _with(made[0], becomes)

    async def is_with_a_person(self) -> bool:
        """Whether somebody was handed what nobody could know."""
        return bool((await self.case.view())["status"] == "waiting_person")

    async def _now(self, row: Record) -> Record:
        if self.story.only_journaled:
            return {name: new for name, (_, new) in row["changes"].items()}
        return await self.door.oracle.item(self.story.resource, row["id"])


def _made(record: Record) -> dict[str, list[Any]]:
    return {name: [None, value] for name, value in record.items()}


def filled(fields: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The fields with the names in their texts filled in."""
    return {name: value.format(**names) if isinstance(value, str) else value for name, value in fields.items()}


def _with(record: Record, becomes: Record) -> Record:
    """The record with these fields in it; one that is an object itself gets the fields that are named."""
    parts = {name: record[name] | value for name, value in becomes.items() if isinstance(record.get(name), dict)}
    return record | becomes | parts
