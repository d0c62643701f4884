"""The whole evaluation: every run of every suite, shared out to processes, and what is written of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, MutableMapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from multiprocessing import Manager, get_context
from pathlib import Path

from evals.suites.page import index_page, report_page
from evals.suites.registry import SUITES, Run
from evals.suites.report import Report
from evals.suites.rows import DataUnusable

FOLDER = "evals"
"""Under the home."""
PAGE_HEAD = """\
# How well it works

Written by `make evals`, wholly: figures only, since the data sets keep their own licences and are not part of this
project. Each table names what was read, on which split and with which model and seed. The same run writes a page with
every case, `index.html` in the home's folder `evals`, where the wrong ones open one by one with their text, and the
JSON of each report beside it; `deskhand eval report` says where. For one suite alone there is `deskhand eval run SUITE
--data FILE`.
"""


@dataclass(frozen=True)
class Done:
    """One run of the whole: its report, or why there is none."""

    suite: str
    run: Run
    report: Report | None
    missing: str = ""

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.suite}-{Path(self.run.data).name.partition('.')[0]}"


def measured(
    folder: Path,
    seed: int,
    limit: int | None,
    workers: int,
    told: Callable[[str], None],
    names: Collection[str] = tuple(SUITES),
) -> Iterator[Done]:
    """Run all of these suites, and give each run as it ends. `told` hears in a line how far it is."""
    jobs = [(name, run) for name in names for run in SUITES[name].runs]
    context = get_context("spawn")
    with Manager() as manager, ProcessPoolExecutor(workers, mp_context=context) as pool:
        far: MutableMapping[str, str] = manager.dict()
        waiting: set[Future[Done]] = {pool.submit(_one, *job, folder, seed, limit, far) for job in jobs}
        while waiting:
            ended, waiting = wait(waiting, timeout=1, return_when="FIRST_COMPLETED")
            yield from (future.result() for future in ended)
            told(f"{len(jobs) - len(waiting)} of {len(jobs)} runs; now " + ", ".join(sorted(far.values())))


def _one(suite: str, run: Run, folder: Path, seed: int, limit: int | None, far: MutableMapping[str, str]) -> Done:
    done = Done(suite, run, None)

    def told(part: int, of: int) -> None:
        far[done.name] = f"{done.name} {part}/{of}"

    options = replace(run.options(folder), seed=seed, limit=limit, told=told)
    try:
        return replace(done, report=SUITES[suite].run(options))
    except DataUnusable as error:
        return replace(done, missing=str(error))
    finally:
        far.pop(done.name, None)


def write(runs: list[Done], home: Path, page: Path | None) -> Path:
    """Write the reports and their pages under the home, and the figures onto the page of the documentation.

    Returns the page to open.
    """
    order = {name: place for place, name in enumerate(SUITES)}
    runs = sorted(runs, key=lambda done: (order[done.suite], done.run.data))
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for done in runs:
        if done.report is not None:
            (folder / f"{done.name}.json").write_text(done.report.json_text(), encoding="utf-8")
            (folder / f"{done.name}.html").write_text(report_page(done.name, done.report), encoding="utf-8")
    (folder / "index.html").write_text(index_page(runs), encoding="utf-8")
    if page is not None:
        page.write_text("\n".join([PAGE_HEAD, *_tables(runs)]), encoding="utf-8")
    return folder / "index.html"


def _tables(runs: list[Done]) -> Iterator[str]:
    for name, suite in SUITES.items():
        yield f"## {name}\n\n{suite.about}\n"
        for done in runs:
            if done.suite == name:
                yield _table(done)


def _table(done: Done) -> str:
    if done.report is None:
        return f"**{done.run.data}**: not run.\n"
    report = done.report
    told = f"**{done.run.data}**: {report.split}. Model {report.model}, seed {report.seed}."
    rows = "".join(f"| {name} | {shown(figure)} |\n" for name, figure in report.figures.items())
    return f"{told}\n\n| figure | |\n|---|---|\n{rows}"


def shown(figure: float) -> str:
    """A figure as people read it: a share with four digits, a count with none."""
    return f"{figure:.0f}" if figure == int(figure) and abs(figure) > 1 else f"{figure:.4f}"


def figures_of(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """The figures of the reports that the last run of everything left, by name."""
    for file in sorted((folder / FOLDER).glob("*.json")):
        yield file.stem, json.loads(file.read_text("utf-8"))["figures"]
