"""A wish for a person is known by its form, whatever it is about; to speak of a person is no such wish."""

import pytest

from agent.models.cues import ENGLISH
from agent.models.person import wants_person


@pytest.mark.parametrize(
    ("said", "wants"),
    [
        ("I want to talk to a manager about my refund", True),
        ("could I please be connected with someone about my delivery", True),
        ("let me have a real person for the broken lamp", True),
        ("who can I speak to about my points?", True),
        ("I need to discuss a refund with a representative", True),
        ("is there somebody I can talk to", True),
        ("I don't want a bot, give me a human", True),
        ("can I speak to you about my order?", False),
        ("tell someone my order is late", False),
        ("I talked to a manager yesterday", False),
        ("I don't need to speak to a person", False),
        ("somebody signed for my parcel", False),
        ("I need someone to deliver it on Saturday", False),
        ("your agent told me so", False),
    ],
)
def test_a_person_is_asked_for_by_the_form_of_the_words(said: str, wants: bool) -> None:
    assert wants_person(said, ENGLISH) is wants
