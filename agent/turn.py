"""The open turn: what a node works with. It holds the case, notes what happens, and commits it.

Noted events are folded at once and written together before anything leaves the house: before an effect is sent,
before a sentence is seen, and at the end. What stands in the turn's journal is not done a second time, so a turn
that died is simply run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from agent.budget import Metered, Purse
from agent.casefile import events as e
from agent.casefile import inbox, lease
from agent.casefile.fold import Case, fold, journaled
from agent.casefile.inbox import Wake
from agent.casefile.lease import Lease
from agent.casefile.records import BESIDE_THE_TALK, Ask, CaseStatus, Turn, TurnHandoff
from agent.casefile.store import Head
from agent.desk import Desk
from knowledge.playbook import Playbook
from knowledge.release import Release
from tools.contract import Scope

B = TypeVar("B", bound=e.EventBody)
InTransaction = Callable[[AsyncConnection], Awaitable[None]]


class OpenTurn:
    """One turn under way, by the one worker that holds the case's lease."""

    def __init__(
        self,
        desk: Desk,
        release: Release,
        held: Lease,
        case: Case,
        head: Head,
        wakes: Sequence[Wake],
        shadow: Release | None = None,
    ) -> None:
        """`release` is the one that the case is pinned to; `shadow` only rules beside it."""
        self.desk, self.release, self.lease, self.case, self.wakes = desk, release, held, case, list(wakes)
        self.shadow = shadow if shadow is not None and shadow.id != release.id else None
        self.purse = Purse(desk, release.playbook.company.budgets, case.case_id)
        self.model = Metered(desk.model_for(release), self.purse)
        self._head, self._noted, self._with_next = head, list[e.Event](), list[InTransaction]()
        if case.turn is None:
            cause = wakes[0].cause if wakes else "message"
            self.note(e.TurnStarted(wakes=[wake.wake_id for wake in wakes], cause=cause))

    @property
    def playbook(self) -> Playbook:
        """The playbook of the release that this case began under."""
        return self.release.playbook

    @property
    def now(self) -> datetime:
        """The time, by the company's clock."""
        return self.desk.clock.now().astimezone(ZoneInfo(self.playbook.company.time_zone))

    @property
    def scope(self) -> Scope:
        """For whom tools work in this case."""
        return Scope(tenant=self.case.tenant, case_id=self.case.case_id, customer_id=self.case.identity.customer_id)

    @contextmanager
    def calling(self, system: str, *, whatever_happened: bool = False) -> Iterator[None]:
        """One call to a system. Raises ToolLost, without a call, while the system is left alone.

        `whatever_happened`: the call is made even then, since something rests on its answer.
        """
        with self.desk.systems.watched(system, self.case.case_id, whatever_happened=whatever_happened):
            self.purse.spend(tool_calls=1)
            yield

    async def is_over_budget(self) -> bool:
        """Whether a person has to go on with this turn; one that carries out a person's own decision is not stopped."""
        if not any(wake.cause == "message" for wake in self.wakes):
            return False
        return await self.purse.is_empty(self.case.identity.customer_id)

    def note(self, body: B) -> B:
        """Something happened: it is part of the case from now on, and written with the next commit.

        Raises ValueError for what the file could not keep; the case stays as it was.
        """
        e.check_lasting(body)
        event = e.Event(self.case.seq + 1, self.desk.clock.stamp(), body)
        self._noted.append(event)
        self.case = fold(self.case, [event])
        return body

    def noted(self, kind: type[B], where: Callable[[B], bool] = lambda _: True) -> B | None:
        """The turn's last event of a kind that satisfies `where`."""
        bodies = (event.body for event in reversed(journaled(self.case, kind)))
        return next((body for body in bodies if isinstance(body, kind) and where(body)), None)

    def all_noted(self, kind: type[B]) -> list[B]:
        """The turn's events of a kind, in order."""
        return [event.body for event in journaled(self.case, kind) if isinstance(event.body, kind)]

    def with_next_commit(self, write: InTransaction) -> None:
        """Have something written in the transaction that writes what was noted."""
        self._with_next.append(write)

    async def commit(self, *, keep: bool = False) -> None:
        """Write what was noted in one transaction. Raises LateWriter when the case was taken over.

        It is carried through when the turn is cancelled meanwhile, and only then is the turn: a connection that is left
        in the middle of a transaction keeps the database locked for everybody.
        """
        writing = asyncio.ensure_future(self._write(keep=keep))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    async def _write(self, *, keep: bool) -> None:
        async with self.desk.files.database.write() as tx:
            kept = self.case if keep else None
            head = await self.desk.files.append(tx, self.lease, self._head, self._noted, kept)
            for write in self._with_next:  # a late writer was turned away before it could touch anything else
                await write(tx)
        self._head = head
        self._noted.clear()
        self._with_next.clear()
        self.desk.bell.ring(self.case.case_id)

    def mark(self) -> Callable[[], None]:
        """Calling what this gives takes back all that is noted and hooked in from here on: it could not be written."""
        case, hooks = self.case, len(self._with_next)

        def take_back() -> None:
            self._noted = [event for event in self._noted if event.seq <= case.seq]
            del self._with_next[hooks:]
            self.case = case

        return take_back

    @property
    def is_done(self) -> bool:
        """Whether its last event stands."""
        return self.case.turn is None

    async def finish(self) -> Turn:
        """Write the turn's last event; the inbox rows are done and the lease is free in the same transaction."""
        wakes = [wake.wake_id for wake in self.wakes]
        turn = self._record()
        self.note(e.TurnDone(turn=turn, wakes=wakes))

        async def close(tx: AsyncConnection) -> None:
            await inbox.done(tx, self.case.case_id, wakes, turn.seq)
            await self.purse.write(tx, self.case.identity.customer_id)
            await lease.release(tx, self.lease)

        self.with_next_commit(close)
        await self.commit(keep=True)
        return turn

    def _record(self) -> Turn:
        replies = self.all_noted(e.ReplySent)
        messages = [body.message_id for body in self.all_noted(e.MessageReceived)]
        handed = self.noted(e.HandedOff)
        return Turn(
            seq=self.case.seq + 1,
            message_id=messages[-1] if messages else None,
            reply=joined(replies),
            language=self.case.language,
            status=self._status(),
            intents=self.case.intents,
            ruling=self.case.ruling,
            citations=list({c.id: c for reply in replies for c in reply.citations}.values()),
            receipts=[body.receipt for body in self.all_noted(e.Verified)],
            asks=self._asks(),
            handoff=handed and TurnHandoff(reason=handed.reason, ticket_id=handed.ticket_id),
            model=self.model.name,
        )

    def _asks(self) -> list[Ask]:
        """What is asked at its end. A turn that neither a message nor a decision caused leaves asked what was."""
        said = [ask for reply in self.all_noted(e.ReplySent) for ask in reply.asks]
        beside = all(wake.cause in BESIDE_THE_TALK for wake in self.wakes)
        return self.case.asks if beside and not said else said

    def _status(self) -> CaseStatus:
        if self.case.status == "closed":
            return "closed"
        if self.case.handed:
            return "waiting_person"
        if self._asks():
            return "waiting_customer"
        return "waiting_approval" if self.case.approval else "resolved"


def joined(replies: Sequence[e.ReplySent]) -> str:
    """What was said in one turn, as one text."""
    said = [reply for reply in replies if reply.text]
    return "".join((" " if reply.continues else "\n\n" if i else "") + reply.text for i, reply in enumerate(said))
