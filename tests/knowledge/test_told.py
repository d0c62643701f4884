from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.lately import Vectors
from knowledge.told import Text, told
from tests.knowledge.fakes import StemEmbedder

PANS = Text("Pans", ("Cast iron must not be washed in a machine.", "How is a skillet washed?"))
LINEN = Text("Linen", ("Wash it at forty degrees.",))


class Counting(StemEmbedder):
    """Remembers whose words it was asked for."""

    def __init__(self, name: str = "words") -> None:
        super().__init__(name)
        self.read: list[str] = []

    def words(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        self.read += texts
        return super().words(texts)


def test_each_text_tells_what_its_title_its_pieces_and_their_words_mean(tmp_path: Path) -> None:
    for one, text in zip(told(tmp_path, [PANS, LINEN], StemEmbedder()), (PANS, LINEN), strict=True):
        embedder = StemEmbedder()
        assert np.allclose(one.pieces, embedder.embed(text.pieces))
        assert np.allclose(one.words, np.concatenate([rows for _, rows in embedder.words(text.pieces)]))
        assert np.allclose(one.title, embedder.words([text.title])[0][1])


def test_only_what_was_not_said_before_is_embedded(tmp_path: Path) -> None:
    told(tmp_path, [PANS, LINEN], Counting())
    embedder, changed = Counting(), Text(LINEN.title, ("Wash it at sixty degrees.",))
    pans, linen = told(tmp_path, [PANS, changed], embedder)
    assert (embedder.read, embedder.embedded) == (["Linen", "Wash it at sixty degrees."], ["Wash it at sixty degrees."])
    assert len(pans.pieces) == 2
    assert np.allclose(linen.pieces, StemEmbedder().embed(changed.pieces))


def test_nothing_of_another_model_is_taken(tmp_path: Path) -> None:
    told(tmp_path, [LINEN], Counting())
    other = Counting("other words")
    told(tmp_path, [LINEN], other)
    assert other.embedded == list(LINEN.pieces)


def test_the_same_text_in_two_passages_is_kept_once(tmp_path: Path) -> None:
    first, second = told(tmp_path, [LINEN, LINEN], StemEmbedder())
    assert first.folder == second.folder
    assert [place.name for place in tmp_path.iterdir()] == [first.folder.name]
    assert np.allclose(first.pieces, StemEmbedder().embed(LINEN.pieces))
