"""The desk's own side of a case, as its tools reach it: reminders in the inbox, texts from file and playbook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile import events as e
from agent.casefile import inbox
from agent.casefile.canonical import SHORT_KEY
from agent.casefile.case import Case
from agent.casefile.events import Event
from agent.casefile.inbox import Wake
from agent.desk import Desk
from agent.speech.render import Voice
from knowledge.playbook import Playbook
from tools.contract import ToolLost
from tools.own import Paper, Waiting

MOST_ARTICLES = 5


class OwnSide:
    """Implements `tools.own.Own` over the desk that it serves."""

    def __init__(self) -> None:
        self._desk: Desk | None = None

    def serve(self, desk: Desk) -> None:
        """Reach this desk from now on: its tools were made before it."""
        self._desk = desk

    async def remind(self, case_id: str, key: str, due_at: str, text: str) -> str:
        """Keep a reminder, once for a key; its id."""
        reminder_id, desk = key[:SHORT_KEY], self._open()
        wake = Wake(case_id, inbox.reminder_wake(reminder_id), "reminder", text)
        async with self._store(write=True) as tx:
            if await inbox.find(tx, case_id, wake.wake_id) is None:
                await inbox.put(tx, desk.tenant, desk.clock, wake, due_at=due_at)
        return reminder_id

    async def waiting(self, case_id: str) -> list[Waiting]:
        """The case's reminders that nobody has dealt with, soonest first."""
        async with self._store() as db:
            return [Waiting(id=row[0], due_at=row[1], text=row[2]) for row in await inbox.reminders(db, case_id)]

    async def withdraw(self, case_id: str, reminder_id: str) -> None:
        """Have a reminder never become due."""
        async with self._store(write=True) as tx:
            await inbox.withdraw(tx, case_id, inbox.reminder_wake(reminder_id))

    async def summary(self, case_id: str, since: int) -> Paper:
        """What was asked for, and what came of it, before the case's file had this event."""
        desk = self._open()
        async with self._store():
            events = await desk.files.events(case_id)
        case, _ = await desk.files.load(case_id)
        release = await desk.release(case.release)
        voice = Voice(release, case.language)
        before = [event for event in events if event.seq <= since]
        text = voice.say("summary.text", wishes=_wishes(before, release.playbook), outcomes=_outcomes(before, voice))
        return Paper(id=case_id, title=voice.say("summary.title"), text=f"{text}\n")

    async def articles(self, case_id: str, about: str) -> list[Paper]:
        """The approved articles that answer best, best first."""
        desk, (case, book) = self._open(), await self._case(case_id)
        today = desk.clock.now().date()
        found = await asyncio.to_thread(desk.search.find, about, case.release, case.language, today, MOST_ARTICLES)
        return [Paper(hit.id, hit.title, hit.text) for hit in found if hit.id in book.articles]

    async def article(self, case_id: str, article_id: str) -> Paper | None:
        """One approved article of the case's release, while it is in force."""
        _, book = await self._case(case_id)
        article = book.articles.get(article_id)
        if article is None or not article.in_force(self._open().clock.now().date()):
            return None
        return Paper(article.id, article.title, f"{article.text}\n")

    async def _case(self, case_id: str) -> tuple[Case, Playbook]:
        desk = self._open()
        async with self._store():
            case, _ = await desk.files.load(case_id)
        return case, (await desk.release(case.release)).playbook

    def _open(self) -> Desk:
        if self._desk is None:
            raise ToolLost("The desk is not open.", answered=True)
        return self._desk

    @asynccontextmanager
    async def _store(self, *, write: bool = False) -> AsyncIterator[AsyncConnection]:
        database = self._open().files.database
        try:
            async with database.write() if write else database.read() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise ToolLost("The desk's own store cannot be reached.") from error


def _wishes(events: Sequence[Event], book: Playbook) -> list[str]:
    """The customer's own words for each matter that they opened."""
    opened = [intent for event in events if isinstance(event.body, e.IntakeRead) for intent in event.body.intents]
    return [intent.text for intent in opened if book.intents[intent.name].kind in ("workflow", "question")]


def _outcomes(events: Sequence[Event], voice: Voice) -> list[str]:
    """What came of each change, told as it was told, by its last receipt; and the passages that answered."""
    receipts = {body.receipt.effect: body.receipt for body in _of(events)}
    told = [voice.outcome(receipt) for receipt in receipts.values() if receipt.action != "send_code"]
    cited = [c.title for event in events if isinstance(event.body, e.ReplySent) for c in event.body.citations]
    return [*told, *(voice.say("summary.cited", title=title) for title in dict.fromkeys(cited))]


def _of(events: Sequence[Event]) -> list[e.Verified]:
    return [event.body for event in events if isinstance(event.body, e.Verified) and event.body.intent is not None]
