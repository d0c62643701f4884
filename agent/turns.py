"""Turns: a message from the inbox to its answer, whatever dies in between (G7, G8).

A worker takes a case's lease, folds its file, and runs the graph for what is due. What a killed worker left is found
by `sweep` and run again: what stands in the file is not asked, called or said a second time. Whatever goes wrong in
a run ends at one boundary, which records it and hands over to a person.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command
from sqlalchemy.exc import SQLAlchemyError

from agent.casefile import approvals, inbox, lease, spending
from agent.casefile import events as e
from agent.casefile.fold import fold
from agent.casefile.inbox import Wake
from agent.casefile.lease import Lease
from agent.desk import Desk
from agent.errors import CaseIsClosed, CaseUnknown, LateWriter
from agent.graph import GRAPH_STEPS, build
from agent.handoff import follow_up, hand_over
from agent.later import once_more
from agent.nodes.intake import receive
from agent.reconcile import look_again
from agent.remind import remind
from agent.state import State
from agent.turn import OpenTurn
from agent.undo import take_back

SWEEP_S = 1.0
LOOKS, LOOK_S = 10, 0.1
"""How often, and how far apart, a run that begins at the graph asks for a lease that is held."""
HANDOVER_SHARE = 0.4
"""The share of a turn's time that is kept for handing over when the rest did not suffice."""
WITHOUT_GRAPH = {"ticket": follow_up, "effect": look_again, "undo": take_back, "reminder": remind}
"""What a case is woken for beside its conversation: what a turn could not settle, and what a person wants undone."""
log = logging.getLogger("deskhand.turns")


