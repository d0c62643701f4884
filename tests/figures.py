"""Figures: what the suites count that try to break the guarantees, published in `docs/guarantees.md`.

A part of that page, between the same markers as every part that a run writes, is a table with one row for each run of
a suite. Counts differ from run to run, so a plain run only wants its row to be there: what must hold is for the test to
assert. With DESKHAND_REWRITE=1 a run writes its own row.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

from tests.docs.pages import PROJECT, REWRITE, within

PAGE = PROJECT / "docs" / "guarantees.md"
Figures = Mapping[str, object]


def publish(part: str, run: str, figures: Figures, page: Path = PAGE) -> None:
    """The row `run` of the table `part` says what was counted just now. Every row of a part has the same columns.

    `page` is written under a lock, since suites run beside each other.
    """
    with page.open("r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        before, stands, after = within(text, part, page.name)
        known = _rows(stands)
        if os.environ.get(REWRITE) != "1":
            told = known.get(run, {}).keys()
            assert told == figures.keys(), f"{page.name} lacks these figures of '{part}'; {REWRITE}=1 writes them"
            return
        alike = {name: row for name, row in known.items() if row.keys() == figures.keys()}
        now = _table(alike | {run: {column: str(value) for column, value in figures.items()}})
        file.seek(0)
        file.write(f"{before}{now}{after}")
        file.truncate()


def published(part: str, page: Path = PAGE) -> dict[str, dict[str, str]]:
    """The rows of a part as they stand on the page."""
    return _rows(within(page.read_text(encoding="utf-8"), part, page.name)[1])


def at_most(seen: int, tried: int) -> str:
    """The rate that such a count leaves possible with 95 % confidence: where nothing was seen, the rule of three."""
    assert seen == 0, f"{seen} of {tried}"
    return f"≤ {300 / tried:.2g} %"


def _rows(table: str) -> dict[str, dict[str, str]]:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    if not lines:
        return {}
    (_, *columns), _, *rows = lines
    return {run: dict(zip(columns, cells, strict=True)) for run, *cells in rows}


def _table(rows: dict[str, dict[str, str]]) -> str:
    columns = list(next(iter(rows.values())))
    lines = [["", *columns], ["---"] * (len(columns) + 1), *([run, *row.values()] for run, row in rows.items())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
