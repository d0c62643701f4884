"""Failover: a model and the one that takes over, behind one port.

What is plain to the fallback is not asked of the first at all. When the first fails, it is asked once more where time
remains; then the turn goes on with the fallback, and its name says so. An endpoint that keeps failing is left alone for
a while, so that a dead one costs no turn its time.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TypeVar

from agent.casefile.records import Passage
from agent.circuit import Circuit
from agent.models.calls import ModelDown, RequestRefused
from agent.models.patience import Patience
from agent.models.port import Frame, IntentChoice, Model, ModelFailed, Reading, Step, ToolOffer

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Failover:
    """The two models, and what is known of the first one's health. Share one; give each turn its own `turn()`."""

    def __init__(
        self,
        primary: Model,
        fallback: Model,
        *,
        budget_s: float,
        again: int = 1,
        strikes: int = 3,
        cool_down_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`budget_s`: how long all calls of one turn may wait for the primary, together.

        `again`: how often in one turn it is asked once more after it failed.
        """
        self._primary, self._fallback = primary, fallback
        self._budget_s, self._again, self._clock = budget_s, again, clock
        self._circuit = Circuit(strikes=strikes, cool_down_s=cool_down_s, clock=clock)

    def turn(self) -> TurnModel:
        """The model for one turn, with the whole budget."""
        patience = Patience(self._budget_s, self._clock)
        return TurnModel(self._primary, self._fallback, patience, self._circuit, again=self._again)

    @property
    def name(self) -> str:
        """The primary's: what a turn begins with."""
        return self._primary.name

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """As a turn of its own."""
        return await self.turn().read(message, frame, choices)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """As a turn of its own."""
        return await self.turn().propose(question, frame, tools, passages)

    def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """As a turn of its own."""
        return self.turn().word(question, frame, passages)


class TurnModel:
    """One turn's model: the primary until it fails for good or its time is up, then the fallback."""

    def __init__(self, primary: Model, fallback: Model, patience: Patience, circuit: Circuit, *, again: int) -> None:
        self._primary, self._fallback = primary, fallback
        self._patience, self._circuit, self._again = patience, circuit, again
        self._tries: bool | None = None
        """None: nothing was asked yet."""

    @property
    def name(self) -> str:
        """The primary's once it was asked, `FALLBACK (after PRIMARY failed)`, or the fallback's while it was enough."""
        if self._tries is False:
            return f"{self._fallback.name} (after {self._primary.name} failed)"
        return self._primary.name if self._tries else self._fallback.name

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """See the port; what is plain to the fallback costs no call. Raises `ModelFailed` when the fallback does."""
        own = await self._fallback.read(message, frame, choices)
        if own.plain:
            return own
        hinted = frame.model_copy(update={"likely": own.likely})
        with suppress(ModelFailed):
            return await self._ask(lambda: self._primary.read(message, hinted, choices))
        return own

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """See the port. Raises `ModelFailed` when the fallback does."""
        with suppress(ModelFailed):
            return await self._ask(lambda: self._primary.propose(question, frame, tools, passages))
        return await self._fallback.propose(question, frame, tools, passages)

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        """See the port. When the primary fails after its first sentence, the wording ends there, without a failure."""
        said = False
        while not said and self._may_try():
            try:
                async with aclosing(self._in_time(self._primary.word(question, frame, passages))) as sentences:
                    async for sentence in sentences:
                        said = True
                        yield sentence
            except ModelFailed as failure:
                await self._after(failure, over=said)
        if said:
            return
        async for sentence in self._fallback.word(question, frame, passages):
            yield sentence

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """The primary's answer. Raises `ModelFailed` where it has none, also when it is asked again."""
        while self._may_try():
            try:
                async with self._watched():
                    return await call()
            except ModelFailed as failure:
                await self._after(failure)
        raise ModelFailed("the model is left alone")

    async def _in_time(self, sentences: AsyncIterator[str]) -> AsyncGenerator[str]:
        try:
            while True:
                async with self._watched():
                    sentence = await anext(sentences, None)
                if sentence is None:
                    return
                yield sentence
        finally:
            if isinstance(sentences, AsyncGenerator):
                await sentences.aclose()

    def _may_try(self) -> bool:
        if self._tries is None:
            self._tries = self._circuit.lets_through()
        self._tries = self._tries and self._patience.left > 0
        return self._tries

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """One wait for the primary. Raises `ModelFailed`."""
        try:
            async with self._patience.waiting():
                yield
        except TimeoutError:
            raise ModelDown("the turn's time for the model is used up") from None
        self._circuit.worked()

    async def _after(self, failure: ModelFailed, *, over: bool = False) -> None:
        """Wait until the primary may be asked again; leave it alone when that is `over`, or there is no time for it."""
        wait = failure.again_after_s if isinstance(failure, ModelDown) else 0.0
        lasting = isinstance(failure, RequestRefused)
        if over or lasting or not self._again or wait >= self._patience.left:
            self._give_up(failure)
            return
        self._again -= 1
        async with self._patience.waiting():
            await asyncio.sleep(wait)

    def _give_up(self, failure: ModelFailed) -> None:
        self._tries = False
        _log.warning("%s failed, %s takes over: %s", self._primary.name, self._fallback.name, failure)
        if isinstance(failure, ModelDown):  # an unusable answer may be one customer's doing
            self._circuit.failed(self)
        else:
            self._circuit.worked()


def for_turn(model: Model) -> Model:
    """A fresh model for one turn: with its own budget where there is a fallback, else the model itself."""
    return model.turn() if isinstance(model, Failover) else model
