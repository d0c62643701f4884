"""Past rulings to try a draft on: those of the store, and of played cases where it holds too few."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.backtest import Past, past_rulings
from agent.casefile.database import Database
from agent.casefile.store import CaseFiles
from evals.cases import Opening, generate

SEED = 1


async def past_or_played(
    files: CaseFiles, opening: Opening, cases: int, *, workers: int, told: Callable[[int], None] = lambda _: None
) -> tuple[list[Past], int]:
    """The rulings of so many cases, and how many of these were played for it; nothing of them is kept.

    `opening`: a scratch company under the live release. `told`: how many were played by now.
    """
    past, missing = await past_rulings(files, cases), max(0, cases - len(await files.ids()))
    if not missing:
        return past, 0
    with TemporaryDirectory(prefix="deskhand-past-") as home:
        database = await Database.open(f"sqlite+aiosqlite:///{Path(home) / 'past.db'}", lasting=False)
        try:
            played = CaseFiles(database, files.clock, files.tenant)
            await generate(opening, played, missing, SEED, Path(home), workers=workers, told=told)
            return [*past, *await past_rulings(played, missing)], missing
        finally:
            await database.close()
