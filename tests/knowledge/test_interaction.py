from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import Vectors
from knowledge.interaction import Interaction
from knowledge.lexical import Rarity
from tests.knowledge.fakes import StemEmbedder

PASSAGES = [
    ["Pans: cast iron must not be washed in a machine", "How is a skillet washed?"],
    ["Linen: wash it at forty degrees"],
    ["Shops: open from ten to six"],
]


@pytest.fixture
def interaction(tmp_path: Path) -> Interaction:
    rarity = Rarity([*(" ".join(passage) for passage in PASSAGES), "how is it", "how is that", "is it"])
    return Interaction(tmp_path / "vectors", PASSAGES, StemEmbedder(), rarity)


def test_a_passage_that_meets_every_word_is_met_wholly(interaction: Interaction) -> None:
    best = interaction.of("skillet washed machine", [0, 1, 2])
    assert best[0] == pytest.approx(1, abs=1e-3)
    assert best.argmax() == 0
    assert np.all(best[1:] < 0.6)


def test_rare_words_decide(interaction: Interaction) -> None:
    met = interaction.of("how is linen", [0, 1])
    assert met[1] > met[0], "`linen` tells more than `how is`, which the first passage has"


def test_the_passages_come_in_the_order_that_was_asked_for(interaction: Interaction) -> None:
    assert list(interaction.of("open", [2, 0])) == list(interaction.of("open", [0, 2]))[::-1]


@pytest.mark.parametrize("question", ["", "   ", "?!"])
def test_a_question_without_words_is_met_by_nothing(interaction: Interaction, question: str) -> None:
    assert list(interaction.of(question, [0, 1])) == [0, 0]


@pytest.mark.usefixtures("interaction")
def test_what_was_written_is_read_again_without_embedding(tmp_path: Path) -> None:
    class Forgetful(StemEmbedder):
        def words(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
            assert texts == ["linen"], "passages were embedded again"
            return super().words(texts)

    again = Interaction(tmp_path / "vectors", PASSAGES, Forgetful(), Rarity([]))
    assert again.of("linen", [0, 1, 2]).argmax() == 1
    assert [file.name for file in tmp_path.iterdir()] == ["vectors"]
