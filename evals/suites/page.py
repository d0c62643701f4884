"""The page of a report: figures, a plot, and every case, of which the wrong ones open with their text.

It is one file without scripts that asks no other host for anything; all text of the data is shown as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jinja2 import Environment, FileSystemLoader, Template

from evals.suites.report import Case, Label, Report

if TYPE_CHECKING:
    from evals.suites.whole import Done

BINS = 24
WIDTH, HEIGHT = 480, 120
MOST_PASSED = 500
"""Cases that passed and are listed: all of them make a page that opens slowly."""


class Bar(NamedTuple):
    """One bar of the plot, in its units: how many cases passed and failed with such a score."""

    x: float
    width: float
    right: float
    wrong: float
    title: str


def report_page(name: str, report: Report) -> str:
    """The page of one report, as HTML."""
    passed = [case for case in report.cases if case.right]
    return _template("report.html").render(
        name=name,
        report=report,
        passed=passed[:MOST_PASSED],
        left_out=max(0, len(passed) - MOST_PASSED),
        bars=bars(report.cases),
        shares={key: figure for key, figure in report.figures.items() if 0 <= figure <= 1},
        others={key: figure for key, figure in report.figures.items() if not 0 <= figure <= 1},
        width=WIDTH,
        height=HEIGHT,
    )


def index_page(runs: Sequence[Done]) -> str:
    """The page that leads to the reports, as HTML."""
    return _template("index.html").render(runs=runs)


def bars(cases: Sequence[Case]) -> list[Bar]:
    """How the scores of cases that passed and failed are spread; nothing where cases have no scores."""
    scored = [(case.score, case.right) for case in cases if case.score is not None]
    if not scored:
        return []
    low, high = min(score for score, _ in scored), max(score for score, _ in scored)
    edges = [low + (high - low) * place / BINS for place in range(BINS + 1)]
    counts = [[0, 0] for _ in range(BINS)]
    for score, right in scored:
        place = min(BINS - 1, int((score - low) / (high - low) * BINS)) if high > low else 0
        counts[place][not right] += 1
    most = max(map(sum, counts))
    wide = WIDTH / BINS
    return [
        Bar(place * wide, wide - 1, HEIGHT * right / most, HEIGHT * wrong / most, title)
        for place, ((right, wrong), (start, end)) in enumerate(zip(counts, pairwise(edges), strict=True))
        for title in [f"{start:.2f} to {end:.2f}: {right} passed, {wrong} failed"]
    ]


def _labels(label: Label) -> str:
    return label if isinstance(label, str) else ", ".join(label) or "(none)"


@cache
def _template(name: str) -> Template:
    environment = Environment(loader=FileSystemLoader(Path(__file__).with_name("pages")), autoescape=True)
    environment.filters["labels"] = _labels
    return environment.get_template(name)
