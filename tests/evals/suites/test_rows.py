from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.suites.rows import DataUnusable, beside, drawn, read_rows


def test_rows_are_read_packed_or_not(tmp_path: Path) -> None:
    lines = '{"text": "où?"}\n\n{"text": "ici"}\n'
    (tmp_path / "a.jsonl").write_text(lines, encoding="utf-8")
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    assert read_rows(tmp_path / "a.jsonl") == read_rows(tmp_path / "a.jsonl.gz") == [{"text": "où?"}, {"text": "ici"}]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.jsonl", None, "--data"),
        ("a.jsonl", b"{", "JSON by lines"),
        ("a.jsonl.gz", b"{}", "JSON by lines"),
        ("a.jsonl", b"", "no rows"),
        ("a.jsonl", b"[1]", "no JSON objects"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataUnusable, match=says):
        read_rows(tmp_path / name)


def test_fewer_cases_are_spread_over_the_data() -> None:
    assert drawn(range(10), None) == drawn(range(10), 20) == list(range(10))
    assert drawn(range(10), 3) == [0, 3, 6]


def test_a_neighbour_is_found_by_its_kind_and_the_nearest_name(tmp_path: Path) -> None:
    data = tmp_path / "bank_tasks.jsonl"
    for name in ("bank_tasks.jsonl", "bank_documents.jsonl.gz", "air_documents.jsonl"):
        (tmp_path / name).write_text(json.dumps({}), encoding="utf-8")
    assert beside(data, None, "documents").name == "bank_documents.jsonl.gz"
    assert beside(data, tmp_path / "other", "documents").name == "other"
    with pytest.raises(DataUnusable, match="--train"):
        beside(data, None, "records")
