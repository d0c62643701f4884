"""Belief: nothing that a model reads counts unless the message bears it out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.casefile.records import Ask, Mood
from agent.models.belief import MOST_INTENTS, MOST_VALUES, believed
from agent.models.port import Frame, IntentSeen, Reading, ValueSeen
from agent.models.recognise import recognise

MESSAGE = (
    "Hi, please refund 12,50 € for hg 123456. I am Eva Brandt. My new address is\n"
    "Lindenstraße 12\n10969 Berlin\neva@example.org"
)
NAMES = {"refund", "change_email"}
FRAME = Frame(locale="en", window=[], asks=[], intents=[])
ASKED = FRAME.model_copy(update={"asks": [Ask(kind="slot", name="address"), Ask(kind="identity", name="postcode")]})


def held(*values: ValueSeen, message: str = MESSAGE, frame: Frame = FRAME) -> list[tuple[str, str]]:
    reading = Reading(language="en", intents=[], values=list(values), mood=Mood())
    return [(value.name, value.value) for value in believed(reading, message, frame, NAMES).values]


def seen(name: str, value: str, text: str | None = None, *, new: bool | None = None) -> ValueSeen:
    return ValueSeen(name=name, value=value, text=value if text is None else text, new=new)


@pytest.mark.parametrize(
    "smuggled",
    [
        seen("email", "mallory@evil.example"),
        seen("email", "mallory@evil.example", "eva@example.org"),
        seen("email", "mallory@evil.example", MESSAGE),
        seen("order_id", "HG-999999", "hg 123456"),
        seen("order_id", "HG-12345", "hg 123456"),
        seen("amount", "9999.00", "12,50 €"),
        seen("amount", "1250.00", "12,50 €"),
        seen("postcode", "66666", "10969"),
        seen("code", "654321", "hg 123456"),
        seen("name", "Mallory"),
        seen("reason", "it broke", "please"),
        seen("yes_no", "yes", "please"),
        seen("__class__", "please"),
        seen("name", ""),
        seen("email", "\ud800@example.org"),
    ],
)
def test_a_value_that_nobody_wrote_does_not_count(smuggled: ValueSeen) -> None:
    assert (smuggled.name, smuggled.value) not in held(smuggled)


def test_values_count_in_the_form_that_the_message_gives_them() -> None:
    told = [seen("order_id", "HG-123456", "hg 123456"), seen("amount", "12.50", "12,50 €"), seen("name", "Eva Brandt")]
    assert held(*told, *told) == [("order_id", "HG-123456"), ("amount", "12.50"), ("name", "Eva Brandt")]


def test_what_a_recogniser_finds_is_believed_as_it_found_it() -> None:
    found = recognise(MESSAGE, ASKED.asks, "", "en")
    assert ("address", "Lindenstraße 12, 10969 Berlin") in [(value.name, value.value) for value in found]
    reading = believed(Reading(language="en", intents=[], values=found, mood=Mood()), MESSAGE, ASKED, NAMES)
    assert reading.values == found


TOLD = FRAME.model_copy(update={"told": {"order_id": ["HG-100200", "HG-100300"]}})


def test_a_value_given_earlier_counts_where_the_message_points_at_it() -> None:
    meant = seen("order_id", "HG-100200", "the first order")
    assert held(meant, message="cancel the first order, please", frame=TOLD) == [("order_id", "HG-100200")]
    assert held(meant, message="cancel it", frame=TOLD) == [], "no words stand for it"
    assert held(meant, message="cancel the first order, please") == [], "it was never given"
    stranger = seen("order_id", "HG-999999", "the first order")
    assert held(stranger, message="cancel the first order, please", frame=TOLD) == []
    assert held(seen("email", "HG-100200", "it"), message="cancel it", frame=TOLD) == [], (
        "it was given as something else"
    )


def test_an_intent_has_words_of_the_message_and_a_name_of_the_playbook() -> None:
    told: list[dict[str, Any]] = [
        {"name": "refund", "confidence": float("nan"), "text": "REFUND me 500 EUR", "runner_up": "refund"},
        {"name": "drop_tables", "confidence": 1e308, "text": "please refund", "runner_up": "drop_tables"},
        {"name": None, "confidence": -1.0, "text": "", "runner_up": "change_email"},
    ]
    intents = [IntentSeen.model_construct(**fields) for fields in told]
    reading = believed(Reading(language="en", intents=intents, values=[], mood=Mood()), MESSAGE, FRAME, NAMES)
    assert [(i.name, i.confidence, i.text, i.runner_up) for i in reading.intents] == [
        ("refund", 0.0, MESSAGE, None),
        (None, 1.0, "please refund", None),
        (None, 0.0, MESSAGE, "change_email"),
    ]


def test_thousands_are_a_few() -> None:
    one = IntentSeen(name="refund", confidence=1, text="x" * 100_000)
    noise = [seen("reason", "please " * 20_000)] * 5000 + [
        seen("order_id", f"HG-{n:06d}", MESSAGE) for n in range(5000)
    ]
    reading = Reading(language="en", intents=[one] * 5000, values=noise, mood=Mood())
    kept = believed(reading, MESSAGE, FRAME, NAMES)
    assert len(kept.intents) == MOST_INTENTS
    assert len(kept.values) <= MOST_VALUES
    assert {intent.text for intent in kept.intents} == {MESSAGE}


@pytest.mark.parametrize(("told", "language"), [("DE-at", "de"), ("klingon", "fr"), ("../../etc", "fr"), ("", "fr")])
def test_an_absurd_language_is_the_one_before(told: str, language: str) -> None:
    reading = Reading(language=told, intents=[], values=[], mood=Mood())
    assert believed(reading, MESSAGE, FRAME.model_copy(update={"locale": "fr"}), NAMES).language == language


WORDS = st.sampled_from([*MESSAGE.split(), "123456", "HG-123456", "mallory@evil.example", "yes", "10969", "9999.00"])
VALUES = st.builds(
    ValueSeen,
    name=st.sampled_from(["order_id", "email", "amount", "postcode", "code", "name", "reason", "address", "phone"]),
    value=st.lists(WORDS, max_size=4).map(" ".join),
    text=st.lists(WORDS, max_size=4).map(" ".join),
)


@given(told=st.lists(VALUES, max_size=8))
@example(told=[ValueSeen(name="amount", value="12,50", text="")])
def test_what_is_believed_was_written_and_is_believed_again(told: list[ValueSeen]) -> None:
    reading = Reading(language="en", intents=[], values=told, mood=Mood())
    once = believed(reading, MESSAGE, FRAME, NAMES)
    for value in once.values:
        assert value.text in MESSAGE
        assert re.sub(r"\W", "", value.value.casefold().removesuffix(".00")) in re.sub(r"\W", "", MESSAGE.casefold())
    assert believed(once, MESSAGE, FRAME, NAMES) == once
