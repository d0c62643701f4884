"""A scratch company: a real desk over demo systems that are made anew at will. Nothing real is touched.

`server.scratch` opens one. It is talked to in process, one conversation at a time: faults that were armed are met by
whoever calls next, and the clock is everybody's. What people write and decide goes through the case's inbox and the
graph, as it does over HTTP; left out are tokens and limits of the front door, which have no say in what a case becomes.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from agent.casefile import approvals, inbox
from agent.casefile import events as e
from agent.casefile.approvals import Decision
from agent.casefile.clock import Clock
from agent.casefile.records import Approval, Turn
from agent.desk import Desk
from agent.errors import DeskhandError
from agent.policy.workflow import exact_args
from agent.turns import Turns
from evals.oracle import Oracle
from knowledge.release import Release

MOST_WAKES = 40
"""How often a case is woken, at the most, for what becomes due after its conversation."""
LEARNT_WITHIN_S = 600.0
_CODE = re.compile(r"\b\d{6}\b")


class Unanswered(DeskhandError):
    """A desk that is asked one thing at a time did not answer it."""


class Calendar(Clock):
    """A clock that can be put to another time, and runs on from there."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = timedelta()

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC) + self._moved

    def put(self, moment: datetime) -> None:
        """Make it that time now."""
        self._moved = moment - datetime.now(UTC)


@dataclass
class Scratch:
    """The company: its desk, an eye on its systems, and the time there."""

    desk: Desk
    turns: Turns
    oracle: Oracle
    clock: Calendar
    live: Release
    """Under which cases begin that name no other."""
    _renew: Callable[[date], None]

    def begin(self, at: datetime | None = None) -> None:
        """A fresh day (now, if none is named): the systems as they are seeded on it, without faults."""
        self.clock.put(at or datetime.now(UTC))
        self._renew(self.clock.now().date())

    async def learn(self) -> None:
        """Wait for the languages that the live release serves: how a message is read then hangs on no time."""
        if self.desk.languages is not None:
            for locale in self.live.playbook.company.locales:
                await asyncio.to_thread(self.desk.languages.of, self.live, locale, LEARNT_WITHIN_S)

    async def keep(self, folder: Path) -> Release:
        """Check the documents of a folder and make them a release that cases here may begin under.

        Raises PlaybookError.
        """
        return await asyncio.to_thread(self.desk.releases.keep, folder)

    async def open(
        self,
        *,
        release: str | None = None,
        customer_id: str | None = None,
        channel: str = "web",
        locale: str | None = None,
        case_id: str | None = None,
    ) -> Conversation:
        """Open a case under a release, the live one if none is named. `customer_id`: the host site vouches for them."""
        known = await self.desk.release(release) if release else self.live
        locales = known.playbook.company.locales
        opened = e.CaseOpened(
            release=known.id,
            channel=channel,
            locale=locale if locale in locales else locales[0],
            customer_id=customer_id,
        )
        opened_id, _ = await self.desk.files.open(opened, case_id)
        return Conversation(self, opened_id)

    async def code_for(self, customer_id: str) -> str:
        """The code in the customer's newest mail, read as they would; "" when none has come."""
        mails = await self.oracle.rows("messages", customer_id=customer_id, kind="one_time_code")
        found = _CODE.search(str(mails[-1]["body"])) if mails else None
        return found.group() if found else ""


@dataclass
class Conversation:
    """One case and those who write in it."""

    company: Scratch
    case_id: str
    turns: list[Turn] = field(default_factory=list)

    async def say(self, text: str) -> Turn:
        """The customer writes. Raises Unanswered, and what `inbox.accept` raises."""
        message_id = str(uuid.uuid4())
        await self.company.turns.accept(self.case_id, message_id, text)
        return await self._answer(message_id)

    async def approval(self) -> Approval | None:
        """What waits for a person's decision."""
        desk = self.company.desk
        async with desk.files.database.read() as db:
            pending = await approvals.listed(db, desk.tenant, desk.clock, status="pending")
        return next((one for one in pending if one.case_id == self.case_id), None)

    async def decide(
        self, asked: Approval, status: str, reason: str, text: str | None = None, args: Mapping[str, Any] | None = None
    ) -> Turn:
        """A person decides on it, with arguments of their own where they edit it. Raises ApprovalStale, Unanswered."""
        desk = self.company.desk
        exact = None if args is None else exact_args(desk.catalog, asked.action, dict(args))
        decision = Decision.model_validate(
            {"status": status, "decided_by": "reviewer", "reason": reason, "text": text, "args": exact}
        )
        async with desk.files.database.write() as tx:
            await approvals.decide(tx, desk.tenant, desk.clock, asked.id, decision, asked.digest)
        self.company.turns.wake(self.case_id)
        return await self._answer(f"decision:{asked.id}")

    async def wait(self, seconds: float) -> list[Turn]:
        """Time passes, and what becomes due in this case meanwhile happens at its time; the turns that it caused."""
        until, told = self.company.clock.now() + timedelta(seconds=seconds), list[Turn]()
        for _ in range(MOST_WAKES):
            waits = await self._waiting()
            if not waits or (due := datetime.fromisoformat(waits[0][1])) > until:
                break
            self.company.clock.put(max(due, self.company.clock.now()))
            self.company.turns.wake(self.case_id)
            told.append(await self._answer(waits[0][0]))
        self.company.clock.put(until)
        return told

    async def leave(self) -> None:
        """Have nothing wait in this case any more: it is looked at by nobody who would act on it."""
        waits = await self._waiting()
        async with self.company.desk.files.database.write() as tx:
            for wake_id, _ in waits:
                await inbox.withdraw(tx, self.case_id, wake_id)

    async def close(self) -> None:
        """A person closes the case."""
        await self.company.turns.by_staff(self.case_id, e.CaseClosed(by="reviewer"))
        await self.company.turns.rest(self.case_id)

    async def events(self) -> list[e.Event]:
        """The case's file."""
        return await self.company.desk.files.events(self.case_id)

    async def _waiting(self) -> list[tuple[str, str]]:
        async with self.company.desk.files.database.read() as db:
            return await inbox.waiting(db, self.case_id)

    async def _answer(self, wake_id: str) -> Turn:
        files = self.company.desk.files
        await self.company.turns.rest(self.case_id)
        async with files.database.read() as db:
            row = await inbox.find(db, self.case_id, wake_id)
        if row is None or not row.turn_seq:
            raise Unanswered(f"The case {self.case_id} was woken and did not answer; the log says why.")
        [event] = await files.events(self.case_id, after=row.turn_seq - 1, limit=1)
        if not isinstance(event.body, e.TurnDone):
            raise TypeError(f"Event {row.turn_seq} of the case {self.case_id} does not end a turn.")
        self.turns.append(event.body.turn)
        return event.body.turn
