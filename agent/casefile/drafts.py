"""Drafts: copies of a playbook's documents that several people write in before they are a release.

A draft is its log: it begins with the documents of a release, or with none, and each write is a step that is kept with
its text, who wrote it and when. The version of a document is the seq of its last step, 0 as long as it stands as the
release had it; who writes names the version that was read, so that nobody overwrites what they have not seen.
"""

from __future__ import annotations

import uuid
from typing import Literal

from sqlalchemy import RowMapping, func, insert, null, select
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.records import Frozen
from agent.casefile.tables import draft_steps, drafts
from agent.errors import DraftMoved, DraftUnknown

StepKind = Literal["begun", "written", "removed", "submitted"]


class DraftStep(Frozen):
    """One write, or what else became of a draft."""

    seq: int
    at: str
    by: str
    kind: StepKind
    file: str | None = None
    text: str | None = None
    """Of a document that was written, and left out of lists of drafts."""
    release: str | None = None
    """What the documents were submitted as."""


class Draft(Frozen):
    """A draft with its log."""

    id: str
    name: str
    base: str | None
    """The release whose documents it began with; None: it began with none."""
    created_at: str
    steps: list[DraftStep]

    @property
    def changes(self) -> dict[str, DraftStep]:
        """The last step of each document that was written or removed here."""
        return {step.file: step for step in self.steps if step.file is not None}

    @property
    def authors(self) -> list[str]:
        """Who wrote in it."""
        return list(dict.fromkeys(step.by for step in self.steps if step.file is not None))

    @property
    def release(self) -> str | None:
        """What it was submitted as, if nothing was written since."""
        return self.steps[-1].release if self.steps else None

    def version(self, file: str) -> int:
        """Which version of a document is the newest."""
        return self.changes[file].seq if file in self.changes else 0

    def applied(self, documents: dict[str, str], until: int | None = None) -> dict[str, str]:
        """The base's documents with what was written here, up to a step of this seq."""
        result = dict(documents)
        for step in self.steps:
            if step.file is None or (until is not None and step.seq > until):
                continue
            result.pop(step.file, None)
            if step.text is not None:
                result[step.file] = step.text
        return dict(sorted(result.items()))


class Drafts:
    """The drafts of one tenant."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self._database, self._clock, self._tenant = database, clock, tenant

    async def begin(self, name: str, base: str | None, *, by: str) -> Draft:
        """A new draft."""
        draft_id, at = str(uuid.uuid4()), self._clock.stamp()
        row = {"draft_id": draft_id, "tenant": self._tenant, "name": name, "base": base, "created_at": at}
        begun = DraftStep(seq=1, at=at, by=by, kind="begun")
        async with self._database.write() as tx:
            await tx.execute(insert(drafts).values(row))
            await self._append(tx, draft_id, begun)
        return Draft(id=draft_id, name=name, base=base, created_at=at, steps=[begun])

    async def listed(self) -> list[Draft]:
        """All drafts, the newest first; their steps without texts."""
        mine = drafts.c.tenant == self._tenant
        columns = [null().label("text") if column.name == "text" else column for column in draft_steps.c]
        logs = select(*columns).where(draft_steps.c.tenant == self._tenant).order_by(draft_steps.c.seq)
        steps: dict[str, list[DraftStep]] = {}
        async with self._database.read() as db:
            rows = (await db.execute(select(drafts).where(mine).order_by(drafts.c.created_at.desc()))).mappings().all()
            for step in (await db.execute(logs)).mappings():
                steps.setdefault(step["draft_id"], []).append(_step(step))
        return [_draft(row, steps.get(row["draft_id"], [])) for row in rows]

    async def get(self, draft_id: str) -> Draft:
        """A draft as it stands. Raises DraftUnknown."""
        async with self._database.read() as db:
            row = await self._row(db, draft_id)
            log = select(draft_steps).where(draft_steps.c.draft_id == draft_id).order_by(draft_steps.c.seq)
            return _draft(row, [_step(step) for step in (await db.execute(log)).mappings()])

    async def write(self, draft_id: str, file: str, text: str | None, version: int, *, by: str) -> int:
        """Write a document, or remove it (None), on top of the version that was read; gives the new version.

        Raises DraftUnknown, and DraftMoved when there is a newer version: nothing was changed then.
        """
        async with self._database.write() as tx:
            seq = await self._next(tx, draft_id)
            mine = (draft_steps.c.draft_id == draft_id) & (draft_steps.c.file == file)
            newest = (await tx.execute(select(func.max(draft_steps.c.seq)).where(mine))).scalar_one() or 0
            if newest != version:
                raise DraftMoved(f"Somebody else changed {file} a moment ago; open it again.")
            kind: StepKind = "removed" if text is None else "written"
            step = DraftStep(seq=seq, at=self._clock.stamp(), by=by, kind=kind, file=file, text=text)
            await self._append(tx, draft_id, step)
        return seq

    async def submitted(self, draft_id: str, release: str, *, by: str) -> None:
        """Keep that its documents were submitted as a release. Raises DraftUnknown."""
        async with self._database.write() as tx:
            seq = await self._next(tx, draft_id)
            step = DraftStep(seq=seq, at=self._clock.stamp(), by=by, kind="submitted", release=release)
            await self._append(tx, draft_id, step)

    async def _next(self, tx: AsyncConnection, draft_id: str) -> int:
        """The seq of the next step; whoever asks next waits until this transaction ends."""
        await self._row(tx, draft_id, locked=True)
        last = select(func.max(draft_steps.c.seq)).where(draft_steps.c.draft_id == draft_id)
        return int((await tx.execute(last)).scalar_one() or 0) + 1

    async def _row(self, db: AsyncConnection, draft_id: str, *, locked: bool = False) -> RowMapping:
        wanted = select(drafts).where(drafts.c.draft_id == draft_id, drafts.c.tenant == self._tenant)
        row = (await db.execute(wanted.with_for_update() if locked else wanted)).mappings().one_or_none()
        if row is None:
            raise DraftUnknown("There is no such draft.")
        return row

    async def _append(self, tx: AsyncConnection, draft_id: str, step: DraftStep) -> None:
        row = {"draft_id": draft_id, "tenant": self._tenant, **step.model_dump()}
        await tx.execute(insert(draft_steps).values(row))


def _draft(row: RowMapping, steps: list[DraftStep]) -> Draft:
    fields = {name: row[name] for name in ("name", "base", "created_at")}
    return Draft(id=row["draft_id"], steps=steps, **fields)


def _step(row: RowMapping) -> DraftStep:
    return DraftStep(**{name: row[name] for name in DraftStep.model_fields})
