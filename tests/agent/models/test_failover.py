"""Failover: a turn goes on without the model, says so, and a dead endpoint costs nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from agent.casefile.records import Mood, Passage
from agent.models.calls import ModelDown, RequestRefused
from agent.models.failover import Failover, TurnModel, for_turn
from agent.models.language import Language
from agent.models.port import AnswerStep, Frame, IntentChoice, Model, ModelFailed, Reading, Step, ToolOffer
from evals.scripted_model import Answer, ScriptedModel
from tests.agent.models.cases import CHOICES, FRAME, PASSAGES, TOOLS

SAYS = ["One.", "Two.", "Three."]
UNUSABLE = ModelFailed("the answer is of no use")
DOWN = ModelDown("nobody there")


@dataclass
class Plain:
    """A whole model that answers the same to everything, until it is told to fail."""

    name: str
    fails: ModelFailed | None = None
    says_first: int = 0
    """Sentences before it fails."""
    takes_s: float = 0.0
    plain: bool = False
    asked: int = 0
    closed: int = 0

    async def _answer(self) -> None:
        self.asked += 1
        await asyncio.sleep(self.takes_s)
        if self.fails:
            raise self.fails

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        del message, frame, choices
        await self._answer()
        return Reading(language="en", intents=[], values=[], mood=Mood(), plain=self.plain)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        del question, frame, tools
        await self._answer()
        return AnswerStep(passages=[passage.id for passage in passages])

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        del question, frame, passages
        try:
            for sentence in SAYS[: self.says_first] if self.fails else SAYS:
                await asyncio.sleep(self.takes_s)
                yield f"{sentence} ({self.name})"
            await self._answer()
        finally:
            self.closed += 1


@dataclass
class Clock:
    """Time that passes when it is told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Sluggish(Plain):
    """Takes two seconds of its clock for an answer."""

    clock: Clock = field(default_factory=Clock)

    async def _answer(self) -> None:
        self.clock.now += 2
        await super()._answer()


@dataclass
class Pair:
    primary: Plain = field(default_factory=lambda: Plain("big"))
    fallback: Plain = field(default_factory=lambda: Plain("offline"))
    clock: Callable[[], float] = time.monotonic

    def joined(self, *, budget_s: float = 5.0, strikes: int = 3, again: int = 0) -> Failover:
        return Failover(
            self.primary,
            self.fallback,
            budget_s=budget_s,
            again=again,
            strikes=strikes,
            cool_down_s=30,
            clock=self.clock,
        )


async def read(model: Model) -> Reading:
    return await model.read("Hello", FRAME, CHOICES)


async def propose(model: Model) -> Step:
    return await model.propose("Coffee?", FRAME, TOOLS, PASSAGES)


async def word(model: Model) -> list[str]:
    return [sentence async for sentence in model.word("Coffee?", FRAME, PASSAGES)]


async def test_while_the_primary_works_the_fallback_only_reads_whether_it_is_needed() -> None:
    pair = Pair()
    turn = pair.joined().turn()
    await read(turn)
    await propose(turn)
    assert await word(turn) == ["One. (big)", "Two. (big)", "Three. (big)"]
    assert (turn.name, pair.primary.asked, pair.fallback.asked) == ("big", 3, 1)


async def test_what_is_plain_to_the_fallback_costs_no_call() -> None:
    pair = Pair(fallback=Plain("offline", plain=True))
    turn = pair.joined().turn()
    assert (await read(turn)).plain
    assert (turn.name, pair.primary.asked) == ("offline", 0), "the file tells who read it"
    await propose(turn)
    assert (turn.name, pair.primary.asked) == ("big", 1)


@dataclass
class Moody(Plain):
    """Fails as often as it is told to, then works."""

    failures: list[ModelFailed] = field(default_factory=list)

    async def _answer(self) -> None:
        self.fails = self.failures.pop(0) if self.failures else None
        await super()._answer()

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        await self._answer()
        async for sentence in super().word(question, frame, passages):
            yield sentence


