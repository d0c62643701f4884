"""How far what somebody says, or what was heard of them, agrees with a record."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.agreement import SAME, Heard, agreement, born, heard, name, postcode

RECORD = {"name": "Hannah Pryce", "postcode": "LS7 3QD", "dob": "1957-09-26"}
TEXTS = st.text("abcdeéßHannah Pryce 0123456789-'", max_size=24)


@pytest.mark.parametrize("said", ["hannah pryce", "Pryce, Hannah", "HANNAH  PRYCE"])
def test_a_name_is_the_same_in_any_form(said: str) -> None:
    assert name(said, RECORD["name"]) == SAME


@pytest.mark.parametrize("said", ["Hanna Price", "h a n n a h p r y c e", "this is Hannah Bryce"])
def test_a_name_that_was_misheard_or_spelt_is_near_and_not_the_same(said: str) -> None:
    assert name("George Okafor", RECORD["name"]) < 0.6 < 0.85 < name(said, RECORD["name"]) < SAME


@pytest.mark.parametrize(
    "said", ["26th of September 1957", "26 09 1957", "the twenty 26 9 1957", "September 26th 1957", "26 septembre 1957"]
)
def test_a_day_is_near_in_any_form(said: str) -> None:
    assert born("3rd of May 1988", RECORD["dob"]) < 0.6 < 0.8 < born(said, RECORD["dob"])


@pytest.mark.parametrize(("month", "number"), [("sierpnia", 8), ("août", 8), ("März", 3), ("octubre", 10)])
def test_months_are_known_in_several_languages(month: str, number: int) -> None:
    assert born(f"12 {month} 1990", date(1990, number, 12).isoformat()) == SAME


@pytest.mark.parametrize("said", ["l s 7 3 q d", "L for lemon S 7 3 Q D", "lima sierra seven three quebec delta"])
def test_a_postcode_is_near_however_its_signs_are_said(said: str) -> None:
    assert postcode("b n 1 1 a f", RECORD["postcode"]) < 0.6 < 0.95 < postcode(said, RECORD["postcode"])


def test_the_best_of_all_attempts_counts_and_unlikelier_guesses_count_less() -> None:
    first = heard("name", [["Hannah Pryce", "Anna Rice"], [""]], RECORD["name"])
    second = heard("name", [["Anna Rice", "Hannah Pryce"], [""]], RECORD["name"])
    assert SAME == first > second > heard("name", [["Anna Rice"]], RECORD["name"]) > heard("name", [], RECORD["name"])


def test_a_caller_agrees_more_with_their_own_record_than_with_a_neighbours() -> None:
    said: Heard = {
        "postcode": [["l s 7 3 q t", "Ellis 7 3 QD"]],
        "name": [["Anna Price", "Hannah Price"], ["h a n a h"]],
        "dob": [["26th of September 1950 7"]],
    }
    neighbour = RECORD | {"name": "Nathan Brice", "dob": "1979-06-02"}
    assert agreement(said, neighbour) < 0.75 < 0.85 < agreement(said, RECORD)
    assert agreement({}, RECORD) == agreement(said, {}) == 0


@given(said=TEXTS, on_record=TEXTS)
def test_it_lies_between_nothing_and_the_same(said: str, on_record: str) -> None:
    for compared in (name, postcode):
        assert 0 <= compared(said, on_record) <= SAME
        assert compared(on_record, on_record) in (0, SAME)
    assert 0 <= born(said, "2001-02-03") <= SAME
    assert born(said, on_record) >= 0


@given(said=TEXTS)
def test_nothing_agrees_with_an_empty_record(said: str) -> None:
    assert name(said, "") == postcode(said, "") == born(said, "") == 0
