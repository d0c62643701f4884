"""A message falls into the parts that may each carry a request, and nothing is broken or lost on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.models.cues import ENGLISH
from agent.models.segment import MOST, is_general, is_request, leans, segment, sentences


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in segment(text, ENGLISH)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cancel order no. 123456. Thanks!", ["Cancel order no. 123456.", "Thanks!"]),
        ("I paid 12.50, e.g. by card", ["I paid 12.50, e.g. by card"]),
        ("Ask Mr. Berg at Hauptstr. 5", ["Ask Mr. Berg at Hauptstr. 5"]),
        ("No. Cancel it.", ["No.", "Cancel it."]),
        ("cancel HG-100001; also send me the invoice", ["cancel HG-100001", "send me the invoice"]),
        ("Where is HG-100001, and also how long do refunds take?", ["Where is HG-100001", "how long do refunds take?"]),
        ("Refund HG-100001 and tell me where HG-100002 is", ["Refund HG-100001", "tell me where HG-100002 is"]),
        ("Another thing: my phone changed", ["Another thing: my phone changed"]),
        ("1. cancel it\n2) change my email", ["cancel it", "change my email"]),
        ("- cancel it\n\n- change my email", ["cancel it", "change my email"]),
        ("Hi, can you also change my phone number", ["Hi, can you also change my phone number"]),
        ("What is your return and refund policy?", ["What is your return and refund policy?"]),
        ("cancel HG-100001 and HG-100002", ["cancel HG-100001 and HG-100002"]),
        ("the cup and the plate are broken", ["the cup and the plate are broken"]),
        ("...", []),
        ("", []),
    ],
)
def test_parts_are_what_may_be_a_request_of_its_own(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@settings(deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from(["cancel it", " and also ", ". ", "; ", "HG-100001", "\n", ", "])).map("".join)
)
def test_parts_stand_in_the_message_in_its_order_and_are_few(text: str) -> None:
    spans = segment(text, ENGLISH)
    assert len(spans) <= MOST
    assert all(text[start:end].strip() for start, end in spans)
    flat = [place for span in spans for place in span]
    assert flat == sorted(flat)
    assert all(0 <= place <= len(text) for place in flat)


def test_a_long_message_keeps_its_end() -> None:
    text = " ".join(f"This is sentence {number}." for number in range(100)) + " Cancel my order."
    spans = segment(text, ENGLISH)
    assert len(spans) <= MOST
    assert spans[-1][1] == len(text)


def test_a_line_ends_a_sentence_unless_lines_are_kept() -> None:
    text = "Lindenstr. 5\n10969 Berlin\n\nThanks"
    assert len(sentences(text, ENGLISH)) == 3
    assert [text[start:end] for start, end in sentences(text, ENGLISH, lines=False)] == [
        "Lindenstr. 5\n10969 Berlin",
        "Thanks",
    ]


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Where is it?", True),
        ("please cancel my order", True),
        ("I also want a refund", True),
        ("two things: cancel it", True),
        ("if it is late please cancel it", True),
        ("my parcel is late", False),
        ("the lamp which I ordered is broken", False),
        ("please hurry", False),
    ],
)
def test_a_request_is_known_by_its_form(text: str, asks: bool) -> None:
    assert is_request(text, ENGLISH) is asks


@pytest.mark.parametrize(
    ("text", "general"),
    [
        ("Do you deliver on Saturdays?", True),
        ("hi, can I return a mug I already used", True),
        ("Is it possible to pay by invoice?", True),
        ("Can I return my mug?", False),
        ("can you bring it on Saturday", False),
        ("Where is HG-100001?", False),
        ("refund a broken vase please", False),
    ],
)
def test_a_question_is_general_when_it_speaks_of_nothing_of_the_customer_s(text: str, general: bool) -> None:
    assert is_general(text, ENGLISH) is general


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("And how much is it?", True),
        ("Are they dishwasher safe?", True),
        ("and to Spain?", True),
        ("What about Norway?", True),
        ("How much?", True),
        ("do you ship to Norway?", False),
        ("Is it possible to pay by invoice?", False),
        ("How long does it take to get to France?", False),
        ("is there a fee for cancelling", False),
    ],
)
def test_a_question_leans_when_it_says_too_little_by_itself(text: str, does: bool) -> None:
    assert leans(text, ENGLISH) is does
