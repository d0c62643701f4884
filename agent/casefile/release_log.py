"""The log of releases: what became of each, who did it, when and why. What is live is what this log says last.

It is append-only and chained as a case file is. Every worker reads it where a new case begins, so that a publication
or a rollback takes effect at once and everywhere, without a restart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.exc import IntegrityError

from agent.casefile import chain
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.records import Frozen
from agent.casefile.tables import release_log
from agent.errors import ReleasesMoved

State = Literal["checked", "tested", "published", "retired"]
"""A draft becomes a release when its documents are checked; before, there is nothing to name."""


class Step(Frozen):
    """Base of all steps in the life of a release."""

    release: str


class Checked(Step):
    """Documents without a finding were kept as a release."""

    authors: list[str]
    """Who wrote what is new in it."""


class Tested(Step):
    """It was held against the live release: past rulings again, what was proved weaker, and the scenarios."""

    against: str | None
    rulings: int
    flips: int
    weaker: list[str]
    """Each as one sentence: what of money, identity or access would be ruled less strictly."""
    failing: list[str]
    """The scenarios that passed before, and fail now."""


class Accepted(Step):
    """Somebody answers for what a test found weaker."""

    tested: int
    """The seq of that test."""


class Published(Step):
    """It is live: new cases begin under it."""

    was: str | None
    """The one that was live before, and is retired."""
    back: bool = False
    """Whether it was live earlier, and is so again."""


class Sliced(Step):
    """A share of new cases begins under it, beside the live one; 0: none any more."""

    percent: int


class Shadowed(Step):
    """It rules beside the live one, without effect; or does so no more."""

    on: bool


Body = Checked | Tested | Accepted | Published | Sliced | Shadowed
STEPS: dict[str, type[Body]] = {kind.__name__: kind for kind in Body.__args__}


class Entry(Frozen):
    """One step, and who took it, when and why."""

    seq: int
    at: str
    by: str
    why: str
    kind: str
    body: Body


class Board(Frozen):
    """What the log comes to."""

    entries: list[Entry] = []
    live: str | None = None
    shadow: str | None = None
    slice: str | None = None
    percent: int = 0

    @property
    def seq(self) -> int:
        """The seq of the last entry."""
        return self.entries[-1].seq if self.entries else 0

    def of(self, release: str) -> list[Entry]:
        """What became of a release, oldest first."""
        return [entry for entry in self.entries if entry.body.release == release]

    def state(self, release: str) -> State | None:
        """Where a release stands; None for one that the log does not know."""
        steps = [entry.body for entry in self.of(release)]
        if release == self.live:
            return "published"
        if any(isinstance(step, Published) for step in steps):
            return "retired"
        if not steps:
            return None
        return "tested" if any(isinstance(step, Tested) for step in steps) else "checked"

    def releases(self) -> list[str]:
        """All releases, the newest first."""
        return list(dict.fromkeys(entry.body.release for entry in reversed(self.entries)))

    def before(self) -> str | None:
        """The release to go back to: the one that the live one took the place of."""
        published = [entry.body for entry in self.entries if isinstance(entry.body, Published)]
        return published[-1].was if published else None

    def test(self, release: str) -> tuple[int, Tested] | None:
        """Its last test against what is live now, and the seq of it."""
        tests = [(entry.seq, entry.body) for entry in self.of(release) if isinstance(entry.body, Tested)]
        return next(((seq, test) for seq, test in reversed(tests) if test.against == self.live), None)

    def authors(self, release: str) -> list[str]:
        """Who wrote it, by any time that it was put down."""
        written = [entry.body.authors for entry in self.of(release) if isinstance(entry.body, Checked)]
        return list(dict.fromkeys(author for authors in written for author in authors))

    def for_case(self, case_id: str) -> str | None:
        """The release that a new case begins under; which cases are in the slice follows from their ids."""
        if self.slice is not None and _share(case_id) < self.percent:
            return self.slice
        return self.live

    def after(self, new: Iterable[Entry]) -> Board:
        """What it comes to with these entries."""
        board = self
        for entry in new:
            board = board.model_copy(update={"entries": [*board.entries, entry], **_moved(board, entry.body)})
        return board


def _moved(board: Board, body: Body) -> dict[str, object]:
    match body:
        case Published(release=release):
            beside: dict[str, object] = {"slice": None, "percent": 0} if release == board.slice else {}
            return {"live": release, **beside, **({"shadow": None} if release == board.shadow else {})}
        case Sliced(release=release, percent=percent):
            return {"slice": release if percent else None, "percent": percent}
        case Shadowed(release=release, on=on):
            return {"shadow": release if on else None}
    return {}


def told(body: Body) -> str:
    """A step in a few words."""
    match body:
        case Published(back=back, was=was):
            instead = f" instead of {was}" if was else ""
            return ("rolled back to" if back else "published") + instead
        case Tested(against=against, rulings=rulings, flips=flips, weaker=weaker, failing=failing):
            found = f"{flips} flips in {rulings} rulings, {len(weaker)} weaker, {len(failing)} scenarios failing"
            return f"tested against {against} ({found})"
        case Sliced(percent=percent):
            return f"set to {percent} % of new cases"
        case Shadowed(on=on):
            return "put in the shadow" if on else "taken from the shadow"
    return type(body).__name__.lower()


def _share(case_id: str) -> int:
    """0 to 99, the same for a case everywhere."""
    return int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:4]) % 100


class ReleaseLog:
    """The log of one tenant."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database, self._clock, self.tenant = database, clock, tenant
        self._known = Board()

    async def board(self) -> Board:
        """What the log says by now; only what is new in it is read."""
        async with self._database.read() as db:
            mine = (release_log.c.tenant == self.tenant) & (release_log.c.seq > self._known.seq)
            rows = (await db.execute(select(release_log).where(mine).order_by(release_log.c.seq))).mappings()
            board = self._known.after(_entry(row) for row in rows)
        if board.seq > self._known.seq:
            self._known = board
        return board

    async def append(self, board: Board, body: Body, *, by: str, why: str) -> Board:
        """Write the next step, decided on this board. Raises ReleasesMoved when another was written meanwhile."""
        at, salt = self._clock.stamp(), chain.new_salt()
        entry = Entry(seq=board.seq + 1, at=at, by=_line(by), why=_line(why), kind=type(body).__name__, body=body)
        told = entry.model_dump_json(include={"by", "why", "body"})
        digest = chain.body_digest(salt, told)
        names: dict[str, Any] = {"tenant": self.tenant, "seq": entry.seq, "kind": entry.kind, "at": at}
        mine = release_log.c.tenant == self.tenant
        try:
            async with self._database.write() as tx:
                last = await tx.execute(select(release_log.c.hash).where(mine, release_log.c.seq == board.seq))
                prev = last.scalar_one_or_none() or chain.GENESIS
                linked = chain.link(prev, case_id=CHAIN, digest=digest, **names)
                row = {**names, "body": told, "salt": salt, "body_digest": digest, "prev_hash": prev, "hash": linked}
                await tx.execute(insert(release_log).values(row))
        except IntegrityError:
            raise ReleasesMoved("The releases were changed by somebody else a moment ago; look again.") from None
        return board.after([entry])

    async def first_broken(self) -> int | None:
        """The seq of the first entry that is not as it was written; None: the log is whole."""
        async with self._database.read() as db:
            mine = select(release_log).where(release_log.c.tenant == self.tenant).order_by(release_log.c.seq)
            rows = [{**row, "case_id": CHAIN} for row in (await db.execute(mine)).mappings()]
        return chain.first_broken(rows)


CHAIN = "releases"
"""What the entries' hashes name in the place of a case."""


def _line(text: str) -> str:
    """A text on one line, without what a terminal would take for a command."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _entry(row: RowMapping) -> Entry:
    told = json.loads(row["body"])
    body = STEPS[row["kind"]].model_validate(told["body"])
    return Entry(seq=row["seq"], at=row["at"], by=told["by"], why=told["why"], kind=row["kind"], body=body)
