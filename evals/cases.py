"""Past cases: what a company's customers might have written, through the real graph on the embedded model.

They come in days: each day begins with fresh systems, at a date of the last weeks, and its conversations are one after
the other, each at its hour. What is drawn depends on the seed and the day alone, so that the same seed tells the same
cases, however many processes share the days. Left to the graph are the ids it makes and the seconds it takes.
"""

from __future__ import annotations

import asyncio
import multiprocessing as mp
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select

from agent.casefile import events as e
from agent.casefile.database import Database
from agent.casefile.records import Approval, Turn
from agent.casefile.store import CaseFiles
from agent.casefile.tables import metadata
from agent.errors import DeskhandError
from evals.customer import Customer, Goal, Persona
from evals.phrases import LANGUAGES, phrases_in
from evals.scratch import Conversation, Scratch
from evals.wishes import Books, Wisher

A_DAY = 25
"""Cases that share the systems of one day."""
LONGEST_AGO_D = 28
SETTLES_S = 3 * 86_400.0
"""How long after its conversation something of a case may still happen."""
AT_ONCE = 50
"""Cases that are copied in one transaction."""
MARK = uuid.UUID("6f0c1d0e-52a5-4c62-9a3c-2f1b7c1f5a10")
Opening = Callable[[Path], AbstractAsyncContextManager[Scratch]]
"""Opens a scratch company in a home; where several processes work it has to be picklable."""
FAULTS: Sequence[tuple[str, dict[str, Any]]] = (
    ("lost_write", {}), ("error_after_write", {}), ("partial_write", {}), ("wrong_field", {}), ("stale_read", {}),
    ("server_error", {"n": 3}), ("timeout_before_write", {"ms": 20}), ("slow", {"ms": 200}),
    ("timeout_after_write", {"ms": 1200}),
)  # fmt: skip
RESOURCES = {
    "refund": "refunds", "subscription": "subscriptions", "coffee": "subscriptions", "return": "returns",
    "appointment": "appointments", "callback": "appointments", "send_": "messages", "technical": "tickets",
    "person": "tickets", "change_delivery": "orders", "change_": "customers",
}  # fmt: skip
"""By a part of an intent's name, where a fault would be met; elsewhere it is the orders."""


@dataclass
class Tally:
    """What came of the cases."""

    statuses: Counter[str] = field(default_factory=Counter)
    workflows: Counter[str] = field(default_factory=Counter)
    """By the intents that were read, with their workflow where they have one."""
    rulings: Counter[str] = field(default_factory=Counter)
    handoffs: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    """As the customers wrote; the desk answers in those that it serves."""
    failed: int = 0
    """Cases that could not be played to their end; they are not kept."""

    def add(self, other: Tally) -> None:
        """Count both together."""
        for name in ("statuses", "workflows", "rulings", "handoffs", "languages"):
            getattr(self, name).update(getattr(other, name))
        self.failed += other.failed

    def shown(self) -> Iterator[tuple[str, str]]:
        """Each count with what was counted, most first."""
        for name in ("statuses", "workflows", "rulings", "handoffs", "languages"):
            counted: Counter[str] = getattr(self, name)
            yield name, ", ".join(f"{what} {many}" for what, many in counted.most_common())
        if self.failed:
            yield "not kept", f"{self.failed} that could not be played to their end; the log says why"

    def count(self, opened: Conversation, events: Sequence[e.Event], language: str) -> None:
        """Count one case by its file."""
        book, status = opened.company.live.playbook, opened.turns[-1].status if opened.turns else "open"
        self.languages[language] += 1
        for event in events:
            match event.body:
                case e.IntakeRead(intents=intents):
                    names = (intent.name for intent in intents)
                    self.workflows.update(book.intents[name].workflow or book.intents[name].kind for name in names)
                case e.Ruled(ruling=ruling, intent=intent) if intent is not None:
                    self.rulings[ruling.outcome.value] += 1
                case e.HandedOff(reason=reason):
                    self.handoffs[reason] += 1
                case e.CaseClosed():
                    status = "closed"
        self.statuses[status] += 1


def is_generated(case_id: str) -> bool:
    """Whether a case was made here: its id is made from a name, where those of customers are random."""
    return uuid.UUID(case_id).version == 5


