"""The embedded model reads what customers write, answers from passages alone, and proposes nothing else."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.casefile.records import Intent, Passage
from agent.models.guess import Guesser
from agent.models.offline import Offline
from agent.models.port import AnswerStep, IntentChoice, Model, Reading, ToolOffer
from knowledge.embed import MiniLM, Vectors
from knowledge.head import Head
from knowledge.learnt import Learnt
from knowledge.spelling import Spelling
from tests.agent.models.conftest import Row, frame, rows

NAMES: dict[str, set[str | None]] = {
    "status": {"order_status", "lost_parcel"},
    "cancel": {"cancel_order"},
    # What no one can help with may pass for a question: it then finds no passage, and is not answered either.
    "none": {None, "question"},
}
Choices = list[IntentChoice]


async def share_read(offline: Offline, choices: Choices, told: Sequence[Row]) -> float:
    """How many messages are read with exactly their intents, in order, and in English."""
    readings = [(row, await offline.read(row["say"], frame(*row.get("asked", [])), choices)) for row in told]
    return sum(_is_read(row, reading) for row, reading in readings) / len(told)


def _is_read(row: Row, reading: Reading) -> bool:
    names = [NAMES.get(name, {name}) for name in row["want"]]
    seen = [intent.name for intent in reading.intents]
    fits = len(seen) == len(names) and all(one in some for one, some in zip(seen, names, strict=True))
    return fits and reading.language == "en"


def open_intent(name: str, **slots: str) -> Intent:
    return Intent(id="i1", name=name, confidence=0.9, text="…", slots=slots)


def passage(name: str, text: str, support: float = 0.9) -> Passage:
    return Passage(id=name, kind="article", title=name, text=text, release="r", locale="en", support=support)


async def worded(offline: Offline, question: str, *passages: Passage) -> list[str]:
    return [sentence async for sentence in offline.word(question, frame(), passages)]


def test_it_is_a_model(offline: Offline) -> None:
    model: Model = offline
    assert model.name == "offline"


async def test_messages_are_read_as_developed(offline: Offline, choices: Choices) -> None:
    assert await share_read(offline, choices, rows("developed.yaml", "messages")) >= 0.94


async def test_messages_that_were_held_out_are_read_as_well(offline: Offline, choices: Choices) -> None:
    assert await share_read(offline, choices, rows("held_out.yaml", "messages")) >= 0.94


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("cancel HG-100001 and HG-100002", [("cancel_order", "cancel HG-100001"), ("cancel_order", "HG-100002")]),
        ("cancel HG-100001. HG-100002 too", [("cancel_order", "cancel HG-100001."), ("cancel_order", "HG-100002 too")]),
        ("Cancel HG-100002, not HG-100001", [("cancel_order", "Cancel HG-100002, not HG-100001")]),
        (
            "Please cancel HG-100001 and change my email to a@b.example",
            [("cancel_order", "Please cancel HG-100001"), ("change_email", "change my email to a@b.example")],
        ),
        (
            "My mug HG-100001 came broken. I want my money back. Also, where is HG-100002?",
            [
                ("refund", "My mug HG-100001 came broken. I want my money back."),
                ("order_status", "Also, where is HG-100002?"),
            ],
        ),
        (
            "I bought a mug. How long do I have to return things, and do you ship to Spain? How much is it?",
            [
                ("question", "I bought a mug. How long do I have to return things"),
                ("question", "do you ship to Spain?"),
                ("question", "do you ship to Spain? How much is it?"),
            ],
        ),
        (
            "update my address and phone: 5 Mill Road, Leeds LS1 4AP, +44 113 496 0000",
            [
                ("change_address", "update my address and phone: 5 Mill Road, Leeds LS1 4AP, +44 113 496 0000"),
                ("change_phone", "update my address and phone: 5 Mill Road, Leeds LS1 4AP, +44 113 496 0000"),
            ],
        ),
        ("I want to talk to a manager about my refund", [("person", "I want to talk to a manager about my refund")]),
        (
            "Hi! Cancel my order. It's HG-100001. Thanks!",
            [("cancel_order", "Hi! Cancel my order. It's HG-100001. Thanks!")],
        ),
    ],
)
async def test_each_intent_has_the_words_that_carry_it(
    offline: Offline, choices: Choices, message: str, told: list[tuple[str, str]]
) -> None:
    reading = await offline.read(message, frame(), choices)
    assert [(intent.name, intent.text) for intent in reading.intents] == told


async def test_an_answer_may_bring_a_new_request(offline: Offline, choices: Choices) -> None:
    reading = await offline.read("HG-100001, and I want to talk to a person", frame("slot order_id"), choices)
    assert [value.value for value in reading.values] == ["HG-100001"]
    assert [(intent.name, intent.text) for intent in reading.intents] == [("person", "I want to talk to a person")]


async def test_a_request_in_a_free_answer_is_not_its_reason(offline: Offline, choices: Choices) -> None:
    message = "it was too small, and please change my phone number to +49 170 1234567"
    reading = await offline.read(message, frame("slot reason"), choices)
    assert [intent.name for intent in reading.intents] == ["change_phone"]
    assert [value.value for value in reading.values if value.name == "reason"] == ["it was too small"]


@pytest.mark.parametrize("asked", ["slot order_id", "identity name", "confirmation yes_no", "slot reason", "code code"])
@pytest.mark.parametrize("message", ["real person please", "no, I need a human", "let me talk to a colleague"])
async def test_a_person_can_be_asked_for_at_any_time(
    offline: Offline, choices: Choices, message: str, asked: str
) -> None:
    reading = await offline.read(message, frame(asked), choices)
    assert [intent.name for intent in reading.intents] == ["person"]
    assert reading.values == []


async def test_what_is_open_already_is_not_wanted_anew(offline: Offline, choices: Choices) -> None:
    pending = [open_intent("cancel_order", order_id="HG-100001")]
    asked = frame("confirmation yes_no", intents=pending)
    assert (await offline.read("yes, please cancel HG-100001", asked, choices)).intents == []
    other = await offline.read("yes, and please cancel HG-100002", asked, choices)
    assert [intent.name for intent in other.intents] == ["cancel_order"]


async def test_only_intents_to_choose_from_are_seen(offline: Offline, choices: Choices) -> None:
    left = [choice for choice in choices if choice.name != "cancel_order"]
    reading = await offline.read("Please cancel my order HG-100001", frame(), left)
    assert "cancel_order" not in [intent.name for intent in reading.intents]
    nothing = await offline.read("Please cancel my order HG-100001", frame(), [])
    assert [(intent.name, intent.confidence) for intent in nothing.intents] == [(None, 0.0)]


class Pointing:
    """An embedder for which a text is the vector that it spells: "1 0.5"."""

    id = "pointing"
    dim = 2

    def fits(self, text: str) -> bool:
        return bool(text)

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.array([[float(number) for number in text.split()] for text in texts], np.float32)


@pytest.mark.parametrize(
    ("text", "name", "runner_up"),
    [("5 1", "one", None), ("5 4.9", "one", "two"), ("4.9 5", "two", "one"), ("0.5 0.4", None, None)],
)
def test_what_is_nearly_as_likely_is_told_and_what_is_unlikely_is_none(
    text: str, name: str | None, runner_up: str | None
) -> None:
    spelling = Spelling.learnt([])
    weights = np.hstack((np.eye(2), np.zeros((2, spelling.size))))
    head = Head(("one", "two"), weights, np.zeros(2), 1.0, "pointing", spelling)
    (guess,) = Guesser(Pointing(), head).guess([text], ["one", "two"])
    assert (guess.name, guess.runner_up) == (name, runner_up)
    assert 0.5 <= guess.confidence <= 1


@pytest.mark.parametrize(
    ("message", "before", "language"),
    [
        ("Wo ist denn meine Bestellung?", "en", "de"),
        ("¿Dónde está mi pedido?", "en", "es"),
        ("Where is my order?", "de", "en"),
        ("ok danke", "en", "en"),
        ("HG-100001 10115", "de", "de"),
        ("Rue de Lyon 8, 75012 Paris", "en", "en"),
    ],
)
async def test_the_language_is_read_unless_too_little_is_said(
    offline: Offline, choices: Choices, message: str, before: str, language: str
) -> None:
    asked = frame("slot address", locale=before)
    assert (await offline.read(message, asked, choices)).language == language


async def test_the_region_of_the_locale_counts_before_the_company_s(offline: Offline, choices: Choices) -> None:
    said = "my new phone number is 020 7946 0018"
    reading = await offline.read(said, frame(locale="en-GB"), choices)
    assert [value.value for value in reading.values] == ["+442079460018"]
    assert reading.language == "en"


@settings(deadline=None, max_examples=40)
@given(message=st.text(max_size=120), asked=st.booleans())
def test_whatever_is_sent_is_read(embedder: MiniLM, head: Head, message: str, asked: bool) -> None:
    reader = Offline(lambda _: Learnt(embedder, head), ["en"])
    reading = reader._read(message, frame("slot reason") if asked else frame(), head.names)
    assert all(intent.text in message for intent in reading.intents)
    assert all(intent.name is None or intent.name in head.names for intent in reading.intents)
    assert all(value.text in message for value in reading.values)


async def test_it_proposes_nothing(offline: Offline) -> None:
    tools = [ToolOffer(name="issue_refund", summary="…", kind="action", schema_={})]
    assert await offline.propose("?", frame(), tools, [passage("best", "…", 0.9)]) == AnswerStep(passages=[])


@pytest.mark.parametrize(
    ("message", "asks", "plain"),
    [
        ("Thank you!", (), True),
        ("Thanks, but where is my order HG-100200?", (), False),
        ("Where is my order?", (), False),
        ("HG-100200", ("slot order_id",), True),
        ("it's HG-100200, thanks", ("slot order_id",), True),
        ("HG-100200, and please change my address too", ("slot order_id",), False),
        ("I do not have that at hand", ("slot order_id",), False),
        ("It arrived in pieces", ("slot reason",), True),
        ("It arrived in pieces. Where is my other order?", ("slot reason",), False),
    ],
)
async def test_what_is_plain_needs_nobody_else(
    offline: Offline, choices: Choices, message: str, asks: tuple[str, ...], plain: bool
) -> None:
    assert (await offline.read(message, frame(*asks), choices)).plain is plain


CANDLES = passage(
    "Candles",
    "Our candles are made of rapeseed wax. They burn for about 40 hours; the small ones for 18. Trim the wick to 5 mm. "
    "Send back empty glasses and get a point for each. We plant a tree for every hundred of them.",
)
SHOPS = passage(
    "Shops", "We have a shop in Rotterdam, at Oude Kade 12. It is open from 10:00 to 19:00, but not on Sundays."
)


async def test_an_answer_is_word_for_word_of_its_passage_and_short(offline: Offline) -> None:
    said = await worded(offline, "how long does a candle burn?", CANDLES, SHOPS)
    assert "They burn for about 40 hours; the small ones for 18." in said
    assert 1 <= len(said) <= 3
    assert all(sentence in CANDLES.text for sentence in said)
    assert said == sorted(said, key=CANDLES.text.index)


async def test_a_sentence_that_leans_on_another_does_not_stand_alone(offline: Offline) -> None:
    said = await worded(offline, "is it open on Sundays?", SHOPS)
    assert said[0].startswith("We have a shop")


async def test_two_questions_are_answered_from_two_passages(offline: Offline) -> None:
    said = await worded(offline, "How long do candles burn, and also where is your shop?", CANDLES, SHOPS)
    assert any("40 hours" in sentence for sentence in said)
    assert any("Oude Kade" in sentence for sentence in said)


async def test_without_passages_nothing_is_said(offline: Offline) -> None:
    assert await worded(offline, "how long does a candle burn?") == []
    assert await worded(offline, "how long does a candle burn?", passage("Empty", " ")) == []


def test_frames_of_other_customers_change_nothing(embedder: MiniLM, head: Head) -> None:
    reader = Offline(lambda _: Learnt(embedder, head), ["en"])
    readings = [
        reader._read("Where is HG-100001?", frame(window=window), head.names)
        for window in ([], [{"role": "customer", "text": "HG-999999"}])
    ]
    assert readings[0] == readings[1]
