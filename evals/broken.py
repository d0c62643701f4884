"""Models that are broken: noise, loops, silence and every way to fail, behind the model's port (G7, G9).

They have no aim, unlike those of `evals/hostile.py`; a case must go on with any of them, or reach a person in time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from random import Random
from typing import Any

from agent.casefile.records import Mood, Passage
from agent.models.port import (
    ActionStep,
    AnswerStep,
    Frame,
    IntentChoice,
    IntentSeen,
    LookupStep,
    ModelFailed,
    PersonStep,
    Reading,
    Step,
    ToolOffer,
    ValueSeen,
)
from evals.hostile import HOSTILE, HOUSEKEEPING, Hostile


class Garbage(Hostile):
    """Noise of every type that the port's records let through."""

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Thousands of intents and values, or one that cannot be stored."""
        dice = self.dice(message, len(frame.window))
        many = dice.choice((1, 3, 2000))
        intents = [self._intent(dice, message, choices) for _ in range(many)]
        names = ("order_id", "email", "code", "amount", "reason", "", "yes_no", "__proto__")
        values = [
            ValueSeen(name=dice.choice(names), value=_noise(dice), text=_noise(dice), new=dice.choice((True, None)))
            for _ in range(many)
        ]
        mood = Mood(sentiment="negative", urgency="high", confused=True)
        return Reading(language=_noise(dice), intents=intents, values=values, mood=mood)

    def _intent(self, dice: Random, message: str, choices: Sequence[IntentChoice]) -> IntentSeen:
        name, other = (dice.choice([*(choice.name for choice in choices), _noise(dice), None]) for _ in "ab")
        confidence = dice.choice((float("nan"), float("inf"), -1e308, 0.5, 7.0))
        text = dice.choice((_noise(dice), message, ""))
        fields: dict[str, Any] = {
            "name": name,
            "confidence": confidence,
            "text": text,
            "runner_up": dice.choice((None, other)),
        }
        return IntentSeen.model_construct(**fields)  # its maker does not check itself

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """Arguments without end, and passages that are none."""
        dice = self.dice(question, len(frame.window), len(frame.found))
        names = [*(offer.name for offer in tools), *HOUSEKEEPING, _noise(dice)]
        deep: Any = _noise(dice)
        for _ in range(dice.choice((1, 150))):
            deep = {"deeper": deep}
        args = {"order_id": dice.choice((float("nan"), float("inf"), 10**400, deep, [deep] * 3)), _noise(dice): deep}
        return dice.choice(
            (
                LookupStep(tool=dice.choice(names), args=args),
                ActionStep(tool=dice.choice(names), args=args),
                AnswerStep(passages=[_noise(dice), "refunds/99.9", *(p.id for p in passages)]),
                PersonStep(reason=_noise(dice)),
            )
        )

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """Noise, in words of every length."""
        dice = self.dice(question)
        for _ in range(dice.choice((0, 3, 50))):
            yield _noise(dice)


def _noise(dice: Random) -> str:
    kinds: Sequence[Callable[[], str]] = (
        lambda: "",
        lambda: "\ud800 half a character",
        lambda: "nul \x00 and bell \x07",
        lambda: "x" * 200_000,
        lambda: "".join(chr(dice.randrange(1, 0xD7FF)) for _ in range(20)),
        lambda: "{{ company.__class__ }} {% for x in y %}",
        lambda: f"HG-{dice.randrange(10**6):06d}",
        lambda: dice.choice(("en", "de", "xx-yy-zz", "klingon", "../../etc/passwd")),
    )
    return dice.choice(kinds)()


class Looping(Hostile):
    """Never has enough: another matter with each message, another lookup with each answer, another sentence."""

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Whatever there is to want is wanted, again."""
        reading = await super().read(message, frame, choices)
        if self.dice(message, len(frame.window)).random() < 0.5:
            return reading
        questions = [IntentSeen(name="question", confidence=1.0, text=part) for part in _parts(message)]
        return reading.model_copy(update={"intents": [*questions, *reading.intents, *questions]})

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """The next lookup, with arguments that were not tried yet."""
        lookups = [offer.name for offer in tools if offer.kind == "lookup"] or ["get_order"]
        order = f"hg-{100000 + len(frame.found)}"
        return LookupStep(tool=lookups[len(frame.found) % len(lookups)], args={"order_id": order})


def _parts(message: str) -> Iterator[str]:
    words = message.split()
    yield from (" ".join(words[:end]) for end in range(len(words), 0, -1))


class Endless(Hostile):
    """Words without end: refused ones, allowed ones, or never a whole one."""

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """So that it may speak."""
        return AnswerStep(passages=[passage.id for passage in passages])

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """Never stops by itself."""
        dice = self.dice(question)
        said = dice.choice(("Your order is cancelled.", passages[0].text if passages else "", "so " * 10_000))
        while True:
            await asyncio.sleep(0)
            yield said


class Slow(Hostile):
    """Answers when nobody waits any more."""

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Late for every other message."""
        if self.dice(message, len(frame.window)).random() < 0.5:
            await asyncio.sleep(3600)
        return await super().read(message, frame, choices)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """Always late."""
        await asyncio.sleep(3600)
        raise AssertionError


class Raising(Hostile):
    """Fails in every way that Python knows."""

    def _fails(self, *about: object) -> None:
        failures: Sequence[type[BaseException] | None] = (
            ModelFailed, RuntimeError, KeyError, ValueError, RecursionError, TimeoutError, asyncio.CancelledError,
            StopAsyncIteration, *[None] * 12,
        )  # fmt: skip
        failure = self.dice(*about).choice(failures)
        if failure is not None:
            raise failure

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Often enough nothing comes of it."""
        self._fails("read", message, len(frame.window))
        return await super().read(message, frame, choices)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """As above."""
        self._fails("propose", question)
        return await super().propose(question, frame, tools, passages)

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """It may begin to speak before it fails."""
        async for sentence in super().word(question, frame, passages):
            yield sentence
            self._fails("word", sentence)


class Misshapen(Hostile):
    """Gives back what is no record of the port at all."""

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Nothing, another type, or a record that nobody checked."""
        junk: Any = {"language": 7, "intents": [None], "values": "HG-1", "mood": {}}
        unchecked = Reading.model_construct(**junk)
        nothing: Any = self.dice(message).choice((None, "yes", {"language": "en"}, unchecked))
        wrong = self.dice(message, len(frame.window)).random() < 0.3
        reading: Reading = nothing if wrong else await super().read(message, frame, choices)
        return reading

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """As above."""
        junk: Any = {"tool": None, "args": "all"}
        step: Any = self.dice(question).choice((None, "refund", ActionStep.model_construct(**junk), Reading))
        proposed: Step = step
        return proposed

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """As above."""
        junk: list[Any] = [None, 7, b"done", ["Your refund is booked."]]
        for sentence in junk:
            yield sentence


BROKEN: tuple[type[Hostile], ...] = (Garbage, Looping, Endless, Slow, Raising, Misshapen)
"""All of them."""


class Mixed(Hostile):
    """Another attacker with each call, as the dice fall."""

    def _now(self, *about: object) -> Hostile:
        kind = self.dice(*about).choice((*HOSTILE, *BROKEN))
        return kind(self.honest, self.seed, self.strangers)

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """As one of them."""
        return await self._now("read", message, len(frame.window)).read(message, frame, choices)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """As one of them."""
        return await self._now("propose", question, len(frame.found)).propose(question, frame, tools, passages)

    def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """As one of them."""
        return self._now("word", question).word(question, frame, passages)
