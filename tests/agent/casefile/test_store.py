"""A file has one writer, comes back as it was written, and belongs to one tenant (G6, G8)."""

import asyncio
import random
import sqlite3
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from agent.casefile import events as e
from agent.casefile import lease
from agent.casefile.chain import first_broken
from agent.casefile.events import Event
from agent.casefile.fold import Case, fold
from agent.casefile.lease import Lease
from agent.casefile.store import CaseFiles, Head
from agent.casefile.tables import cases
from agent.errors import CaseUnknown, LateWriter
from tests.agent.conftest import OPENED, held
from tests.agent.histories import Writer, history


async def append(files: CaseFiles, held: Lease, head: Head, *new: Event, keep: Case | None = None) -> Head:
    async with files.database.write() as tx:
        return await files.append(tx, held, head, new, keep)


def message(seq: int, text: str = "Hello") -> Event:
    return Event(seq, "2026-01-01T00:00:00.000000+00:00", e.MessageReceived(message_id=str(uuid.uuid4()), text=text))


async def whole(files: CaseFiles, case_id: str) -> list[Event]:
    """The file's events; a chain that does not verify fails the test."""
    head = await files.head(case_id)
    assert first_broken(await files.rows(case_id), head=(head.seq, head.hash)) is None
    return await files.events(case_id)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dice=st.randoms(use_true_random=True), length=st.integers(2, 60), cut=st.integers(1, 60))
async def test_a_file_comes_back_as_it_was_written(
    files: CaseFiles, dice: random.Random, length: int, cut: int
) -> None:
    case_id = str(uuid.uuid4())
    first, *rest = history(dice, length, case_id)
    await files.open(first.body, case_id)  # type: ignore[arg-type]
    mine, head = await held(files, case_id), await files.head(case_id)
    for part in (rest[:cut], rest[cut:]):
        case, _ = await files.load(case_id)
        head = await append(files, mine, head, *part, keep=fold(case, part))
    assert (await whole(files, case_id))[1:] == rest
    again, at = await files.load(case_id)
    told = fold(files.blank(case_id), await files.events(case_id))
    assert again.model_dump_json() == told.model_dump_json()
    assert (at, again.seq) == (head, head.seq)


async def test_an_event_of_every_kind_comes_back(files: CaseFiles, case_id: str) -> None:
    written = history(random.Random(3), 800)
    assert {event.kind for event in written} == set(e.EVENTS)
    await append(files, await held(files, case_id), await files.head(case_id), *written[1:])
    assert (await whole(files, case_id))[1:] == written[1:]
    assert await files.events(case_id, after=390, limit=4) == written[390:394]


async def test_a_stale_head_writes_nothing(files: CaseFiles, case_id: str) -> None:
    mine, start = await held(files, case_id), await files.head(case_id)
    head = await append(files, mine, start, message(2))
    for stale in (start, Head(head.seq, start.hash), Head(head.seq + 1, head.hash), Head(0, "0" * 64)):
        with pytest.raises(LateWriter):
            await append(files, mine, stale, message(stale.seq + 1, "too late"))
    assert await files.head(case_id) == head
    assert len(await whole(files, case_id)) == 2


@pytest.mark.parametrize("seqs", [[3], [2, 4], [2, 2], [1, 2]])
async def test_a_file_gets_no_gaps(files: CaseFiles, case_id: str, seqs: list[int]) -> None:
    with pytest.raises(LateWriter):
        await append(files, await held(files, case_id), await files.head(case_id), *map(message, seqs))
    assert len(await whole(files, case_id)) == 1


