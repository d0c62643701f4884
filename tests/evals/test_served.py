"""A served model gets what the prompts hold, and its answers come back over HTTP as they were."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from agent.casefile.records import Ask, Intent, Mood, Passage
from agent.models.language import Language
from agent.models.port import (
    ActionStep,
    AnswerStep,
    Frame,
    IntentChoice,
    IntentSeen,
    Line,
    ModelFailed,
    PersonStep,
    Reading,
    Step,
    ToolOffer,
    ValueSeen,
)
from evals.model_cost import Call, Spent
from evals.scripted_model import ScriptedModel
from evals.served import MOST_SENTENCES, Served

MESSAGE = "Please cancel HG-100200,\nit is not needed"
CHOICES = [
    IntentChoice(name="cancel_order", means="The customer wants an order cancelled.", examples=["Cancel it"]),
    IntentChoice(name="question", means="The customer asks something.", examples=[]),
]
FRAME = Frame(
    locale="en",
    window=[Line(role="customer", text="Hello"), Line(role="agent", text="Which order is it?")],
    asks=[Ask(kind="slot", name="order_id")],
    intents=[Intent(id="i1", name="cancel_order", confidence=1.0, text="…")],
    told={"order_id": ["HG-1", "HG-2"], "email": ["a@b.example"]},
)
PASSAGE = Passage(
    id="a/1", kind="article", title="Cancelling", text="Until it is sent.", release="r", locale="en", support=1
)
TOOL = ToolOffer(name="cancel_order", summary="Cancel it.", kind="action", schema_={"type": "object", "properties": {}})
READING = Reading(
    language="en",
    intents=[IntentSeen(name="cancel_order", confidence=0.9, text="Please cancel HG-100200")],
    values=[ValueSeen(name="order_id", value="HG-100200", text="HG-100200")],
    mood=Mood(sentiment="negative"),
)


@dataclass
class Keen:
    """Keeps what it is asked, and answers what a test says."""

    step: Step = field(default_factory=lambda: AnswerStep(passages=["a/1"]))
    words: Sequence[str] = ("Until it is sent.",)
    fails: bool = False
    asked: list[Any] = field(default_factory=list)
    name: str = "keen"

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        self.asked.append((message, frame, choices))
        if self.fails:
            raise ModelFailed("not today")
        return READING

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        self.asked.append((question, frame, tools, passages))
        return self.step

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        self.asked.append((question, frame, passages))
        for sentence in self.words:
            yield sentence


@pytest.fixture
async def keen() -> AsyncIterator[tuple[Keen, Language]]:
    model = Keen()
    async with ScriptedModel() as endpoint:
        endpoint.follows(Served(lambda: model))
        language = Language.connect(endpoint.name, endpoint.base_url, endpoint.api_key, timeout_s=5)
        yield model, language
        await language.close()


async def test_a_reading_goes_there_and_back(keen: tuple[Keen, Language]) -> None:
    model, language = keen
    reading = await language.read(MESSAGE, FRAME, CHOICES)
    assert reading == READING
    message, frame, choices = model.asked[0]
    assert message == MESSAGE
    assert (frame.locale, frame.window, frame.told) == ("en", FRAME.window, FRAME.told)
    assert [ask.name for ask in frame.asks] == ["order_id"]
    assert [intent.name for intent in frame.intents] == ["cancel_order"]
    assert [choice.name for choice in choices] == ["cancel_order", "question"]


@pytest.mark.parametrize(
    "step",
    [AnswerStep(passages=["a/1"]), ActionStep(tool="cancel_order", args={"order_id": "HG-1"}), PersonStep(reason="no")],
)
async def test_a_step_goes_there_and_back(keen: tuple[Keen, Language], step: Step) -> None:
    model, language = keen
    model.step = step
    assert await language.propose("May I cancel?", FRAME, [TOOL], [PASSAGE]) == step
    question, _, tools, passages = model.asked[0]
    assert question == "May I cancel?"
    assert [(tool.name, tool.summary) for tool in tools] == [("cancel_order", "Cancel it.")]
    assert [(one.id, one.title, one.text) for one in passages] == [("a/1", "Cancelling", "Until it is sent.")]


async def test_words_come_one_by_one_and_not_without_end(keen: tuple[Keen, Language]) -> None:
    model, language = keen
    assert [sentence async for sentence in language.word("Until when?", FRAME, [PASSAGE])] == ["Until it is sent."]
    model.words = ["so"] * (MOST_SENTENCES + 1000)
    said = [sentence async for sentence in language.word("Until when?", FRAME, [PASSAGE])]
    assert len(" ".join(said).split()) <= MOST_SENTENCES


async def test_a_failure_is_the_endpoints(keen: tuple[Keen, Language]) -> None:
    model, language = keen
    model.fails = True
    with pytest.raises(ModelFailed, match="500"):
        await language.read(MESSAGE, FRAME, CHOICES)


@pytest.mark.parametrize(
    ("times", "depth"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 1), (1, 2), (2, 3)], 3),
        ([(0, 3), (1, 2), (2, 4)], 2),
        ([(0, 5), (1, 5), (2, 5)], 1),
    ],
)
def test_depth_counts_calls_that_waited_for_each_other(times: list[tuple[float, float]], depth: int) -> None:
    assert Spent("ask", 0, [Call(began, ended, 7) for began, ended in times], 1.0).depth == depth
