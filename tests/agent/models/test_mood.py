"""Moods: by the head on what a message's parts mean, and by signs alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.casefile.records import Mood
from agent.models.cues import ENGLISH
from agent.models.mood import MoodReader, signs_of
from agent.models.mood_head import examples_of, learn, open_moods, said_in
from agent.models.offline import Offline
from agent.models.port import IntentChoice
from knowledge.embed import MiniLM
from knowledge.head import Head
from knowledge.lately import Vectors
from knowledge.learnt import Learnt
from knowledge.squares import likelier_from
from tests.agent.models.conftest import frame

CALM = ("neutral", "normal", False)


class Counting:
    """The real embedder, and each text that it had to be asked for anew."""

    def __init__(self, embedder: MiniLM) -> None:
        self.id, self.dim, self.fits = embedder.id, embedder.dim, embedder.fits
        self._embedder = embedder
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return self._embedder.embed(texts)


def told(mood: Mood) -> tuple[str, str, bool]:
    return mood.sentiment, mood.urgency, mood.confused


@pytest.mark.parametrize(
    ("message", "mood"),
    [
        ("Where is my order?", CALM),
        ("HG-100001", CALM),
        ("Cancel order HG-482913 please", CALM),
        ("The lamp arrived with a crack, I would like to send it back.", CALM),
        ("This is ridiculous, I am really angry", ("negative", "normal", False)),
        ("Not a word from you for two weeks, and the sofa is still not here.", ("negative", "normal", False)),
        ("That was great, thank you so much!!", ("positive", "normal", False)),
        ("I need this urgently, please hurry", ("neutral", "high", False)),
        ("No rush, whenever you have time", ("neutral", "low", False)),
        ("I don’t understand, what do you mean?", ("neutral", "normal", True)),
    ],
)
async def test_a_mood_is_read_from_what_is_said(
    offline: Offline, choices: list[IntentChoice], message: str, mood: tuple[str, str, bool]
) -> None:
    assert told((await offline.read(message, frame("slot order_id"), choices)).mood) == mood


@pytest.mark.parametrize(
    ("message", "mood"),
    [
        ("Where is my order?", CALM),
        ("I'm not happy with this", ("negative", "normal", False)),
        ("WHERE IS MY ORDER", ("negative", "normal", False)),
        ("GREAT WORK, THANK YOU SO MUCH", ("positive", "normal", False)),
        ("please hurry!!", ("neutral", "high", False)),
        ("no rush, it need not be at once", ("neutral", "low", False)),
        ("what??", ("neutral", "normal", True)),
    ],
)
def test_a_language_without_a_head_is_read_by_signs(message: str, mood: tuple[str, str, bool]) -> None:
    assert told(MoodReader().read(message, [], "en", ENGLISH)) == mood


async def test_no_text_is_embedded_for_the_mood_that_was_not_for_the_intents(
    embedder: MiniLM, head: Head, moods: MoodReader, choices: list[IntentChoice]
) -> None:
    said = "My kettle came broken. This is the second one, I am fed up! Can I get my money back, or what?"
    for asked in (frame(), frame("slot order_id")):
        alone, both = Counting(embedder), Counting(embedder)
        reader = MoodReader({"en": (moods.heads["en"][0], both)})
        await Offline({"en": Learnt(alone, head)}.get, ["en"]).read(said, asked, choices)
        await Offline({"en": Learnt(both, head)}.get, ["en"], reader).read(said, asked, choices)
        assert alone.asked
        assert set(both.asked) == set(alone.asked)


@settings(deadline=None, max_examples=40)
@given(message=st.text(max_size=80))
def test_whatever_is_written_has_a_mood(moods: MoodReader, message: str) -> None:
    assert Mood.model_validate(moods.read(message, said_in(message, "en"), "en", ENGLISH).model_dump())
    assert all(flag in (True, False) for flag in signs_of(message, ENGLISH))


def test_a_head_is_kept_and_learnt_anew_for_another_embedder(embedder: MiniLM, tmp_path: Path) -> None:
    first, _ = open_moods(tmp_path, {"en": embedder}).heads["en"]
    [kept] = (tmp_path / "index").iterdir()
    written = kept.stat().st_mtime_ns
    again, _ = open_moods(tmp_path, {"en": embedder}).heads["en"]
    assert np.array_equal(first.weights, again.weights)
    assert kept.stat().st_mtime_ns == written
    other = Counting(embedder)
    other.id = "another"
    assert open_moods(tmp_path, {"en": other}).heads["en"][0].embedder == "another"


def test_a_language_with_few_messages_learns_from_english_too_and_one_without_has_no_head(
    embedder: MiniLM, tmp_path: Path
) -> None:
    reader = open_moods(tmp_path, {"de": embedder, "eo": embedder})
    assert list(reader.heads) == ["de"]
    both = learn([*examples_of("de"), *examples_of("en")], embedder)
    assert np.allclose(reader.heads["de"][0].bias, both.bias)


def test_the_line_lies_where_both_are_as_likely() -> None:
    dice = np.random.default_rng(5)
    scores = np.concatenate((dice.normal(1, 1, 4000), dice.normal(-1, 1, 4000)))
    carried = np.repeat([1.0, -1.0], 4000)
    assert likelier_from(scores, carried) == pytest.approx(0, abs=0.1)
    rare = np.concatenate((scores[:400], scores[4000:]))
    assert likelier_from(rare, np.repeat([1.0, -1.0], [400, 4000])) == pytest.approx(np.log(10) / 2, abs=0.2)
    assert likelier_from(scores, -np.ones(8000)) == np.inf
    assert likelier_from(scores, np.ones(8000)) == -np.inf
