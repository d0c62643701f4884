"""Values are read in the customer's own words, as what they are and nothing else, and quickly whatever is sent."""

import re
import time
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.models.port import ValueSeen
from agent.models.recognise import recognise
from knowledge.workflows import Slot
from tests.agent.models.conftest import Row, asks, rows

EVERYTHING = asks(
    "slot order_id", "slot email", "slot phone", "slot address", "slot amount", "slot reason", "slot date",
    "identity name", "identity postcode", "code code",
)  # fmt: skip
CANONICAL = {
    "order_id": r"HG-\d{6}",
    "email": r"[^@\sA-Z]+@[^@\sA-Z]+\.[^@\sA-Z]+",
    "phone": r"\+\d{7,15}",
    "postcode": r"[A-Z0-9]+([ -][A-Z0-9]+)*",
    "amount": r"\d+\.\d\d",
    "code": r"\d{6}",
    "date": r"\d{4}-\d\d-\d\d",
}
SIX = st.integers(0, 999_999).map("{:06}".format)
SCRAPS = [
    "HG-",
    "123456",
    "@",
    "a@b.de",
    "€",
    "12,50",
    "my name is",
    "Anna",
    "5",
    "St.",
    "not",
    "sorry",
    "+49170",
    "\n",
    "moved to",
]
unhurried = settings(deadline=None)


def seen(text: str, name: str, *asked: str, region: str = "DE") -> list[str]:
    return [value.value for value in recognise(text, asks(*asked), region) if value.name == name]


def read_as_told(row: Row) -> bool:
    """Whether exactly the values of a row are seen, each once."""
    left = recognise(row["say"], asks(*row.get("asked", [])), row.get("region", "DE"))
    for told in row["see"]:
        fits = next((value for value in left if _is(value, *told.split(" ", 1))), None)
        if fits is None:
            return False
        left.remove(fits)
    return not left


def _is(value: ValueSeen, name: str, told: str) -> bool:
    new = {"+": True, "-": False, "?": None}.get(name[-1], value.new)
    return value.name == name.rstrip("+-?") and value.new is new and told in {"*", value.value}


@pytest.mark.parametrize("row", rows("developed.yaml", "values"), ids=lambda row: str(row["say"])[:40])
def test_values_are_read_as_developed(row: Row) -> None:
    assert read_as_told(row)


def test_values_that_were_held_out_are_read_as_well() -> None:
    read = [read_as_told(row) for row in rows("held_out.yaml", "values")]
    assert sum(read) / len(read) >= 0.95


@unhurried
@given(SIX, st.sampled_from(["HG-{}", "hg{}", "Hg {}", "#{}", "HG–{}", "order {}", "Order no. {}", "order number: {}"]))
def test_an_order_id_is_known_however_it_is_written(digits: str, written: str) -> None:
    assert seen(f"Hello, {written.format(digits)} please", "order_id") == [f"HG-{digits}"]


@unhurried
@given(
    SIX,
    SIX,
    st.sampled_from(["{0}, sorry, {1}", "{1}, not {0}", "not {0} but {1}", "{0}. No wait, {1}", "{1} instead of {0}"]),
)
def test_a_correction_leaves_the_right_one(wrong: str, right: str, said: str) -> None:
    assume(wrong != right)
    assert seen(said.format(f"HG-{wrong}", f"HG-{right}"), "order_id") == [f"HG-{right}"]


@unhurried
@given(st.lists(SIX, min_size=2, max_size=6, unique=True))
def test_all_orders_of_a_message_come_out_in_its_order(digits: list[str]) -> None:
    assert seen(f"cancel orders {', '.join(digits[:-1])} and {digits[-1]}", "order_id") == [
        f"HG-{one}" for one in digits
    ]


@unhurried
@given(SIX, st.integers(1, 99_999))
def test_an_order_or_a_sum_is_never_a_phone_number(digits: str, cents: int) -> None:
    text = f"Order {digits}, HG-{digits[::-1]}, I paid {cents / 100:.2f} EUR, tracking number 00340434{digits}"
    assert seen(text, "phone", "slot phone") == []


@unhurried
@given(st.text(max_size=200) | st.lists(st.sampled_from(SCRAPS)).map(" ".join))
def test_whatever_is_said_values_are_verbatim_and_canonical(text: str) -> None:
    for value in [*recognise(text, EVERYTHING, "DE"), *recognise(text, [], "")]:
        assert value.text in text
        assert re.fullmatch(CANONICAL.get(value.name, r"(?s).+"), value.value), value


@pytest.mark.parametrize("said", ["half of it", "all of it", "20 %", "2 weeks ago", "between 20-30", ""])
def test_what_is_no_sum_is_not_taken_for_one(said: str) -> None:
    assert seen(said, "amount", "slot amount") == []


def test_only_what_can_be_changed_is_told_new_or_on_file() -> None:
    text = "order HG-100001, 20 EUR, code 123456, a@b.example"
    told = {value.name: value.new for value in recognise(text, asks("slot order_id", "slot email", "code code"), "DE")}
    assert told == {"order_id": None, "amount": None, "code": None, "email": True}


TOLD = {
    "order_id": "HG-123456",
    "email": "anna@example.org",
    "phone": "+49 30 901820",
    "address": "I moved to 5 Mill Road, Cork",
    "postcode": "my postcode is 10115",
    "amount": "give me 12.50 EUR back",
    "reason": "because it arrived broken",
    "items": "I want to send back the blue mug",
    "plan": "make it monthly",
    "date": "on 3 December 2026",
    "description": "the page stays white",
    "preference": "please leave it with the neighbours",
}


@pytest.mark.parametrize("slot", get_args(Slot))
def test_whatever_a_workflow_may_need_can_be_read(slot: str) -> None:
    """Else it would be asked for without end; what can only be chosen is not among these."""
    assert slot in {value.name for value in recognise(TOLD[slot], asks(f"slot {slot}"), "DE")}


def test_typographic_apostrophes_are_read_and_kept() -> None:
    (value,) = recognise("I’m Siobhán O’Neill", [], "IE")
    assert (value.name, value.text) == ("name", "Siobhán O’Neill")


PIECES = [
    "a", "9", "9 ", "@", "a@a ", "a. ", ". ", "(", "- ", "\n", "not ", "order ", "order 123456 ", "HG-123456 ", "€1 ",
    "my name is ", "Anna Berg ", "address is ", "and also ", "please ", "because ", "broken, ", "1.234,", "1,", "ß",
    "20 euros, sorry, ", "moved to 5 st ", "straße", "12 34 56 ", "regards\n", "thank you\n A", "may 3 ", "+49 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_no_message_takes_long(piece: str) -> None:
    text = (piece * 8000)[:8000]
    recognise(text[:100], EVERYTHING, "DE")
    times = []
    for _ in range(3):
        begun = time.process_time()
        recognise(text, EVERYTHING, "DE")
        times.append(time.process_time() - begun)
    assert min(times) < 0.1, "one that goes over it again and again takes seconds"
