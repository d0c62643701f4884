"""Offline: the embedded default model. No key and no network.

It reads by typed recognisers and by a linear head on embeddings, it answers from passages in their own words, and it
proposes no tools: what no workflow covers is answered from what the company wrote, or honestly not.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence

from agent.casefile.records import Passage
from agent.models.cues import CUES, ENGLISH, Cues
from agent.models.extract import answer
from agent.models.guess import Guesser, NoGuesser
from agent.models.intents import FREE, IntentReader, outside
from agent.models.languages import language_of
from agent.models.mood import MoodReader
from agent.models.port import AnswerStep, Frame, IntentChoice, IntentSeen, Reading, Step, ToolOffer, ValueSeen
from agent.models.recognise import context_of, find, seen
from agent.models.recognisers.found import TAKEN, blank
from knowledge.learnt import Learnt

SOCIAL = ("greeting", "thanks", "goodbye")
PERSON = ("person",)
QUESTION = ("question",)
SIGNS_ALONE = MoodReader()


class Offline:
    """The embedded model. It raises nothing: what it cannot read is out of scope, what it cannot answer is empty."""

    name = "offline"

    def __init__(
        self,
        known: Callable[[str], Learnt | None],
        locales: Sequence[str],
        moods: MoodReader = SIGNS_ALONE,
        *,
        region: str = "",
        social: Collection[str] = SOCIAL,
        person: Collection[str] = PERSON,
        question: Collection[str] = QUESTION,
    ) -> None:
        """`known`: what was learnt of a language, if anything was, or is in time; `locales`: those that are served.

        `region`: ISO 3166, where a locale does not tell it. `social`: names of the intents that are mere courtesy
        beside a request; `person`: of those that ask for one; `question`: of those that are answered.
        """
        self._known = known
        self._locales = locales
        self._moods = moods
        self._region = region
        self._kinds = social, person, question

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Read one message: about 10 ms, most of it for one embedding a part."""
        return await asyncio.to_thread(self._read, message, frame, [choice.name for choice in choices])

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """Nothing: what passages carry needs no model, and what they do not carry needs a better one, or a person."""
        del question, frame, tools, passages
        return AnswerStep(passages=[])

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """The sentences of the passages that answer best, word for word; nothing without passages."""
        learnt = await asyncio.to_thread(self._known, frame.locale.partition("-")[0])
        if learnt is not None:
            for sentence in await asyncio.to_thread(answer, question, passages, learnt.embedder, _cues(frame.locale)):
                yield sentence

    def _read(self, message: str, frame: Frame, among: Collection[str]) -> Reading:
        before, _, region = frame.locale.partition("-")
        context = context_of(message, frame.asks, region or self._region, before)
        values = find(context)
        exact = [value for value in values if value.name not in FREE]
        language = language_of(blank(message, exact).replace(TAKEN, " "), before, self._locales)
        if CUES.get(language, ENGLISH) is not context.cues:
            context = context_of(message, frame.asks, region or self._region, language)
            values = find(context)
        learnt = self._known(language) if language in self._locales else None
        guesser = Guesser(learnt.embedder, learnt.head) if learnt is not None else NoGuesser()
        reader = IntentReader(guesser, *self._kinds)
        heard = reader.read(values, context, frame.intents, among, asked=bool(frame.asks))
        told = [seen(value, context) for value in values]
        if frame.asks:
            told = [_freed(value, heard.intents) if value.name in FREE else value for value in told]
        return Reading(
            language=language,
            intents=heard.intents,
            values=[value for value in told if value.value],
            mood=self._moods.read(message, heard.said, language, context.cues),
            likely=heard.likely,
            plain=heard.plain,
            unread=learnt is None and bool(heard.intents),
        )


def _freed(value: ValueSeen, intents: Sequence[IntentSeen]) -> ValueSeen:
    """A free answer without the requests that came with it."""
    said = outside(value.text, intents)
    return value if said == value.text else value.model_copy(update={"text": said, "value": " ".join(said.split())})


def _cues(locale: str) -> Cues:
    return CUES.get(locale.partition("-")[0], ENGLISH)
