from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.interaction import Interaction, Scores
from knowledge.lexical import Rarity
from knowledge.told import Text, told
from tests.knowledge.fakes import StemEmbedder

PASSAGES = [
    ["Pans: cast iron must not be washed in a machine", "How is a skillet washed?"],
    ["Linen: wash it at forty degrees"],
    ["Shops: open from ten to six"],
]
TITLES = ["Pans", "Linen", "Shops"]


@pytest.fixture
def interaction(tmp_path: Path) -> Interaction:
    rare = Rarity([*(" ".join(passage) for passage in PASSAGES), "how is it", "how is that", "is it"])
    return interaction_of(tmp_path, TITLES, PASSAGES, rare)


def interaction_of(folder: Path, titles: Sequence[str], passages: Sequence[Sequence[str]], rare: Rarity) -> Interaction:
    texts = [Text(title, tuple(pieces)) for title, pieces in zip(titles, passages, strict=True)]
    return Interaction(told(folder, texts, StemEmbedder()), rare)


def met(interaction: Interaction, question: str, places: list[int]) -> Scores:
    [(said, meanings)] = StemEmbedder().words([question])
    return interaction.of(said, meanings, places)


def test_a_passage_that_meets_every_word_is_met_wholly(interaction: Interaction) -> None:
    best = met(interaction, "skillet washed machine", [0, 1, 2])
    assert best[0] == pytest.approx(1, abs=0.05)
    assert best.argmax() == 0
    assert np.all(best[1:] < 0.6)


def test_rare_words_decide(interaction: Interaction) -> None:
    pans, linen = met(interaction, "how is linen", [0, 1])
    assert linen > pans, "`linen` tells more than `how is`, which the first passage has"


def test_the_passages_come_in_the_order_that_was_asked_for(interaction: Interaction) -> None:
    assert list(met(interaction, "open", [2, 0])) == list(met(interaction, "open", [0, 2]))[::-1]


def test_of_two_that_have_all_words_the_one_that_is_called_so_is_met_better(tmp_path: Path) -> None:
    pieces = [["Express: what express delivery costs"], ["Delivery: what delivery costs"]]
    kept = interaction_of(tmp_path, ["Express", "Delivery"], pieces, Rarity([]))
    assert met(kept, "delivery costs", [0, 1]).argmax() == 1


def test_a_text_without_words_is_met_by_nothing(tmp_path: Path) -> None:
    kept = interaction_of(tmp_path, ["—", "Linen"], [["…"], ["Linen"]], Rarity([]))
    assert list(met(kept, "linen", [0, 1])) == pytest.approx([0, 1.1], abs=1e-3)


@pytest.mark.parametrize("question", ["", "   ", "?!"])
def test_a_question_without_words_is_met_by_nothing(interaction: Interaction, question: str) -> None:
    assert list(met(interaction, question, [0, 1])) == [0, 0]
