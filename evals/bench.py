"""The bench: what the engine costs, with the model taken out of the figure. It measures, and tests nothing."""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from evals.talk import Case

SAMPLE = 10
"""Turns around the tenth and around the last that are measured."""
WORDS = "How many days do I have to send something back?"


@dataclass(frozen=True)
class Figures:
    """Milliseconds a turn over HTTP at the tenth and at the last turn (medians), and bytes of store a turn."""

    early_ms: float
    late_ms: float
    turns: int
    bytes_a_turn: float

    @property
    def growth(self) -> float:
        """How much longer the last turns took than the first ones."""
        return self.late_ms / self.early_ms


async def long_conversation(client: httpx.AsyncClient, turns: int, size: Callable[[], int]) -> Figures:
    """One conversation of so many turns, each answered over HTTP before the next is sent."""
    case = await Case.opened(client)
    took: list[float] = []
    before = size()
    for number in range(turns):
        began = time.perf_counter()
        await case.say(f"{WORDS} ({number})")
        took.append((time.perf_counter() - began) * 1000)
    early = statistics.median(took[10 - SAMPLE // 2 : 10 + SAMPLE // 2])
    return Figures(early, statistics.median(took[-SAMPLE:]), turns, (size() - before) / turns)


def resident_mb() -> float:
    """The most memory this process has held, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def stored(home: Path) -> int:
    """Bytes of the case files and checkpoints in a home, with what is still in their journals."""
    return sum(file.stat().st_size for name in ("cases.db*", "checkpoints.db*") for file in home.glob(name))


def shown(figures: Figures, start_s: float, memory_mb: float, out: Console) -> None:
    """The table of one run."""
    table = Table("figure", "value", title="Engine cost (embedded model, over HTTP, one conversation)")
    rows = {
        "turn 10, median": f"{figures.early_ms:.1f} ms",
        f"turn {figures.turns}, median": f"{figures.late_ms:.1f} ms",
        "ratio": f"{figures.growth:.2f}",
        "store per turn": f"{figures.bytes_a_turn / 1000:.1f} kB",
        "start": f"{start_s:.1f} s",
        "resident memory": f"{memory_mb:.0f} MB",
    }
    for name, value in rows.items():
        table.add_row(name, value)
    out.print(table)


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A home for one run."""
    return tempfile.TemporaryDirectory(prefix="deskhand-bench-")
