from __future__ import annotations

import json

from evals.suites.report import Case, Report


def test_the_json_has_the_agreed_fields_and_no_text_of_the_data() -> None:
    cases = [
        Case(id="1", expected="unsupported", got="sent", variant="dropped", text="It is done.", right=False),
        Case(id="2", expected=["a", "b"], got=[], score=0.5, why="nothing like it", right=True),
    ]
    report = Report(
        suite="s", data="d", model="m", seed=1, seconds=2.0, figures={"f": 0.5}, cases=cases, split="all of it"
    )
    assert json.loads(report.json_text()) == {
        "suite": "s",
        "data": "d",
        "model": "m",
        "seed": 1,
        "seconds": 2.0,
        "figures": {"f": 0.5},
        "cases": [
            {"id": "1", "expected": "unsupported", "got": "sent", "variant": "dropped"},
            {"id": "2", "expected": ["a", "b"], "got": [], "score": 0.5, "why": "nothing like it"},
        ],
    }
    assert report.wrong == cases[:1]
