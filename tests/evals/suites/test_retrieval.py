"""Which documents a request needs, on documents made here; and on the public set, where it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.suites.report import Options
from evals.suites.retrieval import ndcg, recall, run
from evals.suites.rows import DataUnusable
from tests.evals.suites.data import public

DOCUMENTS = {
    "kettle": ("Descaling a kettle", "Fill it with vinegar and water. Let it boil once, and rinse it twice."),
    "bike": ("Mending a flat tyre", "Take the wheel off. Find the hole in the inner tube under water and patch it."),
    "bread": ("Baking rye bread", "Feed the sourdough the evening before. Bake it for an hour at 220 degrees."),
    "roses": ("Pruning roses", "Cut them back in March, above a bud that looks outwards."),
}


def write(folder: Path, tasks: list[dict[str, object]]) -> Path:
    documents = [{"id": id_, "title": title, "content": text} for id_, (title, text) in DOCUMENTS.items()]
    for name, rows in (("my_documents.jsonl", documents), ("my_tasks.jsonl", tasks)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder / "my_tasks.jsonl"


def test_a_task_is_asked_with_its_opening_and_with_all_it_wants(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    wants = "Your bicycle has a flat tyre and you want to mend it. Later you ask when to prune the roses."
    tasks: list[dict[str, object]] = [
        {
            "id": "both",
            "opening_query": "How do I mend a flat tyre?",
            "user_scenario": {"instructions": {"reason": wants, "known": None}},
            "required_documents": ["bike", "roses"],
        },
        {"id": "one", "instruction": "You bake bread.", "opening_query": None, "required_documents": ["bread"]},
        {"id": "none", "instruction": "You say hello.", "required_documents": []},
    ]
    report = run(Options(data=write(tmp_path, tasks)))
    asked = {case.id: case for case in report.cases}
    assert set(asked) == {"both/opening", "both/instruction", "one/instruction"}
    assert asked["both/opening"].got[0] == "bike"
    assert set(asked["both/instruction"].got[:2]) == {"bike", "roses"}
    assert asked["one/instruction"].got[0] == "bread"
    assert report.figures["nDCG@10, instruction"] == pytest.approx(1)
    assert report.figures["documents"] == len(DOCUMENTS)
    assert "Mending a flat tyre" in (asked["both/opening"].text or "")


def test_tasks_that_require_nothing_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="requires"):
        run(Options(data=write(tmp_path, [{"id": "none", "instruction": "You say hello."}])))


def test_recall_and_ndcg_are_as_they_are_defined() -> None:
    assert recall(["a", "b"], ["b", "c"]) == 0.5
    assert ndcg(["a", "b"], ["a", "b"]) == pytest.approx(1)
    assert ndcg(["x", "a"], ["a"]) == pytest.approx(1 / 1.5849625)
    assert ndcg([], ["a"]) == 0


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_documents_are_found_as_well_as_measured() -> None:
    figures = run(Options(data=public("knowledge/tau_banking_tasks_dev.jsonl.gz"))).figures
    assert figures["recall@10, opening"] >= 0.23
    assert figures["recall@10, instruction"] >= 0.32
