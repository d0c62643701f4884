"""The language model over real HTTP: what is asked, what is believed, and that nothing but `ModelFailed` comes out."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import pytest

from agent.models.language import MOST_SENTENCES, Language
from agent.models.port import ActionStep, AnswerStep, LookupStep, ModelFailed, PersonStep
from evals.scripted_model import Answer, Body, Fault, ScriptedModel
from tests.agent.models.cases import (
    CHOICES,
    FRAME,
    MESSAGE,
    PASSAGES,
    REPORT,
    SENTENCES,
    TOOLS,
    WORDS,
    anything,
    connected,
    propose,
    read,
    word,
)


async def said_before_it_failed(sentences: AsyncIterator[str]) -> list[str]:
    said: list[str] = []
    with pytest.raises(ModelFailed):  # noqa: PT012
        async for sentence in sentences:
            said.append(sentence)  # noqa: PERF401
    return said


# Reading


def ways_of(scripted: ScriptedModel) -> list[str]:
    return [body.get("response_format", {}).get("type", "tool") for body in scripted.requests]


async def test_a_reading_is_asked_for_by_a_strict_schema(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers_reading(REPORT)
    reading = await read(language)
    assert reading.intents[0].name == "refund"
    assert reading.values[0].model_dump() == {
        "name": "order_id",
        "value": "HG-123456",
        "text": "hg 123456",
        "new": None,
    }
    assert reading.mood.sentiment == "negative"
    shape = scripted.requests[0]["response_format"]["json_schema"]
    assert shape["strict"] is True
    assert shape["schema"]["additionalProperties"] is False
    rules = scripted.requests[0]["messages"][0]["content"]
    assert all(f"- {choice.name}: " in rules for choice in CHOICES), "the names stand in the part that can be cached"


async def test_an_endpoint_without_schemas_is_asked_by_tool_and_that_is_remembered(
    scripted: ScriptedModel, language: Language
) -> None:
    scripted.suffers("no_json_schema")
    scripted.answers_reading(REPORT, REPORT)
    first, second = await read(language), await read(language)
    assert first == second
    assert ways_of(scripted) == ["json_schema", "tool", "tool"]


@pytest.mark.parametrize("status", [400, 422, 500])
async def test_an_endpoint_without_tools_too_is_asked_for_a_json_object(
    scripted: ScriptedModel, language: Language, status: int
) -> None:
    def script(body: Body) -> Answer:
        if body.get("response_format") == {"type": "json_object"}:
            return Answer(text=f"```json\n{json.dumps(REPORT)}\n```")
        return Answer(raw='{"error": {"message": "unknown kind of request"}}', status=status)

    scripted.follows(script)
    assert (await read(language)).intents[0].name == "refund"
    assert (await read(language)).intents[0].name == "refund"
    assert ways_of(scripted) == ["json_schema", "tool", "json_object", "json_object"]


async def test_an_endpoint_that_ignores_the_schema_is_asked_another_way(
    scripted: ScriptedModel, language: Language
) -> None:
    scripted.follows(
        lambda body: Answer(text="You want a refund!") if "response_format" in body else Answer(report=REPORT)
    )
    assert (await read(language)).intents[0].name == "refund"
    assert ways_of(scripted) == ["json_schema", "tool"]


async def test_once_a_way_works_another_shape_is_a_failure(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers_reading(REPORT, {"language": "en", "intents": "refund", "values": []})
    await read(language)
    with pytest.raises(ModelFailed, match="shape"):
        await read(language)
    assert ways_of(scripted) == ["json_schema"] * 2


async def test_a_way_that_is_refused_later_is_looked_for_again(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers_reading(REPORT, REPORT)
    await read(language)
    scripted.suffers("no_json_schema")
    with pytest.raises(ModelFailed):
        await read(language)
    await read(language)
    assert ways_of(scripted) == ["json_schema", "json_schema", "json_schema", "tool"]


async def test_what_a_reading_invents_is_not_believed(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers_reading(
        {
            "language": "en-GB",
            "intents": [
                {"name": "give_everything", "confidence": 7, "text": "money back", "runner_up": "refund"},
                {"name": "refund", "confidence": -1, "text": "never written", "runner_up": "refund"},
                {"name": "refund", "confidence": 0.5, "text": "MONEY  back", "runner_up": "no_such"},
            ],
            "values": [
                {"name": "order_id", "text": "HG-999999", "value": "HG-999999"},
                {"name": "order_id", "text": "hg 123456", "value": "HG-999999"},
                {"name": "yes_no", "text": "please", "value": "yes"},
                {"name": "no_such", "text": "please", "value": "please"},
                {"name": "amount", "text": "12,50 €", "value": "12.50", "new": True},
            ],
        }
    )
    reading = await read(language)
    assert reading.language == "en"
    assert [(seen.name, seen.confidence, seen.text, seen.runner_up) for seen in reading.intents] == [
        (None, 1.0, "money back", "refund"),
        ("refund", 0.0, MESSAGE, None),
        ("refund", 0.5, "money back", None),
    ]
    assert [(seen.name, seen.value, seen.new) for seen in reading.values] == [("amount", "12.50", True)]


# Proposing


@pytest.mark.parametrize(
    ("calls", "step"),
    [
        ([("get_order", '{"order_id": "HG-1"}')], LookupStep(tool="get_order", args={"order_id": "HG-1"})),
        ([("cancel_order", '{"order_id": "HG-1"}')], ActionStep(tool="cancel_order", args={"order_id": "HG-1"})),
        ([("get_order", "{}"), ("cancel_order", "{}")], LookupStep(tool="get_order", args={})),
        (
            [("answer", '{"passages": ["returns/2.2", "made/up", "returns/2.1", "returns/2.2"]}')],
            AnswerStep(passages=["returns/2.2", "returns/2.1"]),
        ),
        ([("answer", '{"passages": ["made/up"]}')], AnswerStep(passages=[])),
        ([("hand_over", '{"reason": "They  want\\na person."}')], PersonStep(reason="They want a person.")),
    ],
)
async def test_the_first_call_is_the_step(
    scripted: ScriptedModel, language: Language, calls: list[tuple[str, str]], step: object
) -> None:
    scripted.answers("propose", Answer(calls=tuple(calls)))
    assert await propose(language) == step
    request = scripted.requests[0]
    assert [tool["function"]["name"] for tool in request["tools"]] == [
        "get_order",
        "cancel_order",
        "answer",
        "hand_over",
    ]
    assert request["tools"][0]["function"]["parameters"] == TOOLS[0].schema_
    assert request["parallel_tool_calls"] is False


@pytest.mark.parametrize(
    "call",
    [
        ("issue_refund", '{"amount": "9999"}'),
        ("get_order", '["HG-1"]'),
        ("get_order", '{"order_id": '),
        ("get_order", '"HG-1"'),
        ("get_order", '{"order_id": NaN}'),
        ("get_order", '{"order_id": "\\ud800"}'),
        ("get_order", '{"order_id": "a\\u0000b"}'),
        ("answer", '{"passages": "returns/2.1"}'),
        ("answer", "{}"),
        ("hand_over", '{"reason": null}'),
        ("", "{}"),
    ],
)
async def test_a_call_that_was_not_agreed_on_fails(
    scripted: ScriptedModel, language: Language, call: tuple[str, str]
) -> None:
    scripted.answers("propose", Answer(calls=(call,)))
    with pytest.raises(ModelFailed):
        await propose(language)


async def test_without_a_call_only_what_is_cited_counts(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers("propose", Answer(text="Postage is 4.90 EUR [returns/2.2], unopened only [returns/2.1] [x/1]."))
    scripted.answers("propose", Answer(text="I have refunded you 9,999 EUR."))
    assert await propose(language) == AnswerStep(passages=["returns/2.2", "returns/2.1"])
    assert isinstance(await propose(language), PersonStep)


@pytest.mark.parametrize("option", ["parallel_tool_calls", "temperature", "max_completion_tokens"])
async def test_an_option_that_the_endpoint_refuses_by_name_is_left_out_from_then_on(
    scripted: ScriptedModel, language: Language, option: str
) -> None:
    def script(body: Body) -> Answer:
        if option in body:
            return Answer(raw=json.dumps({"error": {"message": f"Unsupported parameter: '{option}'"}}), status=400)
        return anything(body)

    scripted.follows(script)
    await propose(language)
    await propose(language)
    assert [option in body for body in scripted.requests] == [True, False, False]


# Wording


async def test_wording_comes_sentence_by_sentence(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers_words(WORDS)
    assert await word(language) == SENTENCES
    assert scripted.requests[0]["stream"] is True


async def test_the_first_sentence_does_not_wait_for_the_last(scripted: ScriptedModel) -> None:
    language = connected(scripted)
    scripted.answers("word", Answer(text=WORDS, pause_s=0.02))
    began = time.monotonic()
    at = [time.monotonic() - began async for _ in language.word("Coffee?", FRAME, PASSAGES)]
    assert at[0] < at[-1] * 0.8
    await language.close()


async def test_nothing_is_worded_without_passages(scripted: ScriptedModel, language: Language) -> None:
    with pytest.raises(ModelFailed, match="no passages"):
        [sentence async for sentence in language.word("Coffee?", FRAME, [])]
    assert not scripted.requests


@pytest.mark.parametrize("text", ["-", " \n ", "…"])
async def test_a_wording_without_words_is_none(scripted: ScriptedModel, language: Language, text: str) -> None:
    scripted.answers_words(text)
    with pytest.raises(ModelFailed):
        await word(language)


async def test_a_wording_that_goes_on_and_on_is_cut(scripted: ScriptedModel, language: Language) -> None:
    scripted.answers_words("Coffee is good. " * 40, "Coffee is good and " * 60)
    assert len(await word(language)) == MOST_SENTENCES
    with pytest.raises(ModelFailed):
        await word(language)


async def test_a_wording_that_shows_the_prompt_is_stopped(scripted: ScriptedModel, language: Language) -> None:
    def parrot(body: Body) -> Answer:
        return Answer(text=f"Coffee is fine. {body['messages'][1]['content'].splitlines()[0]} is what I was told. Bye.")

    scripted.follows(parrot)
    said = await said_before_it_failed(language.word("Coffee?", FRAME, PASSAGES))
    assert said == ["Coffee is fine."]


@pytest.mark.parametrize("fault", ["cut_stream", "truncated"])
async def test_sentences_before_a_broken_end_are_kept_and_half_of_one_is_not(
    scripted: ScriptedModel, language: Language, fault: Fault
) -> None:
    scripted.suffers(fault)
    scripted.answers_words(WORDS)
    said = await said_before_it_failed(language.word("Coffee?", FRAME, PASSAGES))
    assert said == SENTENCES[: len(said)]
    assert said
