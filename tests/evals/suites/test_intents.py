"""Messages in each of the formats, made here; and the public sets, where they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.suites.intents import run
from evals.suites.labelled import task_of
from evals.suites.report import Options, Report
from evals.suites.rows import DataUnusable
from tests.evals.suites.data import public

TEA = ["a cup of tea", "green tea please", "tea with milk", "may I have some tea", "one black tea", "tea for two"]
RAIN = ["will it rain", "rain again today", "is heavy rain coming", "it rains a lot", "rain tomorrow?", "no more rain"]
BOTH = [f"{tea} and {rain}" for tea, rain in zip(TEA, RAIN, strict=True)]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def labelled(key: str = "intent", **more: Any) -> list[dict[str, Any]]:
    return [{"text": text, key: name, **more} for name, texts in (("tea", TEA), ("rain", RAIN)) for text in texts]


def test_a_file_with_another_to_learn_from(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", labelled())
    data = write(tmp_path / "test.jsonl", [{"text": "some tea", "intent_en": "tea"}, {"text": "", "intent_en": "tea"}])
    report = run(Options(data=data, train=train))
    assert report.figures["accuracy"] == 1
    assert [(case.expected, case.got) for case in report.cases] == [("tea", "tea")]
    assert "train.jsonl" in report.split
    assert report.figures["ms a message (median, one by one)"] < 1000


def test_splits_and_messages_out_of_scope(tmp_path: Path) -> None:
    rows = [*labelled(split="train"), {"text": "TEA is not read", "intent": "tea", "split": "val"}]
    rows += [
        {"text": "my bicycle has a flat tyre", "intent": "oos", "oos": True, "split": name}
        for name in ("train", "test")
    ]
    rows += [{"text": "a cup of hot tea", "intent": "tea", "oos": False, "split": "test"}]
    report = run(Options(data=write(tmp_path / "all.jsonl", rows)))
    assert report.figures["out-of-scope recall"] == report.figures["in-scope kept"] == 1
    assert [(case.expected, case.got) for case in report.cases] == [("oos", "oos"), ("tea", "tea")]
    assert (report.cases[0].why or "").startswith("nearest: ")


def test_several_labels_are_read_fold_by_fold(tmp_path: Path) -> None:
    marked = [*((text, ["tea"]) for text in TEA), *((text, ["rain"]) for text in RAIN)]
    marked += [(text, ["rain", "tea"]) for text in BOTH]
    rows: list[dict[str, Any]] = [
        {"fold": number % 3, "text": text, "intents": labels} for number, (text, labels) in enumerate(marked)
    ]
    rows.append({"fold": 0, "text": "ok"})
    report = run(Options(data=write(tmp_path / "folds.jsonl", rows)))
    assert report.figures["messages"] == len(rows)
    assert report.figures["micro-F1"] > 0.9
    assert "each of 3 folds" in report.split
    assert len({case.id for case in report.cases}) == len(rows)


def test_what_cannot_be_learnt_from_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="--train"):
        task_of(write(tmp_path / "a.jsonl", labelled()), None, None)
    with pytest.raises(DataUnusable, match="to learn from, or none to read"):
        task_of(write(tmp_path / "b.jsonl", labelled(split="test")), None, None)


def test_fewer_cases_are_drawn_from_every_fold(tmp_path: Path) -> None:
    rows = [row | {"fold": number % 3} for number, row in enumerate(labelled())]
    task = task_of(write(tmp_path / "a.jsonl", rows), None, 6)
    assert [len(part.asked) for part in task.parts] == [2, 2, 2]
    assert all(len(part.known) == 8 for part in task.parts)


def measured(data: str, train: str | None = None) -> Report:
    return run(Options(data=public(data), train=public(train) if train else None))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_banking_intents_are_read_as_well_as_measured() -> None:
    figures = measured("intents/banking77_test.jsonl.gz", "intents/banking77_train.jsonl.gz").figures
    assert figures["accuracy"] >= 0.93
    assert figures["accuracy, 10 examples an intent (mean of 3 draws)"] >= 0.83


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_messages_out_of_scope_are_kept_out_as_well_as_measured() -> None:
    figures = measured("intents/clinc150_full.jsonl.gz").figures
    assert figures["in-scope accuracy"] >= 0.955
    assert figures["in-scope kept"] >= 0.95
    assert figures["out-of-scope recall"] >= 0.86


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("domain", "least"), [("banking", 0.88), ("hotels", 0.76)])
def test_several_intents_are_read_as_well_as_measured(domain: str, least: float) -> None:
    assert measured(f"intents/nlupp_{domain}_folds0-9.jsonl.gz").figures["micro-F1"] >= least
