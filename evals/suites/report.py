"""What a suite is asked, and what it reports: figures, and every case behind them.

The JSON of a report is a format that others read; it holds no text of the data. The text of a case goes beside it, to
the page where a wrong case is opened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

Label = str | list[str]
"""One label; a list where a case has several, and where it is a ranking."""


class Case(BaseModel):
    """One case: what was right, and what came."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    expected: Label
    got: Label
    score: float | None = None
    why: str | None = None
    """Why it came out so, where the code can tell."""
    variant: str | None = None
    """The kind of case, where the data has kinds."""
    text: str | None = Field(default=None, exclude=True)
    """What was read, for the page; never in the JSON."""
    right: bool = Field(exclude=True)
    """Whether it counts as passed, by the suite's own measure."""


class Report(BaseModel):
    """One run of a suite on one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    suite: str
    data: str
    model: str
    """What was measured: the embedder's id, or what else does the work."""
    seed: int
    seconds: float
    figures: dict[str, float]
    cases: list[Case]
    split: str = Field(exclude=True)
    """In a few words: on which part it was learnt and on which measured, and how often."""

    def json_text(self) -> str:
        """The report for machines: the fields that are there, and none that say nothing."""
        return self.model_dump_json(exclude_none=True, indent=1)

    @property
    def wrong(self) -> list[Case]:
        """The cases that did not pass."""
        return [case for case in self.cases if not case.right]


def _unheard(_done: int, _of: int) -> None:
    """Progress that nobody wants to know."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a suite runs on."""

    data: Path
    train: Path | None = None
    """What it learns from, or looks things up in, where that is another file than the data."""
    tools: tuple[Path, ...] = ()
    """Descriptions of the tools that stand in recorded conversations."""
    limit: int | None = None
    """At most so many cases, drawn evenly over the data; None for all."""
    seed: int = 1
    told: Callable[[int, int], None] = _unheard
    """Called with how many cases are done, and of how many."""
