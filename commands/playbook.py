"""`deskhand playbook`: documents, whether they hold, and what they would have done."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from commands.house import carry_out, out, read_settings, told_done

if TYPE_CHECKING:
    from agent.backtest import Past
    from agent.casefile.store import CaseFiles
    from agent.publishing import Publisher
    from knowledge.release import Release

playbook = typer.Typer(help="The company's policy: its documents, and whether they hold.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="The folder of the documents.")]
Kept = Annotated[str, typer.Argument(help="A release, as `deskhand playbook releases` names it.")]
Cases = Annotated[int, typer.Option(min=1, help="How many of the newest past cases it is tried on.")]
Draft = Annotated[str, typer.Argument(help="A release, or the folder of a draft.")]
By = Annotated[str, typer.Option(help="Your name, as it shall stand in the log of releases.")]
Why = Annotated[str, typer.Option(help="The reason, for those who read the log.")]


@playbook.command("check")
def playbook_check(
    folder: Annotated[Path | None, typer.Argument(help="Default: the settings' playbook.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="For machines: a JSON list of the findings.")] = False,
) -> None:
    """Check a playbook's documents; each finding names file, line and what to write instead. Exit code 1 if any."""
    settings = read_settings()
    from agent.connected import tools_of
    from agent.policy.facts import vocabulary
    from knowledge.load import PlaybookError, checked

    async def check() -> None:
        known = vocabulary(tools_of(settings))
        try:
            book = checked(folder or settings.playbook, known, date.today())
        except PlaybookError as error:
            if not json_:
                raise
            out.print_json(data=[finding._asdict() for finding in error.findings])
            raise typer.Exit(1) from None
        if json_:
            out.print_json(data=[])
            return
        out.print(
            f"{book.company.name}: {len(book.intents)} intents, {len(book.workflows)} workflows, "
            f"{len(book.clauses)} clauses with {len(book.rules)} rules, {len(book.articles)} articles. Nothing to mend."
        )

    carry_out(check())


@playbook.command("backtest")
def playbook_backtest(
    draft: Draft,
    cases: Cases = 200,
    json_: Annotated[bool, typer.Option("--json", help="For machines: all flips and sums.")] = False,
) -> None:
    """Rule past cases again, by a release or the documents of a folder. Exit code 1 if a flip has to block.

    Where the store holds too few cases, the missing ones are played under the live release.
    """

    async def replay(publisher: Publisher, files: CaseFiles) -> None:
        from agent.publishing import Rehearsal
        from evals.release_table import trial_json, trial_lines

        trial = await publisher.tried(_drafted(publisher, draft), await _past(publisher, files, cases), Rehearsal())
        if json_:
            out.print_json(data=trial_json(trial))
        for line in [] if json_ else trial_lines(trial):
            out.print(line, markup=False)
        if trial.told:
            raise typer.Exit(1)

    with_releases(replay)


@playbook.command("test")
def playbook_test(
    draft: Annotated[
        str | None, typer.Argument(help="A release, or the folder of a draft. Default: the settings' playbook.")
    ] = None,
    by: By = "",
    why: Why = "",
    cases: Cases = 200,
    json_: Annotated[bool, typer.Option("--json", help="For machines: each scenario, and what fails now.")] = False,
) -> None:
    """Play its scenarios over fresh demo systems. Exit code 1 if one fails.

    With --by and --why a release is held against the live one too, and what came of it is kept for its publication.
    """
    settings = read_settings()

    async def test(publisher: Publisher, files: CaseFiles) -> None:
        import server
        from evals.release_table import trial_json, trial_lines

        wanted, board = draft or str(settings.playbook), await publisher.log.board()
        live = publisher.releases.folder(str(board.live))
        held = await server.rehearsed(settings, _folder_of(publisher, wanted), live)
        found: dict[str, Any] = {"scenarios": [one._asdict() for one in held.played], **asdict(held.rehearsal)}
        told = [f"{one.id}: " + ("passed" if one.passed else f"FAILED: {one.why}") for one in held.played]
        if by or why:
            past = await _past(publisher, files, cases)
            trial = await publisher.test(wanted, past, held.rehearsal, by=by, why=why)
            found, told = found | {"trial": trial_json(trial)}, [*told, *trial_lines(trial)]
        if json_:
            out.print_json(data=found)
        for line in [] if json_ else told:
            out.print(line, markup=False)
        if not all(one.passed for one in held.played):
            raise typer.Exit(1)

    with_releases(test)


@playbook.command("new")
def playbook_new(folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")]) -> None:
    """Write the playbook of a new company: the least that a desk can work by, for you to write on."""
    settings = read_settings()
    from agent.connected import tools_of
    from agent.dispatch import HOUSEKEEPING
    from agent.policy.facts import vocabulary
    from agent.settings import HARBOR
    from knowledge.starter import start

    async def write() -> None:
        for file in start(folder, vocabulary(tools_of(settings)), HARBOR, HOUSEKEEPING):
            out.print(str(file), markup=False)
        out.print(f"Check it with `deskhand playbook check {folder}`, and talk to it with DESKHAND_PLAYBOOK={folder}.")

    carry_out(write())


@playbook.command("schema")
def playbook_schema(
    folder: Annotated[Path | None, typer.Argument(help="Default: the settings' playbook.")] = None,
) -> None:
    """Write the JSON Schemas that the heads of YAML documents name, so that editors complete and check them."""
    settings = read_settings()
    from agent.connected import tools_of
    from agent.policy.facts import vocabulary
    from knowledge.schemas import write_schemas

    async def write() -> None:
        for file in write_schemas(folder or settings.playbook, vocabulary(tools_of(settings))):
            out.print(str(file), markup=False)

    carry_out(write())


def with_releases(work: Callable[[Publisher, CaseFiles], Coroutine[Any, Any, None]]) -> None:
    """Carry out work over the releases and the case files of the settings' home."""
    settings = read_settings()
    import server

    async def carried() -> None:
        async with server.publishing(settings) as (publisher, files):
            await work(publisher, files)

    carry_out(carried())


def _drafted(publisher: Publisher, draft: str) -> Release:
    """The documents of a folder as a release, or a release that is kept."""
    folder = Path(draft)
    return publisher.releases.draft(folder) if folder.is_dir() else publisher.releases.get(draft)


async def _past(publisher: Publisher, files: CaseFiles, cases: int) -> list[Past]:
    settings = read_settings()
    from functools import partial

    import server

    live = publisher.releases.folder(str((await publisher.log.board()).live))
    with Console(stderr=True).status("") as shown:
        told, workers = partial(told_done, shown, cases), os.cpu_count() or 1
        past, played = await server.past_of(settings, files, live, cases, workers=workers, told=told)
    if played:
        Console(stderr=True).print(f"{played} cases were played, since the store holds too few.")
    return past


def _folder_of(publisher: Publisher, draft: str) -> Path:
    """Where the documents of a draft or of a release that is kept can be read."""
    folder = Path(draft)
    return folder if folder.is_dir() else publisher.releases.folder(draft)
