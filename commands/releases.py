"""`deskhand playbook`, the life of a release: kept, answered for, published, beside the live one, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.house import out
from commands.playbook import By, Folder, Kept, Why, playbook, with_releases

if TYPE_CHECKING:
    from agent.casefile.store import CaseFiles
    from agent.publishing import Publisher

__all__ = ["playbook"]


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

    with_releases(show)


@playbook.command("submit")
def playbook_submit(folder: Folder, by: By, why: Why) -> None:
    """Check the documents of a folder and keep them as a release, which can then be tested and published."""

    async def submit(publisher: Publisher, _: CaseFiles) -> None:
        release = await publisher.submit(folder, by=by, why=why)
        out.print(f"The release {release.id} is kept. Test it with `deskhand playbook test {release.id}`.")

    with_releases(submit)


@playbook.command("accept")
def playbook_accept(release: Kept, by: By, why: Why) -> None:
    """Answer, by name and with a reason, for what the last test of a release found less strict."""

    async def accept(publisher: Publisher, _: CaseFiles) -> None:
        await publisher.accept(release, by=by, why=why)
        out.print(f"{by} answers for what {release} rules less strictly.")

    with_releases(accept)


@playbook.command("publish")
def playbook_publish(release: Kept, by: By, why: Why) -> None:
    """Make a tested release live: cases that begin from now on begin under it. Tells all that stands against it."""

    async def publish(publisher: Publisher, _: CaseFiles) -> None:
        board = await publisher.publish(release, by=by, why=why)
        out.print(f"The release {board.live} is live.")

    with_releases(publish)


@playbook.command("rollback")
def playbook_rollback(
    by: By, why: Why, to: Annotated[str | None, typer.Option(help="Default: the one that was live before.")] = None
) -> None:
    """Make an earlier release live again, at once and without a restart."""

    async def back(publisher: Publisher, _: CaseFiles) -> None:
        board = await publisher.roll_back(by=by, why=why, to=to)
        out.print(f"The release {board.live} is live again.")

    with_releases(back)


@playbook.command("slice")
def playbook_slice(
    release: Kept, percent: Annotated[int, typer.Argument(help="Of new cases; 0 ends it.")], by: By, why: Why
) -> None:
    """Let a share of new cases begin under a tested release, beside the live one."""

    async def cut(publisher: Publisher, _: CaseFiles) -> None:
        await publisher.slice(release, percent, by=by, why=why)
        out.print(f"{percent} % of new cases begin under {release}.")

    with_releases(cut)


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

    with_releases(cast)
