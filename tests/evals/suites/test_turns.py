"""The suite of turns, and the head that it shares with the claim check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.speech.acts import ACTS, Acts, own, written
from evals.suites import turns
from evals.suites.report import Options

SAID = {
    "claims_success": ["The boat is yours for the day.", "I have booked the boat.", "Your boat was booked."],
    "reports_failure": ["I could not book the boat.", "The boat failed to book.", "Sorry, no boat could be had."],
    "asks_confirmation": ["A boat for two at noon, right?", "Please confirm the boat for two.", "One boat, correct?"],
    "other": ["Which boat would you like?", "There are three boats.", "Boats leave at noon."],
}
CALLED = {"claims_success": ("BookBoat", 1), "reports_failure": ("BookBoat", 0), "other": ("FindBoats", 3)}


def _rows() -> list[dict[str, Any]]:
    rows = []
    for act, texts in SAID.items():
        for number, text in enumerate(texts):
            name, results = CALLED.get(act, (None, None))
            row: dict[str, Any] = {"id": f"dev/{number}/{act}", "user": "", "system": text, "label": act}
            rows.append(row | {"service_call": name, "n_results": results})
    return rows


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "turns.jsonl"
    path.write_text("\n".join(map(json.dumps, _rows())))
    return path


def test_each_turn_is_read_by_a_head_that_has_not_seen_its_dialogue(data: Path) -> None:
    report = turns.run(Options(data=data))
    assert len(report.cases) == 12
    assert report.figures["macro_f1"] >= 0.8
    assert "unseen" in report.split
    trained = turns.run(Options(data=data, train=data))
    assert trained.figures["macro_f1"] == 1.0


def test_what_was_tried_is_read_from_the_call() -> None:
    assert turns.tried({"service_call": None}) == "nothing"
    assert turns.tried({"service_call": "FindBoats", "n_results": 2}) == "read"
    assert turns.tried({"service_call": "BookBoat", "n_results": 1}) == "changed"
    assert turns.tried({"service_call": "BookBoat", "n_results": 0}) == "in vain"
    assert turns.tried({"service_call": "GetBoat", "n_results": 1}) is None


def test_f1_is_that_of_each_act() -> None:
    figures = turns.f1(["other", "other", "claims_success"], ["other", "claims_success", "claims_success"])
    assert figures["f1_other"] == pytest.approx(2 / 3)
    assert figures["f1_claims_success"] == pytest.approx(2 / 3)


def test_the_written_examples_are_learnt_alike_each_time() -> None:
    again = Acts.learnt(written())
    assert (again.weights == own().weights).all()
    read = [own().act(example.text) == example.act for example in written() if example.tried is None]
    assert sum(read) / len(read) >= 0.97
    assert {example.act for example in written()} == set(ACTS)
