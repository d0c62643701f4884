"""Values: only what the customer wrote, in one form, however a model puts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.models.reading import IntentWire, ReadingWire, ValueWire, reading_of
from agent.models.values import VALUE_NAMES, settled, stands_in
from tests.agent.models.cases import CHOICES, FRAME

MESSAGE = (
    "I'm Anna Müller <Anna.M+shop@Example.com>, order hg 123456 and #HG-654321. Refund 1.234,50 € or 12.50, "
    "call +49 30 5550123 or 030 5550199, post to SW1A  1aa. My code is 123 456. I take the Pro plan, because it BROKE."
)


@pytest.mark.parametrize(
    ("name", "text", "value", "settles_to"),
    [
        ("order_id", "hg 123456", "HG-123456", "HG-123456"),
        ("order_id", "#HG-654321", "hg654321", "HG-654321"),
        ("order_id", "order hg 123456", "HG 123456", "HG-123456"),
        ("email", "Anna.M+shop@Example.com", "anna.m+shop@example.com", "anna.m+shop@example.com"),
        ("phone", "+49 30 5550123", "+49305550123", "+49305550123"),
        ("phone", "030 5550199", "+49 30 5550199", "+49305550199"),
        ("amount", "1.234,50 €", "1234.50", "1234.50"),
        ("amount", "12.50", "12.5", "12.50"),
        ("postcode", "sw1a 1AA", "SW1A 1AA", "SW1A 1AA"),
        ("code", "123 456", "123456", "123456"),
        ("name", "anna müller", "Anna Müller", "Anna Müller"),
        ("plan", "the Pro plan", "pro", "Pro"),
        ("reason", "because it BROKE", "arrived damaged", "because it BROKE"),
    ],
)
def test_the_customers_words_settle_a_value(name: str, text: str, value: str, settles_to: str) -> None:
    believed = settled(name, text, value, MESSAGE, "DE")
    assert believed is not None
    assert believed[0] == settles_to
    assert believed[1] in MESSAGE


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("order_id", "hg 123456", "HG-123457"),  # not what the words say
        ("order_id", "HG-111111", "HG-111111"),  # not in the message
        ("order_id", "654321", "654321"),  # a piece of an id
        ("order_id", "Pro", "Pro"),  # no id
        ("email", "shop@Example.com", "shop@example.com"),  # a piece of an address
        ("email", "Anna", "anna"),
        ("phone", "5550123", "+49305550123"),  # a piece of a number
        ("phone", "30 5550123", "+49305550123"),
        ("phone", "030 5550199", "+44305550199"),
        ("amount", "50", "50.00"),  # a piece of an amount
        ("amount", "234,50", "234.50"),
        ("amount", "1.234,50 €", "1.23"),
        ("amount", "1.234,50 € or 12.50", "1234.50"),  # two
        ("amount", "Anna", "5.00"),
        ("code", "456", "456"),
        ("code", "123 456", "654321"),
        ("name", "Bob", "Bob"),
        ("name", "", ""),
        ("name", "ann", "ann"),  # a piece of a word
    ],
)
def test_nothing_else_does(name: str, text: str, value: str) -> None:
    assert settled(name, text, value, MESSAGE, "DE") is None


def test_a_number_without_its_country_needs_a_region() -> None:
    assert settled("phone", "030 5550199", "+49305550199", MESSAGE, None) is None


def test_words_are_found_over_case_space_and_disarmed_brackets() -> None:
    assert stands_in("Dear  team,\nmy <b>NAME</b>", "dear team, MY ‹b>name‹/b>") == "Dear  team,\nmy <b>NAME</b>"
    assert stands_in("我的订单HG-123456没有到", "HG-123456") == "HG-123456"
    assert stands_in("Zoe\u0308 writes", "Zoë") == "Zoë"


SNIPPETS = st.sampled_from(
    [*MESSAGE.split(), "HG-999999", "mallory@evil.example", "+4915550000", "9999", "9,999 EUR", ""]
)
WORDS = st.lists(SNIPPETS, max_size=3).map(" ".join) | st.text(max_size=12)
WIRES = st.builds(
    ReadingWire,
    language=st.text(max_size=5),
    intents=st.lists(
        st.builds(
            IntentWire,
            name=st.sampled_from([None, "refund", "made_up"]) | st.text(max_size=3),
            confidence=st.floats(allow_nan=False, allow_infinity=False),
            text=WORDS,
            runner_up=st.sampled_from([None, "refund", "order_status", "made_up"]),
        ),
        max_size=9,
    ),
    values=st.lists(
        st.builds(ValueWire, name=st.sampled_from([*VALUE_NAMES, "yes_no", "x"]), text=WORDS, value=WORDS), max_size=40
    ),
)


@given(wire=WIRES, message=st.just(MESSAGE) | WORDS)
def test_no_model_can_slip_anything_into_a_reading(wire: ReadingWire, message: str) -> None:
    reading = reading_of(wire, message, FRAME, CHOICES, "DE")
    names = {choice.name for choice in CHOICES}
    folded = " ".join(message.split()).casefold()
    for intent in reading.intents:
        assert intent.name in names | {None}
        assert intent.runner_up in names - {intent.name} | {None}
        assert 0 <= intent.confidence <= 1
    for value in reading.values:
        assert value.name in VALUE_NAMES
        assert stands_in(message, value.text, value.name) == value.text
        again = settled(value.name, value.text, value.value, message, "DE")
        assert again is not None
        assert again[0] == value.value
        digits = [char for char in value.value if char.isdigit()]
        if value.name not in {"phone", "amount"}:
            assert all(digit in folded for digit in digits)
    assert len(reading.language) == 2
    assert len({(value.name, value.value) for value in reading.values}) == len(reading.values)
