"""Two versions of documents, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 3
"""Lines shown before and after a change."""


@dataclass(frozen=True)
class Line:
    """One line of a comparison; its number in either version, None where it does not stand there."""

    kind: Literal["same", "gone", "new", "skipped"]
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True)
class Changed:
    """One document that differs."""

    file: str
    what: Literal["added", "removed", "changed"]
    lines: list[Line]


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[Changed]:
    """The documents that are not the same in both, by name."""
    found = []
    for file in sorted(before.keys() | after.keys()):
        if before.get(file) != after.get(file):
            what: Literal["added", "removed", "changed"] = (
                "added" if file not in before else "removed" if file not in after else "changed"
            )
            found.append(Changed(file, what, compared(before.get(file, ""), after.get(file, ""))))
    return found


def compared(before: str, after: str) -> list[Line]:
    """What was changed, with some lines around it; nothing where both are the same."""
    return list(_compared(before.splitlines(), after.splitlines()))


def _compared(old: list[str], new: list[str]) -> Iterator[Line]:
    groups = SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND)
    for place, group in enumerate(groups):
        if place:
            yield Line("skipped", None, None, "…")
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                for at in range(old_to - old_from):
                    yield Line("same", old_from + at + 1, new_from + at + 1, old[old_from + at])
                continue
            for at in range(old_from, old_to):
                yield Line("gone", at + 1, None, old[at])
            for at in range(new_from, new_to):
                yield Line("new", None, at + 1, new[at])