async def generate(
    opening: Opening,
    into: CaseFiles,
    n: int,
    seed: int,
    home: Path,
    *,
    workers: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> Tally:
    """Play `n` cases in scratch companies under `home`, and keep their files in `into`.

    Cases of this seed and release that are there already stay as they are. `told`: how many are played so far.
    """
    days = list(range(-(-n // A_DAY)))
    homes = [home / f"company-{number}" for number in range(max(1, min(workers, len(days))))]
    tally, counted = Tally(), mp.get_context("spawn").Value("i", 0)
    if len(homes) == 1:
        tally = await play(opening, homes[0], days, n, seed, lambda done: told(done))
    else:
        async with opening(home / "first") as company:  # what is learnt and indexed once counts for all of them
            await company.learn()
        for part in await _shared(opening, homes, days, n, seed, counted, told):
            tally.add(part)
    for one in homes:
        await _keep(one, into)
    return tally


async def _shared(
    opening: Opening, homes: Sequence[Path], days: Sequence[int], n: int, seed: int, counted: Any, told: Any
) -> list[Tally]:
    """The days dealt out to one process each home."""
    loop = asyncio.get_running_loop()
    context = mp.get_context("spawn")
    with ProcessPoolExecutor(len(homes), context, initializer=_counting, initargs=(counted,)) as pool:
        work = [
            loop.run_in_executor(pool, _work, opening, one, days[at :: len(homes)], n, seed)
            for at, one in enumerate(homes)
        ]
        while (await asyncio.wait(work, timeout=0.5))[1]:
            told(counted.value)
        told(counted.value)
        return [one.result() for one in work]


_counted: Any = None


def _counting(counted: Any) -> None:
    global _counted
    _counted = counted


def _work(opening: Opening, home: Path, days: Sequence[int], n: int, seed: int) -> Tally:
    def told(_: int) -> None:
        with _counted.get_lock():
            _counted.value += 1

    return asyncio.run(play(opening, home, days, n, seed, told))


async def play(
    opening: Opening, home: Path, days: Sequence[int], n: int, seed: int, told: Callable[[int], None]
) -> Tally:
    """Play these days of `n` cases in one scratch company; their files stay in its home."""
    tally, done = Tally(), 0
    async with opening(home) as company:
        await company.learn()
        for day in days:
            dice = Random(f"{seed}:{day}")  # noqa: S311 - a story, not a secret
            date = datetime.now(UTC).replace(hour=0, minute=0) - timedelta(days=dice.randint(4, LONGEST_AGO_D))
            company.begin(date)
            books = await Books.of(company.oracle, date.date())
            for number in range(day * A_DAY, min(n, (day + 1) * A_DAY)):
                company.clock.put(date + timedelta(minutes=dice.randrange(6 * 60, 23 * 60)))
                wisher = Wisher(books, company.live.playbook, Random(f"{seed}:{day}:{number}"))  # noqa: S311
                try:
                    await Story.drawn(company, wisher).told(tally, _named(company, seed, number))
                except DeskhandError:
                    tally.failed += 1
                done += 1
                told(done)
    return tally


def _named(company: Scratch, seed: int, number: int) -> str:
    return str(uuid.uuid5(MARK, f"{company.live.id}:{seed}:{number}"))


@dataclass
class Story:
    """One case, from its first message to the last thing that happens in it."""

    company: Scratch
    dice: Random
    persona: Persona
    goals: list[Goal]
    slip: str
    channel: str
    vouched: bool

    @classmethod
    def drawn(cls, company: Scratch, wisher: Wisher) -> Story:
        """Who writes, and what they want."""
        dice, intent = wisher.dice, wisher.intent()
        record, row = wisher.somebody(intent)
        language = dice.choices(LANGUAGES, (82, 8, 5, 5))[0]
        phrases = phrases_in(language)
        persona = Persona(
            record,
            language,
            dice.choices(("plain", "terse", "chatty", "typos", "impatient"), (40, 20, 15, 15, 10))[0],
            dice.choices(("vouched", "facts", "wrong", "stranger", "none"), (45, 38, 5, 6, 6))[0],
            dice.choices(("yes", "no", "unclear", "changed"), (78, 9, 8, 5))[0],
            slips=dice.random() < 0.06,
            attacks=dice.random() < 0.03,
            patience=dice.choice((4, 8, 12, 12)),
        )
        goals = [wisher.goal(intent, record, phrases, row)]
        if "order_id" in goals[0].values and dice.random() < 0.06:
            goals[0] = replace(goals[0], values={**goals[0].values, "order_id": wisher.elsewhere(record)})
        goals += [wisher.goal(name, record, phrases) for name in _further(wisher, intent)]
        channel = dice.choices(("web", "email", "chat"), (70, 20, 10))[0]
        return cls(company, dice, persona, goals, wisher.slip(goals[0], record), channel, persona.proof == "vouched")

    async def told(self, tally: Tally, case_id: str) -> None:
        """Play it, and count what came of it. Raises Unanswered."""
        customer_id = str(self.persona.record["id"])
        titles = {name: i.title.get("en", name) for name, i in self.company.live.playbook.intents.items()}
        customer = Customer(
            self.persona,
            self.goals,
            self.dice,
            lambda: self.company.code_for(customer_id),
            titles=titles,
            slip=self.slip,
            together=self.dice.random() < 0.5,
        )
        await self._arm()
        opened = await self.company.open(
            customer_id=customer_id if self.vouched else None,
            channel=self.channel,
            locale=self.persona.language,
            case_id=case_id,
        )
        await self._talk(opened, customer)
        await self.company.oracle.clear()
        await opened.wait(SETTLES_S)
        await opened.leave()
        if opened.turns[-1].status in ("waiting_person", "resolved") and self.dice.random() < 0.4:
            await opened.close()
        tally.count(opened, await opened.events(), self.persona.language)

    async def _talk(self, opened: Conversation, customer: Customer) -> None:
        text: str | None = customer.opening()
        for _ in range(self.persona.patience):
            turn = await opened.say(text or "")
            text = await customer.answer(turn)
            if text is None and turn.status == "waiting_approval":
                reviewed = await self._reviewed(opened)
                text = None if reviewed is None else await customer.answer(reviewed)
            if text is None:
                return
            await self._pass(opened, self.dice.choices((40.0, 240.0, 700.0, 1200.0), (80, 12, 4, 4))[0])

    async def _pass(self, opened: Conversation, seconds: float) -> None:
        await opened.wait(seconds * self.dice.uniform(0.5, 1.5))

    async def _reviewed(self, opened: Conversation) -> Turn | None:
        """What the reviewer does with the question that waits; None: they let it lapse, and so it ends."""
        asked = await opened.approval()
        does = self.dice.choices(("approved", "edited", "rejected", "responded", "expired"), (55, 10, 16, 7, 12))[0]
        if asked is None or does == "expired":
            return None
        await self._pass(opened, self.dice.choice((600.0, 3600.0, 9000.0)))
        if does == "edited":
            args = _less(asked, self.dice)
            return await opened.decide(asked, "edited" if args else "approved", "Looked at the order.", args=args)
        text = "Could you tell us a little more about it, please?" if does == "responded" else None
        return await opened.decide(asked, does, "Looked at the order.", text)

    async def _arm(self) -> None:
        """In some cases the systems have a bad day."""
        if self.dice.random() < 0.1:
            name, aim = self.dice.choices(FAULTS, (3, 3, 3, 3, 3, 3, 3, 2, 1))[0]
            await self.company.oracle.arm(name, resource=self._met_at(), **{"n": 1, **aim})

    def _met_at(self) -> str:
        intent = self.goals[0].intent
        return next((resource for part, resource in RESOURCES.items() if part in intent), "orders")


def _further(wisher: Wisher, first: str) -> Iterator[str]:
    """What they want besides."""
    if first == "cancel_appointment" and wisher.dice.random() < 0.3:
        yield "callback"
    elif first == "set_reminder" and wisher.dice.random() < 0.4:
        yield "cancel_reminder"
    elif wisher.dice.random() < 0.14:
        yield wisher.intent()
    if wisher.dice.random() < 0.2:
        yield wisher.dice.choice(("thanks", "goodbye"))


def _less(asked: Approval, dice: Random) -> dict[str, Any] | None:
    """The arguments with a smaller sum; None where there is no sum."""
    if "amount" not in asked.args:
        return None
    return {**asked.args, "amount": f"{max(1.0, float(str(asked.args['amount'])) * dice.choice((0.5, 0.8))):.2f}"}


async def _keep(home: Path, into: CaseFiles) -> None:
    """Copy the finished cases of a scratch company, all that belongs to each in one transaction."""
    there = set(await into.ids())
    database = await Database.open(f"sqlite+aiosqlite:///{home / 'cases.db'}")
    try:
        played = [one for one in await CaseFiles(database, into.clock, into.tenant).ids() if one not in there]
        for at in range(0, len(played), AT_ONCE):
            await _copied(database, into.database, played[at : at + AT_ONCE])
    finally:
        await database.close()


async def _copied(source: Database, into: Database, case_ids: Sequence[str]) -> None:
    tables = [table for table in metadata.sorted_tables if "case_id" in table.c]
    async with source.read() as db, into.write() as tx:
        for table in tables:
            rows = (await db.execute(select(table).where(table.c.case_id.in_(case_ids)))).mappings()
            if found := [dict(row) for row in rows]:
                await tx.execute(insert(table), found)
