"""The `deskhand` command: thin, and its help teaches."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import textwrap
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

if TYPE_CHECKING:
    from rich.status import Status

    from agent.backtest import Past
    from agent.casefile.store import CaseFiles
    from agent.publishing import Publisher
    from knowledge.release import Release
    from server import Settings

HELP = """\
Deskhand: a support agent that does the work and proves it.

Begin with `deskhand run` and open the address that it prints; or talk to it here with `deskhand chat`.
A company's policy lives in a folder of documents, the playbook: `deskhand playbook check` tells whether it holds.

Settings come from the environment: PORT, DESKHAND_HOME, DATABASE_URL, DESKHAND_CONNECTIONS, DESKHAND_MODEL with
OPENAI_BASE_URL and OPENAI_API_KEY, DESKHAND_TURN_TIMEOUT_S, DESKHAND_APPROVAL_TTL_S, DESKHAND_CONFIRM_TTL_S,
DESKHAND_RETRY_S, DESKHAND_RATE_LIMIT; README.md says what each one is.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
playbook = typer.Typer(help="The company's policy: its documents, and whether they hold.", no_args_is_help=True)
tools = typer.Typer(help="What the agent can do to the world.", no_args_is_help=True)
audit = typer.Typer(help="Case files: whether they are as they were written.", no_args_is_help=True)
app.add_typer(playbook, name="playbook")
app.add_typer(tools, name="tools")
app.add_typer(audit, name="audit")
evaluate = typer.Typer(
    help="What the agent makes of cases, in a company where nothing real is touched.", no_args_is_help=True
)
app.add_typer(evaluate, name="eval")
Folder = Annotated[Path, typer.Argument(help="The folder of the documents.")]
Kept = Annotated[str, typer.Argument(help="A release, as `deskhand playbook releases` names it.")]
Cases = Annotated[int, typer.Option(min=1, help="How many of the newest past cases it is tried on.")]
Draft = Annotated[str, typer.Argument(help="A release, or the folder of a draft.")]
By = Annotated[str, typer.Option(help="Your name, as it shall stand in the log of releases.")]
Why = Annotated[str, typer.Option(help="The reason, for those who read the log.")]
out = Console(highlight=False, soft_wrap=True)


@app.command()
def run() -> None:
    """Serve the product on 127.0.0.1: shop page with the widget, console, API. Ctrl-C ends it; cases go on later."""
    began = time.monotonic()
    settings = _settings()
    gc.disable()  # what is made during the start stays: looking through it for garbage takes a tenth of the time
    import server

    async def serve() -> None:
        async with server.running(settings, _report) as (_, serving):
            gc.freeze()
            gc.enable()
            base = settings.address
            out.print(f"\nDeskhand is ready after {time.monotonic() - began:.1f} s.")
            out.print(f"  shop page with the widget  {base}/")
            out.print(f"  staff console              {base}/console")
            out.print(f"  API docs                   {base}/docs")
            out.print(f"  staff token                {(settings.home / 'staff_token').resolve()}")
            sys.stdout.flush()
            await serving

    _carry_out(serve())


@app.command()
def chat(
    url: Annotated[
        str | None, typer.Option(help="A running Deskhand; without it one is started for this talk.")
    ] = None,
) -> None:
    """Talk to the agent in the terminal. An empty line or Ctrl-D ends the talk; the case stays."""
    settings = _settings()
    import server
    from evals.talk import talk

    async def converse() -> None:
        if url is not None:
            await talk(url, out)
            return
        async with server.running(settings, _report):
            await talk(settings.address, out)

    _carry_out(converse())


@app.command()
def studio(port: Annotated[int, typer.Option(help="Where Studio's server listens.")] = 2024) -> None:
    """Debug the graph in LangGraph Studio: starts `langgraph dev`, offline. Needs the development packages."""
    _environment()
    os.environ.setdefault("PORT", str(port))
    command = Path(sys.executable).parent / "langgraph"
    if not command.exists():
        _fail("LangGraph's command is not installed; `make studio` installs it.")
    # The demo company's systems run in the same process and read SQLite on its loop: Studio need not mind.
    options = ["--no-browser", "--no-reload", "--allow-blocking", "--host", "127.0.0.1", "--port", str(port)]
    os.execv(command, [str(command), "dev", *options])  # noqa: S606  our interpreter's neighbour, arguments of ours


