"""`deskhand eval list` and `run`, on data made here."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

import cli
from evals.suites.registry import SUITES


def deskhand(*words: str, **settings: str) -> Result:
    return CliRunner().invoke(cli.app, ("eval", *words), env=settings)


def rows(path: Path, *given: dict[str, str]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
    return str(path)


def test_every_suite_is_listed_with_its_data() -> None:
    shown = deskhand("list")
    assert shown.exit_code == 0
    assert all(name in shown.stdout and suite.runs[0].data in shown.stdout for name, suite in SUITES.items())


def test_a_suite_tells_its_figures_and_writes_every_case(tmp_path: Path) -> None:
    known = [{"text": text, "intent": "tea"} for text in ("a cup of tea", "green tea", "tea with milk")]
    known += [{"text": text, "intent": "rain"} for text in ("it rains", "rain again", "heavy rain today")]
    train = rows(tmp_path / "train.jsonl", *known)
    data = rows(tmp_path / "test.jsonl", *[{"text": "black tea please", "intent": "tea"}] * 4)
    out = tmp_path / "out.json"
    shown = deskhand("run", "intents", "--data", data, "--train", train, "--limit", "2", "--json", str(out))
    assert shown.exit_code == 0, shown.output
    assert "accuracy: 1" in shown.stdout
    told = json.loads(out.read_text("utf-8"))
    assert told["figures"]["accuracy"] == 1
    assert [case["expected"] for case in told["cases"]] == [case["got"] for case in told["cases"]] == ["tea", "tea"]


def test_what_cannot_be_run_is_said_in_a_sentence(tmp_path: Path) -> None:
    unknown = deskhand("run", "poetry")
    assert (unknown.exit_code, "intents" in unknown.stderr) == (1, True)
    gone = deskhand("run", "intents", DESKHAND_DATA=str(tmp_path))
    assert (gone.exit_code, "DESKHAND_DATA" in gone.stderr) == (1, True)
    alone = deskhand("run", "intents", "--data", rows(tmp_path / "a.jsonl", {"text": "a", "intent": "b"}))
    assert (alone.exit_code, "--train" in alone.stderr) == (1, True)


def test_the_last_report_is_found_with_its_figures(tmp_path: Path) -> None:
    home = {"DESKHAND_HOME": str(tmp_path)}
    none = deskhand("report", **home)
    assert (none.exit_code, "make evals" in none.stderr) == (1, True)
    whole = deskhand(
        "all",
        "--only",
        "identity",
        "--workers",
        "1",
        "--page",
        str(tmp_path / "evals.md"),
        **home,
        DESKHAND_DATA=str(tmp_path),
    )
    assert whole.exit_code == 0, whole.output
    assert "There is no data" in whole.stdout
    assert "not run" in (tmp_path / "evals.md").read_text("utf-8")
    found = deskhand("report", **home)
    assert str((tmp_path / "evals" / "index.html").resolve()) in found.stdout
