"""A yes sets an effect free: whatever is not wholly explained by the grammar of an answer is asked again."""

import re
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from agent.speech.answers import settle
from agent.speech.grammars import GRAMMARS

HERE = Path(__file__).parent
NEGATIONS = {
    "en": "not no never don't dont wouldn't won't can't cannot nothing nobody isn't neither nor without hardly",
    "de": "nicht nein kein keine nie niemals nichts ohne kaum",
    "es": "no nunca jamás nada tampoco ni sin",
    "fr": "non pas jamais rien ne sans aucun ni",
}
CONDITIONS = "if unless but only except until instead was wie wenn aber nur cómo pero pourquoi mais"
unhurried = settings(deadline=None)
KINDS = ("agree", "refuse", "polite", "traps")


def phrases(language: str, *kinds: str) -> list[str]:
    return [phrase.strip() for kind in kinds for phrase in getattr(GRAMMARS[language], kind).split(",")]


def plain(word: str) -> str:
    """A word without case, accents, apostrophes and stretching."""
    letters = [sign for sign in unicodedata.normalize("NFKD", word) if sign.isalnum() or ord(sign) > 0x2000]
    return re.sub(r"(.)\1{2,}", r"\1", re.sub("[’\ufe0f🏻-🏿]", "", "".join(letters).casefold()))


def said(name: str) -> list[tuple[str, str, str]]:
    """Each utterance of a set with its language and what it says."""
    told = [
        (answer, text) for answer, texts in yaml.safe_load((HERE / name).read_text("utf-8")).items() for text in texts
    ]
    return [(text, "en", answer) if isinstance(text, str) else (text[1], text[0], answer) for answer, text in told]


@st.composite
def yeses(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A language and the phrases of a plain yes in it."""
    language = draw(st.sampled_from(sorted(GRAMMARS)))
    agreeing = draw(st.lists(st.sampled_from(phrases(language, "agree")), min_size=1, max_size=2))
    return language, agreeing + draw(st.lists(st.sampled_from(phrases(language, "polite")), max_size=2))


@pytest.mark.parametrize(("text", "language", "answer"), said("developed.yaml"))
def test_answers_are_read_as_developed(text: str, language: str, answer: str) -> None:
    assert settle(text, language) == answer


def test_held_out_answers_are_never_read_wrongly_and_rarely_asked_again() -> None:
    read = [(settle(text, language), answer) for text, language, answer in said("held_out.yaml")]
    assert [(got, meant) for got, meant in read if got not in {meant, "unclear"}] == []
    assert sum(got == meant for got, meant in read) / len(read) >= 0.95


@unhurried
@given(yeses())
def test_a_plain_yes_is_a_yes(spoken: tuple[str, list[str]]) -> None:
    language, said = spoken
    assert settle(", ".join(said), language) in {"yes", "unclear"}
    assert settle(said[0], language) == "yes"


@unhurried
@given(yeses(), st.data())
def test_a_negation_anywhere_is_never_a_yes(spoken: tuple[str, list[str]], data: st.DataObject) -> None:
    language, said = spoken
    words = " ".join(said).split()
    negation = data.draw(st.sampled_from(NEGATIONS[language].split()))
    words.insert(data.draw(st.integers(0, len(words))), negation)
    assert settle(" ".join(words), language) != "yes"


@unhurried
@given(yeses(), st.sampled_from("?？؟\u037e¿⁇"), st.data())
def test_a_question_is_never_an_answer(spoken: tuple[str, list[str]], mark: str, data: st.DataObject) -> None:
    language, said = spoken
    text = " ".join(said)
    at = data.draw(st.integers(0, len(text)))
    assert settle(text[:at] + mark + text[at:], language) == "unclear"


@unhurried
@given(
    yeses(), st.text(st.characters(categories=["L", "N"]), min_size=1) | st.sampled_from("“”«»'\"/<>#@&%$=+|~^{}[](_")
)
@example(("en", ["yes"]), "yesterday")
@example(("en", ["ok"]), "tomorrow")
def test_a_word_outside_the_grammar_leaves_it_open(spoken: tuple[str, list[str]], extra: str) -> None:
    language, said = spoken
    known = {plain(word) for lang in ("en", language) for phrase in phrases(lang, *KINDS) for word in phrase.split()}
    assume(plain(extra) not in known)
    assert [settle(text, language) for text in (f"{said[0]} {extra}", f"{extra} {said[0]}")] == ["unclear"] * 2


@unhurried
@given(st.text(max_size=60), st.sampled_from(["en", "de", "es", "fr", "it", ""]))
def test_noise_gets_an_answer_and_only_the_grammars_words_a_yes(text: str, language: str) -> None:
    if settle(text, language) == "yes":
        known = {plain(word) for lang in GRAMMARS for phrase in phrases(lang, *KINDS) for word in phrase.split()}
        assert {plain(word) for word in re.split(r"[\s.,;:!¡–—)*-]+", unicodedata.normalize("NFKD", text))} - {
            ""
        } <= known


@pytest.mark.parametrize(("text", "language", "answer"), said("developed.yaml"))
def test_an_answer_is_the_same_in_any_dress(text: str, language: str, answer: str) -> None:
    dressed = [text.upper(), text.swapcase(), f"\n {text.replace(' ', '  ')}\t", f"… {text} !!", text.replace("'", "’")]
    dressed += [text.replace("’", "'"), text.replace(" ", "\u00a0"), unicodedata.normalize("NFD", text)]
    assert [settle(other, language) for other in dressed] == [answer] * len(dressed)


@pytest.mark.parametrize("language", GRAMMARS)
def test_no_phrase_that_agrees_or_is_polite_denies_or_asks(language: str) -> None:
    words = {word for phrase in phrases(language, "agree", "polite") for word in phrase.split()}
    assert words.isdisjoint(f"{NEGATIONS[language]} {CONDITIONS}".split())


def test_repeating_what_was_asked_is_no_answer_and_leaves_a_yes_as_it_is() -> None:
    echo = ["cancel it", "cancel order HG-100001", "refund 12.50 EUR"]
    yes = ["yes, cancel it", "Yes please, cancel order hg-100001.", "refund 12.50 EUR, yes"]
    open_ones = ["cancel it", "no, cancel it", "yes, cancel order HG-100002", "yes, refund 12.5 EUR", "don't cancel it"]
    assert {settle(text, "en", echo) for text in yes} == {"yes"}
    assert {settle(text, "en", echo) for text in open_ones} == {"unclear"}


def test_a_long_message_is_no_answer() -> None:
    assert settle("yes " * 2000, "en") == "unclear"
