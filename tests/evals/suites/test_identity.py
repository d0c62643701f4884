"""Pairs of calls and records, on people made here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.suites.identity import equal_error, run
from evals.suites.report import Options
from evals.suites.rows import DataUnusable
from tests.evals.suites.data import public

PEOPLE = [
    ("Ines Calder", "1961-04-09", "HX2 8RT", "9th of April 1961"),
    ("Walter Finch", "1990-12-30", "HX2 8RT", "30th of December 1990"),
    ("Priya Nandi", "1984-07-17", "EX4 1PL", "17 7 1984"),
    ("Oskar Blom", "1948-01-05", "EX4 1PL", "5th January 1948"),
]


def write(folder: Path, calls: list[tuple[str, str, str]]) -> Path:
    """Records of everybody, and calls as (whose record, name heard, day heard)."""
    records = [
        {"scenario_id": str(place), "name": name, "dob": dob, "postcode": code}
        for place, (name, dob, code, _) in enumerate(PEOPLE)
    ]
    told = [
        {
            "dialogue_id": f"call {place}",
            "scenario_id": whose,
            "turns": [
                {"item": "name", "attempt": 0, "asr": name, "nbest": [name]},
                {"item": "dob", "attempt": 0, "asr": day, "nbest": [day]},
                {"item": "weather", "attempt": 0, "asr": "fine", "nbest": ["fine"]},
            ],
        }
        for place, (whose, name, day) in enumerate(calls)
    ]
    for path, rows in (("some_records.jsonl", records), ("some_dialogues.jsonl", told)):
        (folder / path).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder / "some_dialogues.jsonl"


def test_each_call_is_held_against_its_own_record_and_all_of_its_postcode(tmp_path: Path) -> None:
    data = write(tmp_path, [(str(place), name, day) for place, (name, _, _, day) in enumerate(PEOPLE)])
    report = run(Options(data=data))
    assert report.figures["equal error rate"] == 0
    assert report.figures["genuine pairs"] == report.figures["of them with the same postcode"] == 4
    assert report.wrong == []
    hard = {case.id for case in report.cases if case.variant == "hard"}
    assert hard == {"call 0|1", "call 1|0", "call 2|3", "call 3|2"}
    assert run(Options(data=data, seed=1)).cases == report.cases


def test_a_caller_with_a_neighbours_details_is_a_wrong_case_with_what_was_heard(tmp_path: Path) -> None:
    data = write(tmp_path, [("0", "Walter Finch", "30th of December 1990"), ("2", "Priya Nandi", "17th of July 1984")])
    report = run(Options(data=data))
    wrong = next(case for case in report.wrong if case.id == "call 0|1")
    assert (wrong.expected, wrong.got, wrong.variant) == ("impostor", "genuine", "hard")
    assert "Walter Finch" in (wrong.text or "")
    assert "Walter" not in report.json_text()


def test_calls_without_a_known_record_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataUnusable, match="has its record"):
        run(Options(data=write(tmp_path, [("77", "Nobody Here", "today")])))


def test_the_equal_error_rate_is_where_both_errors_meet() -> None:
    assert equal_error(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == (0, 0.8)
    rate, line = equal_error(np.array([0.9, 0.8, 0.3, 0.7]), np.array([0.1, 0.2, 0.75, 0.3]))
    assert (rate, line) == (0.25, 0.7)


@pytest.mark.slow
def test_spoken_identities_are_matched_as_well_as_measured() -> None:
    """EVI, English, dev: 0.011 (published 0.038); five of the callers gave another person's details."""
    report = run(Options(data=public("identity/evi_en_dialogues_dev.jsonl.gz")))
    assert report.figures["equal error rate"] <= 0.02
    assert report.figures["equal error rate, impostors of the same postcode alone"] <= 0.02