@app.command()
def bench(
    turns: Annotated[int, typer.Option(help="The length of the long conversation.")] = 500,
) -> None:
    """Measure what the engine costs: per turn, in store, at the start, in memory. Nothing is tested here."""
    _environment()
    import server
    from agent.policy.facts import vocabulary
    from evals import bench as measured
    from web.serving import free_port

    async def measure() -> None:
        with measured.scratch() as folder:
            settings = server.Settings(home=Path(folder) / "home", port=free_port())
            base, home, starts = settings.address, settings.home, list[float]()
            for _ in range(2):
                began = time.monotonic()
                async with measured.served(home, settings.port) as process:
                    starts.append(time.monotonic() - began)
                    whole = await measured.converse(base, home, 30, measured.QUESTION)
                    effects = await measured.cancel(base, home)
                    memory = await measured.resident_mb(process)
            async with server.running(settings, models=lambda _: measured.Instant()):
                engine = await measured.converse(base, home, turns, measured.THANKS)
            at = settings.playbook, vocabulary(server.tools_of(settings))
            proving, ruling = measured.proving_s(*at), await measured.ruling_again_s(home, *at)
            measured.shown(engine, whole, effects, (starts[0], starts[1]), proving, ruling, memory, out)

    _carry_out(measure())


@playbook.command("check")
def playbook_check(
    folder: Annotated[Path | None, typer.Argument(help="Default: the settings' playbook.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="For machines: a JSON list of the findings.")] = False,
) -> None:
    """Check a playbook's documents; each finding names file, line and what to write instead. Exit code 1 if any."""
    settings = _settings()
    import server
    from agent.policy.facts import vocabulary
    from knowledge.load import PlaybookError, checked

    async def check() -> None:
        known = vocabulary(server.tools_of(settings))
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

    _carry_out(check())


@playbook.command("releases")
def playbook_releases(
    release: Annotated[str | None, typer.Argument(help="One release's life; default: all.")] = None,
) -> None:
    """List the releases: where each stands, who did what last to it, when and why."""

    async def show(publisher: Publisher, _: CaseFiles) -> None:
        from evals.release_table import board_lines, entry_line

        board = await publisher.log.board()
        lines = board_lines(board) if release is None else map(entry_line, board.of(release))
        for line in lines:
            out.print(line, markup=False)

    _with_releases(show)


@playbook.command("submit")
def playbook_submit(folder: Folder, by: By, why: Why) -> None:
    """Check the documents of a folder and keep them as a release, which can then be tested and published."""

    async def submit(publisher: Publisher, _: CaseFiles) -> None:
        release = await publisher.submit(folder, by=by, why=why)
        out.print(f"The release {release.id} is kept. Test it with `deskhand playbook test {release.id}`.")

    _with_releases(submit)


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

    _with_releases(replay)


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
    settings = _settings()

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

    _with_releases(test)


@playbook.command("accept")
def playbook_accept(release: Kept, by: By, why: Why) -> None:
    """Answer, by name and with a reason, for what the last test of a release found less strict."""

    async def accept(publisher: Publisher, _: CaseFiles) -> None:
        await publisher.accept(release, by=by, why=why)
        out.print(f"{by} answers for what {release} rules less strictly.")

    _with_releases(accept)


@playbook.command("publish")
def playbook_publish(release: Kept, by: By, why: Why) -> None:
    """Make a tested release live: cases that begin from now on begin under it. Tells all that stands against it."""

    async def publish(publisher: Publisher, _: CaseFiles) -> None:
        board = await publisher.publish(release, by=by, why=why)
        out.print(f"The release {board.live} is live.")

    _with_releases(publish)


@playbook.command("rollback")
def playbook_rollback(
    by: By, why: Why, to: Annotated[str | None, typer.Option(help="Default: the one that was live before.")] = None
) -> None:
    """Make an earlier release live again, at once and without a restart."""

    async def back(publisher: Publisher, _: CaseFiles) -> None:
        board = await publisher.roll_back(by=by, why=why, to=to)
        out.print(f"The release {board.live} is live again.")

    _with_releases(back)


@playbook.command("slice")
def playbook_slice(
    release: Kept, percent: Annotated[int, typer.Argument(help="Of new cases; 0 ends it.")], by: By, why: Why
) -> None:
    """Let a share of new cases begin under a tested release, beside the live one."""

    async def cut(publisher: Publisher, _: CaseFiles) -> None:
        await publisher.slice(release, percent, by=by, why=why)
        out.print(f"{percent} % of new cases begin under {release}.")

    _with_releases(cut)


@playbook.command("shadow")
def playbook_shadow(
    release: Kept,
    by: By = "",
    why: Why = "",
    off: Annotated[bool, typer.Option("--off", help="Take it from the shadow.")] = False,
) -> None:
    """Let a release rule beside the live one, without effect (`--by` and `--why`), or list what it ruled otherwise."""

    async def cast(publisher: Publisher, files: CaseFiles) -> None:
        from agent.backtest import ruled_beside
        from evals.release_table import flip_lines

        if by or why or off:
            await publisher.shadow(release, not off, by=by, why=why)
            out.print(f"{release} rules " + ("no more." if off else "in the shadow of the live release."))
            return
        for line in flip_lines(await ruled_beside(files, publisher.releases.get(release), publisher.vocabulary)):
            out.print(line, markup=False)

    _with_releases(cast)


@playbook.command("new")
def playbook_new(folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")]) -> None:
    """Write the playbook of a new company: the least that a desk can work by, for you to write on."""
    settings = _settings()
    import server
    from agent.dispatch import HOUSEKEEPING
    from agent.policy.facts import vocabulary
    from knowledge.starter import start

    async def write() -> None:
        for file in start(folder, vocabulary(server.tools_of(settings)), server.HARBOR, HOUSEKEEPING):
            out.print(str(file), markup=False)
        out.print(f"Check it with `deskhand playbook check {folder}`, and talk to it with DESKHAND_PLAYBOOK={folder}.")

    _carry_out(write())


@playbook.command("schema")
def playbook_schema(
    folder: Annotated[Path | None, typer.Argument(help="Default: the settings' playbook.")] = None,
) -> None:
    """Write the JSON Schemas that the heads of YAML documents name, so that editors complete and check them."""
    settings = _settings()
    import server
    from agent.policy.facts import vocabulary
    from knowledge.schemas import write_schemas

    async def write() -> None:
        for file in write_schemas(folder or settings.playbook, vocabulary(server.tools_of(settings))):
            out.print(str(file), markup=False)

    _carry_out(write())


@tools.command("list")
def tools_list() -> None:
    """Show every tool by its class, what proves it, how its system knows a repeat, and which systems are there."""
    settings = _settings()
    import server
    from agent.own import OwnSide
    from evals.tools_table import ailments, rows
    from knowledge.draft import read_draft

    async def show() -> None:
        async with server.connected_tools(settings, b"", OwnSide(), looking=True) as (catalog, connections):
            found = await ailments(connections)
        heads = ("tool", "class", "identity", "proof", "repeat known by")
        shown = rows(catalog, read_draft(settings.playbook).actions)
        widths = [max(map(len, column)) for column in zip(heads, *(row[: len(heads)] for row in shown), strict=True)]
        for *row, system, summary in [(*heads, "", "what it does"), *shown]:
            out.print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
            where = f" ({system})" if system and len(connections) > 1 else ""
            for line in textwrap.wrap(f"{summary}{where}", 76):
                out.print(f"    {line}", style="dim", markup=False)
        for connection in connections:
            wrong = [ailment.wrong for ailment in found if ailment.system == connection.system]
            out.print(f"The system {connection.system} " + ("; ".join(wrong) or "is there."), markup=False)

    _carry_out(show())


@tools.command("doctor")
def tools_doctor(json_: Annotated[bool, typer.Option("--json", help="For machines: a JSON list.")] = False) -> None:
    """Read each system, hold its tools against the playbook, and say what to mend. Exit code 1 if anything."""
    settings = _settings()
    import server
    from agent.errors import NotUsable
    from agent.own import OwnSide
    from agent.policy.facts import vocabulary
    from evals.tools_table import Ailment, ailments
    from knowledge.load import PlaybookError, load
    from tools.declared import DeclarationError

    async def look() -> None:
        found: list[Ailment] = []
        try:
            async with server.connected_tools(settings, b"", OwnSide()) as (catalog, connections):
                found += await ailments(connections)
            load(settings.playbook, vocabulary(catalog))
        except PlaybookError as error:
            found += [Ailment("playbook", f"{f.file}:{f.line}: {f.wrong}", f.instead) for f in error.findings]
        except (DeclarationError, NotUsable) as error:
            found.append(Ailment("connections", str(error).rstrip("."), ""))
        if json_:
            out.print_json(data=[ailment._asdict() for ailment in found])
        for system, wrong, advice in [] if json_ else found:
            out.print(f"{system}: {wrong.rstrip('.')}" + (f"; {advice}." if advice else "."), markup=False)
        if found:
            raise typer.Exit(1)
        if not json_:
            out.print(f"Nothing to mend: {len(catalog.tools)} tools over {len(connections)} systems.")

    _carry_out(look())


@tools.command("import")
def tools_import(declaration: Annotated[Path, typer.Argument(help="The declaration of an MCP server.")]) -> None:
    """Write down what an MCP server offers. Each tool stays forbidden until the declaration classifies it."""
    settings = _settings()
    import server
    from tools.connectors.mcp import import_tools

    async def take() -> None:
        for line in await import_tools(declaration, server.needs_of(settings, folder=declaration.parent)):
            out.print(line, markup=False)

    _carry_out(take())


@audit.command("verify")
def audit_verify(case: Annotated[str | None, typer.Argument(help="A case's id; default: all.")] = None) -> None:
    """Verify the hash chains of case files and of the log of releases; names the first broken event.

    Exit code 1 if one is broken.
    """
    settings = _settings()
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

    _carry_out(verify())


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
    settings = _settings()
    from functools import partial
    from tempfile import TemporaryDirectory

    import server
    from agent.policy.facts import vocabulary
    from evals.cases import generate, is_generated
    from knowledge.release import Releases

    async def play() -> None:
        async with server.case_files(settings) as files:
            real = sum(not is_generated(case_id) for case_id in await files.ids())
            if real and not beside_real:
                _fail(
                    f"The store holds cases of customers ({real}). Name another one with DESKHAND_HOME or "
                    "DATABASE_URL, or say --beside-real."
                )
            out.print(f"Playing {n} cases in a scratch company; their files go to the store of these settings.")
            Releases(settings.home, vocabulary(server.tools_of(settings))).keep(settings.playbook)
            opening = partial(server.scratch, settings, playbook=settings.playbook)
            with TemporaryDirectory(prefix="deskhand-cases-") as home, out.status("") as shown:
                told = partial(_told, shown, n)
                tally = await generate(opening, files, n, seed, Path(home), workers=workers, told=told)
        for name, counted in tally.shown():
            out.print(f"{name}: {counted}")

    _carry_out(play())


def _told(shown: Status, n: int, done: int) -> None:
    shown.update(f"{done} of {n} cases")


def _environment() -> None:
    """What must stand before libraries are imported.

    Checkpoints are strict, no trace leaves unless asked for, and small matrices are multiplied on one thread: several
    take fifteen times as long for fitting the intent head.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")
    os.environ.setdefault("LANGSMITH_TRACING", "false")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "false")


def _settings() -> Settings:
    _environment()
    from pydantic import ValidationError

    import server

    try:
        return server.Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        known = name if name.isupper() else f"DESKHAND_{name.upper()}"
        _fail(f"The setting {known} cannot be used: {first['msg']}.")


def _carry_out(work: Coroutine[Any, Any, None]) -> None:
    """Run, and tell what stops it in one sentence."""
    import server

    try:
        asyncio.run(work)
    except server.REFUSALS as error:
        _fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _with_releases(work: Callable[[Publisher, CaseFiles], Coroutine[Any, Any, None]]) -> None:
    settings = _settings()
    import server

    async def carried() -> None:
        async with server.publishing(settings) as (publisher, files):
            await work(publisher, files)

    _carry_out(carried())


def _drafted(publisher: Publisher, draft: str) -> Release:
    """The documents of a folder as a release, or a release that is kept."""
    folder = Path(draft)
    return publisher.releases.draft(folder) if folder.is_dir() else publisher.releases.get(draft)


async def _past(publisher: Publisher, files: CaseFiles, cases: int) -> list[Past]:
    settings = _settings()
    from functools import partial

    import server

    live = publisher.releases.folder(str((await publisher.log.board()).live))
    with Console(stderr=True).status("") as shown:
        told, workers = partial(_told, shown, cases), os.cpu_count() or 1
        past, played = await server.past_of(settings, files, live, cases, workers=workers, told=told)
    if played:
        Console(stderr=True).print(f"{played} cases were played, since the store holds too few.")
    return past


def _folder_of(publisher: Publisher, draft: str) -> Path:
    """Where the documents of a draft or of a release that is kept can be read."""
    folder = Path(draft)
    return folder if folder.is_dir() else publisher.releases.folder(draft)


def _report(line: str) -> None:
    out.print(f"{line} ...")
    sys.stdout.flush()


def _fail(sentence: str) -> NoReturn:
    Console(stderr=True, highlight=False, soft_wrap=True).print(sentence)
    raise typer.Exit(1)


def main() -> None:
    """The command's entry point."""
    app()


if __name__ == "__main__":
    main()
