"""A theatre: a house whose model is whoever is on stage, so that one server serves all attackers."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from agent.casefile import events as e
from agent.casefile.records import Passage
from agent.models.choice import connected, models_for
from agent.models.failover import Failover
from agent.models.port import Frame, IntentChoice, Model, Reading, Step, ToolOffer
from evals.hostile import Hostile, Person
from evals.scripted_model import ScriptedModel
from evals.served import Served
from evals.talk import Case
from knowledge.embedders import NONE, Embedders
from knowledge.learnt import Languages
from knowledge.release import Release
from tests.backoffice import Record
from tests.cases.house import House, running
from tests.cases.people import People

TURN_S = 6.0
B = TypeVar("B", bound=e.Body)


@dataclass
class Puppet(Hostile):
    """Does what a test says, and goes along with the honest model in everything else."""

    reads: Callable[[str, Reading], Any] | None = None
    """From the message and the honest reading."""
    steps: list[Any] = field(default_factory=list)
    """Proposed one after the other, the last one again and again; an exception is raised."""
    words: Sequence[Any] | None = None

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        honest = await super().read(message, frame, choices)
        reading: Reading = self.reads(message, honest) if self.reads else honest
        return reading

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        if not self.steps:
            return await super().propose(question, frame, tools, passages)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, BaseException):
            raise step
        proposed: Step = step
        return proposed

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        if self.words is None:
            async for sentence in super().word(question, frame, passages):
                yield sentence
        for sentence in self.words or ():
            yield sentence


@dataclass
class Theatre:
    """The house, its people, and who is behind the model's port for now."""

    house: House
    people: People
    strangers: Sequence[Person]
    _cast: list[Callable[[Model], Model]]
    endpoint: ScriptedModel | None = None
    """Where the players are, if they are behind one."""

    def stage(self, player: Callable[[Model], Model]) -> None:
        """From here on this one answers; it is given the honest model."""
        self._cast[:] = [player]

    def attacker(self, kind: type[Hostile]) -> None:
        """Put an attacker on stage, who knows everybody."""
        self.stage(lambda honest: kind(honest, strangers=self.strangers))

    def puppet(self, **does: Any) -> None:
        """Put a puppet on stage, one and the same for all turns."""
        kept: list[Puppet] = []

        def play(honest: Model) -> Model:
            kept[:] = kept or [Puppet(honest, **does)]
            return kept[0]

        self.stage(play)

    def customer(self, status: str = "delivered") -> tuple[Record, Record]:
        """A customer whom no test has used, and an order of theirs."""
        return self.people.with_order(status)

    async def noted(self, case: Case, kind: type[B]) -> list[B]:
        """The events of a kind in the case's file."""
        events = await self.house.front.desk.files.events(case.id)
        return [event.body for event in events if isinstance(event.body, kind)]


@contextlib.asynccontextmanager
async def playing(home: Path, **settings: Any) -> AsyncIterator[Theatre]:
    """A theatre in a home of its own."""
    embedders = await asyncio.to_thread(Embedders.load, NONE)
    honest = models_for(Languages(home, embedders), None, budget_s=TURN_S)
    cast: list[Callable[[Model], Model]] = []

    def on_stage(release: Release) -> Model:
        model = honest(release)
        return cast[0](model) if cast else model

    async with running(home, models=on_stage, **({"turn_timeout_s": TURN_S} | settings)) as house:
        people = await People.of(house.oracle)
        yield Theatre(house, people, [_known(people, order) for order in people.orders], cast)


@contextlib.asynccontextmanager
async def broadcasting(home: Path) -> AsyncIterator[Theatre]:
    """A theatre whose players are behind an endpoint, and reach the house over HTTP alone.

    However often the endpoint fails, it is asked again: what an attacker does is not to end after three strikes.
    """
    embedders = await asyncio.to_thread(Embedders.load, NONE)
    honest = models_for(Languages(home, embedders), None, budget_s=TURN_S)
    cast: list[Callable[[Model], Model]] = []
    async with ScriptedModel() as endpoint:
        budget_s = TURN_S / 3
        language = connected(endpoint.name, endpoint.base_url, endpoint.api_key, timeout_s=budget_s)

        def on_air(release: Release) -> Model:
            endpoint.follows(Served(lambda: cast[0](honest(release))))
            return Failover(language, honest(release), budget_s=budget_s, strikes=sys.maxsize).turn()

        async with running(home, models=on_air, turn_timeout_s=TURN_S) as house:
            people = await People.of(house.oracle)
            yield Theatre(house, people, [_known(people, order) for order in people.orders], cast, endpoint)
        await language.close()


def _known(people: People, order: Record) -> Person:
    owner = people.customers[order["customer_id"]]
    return {name: str(owner[name]) for name in ("email", "name", "postcode", "phone")} | {"order_id": order["id"]}