@pytest.mark.parametrize("failure", [UNUSABLE, DOWN, ModelDown("busy", 0.01)])
@pytest.mark.parametrize("call", [read, propose, word])
async def test_what_failed_for_a_moment_is_asked_again(
    failure: ModelFailed, call: Callable[[Model], AsyncIterator[object]]
) -> None:
    pair = Pair(primary=Moody("big", failures=[failure]))
    turn = pair.joined(again=1).turn()
    assert await call(turn)  # type: ignore[misc]
    assert turn.name == "big"


@pytest.mark.parametrize(
    ("failures", "asked"),
    [([DOWN, DOWN], 2), ([ModelDown("busy", 60.0)], 1), ([RequestRefused(400, "no")], 1)],
    ids=["again for nothing", "not in this turn's time", "it would be the same"],
)
async def test_a_turn_waits_no_longer_than_it_can(failures: list[ModelFailed], asked: int) -> None:
    pair = Pair(primary=Moody("big", failures=failures))
    turn = pair.joined(again=1).turn()
    async with asyncio.timeout(10):
        await read(turn)
    assert (turn.name, pair.primary.asked) == ("offline (after big failed)", asked)


async def test_sentences_that_were_said_are_not_asked_for_again() -> None:
    pair = Pair()
    pair.primary.fails, pair.primary.says_first = DOWN, 1
    assert await word(pair.joined(again=1).turn()) == ["One. (big)"]


@pytest.mark.parametrize("failure", [UNUSABLE, DOWN])
@pytest.mark.parametrize("call", [read, propose, word])
async def test_after_one_failure_the_turn_goes_on_with_the_fallback(
    failure: ModelFailed, call: Callable[[Model], AsyncIterator[object]]
) -> None:
    pair = Pair()
    pair.primary.fails = failure
    both = pair.joined()
    turn = both.turn()
    assert turn.name == "offline", "nobody was asked yet"
    assert await call(turn)  # type: ignore[misc]
    assert turn.name == "offline (after big failed)"
    assert await propose(turn) == AnswerStep(passages=[passage.id for passage in PASSAGES])
    assert (pair.primary.asked, pair.fallback.asked) == (1, 2)
    assert both.turn().name == "offline", "another turn begins anew"


@pytest.mark.parametrize("first", [0, 1, 2])
async def test_sentences_that_were_said_stay_and_nothing_is_said_twice(first: int) -> None:
    pair = Pair()
    pair.primary.fails, pair.primary.says_first = DOWN, first
    turn = pair.joined().turn()
    said = await word(turn)
    assert said == ([f"{sentence} (big)" for sentence in SAYS[:first]] or [f"{s} (offline)" for s in SAYS])
    assert turn.name == "offline (after big failed)"
    assert pair.primary.closed == 1


async def test_a_primary_that_ends_without_a_word_has_failed() -> None:
    class Mute(Plain):
        async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncGenerator[str]:
            del question, frame, passages
            for sentence in list[str]():
                yield sentence

    pair = Pair(primary=Mute("big"))
    turn = pair.joined().turn()
    assert await word(turn) == [f"{sentence} (offline)" for sentence in SAYS]
    assert turn.name == "offline (after big failed)"


async def test_the_failure_of_the_fallback_is_the_turns() -> None:
    pair = Pair()
    pair.primary.fails, pair.fallback.fails = DOWN, UNUSABLE
    for call in (read, propose, word):
        with pytest.raises(ModelFailed, match="of no use"):
            await call(pair.joined().turn())


@pytest.mark.parametrize("call", [read, propose, word])
async def test_a_slow_primary_gets_no_more_than_the_budget(call: Callable[[Model], AsyncIterator[object]]) -> None:
    pair = Pair()
    pair.primary.takes_s = 20
    turn = pair.joined(budget_s=0.1).turn()
    async with asyncio.timeout(10):
        assert await call(turn)  # type: ignore[misc]
    assert turn.name == "offline (after big failed)"


async def test_the_budget_is_the_turns_and_not_the_calls() -> None:
    clock = Clock()
    pair = Pair(primary=Sluggish("big", clock=clock), clock=clock)
    both = pair.joined(budget_s=5)
    turn = both.turn()
    for _ in range(4):
        await read(turn)
    assert turn.name == "offline (after big failed)"
    assert (pair.primary.asked, pair.fallback.asked) == (3, 4)
    await read(both.turn())
    assert pair.primary.asked == 4, "the next turn has a budget of its own"


