"""The `deskhand` command: what serves, talks and measures; the groups of commands are in `commands/`."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from commands.audit import audit
from commands.evals import evaluate
from commands.house import carry_out, environment, fail, out, read_settings, report
from commands.releases import playbook
from commands.tools import tools

HELP = """\
Deskhand: a support agent that does the work and proves it.

Begin with `deskhand run` and open the address that it prints; or talk to it here with `deskhand chat`.
A company's policy lives in a folder of documents, the playbook: `deskhand playbook check` tells whether it holds.

Settings come from the environment: PORT, DESKHAND_HOME, DATABASE_URL, DESKHAND_CONNECTIONS, DESKHAND_MODEL with
OPENAI_BASE_URL and OPENAI_API_KEY, DESKHAND_TURN_TIMEOUT_S, DESKHAND_APPROVAL_TTL_S, DESKHAND_CONFIRM_TTL_S,
DESKHAND_RETRY_S, DESKHAND_RATE_LIMIT, DESKHAND_EMBEDDER, DESKHAND_DATA; README.md says what each one is.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
app.add_typer(playbook, name="playbook")
app.add_typer(tools, name="tools")
app.add_typer(audit, name="audit")
app.add_typer(evaluate, name="eval")


@app.command()
def run() -> None:
    """Serve the product on 127.0.0.1: shop page with the widget, console, API. Ctrl-C ends it; cases go on later."""
    began = time.monotonic()
    settings = read_settings()
    gc.disable()  # what is made during the start stays: looking through it for garbage takes a tenth of the time
    import server

    async def serve() -> None:
        async with server.running(settings, report) as (front, serving):
            gc.freeze()
            gc.enable()
            base = settings.address
            out.print(f"\nDeskhand is ready after {time.monotonic() - began:.1f} s.")
            out.print(f"  shop page with the widget  {base}/")
            out.print(f"  staff console              {base}/console")
            out.print(f"  API docs                   {base}/docs")
            out.print(f"  staff token                {(settings.home / 'staff_token').resolve()}")
            sys.stdout.flush()
            if front.desk.languages is not None:  # nobody waits for them, unless they write in one at once
                front.desk.languages.begin(await front.desk.live())
            await serving

    carry_out(serve())


@app.command()
def chat(
    url: Annotated[
        str | None, typer.Option(help="A running Deskhand; without it one is started for this talk.")
    ] = None,
) -> None:
    """Talk to the agent in the terminal. An empty line or Ctrl-D ends the talk; the case stays."""
    settings = read_settings()
    import server
    from evals.talk import talk

    async def converse() -> None:
        if url is not None:
            await talk(url, out)
            return
        async with server.running(settings, report):
            await talk(settings.address, out)

    carry_out(converse())


@app.command()
def studio(port: Annotated[int, typer.Option(help="Where Studio's server listens.")] = 2024) -> None:
    """Debug the graph in LangGraph Studio: starts `langgraph dev`, offline. Needs the development packages."""
    environment()
    os.environ.setdefault("PORT", str(port))
    command = Path(sys.executable).parent / "langgraph"
    if not command.exists():
        fail("LangGraph's command is not installed; `make studio` installs it.")
    # The demo company's systems run in the same process and read SQLite on its loop: Studio need not mind.
    options = ["--no-browser", "--no-reload", "--allow-blocking", "--host", "127.0.0.1", "--port", str(port)]
    os.execv(command, [str(command), "dev", *options])  # noqa: S606  our interpreter's neighbour, arguments of ours


@app.command()
def bench(
    turns: Annotated[int, typer.Option(help="The length of the long conversation.")] = 500,
) -> None:
    """Measure what the engine costs: per turn, in store, at the start, in memory. Nothing is tested here."""
    environment()
    import server
    from agent.connected import tools_of
    from agent.policy.facts import vocabulary
    from evals import bench as measured
    from evals import model_cost
    from knowledge.release import Releases
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
            at = settings.playbook, vocabulary(tools_of(settings))
            release = Releases(home, at[1]).keep(at[0])
            model_cost.shown(await model_cost.model_cost(home, settings.port, release), out)
            proving, ruling = measured.proving_s(*at), await measured.ruling_again_s(home, *at)
            checking, reading = measured.checking_ms(*at), await measured.reading_ms(home, release)
            starting = starts[0], starts[1]
            measured.shown(engine, whole, effects, starting, proving, ruling, memory, checking, reading, out)

    carry_out(measure())


def main() -> None:
    """The command's entry point."""
    app()


if __name__ == "__main__":
    main()
