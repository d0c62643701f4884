"""Releases, and what a draft would do, as people read them in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.backtest import Backtest
from agent.casefile.release_log import Board, Entry, told
from agent.publishing import Trial

SHOWN = 40
"""Flips told one by one; the sums tell of all."""


def board_lines(board: Board) -> Iterator[str]:
    """One line a release, the newest first, and what was done last to it."""
    for release in board.releases():
        last = board.of(release)[-1]
        beside = f", {board.percent} % of new cases" if release == board.slice else ""
        beside += ", in the shadow" if release == board.shadow else ""
        yield f"{release}  {board.state(release)}{beside}  {last.at[:16]}  {last.by}: {last.why}"


def entry_line(entry: Entry) -> str:
    """One step in the life of a release."""
    return f"{entry.at[:19]}  {told(entry.body)}  by {entry.by}: {entry.why}"


def flip_lines(found: Backtest) -> Iterator[str]:
    """The flips one by one, then what they come to."""
    for flip in found.flips[:SHOWN]:
        money = f", {flip.money:.2f}" if flip.money is not None else ""
        mark = "  BLOCKS" if flip.blocks else ""
        yield f"{flip.case_id}  {flip.action}: {flip.kind} ({', '.join(flip.clauses)}){money}{mark}"
    if len(found.flips) > SHOWN:
        yield f"… and {len(found.flips) - SHOWN} more"
    for one in found.sums:
        yield f"{one.kind}: {one.flips} rulings of {one.cases} cases, {one.money:.2f} at stake, {one.blocks} block"
    yield f"{len(found.flips)} of {found.rulings} rulings of {found.cases} cases would be others under {found.release}."


def trial_json(trial: Trial) -> dict[str, Any]:
    """What a test found, for machines."""
    found = trial.backtest
    flips = [
        flip.model_dump(mode="json") | {"kind": flip.kind, "clauses": flip.clauses, "blocks": flip.blocks}
        for flip in found.flips
    ]
    sums = [one.model_dump(mode="json") for one in found.sums]
    whole = found.model_dump(mode="json", exclude={"flips"})
    return whole | {"sums": sums, "less_strict": trial.told, "failing": trial.rehearsal.failing, "flips": flips}


def trial_lines(trial: Trial) -> Iterator[str]:
    """What a test found."""
    yield from flip_lines(trial.backtest)
    for one in trial.told:
        yield f"Less strict: {one}"
    for name in trial.rehearsal.failing:
        yield f"The scenario '{name}' passed before and fails now."
