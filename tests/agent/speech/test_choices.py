"""Of several options one is taken by its place or by a word of its own, and by nothing else."""

import pytest

from agent.speech.choices import taken

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


def test_words_that_two_options_share_take_neither_of_them() -> None:
    options = ["change your phone number", "change your e-mail address"]
    assert taken("change", options, "en") is None
    assert taken("phone", options, "en") == 0
