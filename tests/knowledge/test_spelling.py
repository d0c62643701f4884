from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.spelling import Spelling

LEARNT = ["cancel my order", "please cancel order HG-123456", "how do I cancel?", "where is my order", "where is it?"]


def near(spelling: Spelling, one: str, other: str) -> float:
    left, right = spelling.of([one, other])
    return float(left @ right)


def test_a_misspelt_word_is_near_the_right_one() -> None:
    spelling = Spelling.learnt(LEARNT)
    assert near(spelling, "cancle order", "cancel order") > 0.6
    assert near(spelling, "cancle order", "where is it?") < 0.2


def test_digits_and_case_make_no_difference() -> None:
    spelling = Spelling.learnt(LEARNT)
    assert near(spelling, "ORDER hg-999999", "order HG-123456") > 1.999


def test_what_few_texts_have_counts_more() -> None:
    spelling = Spelling.learnt(["same one", "same two", "same three"])
    assert near(spelling, "same one", "one") > near(spelling, "same one", "same")


def test_the_order_of_two_words_is_told() -> None:
    spelling = Spelling.learnt(LEARNT)
    assert near(spelling, "is it where", "it is where") < near(spelling, "is it where", "is it where") - 0.1


def test_what_was_never_seen_leaves_its_mark() -> None:
    assert Spelling.learnt(LEARNT).of(["zebra"]).any()


@given(st.lists(st.text(max_size=40), max_size=6), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_has_letters_and_words_of_length_one_or_nought_whatever_was_learnt(
    learnt: list[str], asked: list[str]
) -> None:
    spelling = Spelling.learnt(learnt)
    rows = spelling.of(asked)
    assert rows.shape == (len(asked), spelling.size)
    lengths = np.linalg.norm(rows.reshape(len(asked), 2, spelling.size // 2), axis=2)
    assert np.all(np.isclose(lengths, 1) | (lengths == 0))
    assert np.array_equal(rows, Spelling.learnt(learnt[::-1]).of(asked))