async def test_what_the_reader_of_a_wording_does_costs_no_budget() -> None:
    pair = Pair()
    turn = pair.joined(budget_s=0.2).turn()
    said = []
    async for sentence in turn.word("Coffee?", FRAME, PASSAGES):
        await asyncio.sleep(0.15)
        said.append(sentence)
    assert said == [f"{sentence} (big)" for sentence in SAYS]
    assert turn.name == "big"


async def test_a_dead_endpoint_is_left_alone_until_it_has_cooled_down() -> None:
    clock = Clock()
    pair = Pair(clock=clock)
    pair.primary.fails = DOWN
    both = pair.joined(strikes=3)
    for _ in range(10):
        turn = both.turn()
        await read(turn)
        assert turn.name == "offline (after big failed)"
    assert pair.primary.asked == 3

    clock.now += 29
    await read(both.turn())
    assert pair.primary.asked == 3
    clock.now += 2
    for _ in range(3):
        await read(both.turn())
    assert pair.primary.asked == 4, "one tries, the others wait"

    clock.now += 31
    pair.primary.fails = None
    for _ in range(3):
        turn = both.turn()
        await read(turn)
        assert turn.name == "big"
    pair.primary.fails = DOWN
    for _ in range(5):
        await read(both.turn())
    assert pair.primary.asked == 7 + 3, "it has all its strikes again"


async def test_only_failures_in_a_row_count() -> None:
    pair = Pair(clock=Clock())
    both = pair.joined(strikes=2)
    for failure in [DOWN, None] * 5:
        pair.primary.fails = failure
        await read(both.turn())
    assert pair.primary.asked == 10


async def test_one_customers_refusals_do_not_take_the_model_from_the_others() -> None:
    pair = Pair(clock=Clock())
    pair.primary.fails = UNUSABLE
    both = pair.joined(strikes=2)
    for _ in range(10):
        await read(both.turn())
    assert pair.primary.asked == 10


async def test_a_cancelled_turn_says_nothing_of_the_endpoint() -> None:
    pair = Pair(clock=Clock())
    pair.primary.takes_s = 20
    both = pair.joined(strikes=1)
    task = asyncio.create_task(propose(both.turn()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    pair.primary.takes_s = 0
    await propose(both.turn())
    assert pair.fallback.asked == 0


async def test_a_wording_that_nobody_hears_to_its_end_is_closed() -> None:
    pair = Pair()
    sentences = pair.joined().turn().word("Coffee?", FRAME, PASSAGES)
    assert await anext(sentences) == "One. (big)"
    await sentences.aclose()
    assert pair.primary.closed == 1


async def test_failover_is_a_model_itself_and_gives_turns() -> None:
    pair = Pair()
    pair.primary.fails = DOWN
    both = pair.joined()
    assert both.name == "big"
    await read(both)
    assert await propose(both) == AnswerStep(passages=[passage.id for passage in PASSAGES])
    assert await word(both) == [f"{sentence} (offline)" for sentence in SAYS]
    assert isinstance(for_turn(both), TurnModel)
    assert for_turn(pair.fallback) is pair.fallback


async def test_with_a_real_endpoint_that_dies_and_comes_back() -> None:
    clock = Clock()
    async with ScriptedModel() as scripted:
        scripted.follows(lambda _: Answer(report={"language": "de", "intents": [], "values": []}))
        language = Language.connect(scripted.name, scripted.base_url, scripted.api_key, timeout_s=2)
        both = Failover(language, Plain("offline"), budget_s=4, again=0, strikes=2, cool_down_s=30, clock=clock)
        assert (await read(both)).language == "de"
        scripted.suffers("down")
        for _ in range(4):
            turn = both.turn()
            assert (await read(turn)).language == "en"
            assert turn.name == f"offline (after {scripted.name} failed)"
        assert len(scripted.requests) == 1 + 2
        scripted.recovers()
        clock.now += 31
        assert (await read(both)).language == "de"
        await language.close()
