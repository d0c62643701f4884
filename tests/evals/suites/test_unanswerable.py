"""The suite of questions: Harbor's own documents, by the way that a customer's question goes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from evals.suites import unanswerable
from evals.suites.registry import PROJECT, SUITES
from evals.suites.report import Options
from evals.suites.rows import DataUnusable
from tests.cases.conftest import copied

ASKED = yaml.safe_load((PROJECT / SUITES["unanswerable"].runs[0].data).read_text("utf-8"))
FITTED = yaml.safe_load((PROJECT / "tests" / "knowledge" / "questions.yaml").read_text("utf-8"))


def test_the_questions_are_many_half_of_them_unanswerable_and_held_apart() -> None:
    asked = [question["ask"].casefold() for question in ASKED]
    assert len(set(asked)) == len(asked) >= 100
    assert 0.4 <= sum(not question["found"] for question in ASKED) / len(ASKED) <= 0.6
    assert not set(asked) & {question["ask"].casefold() for kind in FITTED.values() for question in kind}


def test_an_answer_is_given_where_there_is_one(
    built_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(built_home, tmp_path / "home" / "evals")
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    data = tmp_path / "questions.yaml"
    questions = [
        {"ask": "How many days do I have to send something back?", "found": ["returns/3.1"]},
        {"ask": "Who won the football match last night?", "found": []},
    ]
    data.write_text(yaml.safe_dump(questions))
    report = unanswerable.run(Options(data=data))
    assert [case.got for case in report.cases] == ["answer", "abstain"]
    assert report.figures["abstained"] == 1.0
    assert report.figures["refused"] == 0.0


def test_what_is_no_list_of_questions_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "questions.yaml"
    data.write_text("{}")
    with pytest.raises(DataUnusable, match="no list of questions"):
        unanswerable.run(Options(data=data))
