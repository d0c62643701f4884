"""Of several options one is taken by its place or by a word of its own, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speech.choices import picked, taken

OPTIONS = ["cancel an order", "hear where an order is"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("the first one", 0),
        ("1", 0),
        ("Cancel", 0),
        ("cancel it please", 0),
        ("I want to cancel the order", 0),
        ("cancelling", 0),
        ("the second", 1),
        ("The second one please", 1),
        ("number one", 0),
        ("2.", 1),
        ("the latter please", 1),
        ("where it is", 1),
        ("hear where it is", 1),
        ("neither", "neither"),
        ("none of them", "neither"),
        ("something else", "neither"),
        ("no", "neither"),
        ("neither the first nor the second", "neither"),
        ("no, the second", 1),
        ("don't cancel it", None),
        ("not the first one", None),
        ("postcode 30002", None),
        ("hmm", None),
        ("", None),
        ("cancel it or tell me where it is", None),
        ("the first or the second", None),
        ("it is about the first parcel that you sent to my old address last week", None),
    ],
)
def test_an_option_is_taken_by_its_place_or_by_its_own_words(said: str, place: int | str | None) -> None:
    assert taken(said, OPTIONS, "en") == place


TIMES = [
    "Thursday 3 December 2026 at 10:00", "Thursday 3 December 2026 at 14:30", "Friday 4 December 2026 at 09:00",
    "Friday 4 December 2026 at 10:00", "Saturday 5 December 2026 at 13:00",
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("Thursday 3 December 2026 at 10:00", 0),
        ("Thursday 3 December at 10:00", 0),
        ("Thursday at 10", 0),
        ("thu 10 am works", 0),
        ("thursday morning please", 0),
        ("the 14:30 one", 1),
        ("half past two", 1),
        ("2", 1),
        ("the latest on Thursday", 1),
        ("friday 9", 2),
        ("Dec 4th at nine", 2),
        ("the first one on Friday", 2),
        ("number 4", 3),
        ("I'll take friday at 10 o'clock, thanks", 3),
        ("1 pm", 4),
        ("the 5th", 4),
        ("can I have the Saturday one?", 4),
        ("the last one", 4),
        ("none of these", "neither"),
        ("do you have others", "neither"),
        ("Friday", None),
        ("at ten", None),
        ("10", None),
        ("Sunday at 10", None),
        ("Friday at 11", None),
        ("22:00", None),
        ("tomorrow", None),
        ("not Friday at 9", None),
        ("which one is the shortest?", None),
        ("7", None),
    ],
)
def test_a_time_is_taken_when_all_that_was_said_fits_it_alone(said: str, place: int | str | None) -> None:
    assert taken(said, TIMES, "en") == place


GOODS = ["Linen napkins, set of 4", "Oak board", "Blue mug", "White mug"]


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("all of them", [0, 1, 2, 3]),
        ("both mugs", [2, 3]),
        ("the blue mug and the oak board", [1, 2]),
        ("1 and 3", [0, 2]),
        ("Oak, napkins", [0, 1]),
        ("2", [1]),
        ("the mug", None),
        ("both", None),
        ("all but the board", None),
        ("the board and the lamp and that", None),
        ("none", "neither"),
    ],
)
def test_several_are_taken_where_several_may_be(said: str, places: list[int] | str | None) -> None:
    assert picked(said, GOODS, "en", many=True) == places


@given(st.lists(st.sampled_from([*TIMES, *GOODS]), unique=True, min_size=1), st.data())
def test_the_text_of_an_option_takes_it_whatever_stands_beside_it(options: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(options) - 1))
    assert taken(options[at], options, "en") == at
    assert taken(f"{at + 1}", options, "en") == at


@given(st.text(), st.lists(st.text(), max_size=6), st.booleans())
def test_whatever_is_said_only_options_are_taken(said: str, options: list[str], many: bool) -> None:
    found = picked(said, options, "en", many=many)
    assert found is None or found == "neither" or set(found) <= set(range(len(options)))


def test_words_that_two_options_share_take_neither_of_them() -> None:
    options = ["change your phone number", "change your e-mail address"]
    assert taken("change", options, "en") is None
    assert taken("phone", options, "en") == 0
