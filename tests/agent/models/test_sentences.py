"""Sentences: whole ones, however the stream was cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.models.port import ModelFailed
from agent.models.sentences import LONGEST_SENTENCE, Sentences


def cut(*pieces: str) -> list[str]:
    sentences = Sentences()
    return [sentence for piece in pieces for sentence in sentences.feed(piece)] + sentences.rest()


@pytest.mark.parametrize(
    "sentences",
    [
        ["It costs 12.50 EUR.", "Postage is 1.234,50 EUR."],
        ["Dr. Smith decides, e.g. on Mondays.", "She reads HG-123456 first!", "Really?", "Yes."],
        ["See No. 5 of the list.", "No.", "It is not returned."],
        ["Es kommt am 5. Mai, z. B. mit der Post.", "Bitte warten Sie."],
        ["Write to help@harbor.example or see harbor.example/returns.", "We answer."],
        ['He said "No."', "Then he left (at 5 p.m. sharp)."],
        ["Wait… there is more.", "Much more!"],
        ["コーヒーは返品できます。", "送料は必要です。"],
        ["«¿Cuánto cuesta?»", "¡Nada!"],
        ["Das kostet ca. 5 EUR inkl. Porto.", "Ärgerlich."],
    ],
)
def test_sentences_are_found(sentences: list[str]) -> None:
    text = ("" if "。" in sentences[0] else " ").join(sentences)
    assert cut(text) == sentences
    assert cut(*text) == sentences, "one character at a time"


def test_lists_and_ornaments_become_plain_sentences() -> None:
    assert cut("## Returns\n\nYou can return:\n- **coffee**\n- `tea`\n\nBye") == [
        "Returns",
        "You can return:",
        "coffee",
        "tea",
        "Bye",
    ]


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    sentences = Sentences()
    assert sentences.feed("It is here. ") == []
    assert sentences.feed("W") == ["It is here."]
    assert sentences.feed("e know") == []
    assert sentences.rest() == ["We know"]


@pytest.mark.parametrize("text", ["<think>The user wants", "Click <a href='x'>here</a>.", "Done.<|im_end|>", "<!-- x"])
def test_markup_reaches_nobody(text: str) -> None:
    with pytest.raises(ModelFailed, match="markup"):
        cut(text)


def test_what_does_not_end_is_no_sentence() -> None:
    with pytest.raises(ModelFailed, match="end"):
        cut("word " * LONGEST_SENTENCE)


TEXT = st.lists(
    st.sampled_from(
        [
            "Yes",
            "no",
            ".",
            "!",
            "?",
            "…",
            " ",
            "\n",
            "\n\n",
            "- ",
            "12.50",
            "e.g.",
            "Dr.",
            "5",
            "(",
            ")",
            "”",
            "。",
            "。」",
        ]
    ),
    max_size=30,
).map("".join)


@given(text=TEXT, cuts=st.lists(st.integers(0, 80), max_size=8))
def test_the_chunks_of_a_stream_change_nothing(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(at, len(text)) for at in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert cut(*pieces) == cut(text)


@given(text=TEXT)
def test_no_word_is_lost_or_added(text: str) -> None:
    def words(of: str) -> str:
        return "".join(char for char in of if char.isalnum())

    assert words("".join(cut(text))) == words(text)
