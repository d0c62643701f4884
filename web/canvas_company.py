"""Trying a draft: a company is opened under its documents for one visitor, where nothing real is touched.

It is kept while it is talked to, and closed when nobody came back for a while, or when others need its place.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agent.casefile.events import Event
from agent.casefile.records import Approval, Turn
from agent.desk import Desk
from agent.drafting import laid_out
from agent.errors import DeskhandError, NotTried
from knowledge.documents import PlaybookError
from knowledge.release import Release

MOST = 3
"""Companies that are open at once: each holds a model of its own."""


class Talk(Protocol):
    """One conversation in it, and the case that it is."""

    @property
    def case_id(self) -> str:
        """The case."""

    async def say(self, text: str) -> Turn:
        """The customer writes."""

    async def approval(self) -> Approval | None:
        """What waits for a person's decision."""

    async def decide(self, asked: Approval, status: str, reason: str) -> Turn:
        """A person decides on it."""

    async def events(self) -> list[Event]:
        """The case's file."""


class Company(Protocol):
    """A company over systems of its own."""

    @property
    def desk(self) -> Desk:
        """Where its cases are dealt with."""

    @property
    def live(self) -> Release:
        """What it follows: the documents that it was opened with."""

    async def open(self, *, customer_id: str | None = None) -> Talk:
        """Open a case, for a customer whom the host site vouches for, or for anybody."""

    async def code_for(self, customer_id: str) -> str:
        """The one-time code in a customer's newest mail."""


Stage = Callable[[Path], AbstractAsyncContextManager[Company]]
"""Opens a company that follows the documents of a folder."""


@dataclass
class Try:
    """One conversation with a draft."""

    id: str
    owner: str
    draft_id: str
    company: Company
    talk: Talk
    speaking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while something is said: one thing at a time."""
    wanted_until: float = 0.0
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Tries:
    """The tries that are open."""

    stage: Stage
    idle_s: float = 900.0
    """How long one is kept that nobody comes back to."""
    _open: dict[str, Try] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def begin(self, owner: str, draft_id: str, texts: Mapping[str, str], customer_id: str | None) -> Try:
        """Open a company under these documents; the owner's other one ends. Raises PlaybookError."""
        for one in [one for one in self._open.values() if one.owner == owner]:
            await self.end(one.id)
        while len(self._tasks) >= MOST and self._open:
            await self.end(min(self._open.values(), key=lambda one: one.wanted_until).id)
        id_, ready = secrets.token_hex(8), asyncio.get_running_loop().create_future()
        self._tasks[id_] = asyncio.create_task(self._held(id_, owner, draft_id, dict(texts), customer_id, ready))
        self._tasks[id_].add_done_callback(lambda _: self._tasks.pop(id_, None))
        opened: Try = await asyncio.shield(ready)
        return opened

    def get(self, owner: str, id_: str) -> Try:
        """An open try of one's own. Raises NotTried."""
        one = self._open.get(id_)
        if one is None or one.owner != owner:
            raise NotTried("This conversation has ended, since nobody wrote for a while; begin another one.")
        self.keep(one)
        return one

    def keep(self, one: Try) -> None:
        """Somebody is here."""
        one.wanted_until = time.monotonic() + self.idle_s

    async def end(self, id_: str) -> None:
        """Close a company, once what is said in it is answered."""
        one, task = self._open.pop(id_, None), self._tasks.get(id_)
        if one is not None and task is not None:
            one.over.set()
            await asyncio.wait([task])

    async def stop(self) -> None:
        """Close all of them."""
        tasks = dict(self._tasks)
        for id_, task in tasks.items():
            if id_ in self._open:
                self._open[id_].over.set()
            else:
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def _held(
        self, id_: str, owner: str, draft_id: str, texts: Mapping[str, str], customer_id: str | None,
        ready: asyncio.Future[Try],
    ) -> None:  # fmt: skip
        """The company's life, in one task: what opens it also closes it."""
        try:
            with laid_out(texts) as folder:
                async with self.stage(folder) as company:
                    one = Try(id_, owner, draft_id, company, await company.open(customer_id=customer_id))
                    self.keep(one)
                    self._open[id_] = one
                    ready.set_result(one)
                    await _unwanted(one)
                    async with one.speaking:
                        self._open.pop(id_, None)
        except (DeskhandError, PlaybookError) as error:
            if ready.done():
                raise
            ready.set_exception(error)
        finally:
            self._open.pop(id_, None)
            if not ready.done():
                ready.set_exception(NotTried("The company could not be opened; the server’s log says why."))


async def _unwanted(one: Try) -> None:
    """Wait until nobody wants it any more."""
    while (left := one.wanted_until - time.monotonic()) > 0:
        try:
            await asyncio.wait_for(one.over.wait(), left)
        except TimeoutError:
            continue
        return