class Turns:
    """The one worker of this process; any number of processes may run one over the same file."""

    def __init__(self, desk: Desk, saver: BaseCheckpointSaver[str] | None) -> None:
        self.desk, self.owner = desk, str(uuid.uuid4())
        self.graph = build(self).compile(checkpointer=saver)
        self._live: dict[str, OpenTurn] = {}
        self._working: dict[str, asyncio.Task[None]] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    # -- a message's way in -------------------------------------------------------------------------------------

    async def accept(self, case_id: str, message_id: str, text: str) -> None:
        """Commit a message to the inbox and begin to work on it. Raises what `inbox.accept` raises."""
        async with self.desk.files.database.write() as tx:
            await inbox.accept(tx, self.desk.tenant, self.desk.clock, case_id, message_id, text)
        self.wake(case_id)

    def wake(self, case_id: str) -> None:
        """Work on a case in the background, unless this process does already."""
        if case_id not in self._working:
            task = asyncio.create_task(self._work_on(case_id), name=f"case {case_id}")
            self._working[case_id] = task
            task.add_done_callback(lambda _: self._working.pop(case_id, None))

    async def rest(self, case_id: str) -> None:
        """Return when this process is not at work on the case any more."""
        if (task := self._working.get(case_id)) is not None:
            await asyncio.wait({task})

    async def sweep(self) -> None:
        """Wake every case with something due: messages of a worker that died, approvals that lapsed, reminders."""
        async with self.desk.files.database.read() as db:
            due = await inbox.waiting_cases(db, self.desk.tenant, self.desk.clock)
        for case_id in due:
            self.wake(case_id)

    async def sweep_forever(self) -> None:
        """Sweep at once and then each second; a database that is locked for a while is asked again."""
        while True:
            with contextlib.suppress(OSError, SQLAlchemyError):
                await self.sweep()
            await asyncio.sleep(SWEEP_S)

    async def stop(self) -> None:
        """End the work under way; what is not finished is found again by the next start."""
        for task in list(self._working.values()):
            task.cancel()
        await asyncio.gather(*self._working.values(), return_exceptions=True)

    # -- one case -----------------------------------------------------------------------------------------------

    async def _work_on(self, case_id: str) -> None:
        while await self._due(case_id):
            held = await self._acquire(case_id)
            if held is None:
                return
            try:
                async with self._renewed(held):
                    await self._run(held, await self._due(case_id))
            except LateWriter as lost:
                log.warning("%s", lost)
                return

    async def _acquire(self, case_id: str) -> Lease | None:
        async with self.desk.files.database.write() as tx:
            return await lease.acquire(tx, self.desk.clock, case_id, self.owner)

    async def _due(self, case_id: str) -> list[Wake]:
        """A burst of messages is one turn; a decision or a due time is one of its own."""
        async with self.desk.files.database.read() as db:
            due = await inbox.due(db, self.desk.clock, case_id)
        first = next((wake for wake in due if wake.cause != "message"), None)
        return [first] if first is not None else due

    @contextlib.asynccontextmanager
    async def _renewed(self, held: Lease) -> AsyncIterator[None]:
        keeper = asyncio.create_task(self._keep(held))
        try:
            yield
        finally:
            keeper.cancel()

    async def _keep(self, held: Lease) -> None:
        renewed = True
        while renewed:
            await asyncio.sleep(lease.RENEW_S)
            async with self.desk.files.database.write() as tx:
                renewed = await lease.renew(tx, self.desk.clock, held)

    async def _run(self, held: Lease, wakes: list[Wake]) -> None:
        turn = await self._open(held, wakes)
        if not turn.wakes:  # another worker was done with it a moment ago
            self._live.pop(held.case_id, None)
            async with self.desk.files.database.write() as tx:
                await lease.release(tx, held)
            return
        ends = time.monotonic() + self.desk.limits.turn_timeout_s
        try:
            async with asyncio.timeout(self.desk.limits.turn_timeout_s * (1 - HANDOVER_SHARE)):
                await self._through_graph(turn)
        except LateWriter:
            raise
        except asyncio.CancelledError:
            if _is_cancelled():
                raise
            log.exception("A turn of the case %s was cancelled by a part of it.", held.case_id)
        except Exception:
            log.exception("A turn of the case %s failed.", held.case_id)
        finally:
            self._live.pop(held.case_id, None)
        if not turn.is_done:
            log.error("The turn of the case %s goes to a person: its run did not end it.", held.case_id)
            await self._to_a_person(turn, ends)

    async def _open(self, held: Lease, wakes: list[Wake]) -> OpenTurn:
        case, head = await self.desk.files.load(held.case_id)
        if case.turn is not None and case.turn.wakes:  # a turn that died is finished first, with what it had begun with
            async with self.desk.files.database.read() as db:
                begun = [await inbox.find(db, held.case_id, wake_id) for wake_id in case.turn.wakes]
            wakes = [wake for wake in begun if wake is not None]
        release, shadow = await self.desk.release(case.release), await self.desk.shadow()
        turn = OpenTurn(self.desk, release, held, case, head, wakes, shadow)
        self._live[held.case_id] = turn
        return turn

    async def _through_graph(self, turn: OpenTurn) -> None:
        config = self.config(turn.case.case_id)
        if (settle := WITHOUT_GRAPH.get(turn.wakes[0].cause)) is not None:
            await settle(turn)
            return
        if not any(wake.cause == "message" for wake in turn.wakes):
            if turn.case.approval is None and turn.noted(e.ApprovalGiven) is None:
                await turn.finish()  # a person took the case before this could be carried out
                return
            waits = (await self.graph.aget_state(config)).interrupts
            if not waits:  # the checkpoint is only a cache: without it the question is put again first
                await self.graph.ainvoke({"messages": []}, config, durability="exit")
            await self.graph.ainvoke(Command(resume=turn.wakes[0].wake_id), config, durability="exit")
            return
        await self.graph.ainvoke({"messages": []}, config, durability="exit")

    async def _to_a_person(self, turn: OpenTurn, ends: float) -> None:
        """The way out of every failed run. It may have failed by what it noted: then the handoff does without that."""
        try:
            await self._handed_over(turn, ends)
        except LateWriter:
            raise
        except Exception:
            log.exception("The case %s is handed over as its file has it.", turn.case.case_id)
            turn = await self._open(turn.lease, turn.wakes)
            self._live.pop(turn.case.case_id, None)
            receive(turn)
            await self._handed_over(turn, ends)

    @staticmethod
    async def _handed_over(turn: OpenTurn, ends: float) -> None:
        """Should the ticket take too long, the handoff stands without one. Who has it already is told nothing again."""
        if turn.case.handed is not None:
            once_more(turn)
            await turn.finish()
            return
        try:
            async with asyncio.timeout(max(0.5, ends - time.monotonic() - 0.5)):
                await hand_over(turn, "internal")
        except TimeoutError:
            await hand_over(turn, "internal", with_ticket=False)
        await turn.finish()

    async def by_staff(self, case_id: str, what: e.TakenOver | e.GivenBack | e.CaseClosed) -> None:
        """A person takes the case, gives it back or closes it. A turn under way loses its lease: it says no more.

        Raises CaseUnknown, CaseIsClosed.
        """
        files = self.desk.files
        if (await files.load(case_id))[0].status == "closed":
            raise CaseIsClosed("This case is closed; nothing about it changes any more.")
        async with files.database.write() as tx:
            held = await lease.acquire(tx, self.desk.clock, case_id, self.owner, by_force=True)
        if held is None:
            raise CaseUnknown(f"There is no case {case_id}.")
        case, head = await files.load(case_id)
        event = e.Event(case.seq + 1, self.desk.clock.stamp(), what)
        async with files.database.write() as tx:
            if case.approval is not None:
                await approvals.withdraw(tx, case.approval)
            if isinstance(what, e.GivenBack):
                await spending.forget(tx, files.tenant, spending.Account.of_case(case_id))
            await files.append(tx, held, head, [event], fold(case, [event]))
            await lease.release(tx, held)
        self.desk.bell.ring(case_id)
        self.wake(case_id)

    @staticmethod
    def config(case_id: str) -> RunnableConfig:
        """The run's configuration: a case is a LangGraph thread."""
        return {"configurable": {"thread_id": case_id}, "recursion_limit": GRAPH_STEPS}

    # -- seats: where the graph's nodes find the open turn ---------------------------------------------------------

    async def seat(self, case_id: str, state: State) -> OpenTurn:
        """The turn that this process has open; a run that began at the graph itself opens one."""
        live = self._live.get(case_id)
        return live if live is not None else await self._opened_from_outside(case_id, state)

    def leave(self, turn: OpenTurn) -> None:
        """The run is over."""
        self._live.pop(turn.case.case_id, None)
        if (keeper := self._keepers.pop(turn.case.case_id, None)) is not None:
            keeper.cancel()

    async def _opened_from_outside(self, case_id: str, state: State) -> OpenTurn:
        files = self.desk.files
        try:
            await files.head(case_id)
        except CaseUnknown:
            release = await self.desk.for_case(case_id)
            locale = release.playbook.company.locales[0]
            opened = e.CaseOpened(release=release.id, channel="studio", locale=locale)
            await files.open(opened, case_id)
        held = await self._with_words(case_id, _last_words(state))
        self._keepers[case_id] = asyncio.create_task(self._keep(held))
        return await self._open(held, await self._due(case_id))

    async def _with_words(self, case_id: str, text: str) -> Lease:
        """The case's lease, with a message taken in. A sweep that only looks whether there is work has it a moment."""
        for _ in range(LOOKS):
            async with self.desk.files.database.write() as tx:  # in one, or a sweep might answer before this run does
                held = await lease.acquire(tx, self.desk.clock, case_id, self.owner)
                if held is not None and text:
                    await inbox.accept(tx, self.desk.tenant, self.desk.clock, case_id, str(uuid.uuid4()), text)
            if held is not None:
                return held
            await asyncio.sleep(LOOK_S)
        raise LateWriter(f"Another worker is at work on the case {case_id}; try again in a moment.")


def _is_cancelled() -> bool:
    """Whether this task itself was cancelled, and not just something that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _last_words(state: State) -> str:
    """What the customer said last in a run that began at the graph; nothing when a question was answered."""
    messages: list[Any] = state.get("messages") or [{}]
    last = messages[-1]
    content = last.get("content", "") if last.get("role", last.get("type")) in ("user", "human") else ""
    if isinstance(content, list):
        content = " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content)
