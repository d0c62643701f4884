"""`deskhand audit` and `deskhand eval`: case files that are there, and some to try things on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from commands.house import carry_out, fail, out, read_settings, told_done

audit = typer.Typer(help="Case files: whether they are as they were written.", no_args_is_help=True)
evaluate = typer.Typer(
    help="What the agent makes of cases, in a company where nothing real is touched.", no_args_is_help=True
)


@audit.command("verify")
def audit_verify(case: Annotated[str | None, typer.Argument(help="A case's id; default: all.")] = None) -> None:
    """Verify the hash chains of case files and of the log of releases; names the first broken event.

    Exit code 1 if one is broken.
    """
    settings = read_settings()
    import server
    from agent.casefile.chain import first_broken
    from agent.casefile.release_log import ReleaseLog

    async def verify() -> None:
        broken = 0
        async with server.case_files(settings) as files:
            for case_id in [case] if case else await files.ids():
                head, rows = await files.head(case_id), await files.rows(case_id)
                first = first_broken(rows, head=(head.seq, head.hash))
                broken += first is not None
                out.print(f"{case_id}  {len(rows)} events  " + ("whole" if first is None else f"BROKEN at {first}"))
            if case is None:
                log = ReleaseLog(files.database, files.clock, files.tenant)
                first, entries = await log.first_broken(), len((await log.board()).entries)
                broken += first is not None
                out.print(f"releases  {entries} steps  " + ("whole" if first is None else f"BROKEN at {first}"))
        if broken:
            raise typer.Exit(1)

    carry_out(verify())


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
