"""The suite of claims, on conversations made up here: tools, records and words of no company that there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.suites import claims
from evals.suites.faults import FAULTS, faulty
from evals.suites.recorded import history_of, spoken, tools_of
from evals.suites.report import Options
from evals.suites.rows import DataUnusable

TOOLS: list[dict[str, Any]] = [
    {
        "name": "get_lease",
        "tool_type": "READ",
        "description": "Read a lease.",
        "parameters": {"properties": {"lease_id": {"description": "The lease."}}},
    },
    {
        "name": "update_lease_rooms",
        "tool_type": "WRITE",
        "description": "Update the rooms of a lease.",
        "parameters": {
            "properties": {"lease_id": {}, "room_ids": {}, "contact_address": {"description": "Where bills go."}}
        },
    },
]
BEFORE = {"lease_id": "LS-7001", "rooms": ["R-1101", "R-1102"], "contact_address": "12 Mill Lane", "fee": 10.0}
AFTER = {"lease_id": "LS-7001", "rooms": ["R-1103"], "contact_address": "48 Quay Street", "fee": 25.5}
CLAIM = "Your lease LS-7001 has been updated to 48 Quay Street for $25.50."


def _call(number: int, name: str, arguments: dict[str, Any], result: Any, *, error: bool = False) -> list[Any]:
    call = {"id": f"c{number}", "name": name, "arguments": arguments}
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "content": json.dumps(result), "tool_call_id": f"c{number}", "name": name, "error": error},
    ]  # fmt: skip


def _row(variant: str, label: str, change: list[Any]) -> dict[str, Any]:
    asked = "Please clear R-1101 and R-1102 of my lease LS-7001, bills to 48 Quay Street."
    messages = [{"role": "user", "content": asked}, *_call(1, "get_lease", {"lease_id": "LS-7001"}, BEFORE), *change]
    said = {"role": "assistant", "content": CLAIM}
    return {
        "id": f"one#{variant}",
        "label": label,
        "variant": variant,
        "claim_sentences": [CLAIM],
        "messages": [*messages, said],
    }


def _change(lease: str = "LS-7001", *, error: bool = False) -> list[Any]:
    arguments = {"lease_id": lease, "room_ids": ["R-1101", "R-1102"], "contact_address": "48 Quay Street"}
    return _call(2, "update_lease_rooms", arguments, {**AFTER, "lease_id": lease}, error=error)


ROWS = [
    _row("supported", "supported", _change()),
    _row("dropped", "unsupported", []),
    _row("errored", "unsupported", _change(error=True)),
    _row("wrong_target", "unsupported", _change("LS-7002")),
]


@pytest.fixture
def files(tmp_path: Path) -> Options:
    data, tools = tmp_path / "claims.jsonl", tmp_path / "tools.json"
    data.write_text("\n".join(map(json.dumps, ROWS)))
    tools.write_text(json.dumps(TOOLS))
    return Options(data=data, tools=(tools,))


def test_a_true_claim_is_sent_and_each_kind_of_false_one_withheld(files: Options) -> None:
    report = claims.run(files)
    assert [(case.variant, case.got) for case in report.cases] == [
        ("supported", "sent"),
        ("dropped", "withheld"),
        ("errored", "withheld"),
        ("wrong_target", "withheld"),
    ]
    assert all(case.right and (case.why is None) is (case.got == "sent") for case in report.cases)
    figures = report.figures
    assert figures["true_withheld"] == 0.0
    assert {figures[f"recall_{kind}"] for kind in ("dropped", "errored", "wrong_target")} == {1.0}
    assert "Quay" not in report.json_text()


def test_every_fault_is_made_by_the_seed_and_withheld(files: Options) -> None:
    tools = tools_of(files.tools)
    made = list(faulty(ROWS, tools, seed=3))
    assert {row["variant"] for row in made} == set(FAULTS)
    assert made == list(faulty(ROWS, tools, seed=3))
    figures = claims.run(files).figures
    assert {figures[f"made_recall_{kind}"] for kind in FAULTS} == {1.0}
    assert {figures[f"made_{kind}"] for kind in FAULTS} == {1.0}


def test_a_conversation_is_read_in_its_order(files: Options) -> None:
    history = history_of(ROWS[2]["messages"], tools_of(files.tools))
    assert [(call.tool, call.state) for call in history.calls] == [
        ("get_lease", "verified"),
        ("update_lease_rooms", "failed"),
    ]
    assert [line.who for line in history.talk] == ["customer", "agent"]


def test_words_that_were_recorded_as_json_are_read_without_it() -> None:
    assert spoken('{"message": "It is done.\\n- Order: 1", }') == "It is done.\n- Order: 1"
    assert spoken('It says "done".') == 'It says "done".'


def test_tools_that_are_none_are_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "tools.json"
    wrong.write_text("[1]")
    with pytest.raises(DataUnusable, match="does not describe tools"):
        tools_of([wrong])