async def test_who_lost_the_lease_writes_nothing(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    late, head = await held(files, case_id), await files.head(case_id)
    mine = await held(elsewhere, case_id, "another", by_force=True)
    for lost in (late, Lease(case_id, "another", late.epoch), Lease(case_id, "worker", mine.epoch)):
        with pytest.raises(LateWriter):
            await append(files, lost, head, message(2, "too late"))
    await append(elsewhere, mine, head, message(2))
    assert [event.seq for event in await whole(files, case_id)] == [1, 2]


async def test_what_is_written_with_an_append_stands_or_falls_with_it(files: CaseFiles, case_id: str) -> None:
    mine, head = await held(files, case_id), await files.head(case_id)

    async def release_and_append() -> None:
        async with files.database.write() as tx:
            await lease.release(tx, mine)
            await files.append(tx, mine, Head(7, head.hash), [message(8)])

    with pytest.raises(LateWriter):
        await release_and_append()
    async with files.database.write() as tx:
        assert await lease.acquire(tx, files.clock, case_id, "another") is None, "the lease was not given up"


async def test_of_racing_writers_exactly_one_wins_each_round(
    files: CaseFiles, elsewhere: CaseFiles, case_id: str
) -> None:
    mine = await held(files, case_id)
    for seq in range(2, 22):
        head = await files.head(case_id)
        tried = [append(f, mine, head, message(seq, name)) for f, name in ((files, "a"), (elsewhere, "b"))]
        came = await asyncio.gather(*tried, return_exceptions=True)
        assert sorted(type(result).__name__ for result in came) == ["Head", "LateWriter"]
    assert [event.seq for event in await whole(files, case_id)] == list(range(1, 22))


async def test_of_racing_owners_only_the_holder_writes(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    for seq in range(2, 12):
        head = await files.head(case_id)
        one = await held(files, case_id, "a", by_force=True)
        other = await held(elsewhere, case_id, "b", by_force=True)
        tried = [append(files, one, head, message(seq, "a")), append(elsewhere, other, head, message(seq, "b"))]
        lost, won = await asyncio.gather(*tried, return_exceptions=True)
        assert isinstance(lost, LateWriter)
        assert isinstance(won, Head)
    texts = [event.body.text for event in await whole(files, case_id) if isinstance(event.body, e.MessageReceived)]
    assert texts == ["b"] * 10


async def test_a_fold_is_kept_between_turns_and_not_in_the_middle_of_one(files: CaseFiles, case_id: str) -> None:
    mine, writer = await held(files, case_id), Writer(random.Random(1), case_id)
    head = await files.head(case_id)
    for kind in ("TurnStarted", "MessageReceived", "TurnDone"):
        case, _ = await files.load(case_id)
        writer.any(kind)
        head = await append(files, mine, head, writer.events[-1], keep=fold(case, writer.events[-1:]))
        assert await files.kept_seq(case_id) == (0 if kind != "TurnDone" else head.seq)
    case, at = await files.load(case_id)
    assert (case.seq, at, case.turn) == (4, head, None)
    assert [row.status for row in await files.listed()] == [case.status]


async def test_a_kept_fold_of_another_version_is_left_aside(files: CaseFiles, case_id: str) -> None:
    case, _ = await files.load(case_id)
    async with files.database.write() as tx:
        await tx.execute(update(cases).values(fold='{"tenant":"harbor","what_was_once":1}', fold_seq=1))
    assert (await files.load(case_id))[0] == case
    assert [row.case for row in await files.listed()] == [files.blank(case_id)]


async def test_a_token_opens_one_case_and_is_not_kept(files: CaseFiles, tmp_path: Path) -> None:
    (one, token), (other, _) = await files.open(OPENED), await files.open(OPENED)
    assert await files.may_visit(one, token)
    assert not await files.may_visit(other, token)
    assert not await files.may_visit(one, "")
    assert not await files.may_visit("another", token)
    with sqlite3.connect(tmp_path / "cases.db") as db:
        assert token not in "\n".join(db.iterdump())
    db.close()


async def test_tenants_never_see_each_other(files: CaseFiles, case_id: str) -> None:
    theirs = CaseFiles(files.database, files.clock, "another")
    for look in (theirs.load, theirs.head, theirs.rows, theirs.events, theirs.kept_seq):
        with pytest.raises(CaseUnknown):
            await look(case_id)
    assert await theirs.listed() == []
    opened, token = await files.open(OPENED)
    assert not await theirs.may_visit(opened, token)
    mine, head = await held(files, case_id), await files.head(case_id)
    with pytest.raises(LateWriter):
        await append(theirs, mine, head, message(2))
    assert len(await whole(files, case_id)) == 1


async def test_a_case_that_is_not_there_is_unknown(files: CaseFiles) -> None:
    with pytest.raises(CaseUnknown):
        await files.load(str(uuid.uuid4()))
    assert await files.size() == 0
