from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.remembered import Remembered
from tests.knowledge.fakes import StemEmbedder


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), max_size=4))
def test_whatever_is_asked_again_or_not_the_rows_are_those_of_the_model(
    tmp_path_factory: pytest.TempPathFactory, asked: list[list[str]]
) -> None:
    file, model = tmp_path_factory.mktemp("kept") / "examples.db", StemEmbedder()
    remembered = Remembered(model, file)
    for texts in asked:
        rows = remembered.embed(texts)
        assert rows.shape == (len(texts), model.dim)
        assert not texts or np.array_equal(rows, StemEmbedder().embed(texts))
    assert len(model.embedded) == len({text for texts in asked for text in texts})


def test_it_outlives_the_process_and_is_shared_by_several(tmp_path: Path) -> None:
    texts = [f"text {number}" for number in range(600)]
    Remembered(StemEmbedder(), tmp_path / "a" / "examples.db").embed(texts)
    model = StemEmbedder()
    Remembered(model, tmp_path / "a" / "examples.db").embed([*texts, "another"])
    assert model.embedded == ["another"]


def test_nothing_of_another_model_is_taken(tmp_path: Path) -> None:
    Remembered(StemEmbedder(), tmp_path / "examples.db").embed(["linen"])
    other = StemEmbedder("other words")
    Remembered(other, tmp_path / "examples.db").embed(["linen"])
    assert other.embedded == ["linen"]


def test_a_file_that_is_no_store_costs_the_time_and_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "examples.db").write_text("something else entirely, and long enough to be looked at", encoding="utf-8")
    rows = Remembered(StemEmbedder(), tmp_path / "examples.db").embed(["linen"])
    assert np.array_equal(rows, StemEmbedder().embed(["linen"]))
    assert "examples.db cannot be used" in caplog.text
