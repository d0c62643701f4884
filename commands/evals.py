"""`deskhand eval`: how well it works, in figures, and past cases to try things on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from commands.house import carry_out, fail, out, read_settings, told_done

evaluate = typer.Typer(
    help="How well it works; and what the agent makes of cases, in a company where nothing real is touched.",
    no_args_is_help=True,
)
File = Annotated[Path | None, typer.Option(help="What it learns from, or looks things up in.")]


@evaluate.command("list")
def eval_list() -> None:
    """List the suites, and the data that each one runs on when none is named."""
    from evals.suites.registry import SUITES

    for suite in SUITES.values():
        out.print(f"{suite.name:14}{suite.about}  [{suite.runs[0].data}]", markup=False)


@evaluate.command("run")
def eval_run(
    suite: Annotated[str, typer.Argument(help="Its name, as `deskhand eval list` has it.")],
    data: Annotated[Path | None, typer.Option(help="The file to measure on; default: the suite's own.")] = None,
    train: File = None,
    tools: Annotated[list[Path] | None, typer.Option(help="A description of recorded tools; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many cases, evenly over the data.")] = None,
    seed: Annotated[int, typer.Option(help="What is drawn is drawn by it.")] = 1,
    json: Annotated[Path | None, typer.Option(help="Where to write the report, with every case.")] = None,
) -> None:
    """Run one suite and tell its figures. Data sets lie in the folder that DESKHAND_DATA names."""
    settings = read_settings()
    from dataclasses import replace

    from evals.suites.registry import SUITES

    if suite not in SUITES:
        fail(f"There is no suite '{suite}'. Name one of these: {', '.join(SUITES)}.")

    async def measure() -> None:
        options = SUITES[suite].options(settings.data, data, train, tuple(tools or ()))
        with out.status("") as shown:

            def told(done: int, of: int) -> None:
                shown.update(f"{suite}: {done} of {of}")

            report = SUITES[suite].run(replace(options, limit=limit, seed=seed, told=told))
        if json is not None:
            json.write_text(report.json_text(), encoding="utf-8")
        out.print(f"{report.suite} on {report.data}, {report.split}; {report.model}, seed {report.seed}", markup=False)
        for name, figure in report.figures.items():
            out.print(f"  {name}: {figure:.4g}", markup=False)
        out.print(f"{len(report.wrong)} of {len(report.cases)} cases did not pass; {report.seconds:.1f} s.")

    carry_out(measure())


@evaluate.command("all")
def eval_all(
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many cases of each.")] = None,
    seed: Annotated[int, typer.Option(help="What is drawn is drawn by it.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = os.cpu_count() or 1,
    page: Annotated[Path | None, typer.Option(help="The page of figures to write; default: none.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="A suite to run; may be repeated. Default: all.")] = None,
) -> None:
    """Run every suite on all its data; write a page with every case and the reports' JSON under the home."""
    settings = read_settings()
    from evals.suites.registry import SUITES
    from evals.suites.whole import measured, write

    for name in only or ():
        if name not in SUITES:
            fail(f"There is no suite '{name}'. Name one of these: {', '.join(SUITES)}.")

    async def measure() -> None:
        runs = []
        with out.status("Starting") as status:
            for done in measured(settings.data, seed, limit, workers, status.update, only or tuple(SUITES)):
                runs.append(done)
                out.print(f"{done.name}: " + (f"{done.report.seconds:.0f} s" if done.report else done.missing))
        out.print(f"Every case: {write(runs, settings.home, page).resolve()}", markup=False)

    carry_out(measure())


@evaluate.command("report")
def eval_report() -> None:
    """Say where the pages of the last run of everything are, and tell its figures."""
    settings = read_settings()
    from evals.suites.whole import FOLDER, figures_of, shown

    index = settings.home / FOLDER / "index.html"
    if not index.exists():
        fail(f"There is no report in {index.parent}: write one with `deskhand eval all` or `make evals`.")
    for name, figures in figures_of(settings.home):
        out.print(name, markup=False)
        for figure, value in figures.items():
            out.print(f"  {figure}: {shown(value)}", markup=False)
    out.print(f"Open {index.resolve()}", markup=False)


@evaluate.command("cases")
def eval_cases(
    n: Annotated[int, typer.Option("--n", min=1, help="How many.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed tells the same cases.")] = 1,
    workers: Annotated[int, typer.Option(min=1, help="Processes that share the work.")] = os.cpu_count() or 1,
    beside_real: Annotated[
        bool, typer.Option("--beside-real", help="Keep them in a store that has cases of customers.")
    ] = False,
) -> None:
    """Write realistic past cases into the store: played by simulated customers, with the demo systems standing in."""
    settings = read_settings()
    from functools import partial
    from tempfile import TemporaryDirectory

    import server
    from agent.connected import tools_of
    from agent.policy.facts import vocabulary
    from evals.cases import generate, is_generated
    from knowledge.release import Releases

    async def play() -> None:
        async with server.case_files(settings) as files:
            real = sum(not is_generated(case_id) for case_id in await files.ids())
            if real and not beside_real:
                fail(
                    f"The store holds cases of customers ({real}). Name another one with DESKHAND_HOME or "
                    "DATABASE_URL, or say --beside-real."
                )
            out.print(f"Playing {n} cases in a scratch company; their files go to the store of these settings.")
            Releases(settings.home, vocabulary(tools_of(settings))).keep(settings.playbook)
            opening = partial(server.scratch, settings, playbook=settings.playbook)
            with TemporaryDirectory(prefix="deskhand-cases-") as home, out.status("") as shown:
                told = partial(told_done, shown, n)
                tally = await generate(opening, files, n, seed, Path(home), workers=workers, told=told)
        for name, counted in tally.shown():
            out.print(f"{name}: {counted}")

    carry_out(play())
