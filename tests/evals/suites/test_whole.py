"""The whole evaluation and its pages, on reports made here."""

from __future__ import annotations

import re
from pathlib import Path

from evals.suites.page import BINS, HEIGHT, bars, report_page
from evals.suites.registry import SUITES, Run
from evals.suites.report import Case, Report
from evals.suites.whole import Done, measured, write


def report(*cases: Case) -> Report:
    return Report(
        suite="intents",
        data="some/test.jsonl",
        model="a model",
        seed=3,
        seconds=1.5,
        figures={"accuracy": 0.75, "messages": 4.0},
        cases=list(cases),
        split="learnt from elsewhere",
    )


RIGHT = Case(id="one", expected="tea", got="tea", score=2.0, text="a cup of tea", right=True)
WRONG = Case(id="two", expected=["tea"], got=[], score=1.0, text="<script>alert(1)</script>", why="near", right=False)


def test_a_wrong_case_opens_with_its_text_and_text_stays_text() -> None:
    page = report_page("intents-test", report(RIGHT, WRONG))
    opened = re.search(r'<details id="two">(.*?)</details>', page, re.S)
    assert opened is not None
    assert "expected <b>tea</b>, got <b>(none)</b>" in opened[1]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in opened[1]
    assert "<script" not in page
    assert "a cup of tea" in page
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)


def test_the_plot_has_every_scored_case_once() -> None:
    drawn = bars([RIGHT, WRONG, WRONG, Case(id="three", expected="a", got="a", right=True)])
    assert len(drawn) == BINS
    assert (drawn[0].wrong, drawn[-1].right) == (HEIGHT, HEIGHT / 2)
    assert sum(bar.right + bar.wrong > 0 for bar in drawn) == 2
    assert bars([RIGHT, RIGHT])[0].right == HEIGHT
    assert bars([]) == []


def test_the_page_of_figures_names_data_split_model_and_seed_and_no_text(tmp_path: Path) -> None:
    page = tmp_path / "evals.md"
    runs = [
        Done("identity", Run("identity/gone.jsonl"), None, "There is no data."),
        Done("intents", Run("some/test.jsonl"), report(RIGHT, WRONG)),
    ]
    index = write(runs, tmp_path / "home", page)
    told = page.read_text("utf-8")
    assert "**some/test.jsonl**: learnt from elsewhere. Model a model, seed 3." in told
    assert "| accuracy | 0.7500 |" in told
    assert "| messages | 4 |" in told
    assert "**identity/gone.jsonl**: not run." in told
    assert "cup of tea" not in told
    assert sorted(file.name for file in index.parent.iterdir()) == [
        "index.html",
        "intents-test.html",
        "intents-test.json",
    ]
    assert 'href="intents-test.html"' in index.read_text("utf-8")
    assert "There is no data." in index.read_text("utf-8")


def test_a_run_without_its_data_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    heard: list[str] = []
    done = list(measured(tmp_path, 1, None, 1, heard.append, ["intents", "identity"]))
    assert len(done) == len(SUITES["intents"].runs) + len(SUITES["identity"].runs)
    assert all(str(tmp_path) in one.missing and one.report is None for one in done)
    assert heard[-1].startswith(f"{len(done)} of {len(done)} runs")
