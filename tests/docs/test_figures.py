"""The figures on the page: written by the run that counted them, and kept by every other one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import REWRITE, says
from tests.figures import at_most, publish, published

PART = "<!-- from a run: {} -->\n<!-- end: {} -->\n"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page with two empty parts, and a run that may write."""
    page = tmp_path / "guarantees.md"
    page.write_text("# Before\n" + PART.format("kills", "kills") + "Between.\n" + PART.format("races", "races"))
    monkeypatch.setenv(REWRITE, "1")
    return page


def test_a_run_writes_its_own_row_and_leaves_the_others(page: Path) -> None:
    publish("kills", "fifty", {"kills": 50, "duplicates": 0}, page)
    publish("races", "ten at once", {"rounds": 100}, page)
    publish("kills", "a thousand", {"kills": 1000, "duplicates": 0}, page)
    publish("kills", "fifty", {"kills": 51, "duplicates": 0}, page)
    assert page.read_text() == (
        "# Before\n<!-- from a run: kills -->\n"
        "|  | kills | duplicates |\n| --- | --- | --- |\n| fifty | 51 | 0 |\n| a thousand | 1000 | 0 |\n"
        "<!-- end: kills -->\nBetween.\n<!-- from a run: races -->\n"
        "|  | rounds |\n| --- | --- |\n| ten at once | 100 |\n<!-- end: races -->\n"
    )
    assert published("kills", page)["a thousand"] == {"kills": "1000", "duplicates": "0"}


def test_rows_with_other_columns_are_of_another_time(page: Path) -> None:
    publish("kills", "fifty", {"kills": 50}, page)
    publish("kills", "a thousand", {"kills": 1000, "duplicates": 0}, page)
    assert list(published("kills", page)) == ["a thousand"]


def test_a_plain_run_wants_its_row_and_lets_the_counts_be(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish("kills", "fifty", {"kills": 50}, page)
    before = page.read_text()
    monkeypatch.delenv(REWRITE)
    publish("kills", "fifty", {"kills": 49}, page)
    with pytest.raises(AssertionError, match="DESKHAND_REWRITE=1 writes them"):
        publish("kills", "fifty", {"shots": 1}, page)
    with pytest.raises(AssertionError, match="DESKHAND_REWRITE=1 writes them"):
        publish("kills", "a thousand", {"kills": 1}, page)
    with pytest.raises(AssertionError, match="wants"):
        publish("faults", "fifty", {"kills": 1}, page)
    assert page.read_text() == before


def test_nothing_seen_leaves_three_in_as_many_as_were_tried() -> None:
    assert (at_most(0, 1000), at_most(0, 50)) == ("≤ 0.3 %", "≤ 6 %")
    with pytest.raises(AssertionError, match="1 of 50"):
        at_most(1, 50)


def test_the_faults_add_up() -> None:
    """The rows of the stories in one sentence, as they stand on the page."""
    rows = published("faults").values()
    actions, false = (sum(int(row[column]) for row in rows) for column in ("actions", "false completions"))
    counted = [row["settled alone"].split(" of ") for row in rows]
    settled, unknown = (sum(int(pair[place]) for pair in counted) for place in (0, 1))
    told = [
        f"In all, {actions} actions met a fault: {false} false completions ({at_most(false, actions)}).",
        f"Of {unknown} outcomes that were unknown at first, {settled} were settled without a person.",
    ]
    says("docs/guarantees.md", "faults in all", "\n".join(told) + "\n")
    assert actions >= 300
    assert settled >= 0.8 * unknown
