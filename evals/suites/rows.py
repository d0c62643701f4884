"""The files of data sets: JSON by lines, also packed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from agent.errors import DeskhandError

Row = dict[str, Any]
T = TypeVar("T")


class DataUnusable(DeskhandError):
    """A file of data that is not there, or not what the suite reads."""


def read_rows(path: Path) -> list[Row]:
    """The rows of a file of JSON lines, `.gz` or not. Raises DataUnusable with what to do."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
    except FileNotFoundError:
        raise DataUnusable(
            f"There is no data at {path}. Name a file with --data, or the folder of the data sets with DESKHAND_DATA."
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise DataUnusable(f"{path} cannot be read as JSON by lines ({error}).") from None
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise DataUnusable(f"{path} holds no rows, or some that are no JSON objects.")
    return rows


def drawn(rows: Sequence[T], limit: int | None) -> list[T]:
    """At most so many of the rows, evenly over all of them and in their order."""
    if limit is None or limit >= len(rows):
        return list(rows)
    return [rows[number * len(rows) // limit] for number in range(limit)]


def beside(data: Path, named: Path | None, kind: str) -> Path:
    """The file that a data file is read with: the one that was named, else the neighbour whose name tells its kind.

    Of several neighbours, the one whose name begins most like the data file's. Raises DataUnusable when there is none.
    """
    if named is not None:
        return named
    found = [path for path in data.parent.glob(f"*{kind}*.jsonl*") if path != data]
    if not found:
        raise DataUnusable(f"{data.name} is read with a file of {kind}, and none lies beside it: name it with --train.")
    return max(sorted(found), key=lambda path: _alike(path.name, data.name))


def _alike(one: str, other: str) -> int:
    """How many characters two names have in common at their beginning."""
    same = [a == b for a, b in zip(one, other, strict=False)]
    return same.index(False) if False in same else len(same)
