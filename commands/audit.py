"""`deskhand audit`: case files that are there."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.house import carry_out, out, read_settings

audit = typer.Typer(help="Case files: whether they are as they were written.", no_args_is_help=True)


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
