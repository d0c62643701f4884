"""`deskhand tools`: what the agent can do to the world, and whether its systems are there."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated

import typer

from commands.house import carry_out, out, read_settings

tools = typer.Typer(help="What the agent can do to the world.", no_args_is_help=True)


@tools.command("list")
def tools_list() -> None:
    """Show every tool by its class, what proves it, how its system knows a repeat, and which systems are there."""
    settings = read_settings()
    from agent.connected import connected_tools
    from agent.own import OwnSide
    from evals.tools_table import ailments, rows
    from knowledge.draft import read_draft

    async def show() -> None:
        async with connected_tools(settings, b"", OwnSide(), looking=True) as (catalog, connections):
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

    carry_out(show())


@tools.command("doctor")
def tools_doctor(json_: Annotated[bool, typer.Option("--json", help="For machines: a JSON list.")] = False) -> None:
    """Read each system, hold its tools against the playbook, and say what to mend. Exit code 1 if anything."""
    settings = read_settings()
    from agent.connected import connected_tools
    from agent.errors import NotUsable
    from agent.own import OwnSide
    from agent.policy.facts import vocabulary
    from evals.tools_table import Ailment, ailments
    from knowledge.load import PlaybookError, load
    from tools.declared import DeclarationError

    async def look() -> None:
        found: list[Ailment] = []
        try:
            async with connected_tools(settings, b"", OwnSide()) as (catalog, connections):
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

    carry_out(look())


@tools.command("import")
def tools_import(declaration: Annotated[Path, typer.Argument(help="The declaration of an MCP server.")]) -> None:
    """Write down what an MCP server offers. Each tool stays forbidden until the declaration classifies it."""
    settings = read_settings()
    from agent.connected import needs_of
    from tools.connectors.mcp import import_tools

    async def take() -> None:
        for line in await import_tools(declaration, needs_of(settings, folder=declaration.parent)):
            out.print(line, markup=False)

    carry_out(take())
