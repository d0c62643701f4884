"""The store: a case's file is opened, read and appended to here, and nowhere else.

An append names the seq and hash it continues from and the lease it writes under; anything else is refused with
`LateWriter`, so that a case has one writer.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile import chain, lease
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.events import EVENTS, CaseOpened, Event
from agent.casefile.fold import Case, fold
from agent.casefile.lease import Lease
from agent.casefile.records import CaseStatus
from agent.casefile.tables import cases, events, leases
from agent.errors import CaseUnknown, LateWriter


@dataclass(frozen=True)
class Head:
    """Where a file ends: the next append continues from here."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Listed:
    """A case in a list."""

    case: Case
    """As its last finished turn left it; blank before the first."""
    status: CaseStatus
    opened_at: str
    changed_at: str
    """When its last event was written."""


class CaseFiles:
    """All case files of one tenant."""

    def __init__(self, database: Database, clock: Clock, tenant: str) -> None:
        self.database, self.clock, self.tenant = database, clock, tenant

    async def open(self, opened: CaseOpened, case_id: str | None = None) -> tuple[str, str]:
        """Begin a file; gives the case's id and the visitor's token, which is kept only as a digest."""
        case_id, token = case_id or str(uuid.uuid4()), secrets.token_urlsafe(32)
        at = self.clock.stamp()
        row = {
            "case_id": case_id,
            "tenant": self.tenant,
            "token_digest": _digest(token),
            "release": opened.release,
            "created_at": at,
            "status": "open",
            "head_seq": 0,
            "head_hash": chain.GENESIS,
        }
        async with self.database.write() as tx:
            await tx.execute(insert(cases).values(row))
            no_one = {"case_id": case_id, "tenant": self.tenant, "owner": "", "epoch": 0, "until": ""}
            await tx.execute(insert(leases).values(no_one))
            await self._write(tx, case_id, Head(0, chain.GENESIS), [Event(1, at, opened)])
        return case_id, token

    async def load(self, case_id: str) -> tuple[Case, Head]:
        """The case as its file says, from the last kept fold on. Raises CaseUnknown."""
        async with self.database.read() as db:
            row = await self._row(db, case_id)
            kept = self._kept(case_id, row["fold"])
            later = await self._events(db, case_id, after=kept.seq)
        head = later[-1] if later else None
        return fold(kept, [read_event(r) for r in later]), Head(
            head["seq"] if head else row["head_seq"], head["hash"] if head else row["head_hash"]
        )

    def _kept(self, case_id: str, kept: str | None) -> Case:
        """The fold that was kept; one that an earlier version wrote in other words is made anew from the file."""
        try:
            return self.blank(case_id) if kept is None else Case.model_validate_json(kept)
        except ValidationError:
            return self.blank(case_id)

    def blank(self, case_id: str) -> Case:
        """The case before its first event."""
        return Case(tenant=self.tenant, case_id=case_id)

    async def rows(self, case_id: str, after: int = 0, limit: int | None = None) -> list[Mapping[str, Any]]:
        """The file as it is stored, from the event after `after` on. Raises CaseUnknown."""
        async with self.database.read() as db:
            await self._row(db, case_id)
            return await self._events(db, case_id, after, limit)

    async def events(self, case_id: str, after: int = 0, limit: int | None = None) -> list[Event]:
        """The file's events after `after`. Raises CaseUnknown."""
        return [read_event(row) for row in await self.rows(case_id, after, limit)]

    async def kept_seq(self, case_id: str) -> int:
        """The seq of the last fold that was kept: the end of the last turn. Raises CaseUnknown."""
        async with self.database.read() as db:
            return int((await self._row(db, case_id))["fold_seq"])

    async def append(
        self, tx: AsyncConnection, held: Lease, head: Head, new: Sequence[Event], keep: Case | None = None
    ) -> Head:
        """Write events in the caller's transaction. Raises LateWriter when the case is no longer this writer's.

        `keep`: the case after these events, kept so that the next turn need not fold the file from its start.
        """
        await lease.check(tx, held)
        after = await self._write(tx, held.case_id, head, new)
        if keep is not None:
            kept: dict[str, Any] = {"status": keep.status}
            if keep.turn is None:  # a fold in the middle of a turn would lose the turn's journal
                kept |= {"fold": keep.model_dump_json(), "fold_seq": after.seq}
            await tx.execute(update(cases).where(cases.c.case_id == held.case_id).values(kept))
        return after

    async def may_visit(self, case_id: str, token: str) -> bool:
        """Whether the token is the visitor's of this case."""
        async with self.database.read() as db:
            found = await db.execute(select(cases.c.token_digest).where(*self._mine(case_id)))
        known = found.scalar_one_or_none()
        return known is not None and hmac.compare_digest(known, _digest(token))

    async def listed(self, limit: int = 100, *, status: CaseStatus | None = None, skip: int = 0) -> list[Listed]:
        """The newest cases, or the newest of one status, each as its last finished turn left it."""
        last = (events.c.case_id == cases.c.case_id) & (events.c.seq == cases.c.head_seq)
        newest = select(cases, events.c.at).outerjoin(events, last).where(cases.c.tenant == self.tenant)
        if status is not None:
            newest = newest.where(cases.c.status == status)
        newest = newest.order_by(cases.c.created_at.desc()).offset(skip).limit(limit)
        async with self.database.read() as db:
            return [self._listed(row) for row in (await db.execute(newest)).mappings()]

    def _listed(self, row: RowMapping) -> Listed:
        return Listed(
            self._kept(row["case_id"], row["fold"]), row["status"], row["created_at"], row["at"] or row["created_at"]
        )

    async def ids(self) -> list[str]:
        """All cases, oldest first."""
        mine = select(cases.c.case_id).where(cases.c.tenant == self.tenant).order_by(cases.c.created_at)
        async with self.database.read() as db:
            return list((await db.execute(mine)).scalars())

    async def head(self, case_id: str) -> Head:
        """Where the file ends. Raises CaseUnknown."""
        async with self.database.read() as db:
            row = await self._row(db, case_id)
        return Head(row["head_seq"], row["head_hash"])

    async def size(self) -> int:
        """How many events all files hold."""
        async with self.database.read() as db:
            return int((await db.execute(select(func.count()).select_from(events))).scalar_one())

    async def _write(self, tx: AsyncConnection, case_id: str, head: Head, new: Sequence[Event]) -> Head:
        rows, prev = [], head.hash
        for seq, event in enumerate(new, head.seq + 1):
            if event.seq != seq:
                raise LateWriter(f"The event {event.seq} does not continue the case {case_id}, which wants {seq} next.")
            body, salt = event.body.model_dump_json(), chain.new_salt()
            digest = chain.body_digest(salt, body)
            names: dict[str, Any] = {
                "tenant": self.tenant, "case_id": case_id, "seq": event.seq, "kind": event.kind, "at": event.at,
            }  # fmt: skip
            linked = chain.link(prev, digest=digest, **names)
            rows.append({**names, "body": body, "salt": salt, "body_digest": digest, "prev_hash": prev, "hash": linked})
            prev = linked
        end = Head(new[-1].seq, prev) if new else head
        continues = (cases.c.head_seq == head.seq) & (cases.c.head_hash == head.hash)
        moved = await tx.execute(
            update(cases).where(*self._mine(case_id), continues).values(head_seq=end.seq, head_hash=end.hash)
        )
        if moved.rowcount != 1:
            raise LateWriter(f"The case {case_id} was written to by another worker.")
        if rows:
            await tx.execute(insert(events), rows)
        return end

    async def _row(self, db: AsyncConnection, case_id: str) -> RowMapping:
        row = (await db.execute(select(cases).where(*self._mine(case_id)))).mappings().one_or_none()
        if row is None:
            raise CaseUnknown(f"There is no case {case_id}.")
        return row

    async def _events(
        self, db: AsyncConnection, case_id: str, after: int, limit: int | None = None
    ) -> list[Mapping[str, Any]]:
        mine = (events.c.case_id == case_id) & (events.c.seq > after)
        wanted = select(events).where(mine).order_by(events.c.seq).limit(limit)
        return [dict(row) for row in (await db.execute(wanted)).mappings()]

    def _mine(self, case_id: str) -> tuple[Any, Any]:
        return cases.c.case_id == case_id, cases.c.tenant == self.tenant


def read_event(row: Mapping[str, Any]) -> Event:
    """A stored row as an event."""
    return Event(row["seq"], row["at"], EVENTS[row["kind"]].model_validate_json(row["body"]))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
