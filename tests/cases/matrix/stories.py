"""The stories: every write workflow once, as a customer goes through it, and where its effect shows.

All matrices play all of them. A new workflow is one entry in `STORIES`, and `test_stories.py` says when one is missing.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from evals.talk import Case, Turn
from tests.backoffice import Record
from tests.cases.house import Door
from tests.cases.people import newcomer

ACCEPTED, MOST_READS = 202, 2000
CENTS = {"amount": "12.50", "currency": "EUR"}


@dataclass(frozen=True, kw_only=True)
class Story:
    """One write workflow.

    In what is said, `{processing}`, `{cheap}` and `{dear}` are orders of the customer, and the fields of the customer's
    own record stand under their names.
    """

    action: str
    resource: str
    """Where the effect shows."""
    said: tuple[str, ...]
    """The last one sets the effect free, or has it put to a person."""
    record: str = ""
    """The id of the record that is changed; "" where one is made."""
    becomes: Mapping[str, Any] = field(default_factory=dict)
    """The fields that the effect gives to its record."""
    vouched: bool = True
    """Whether the host site says who the customer is."""
    approved: bool = False
    """Whether a person is asked."""

    @property
    def method(self) -> str:
        """How it is written."""
        return "PATCH" if self.record else "POST"


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
    "ticket of a handoff": Story(
        action="create_ticket", resource="tickets", becomes={"kind": "handoff"},
        said=("where is order {processing}?", "I want to talk to a person"),
    ),
}  # fmt: skip


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
        names |= {"processing": orders[0]["id"], "cheap": orders[3]["id"], "dear": orders[4]["id"]}
        case = await (door.verified(owner["id"]) if story.vouched else door.open())
        id_ = story.record.format(**names)
        before = await door.oracle.item(story.resource, id_) if id_ else {}
        for note in ("Calls often.", before["note"]) if before else ():  # so that there is a past, for stale reads
            await door.oracle.patch(story.resource, id_, note=note)
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
        about = {*self.names.values(), self.case.id}
        rows = await self.door.oracle.written(self.since, resource=self.story.resource)
        return [row for row in rows if row["id"] in about or about & {str(new) for _, new in row["changes"].values()}]

    async def stands(self) -> bool:
        """Whether the system shows exactly what was wanted: the change, once, and nothing else of the record."""
        if self.story.record:
            now = await self.door.oracle.item(self.story.resource, self.story.record.format(**self.names))
            return now == self.before | dict(self.story.becomes)
        made = [await self.door.oracle.item(self.story.resource, row["id"]) for row in await self._made()]
        return len(made) == 1 and made[0] == made[0] | dict(self.story.becomes)

    async def _made(self) -> list[Record]:
        return [row for row in await self.written() if row["changes"]]
