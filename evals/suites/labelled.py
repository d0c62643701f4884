"""Labelled messages in any of the formats of the data sets, told by what their rows carry.

`intent` (or `intent_en`) names one label, `intents` several; `oos` and the label "oos" mean that none is in scope.
What is learnt from comes from a file of its own, else from the rows' `split`, else from the other `fold`s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.suites.rows import DataUnusable, Row, drawn, read_rows

OOS = "oos"


@dataclass(frozen=True)
class Labelled:
    """A message with its labels; without any it is out of scope, or says nothing that has one."""

    id: str
    text: str
    labels: tuple[str, ...]
    oos: bool
    language: str | None
    """As the row says, if it does."""


@dataclass(frozen=True)
class Parts:
    """What is learnt from, and what is then read."""

    known: list[Labelled]
    asked: list[Labelled]


@dataclass(frozen=True)
class Task:
    """What a file asks for."""

    parts: list[Parts]
    """One, or one a fold."""
    several: bool
    """Whether a message may carry several labels."""
    split: str


def task_of(data: Path, train: Path | None, limit: int | None) -> Task:
    """The parts of a file. Raises DataUnusable when nothing tells what to learn from."""
    rows = read_rows(data)
    several = any("intents" in row for row in rows)
    if train is not None:
        known = [row for row in read_rows(train) if row.get("split", "train") == "train"]
        asked = [row for row in rows if row.get("split") in (None, "test")] or rows
        parts = [_parts(known, asked, limit)]
        split = f"learnt from {train.name}, read {data.name}"
    elif any("split" in row for row in rows):
        known, asked = ([row for row in rows if row.get("split") == name] for name in ("train", "test"))
        parts, split = [_parts(known, asked, limit)], "learnt from its train split, read its test split"
    elif any("fold" in row for row in rows):
        folds = sorted({row["fold"] for row in rows})
        share = None if limit is None else max(1, limit // len(folds))
        cut = [
            ([row for row in rows if row["fold"] != one], [row for row in rows if row["fold"] == one]) for one in folds
        ]
        parts = [_parts(known, asked, share) for known, asked in cut]
        split = f"cross-validated: each of {len(folds)} folds read by a head learnt from all others"
    else:
        raise DataUnusable(f"{data.name} has neither splits nor folds to learn from: name a file with --train.")
    if not all(one.known and one.asked for one in parts):
        raise DataUnusable(f"{data.name} has no labelled rows to learn from, or none to read.")
    return Task(parts, several, split)


def _parts(known: Sequence[Row], asked: Sequence[Row], limit: int | None) -> Parts:
    return Parts(_labelled(known), drawn(_labelled(asked), limit))


def _labelled(rows: Sequence[Row]) -> list[Labelled]:
    """The rows with a text, of those that carry one label each only the labelled ones."""
    several = any("intents" in row for row in rows)
    every = [_one(number, row) for number, row in enumerate(rows) if row.get("text")]
    return [one for one in every if several or one.labels or one.oos]


def _one(number: int, row: Row) -> Labelled:
    single = row.get("intent") or row.get("intent_en")
    oos = bool(row.get("oos")) or single == OOS
    labels = () if oos else tuple(row.get("intents") or ([single] if single else []))
    return Labelled(str(row.get("id", number)), row["text"], labels, oos, row.get("lang"))
