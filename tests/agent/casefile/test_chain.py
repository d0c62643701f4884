"""A file that was touched is found out, and the first event that is not as it was written is named (G6)."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from agent.casefile.chain import GENESIS, body_digest, first_broken, link
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.store import CaseFiles
from agent.casefile.tables import events
from tests.agent.conftest import held
from tests.agent.histories import history

Row = dict[str, Any]
LENGTH = 24
SEQS = st.integers(1, LENGTH)
FIELDS = ["tenant", "case_id", "seq", "kind", "at", "body", "salt", "body_digest", "prev_hash", "hash"]
VALUES = st.none() | st.integers(0, 99) | st.text(max_size=8) | st.text("0123456789abcdef", min_size=64, max_size=64)


@pytest.fixture(scope="module")
async def stored(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CaseFiles]:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('chain') / 'cases.db'}")
    yield CaseFiles(database, Clock(), "harbor")
    await database.close()


async def written(files: CaseFiles, dice: random.Random, length: int) -> list[Row]:
    """The rows of a new file, as the store wrote them."""
    first, *rest = history(dice, length)
    case_id, _ = await files.open(first.body)  # type: ignore[arg-type]
    lease = await held(files, case_id)
    async with files.database.write() as tx:
        await files.append(tx, lease, await files.head(case_id), rest)
    return [dict(row) for row in await files.rows(case_id)]


@pytest.fixture(scope="module")
async def file(stored: CaseFiles) -> list[Row]:
    return await written(stored, random.Random(6), LENGTH)


def head_of(rows: list[Row]) -> tuple[int, str]:
    return (rows[-1]["seq"], rows[-1]["hash"]) if rows else (0, GENESIS)


def forged(rows: list[Row], seq: int, body: str) -> list[Row]:
    """The file with another body at `seq` and every digest and hash after it made to fit: what an insider can do."""
    prev, made = GENESIS, list[Row]()
    for row in rows:
        new = row | ({"body": body, "body_digest": body_digest(row["salt"], body)} if row["seq"] == seq else {})
        names = {name: new[name] for name in ("tenant", "case_id", "seq", "kind", "at")}
        made.append(new | {"prev_hash": prev, "hash": link(prev, digest=new["body_digest"], **names)})
        prev = made[-1]["hash"]
    return made


@settings(max_examples=25)
@given(dice=st.randoms(use_true_random=True), length=st.integers(1, 40))
async def test_a_file_verifies_as_it_was_written(stored: CaseFiles, dice: random.Random, length: int) -> None:
    rows = await written(stored, dice, length)
    head = await stored.head(rows[0]["case_id"])
    assert first_broken(rows, head=(head.seq, head.hash)) is None
    assert len(rows) == length


@given(seq=SEQS, name=st.sampled_from(FIELDS), value=VALUES)
def test_an_edit_is_found(file: list[Row], seq: int, name: str, value: object) -> None:
    assume(value != file[seq - 1][name] and (name, value) != ("body", None))
    edited = [row | {name: value} if row["seq"] == seq else row for row in file]
    assert first_broken(edited) == seq


@given(seq=SEQS)
def test_a_deletion_is_found(file: list[Row], seq: int) -> None:
    left = [row for row in file if row["seq"] != seq]
    assert first_broken(left, head=head_of(file)) == seq
    assert first_broken(left) == (seq if seq < LENGTH else None), "without the head a cut tail cannot be known"


@given(seq=SEQS, copied=SEQS, renumbered=st.booleans())
def test_an_insertion_is_found(file: list[Row], seq: int, copied: int, *, renumbered: bool) -> None:
    new = file[copied - 1] | ({"seq": seq, "prev_hash": file[seq - 1]["prev_hash"]} if renumbered else {})
    assume(new != file[seq - 1])
    later = [row | ({"seq": row["seq"] + 1} if renumbered else {}) for row in file[seq - 1 :]]
    assert first_broken([*file[: seq - 1], new, *later]) == seq


@given(one=SEQS, other=SEQS)
def test_a_reorder_is_found(file: list[Row], one: int, other: int) -> None:
    assume(one < other)
    swapped = list(file)
    swapped[one - 1], swapped[other - 1] = file[other - 1], file[one - 1]
    assert first_broken(swapped) == one


@given(kept=st.integers(0, LENGTH - 1))
def test_a_cut_tail_is_found_with_the_head(file: list[Row], kept: int) -> None:
    assert first_broken(file[:kept]) is None
    assert first_broken(file[:kept], head=head_of(file)) == kept + 1


@given(known=st.integers(0, LENGTH - 1))
def test_events_beyond_the_head_are_found(file: list[Row], known: int) -> None:
    assert first_broken(file, head=head_of(file[:known])) == known + 1


@given(seq=SEQS)
def test_a_file_forged_to_its_end_is_found_with_the_head(file: list[Row], seq: int) -> None:
    rows = forged(file, seq, '{"by":"somebody else"}')
    assert first_broken(rows) is None
    assert first_broken(rows, head=head_of(file)) == LENGTH, "no hash but the last is known from elsewhere"
    assert first_broken([*rows, file[0]], head=head_of(file)) == LENGTH


@given(erased=st.sets(SEQS))
def test_an_erased_body_leaves_a_file_that_verifies(file: list[Row], erased: set[int]) -> None:
    rows = [row | ({"body": None, "salt": None} if row["seq"] in erased else {}) for row in file]
    assert first_broken(rows, head=head_of(file)) is None


@given(seq=SEQS, name=st.sampled_from([name for name in FIELDS if name not in ("body", "salt")]), value=VALUES)
def test_an_edit_beside_an_erased_body_is_found(file: list[Row], seq: int, name: str, value: object) -> None:
    assume(value != file[seq - 1][name])
    rows = [row | ({"body": None, "salt": None, name: value} if row["seq"] == seq else {}) for row in file]
    assert first_broken(rows) == seq


def test_equal_bodies_have_digests_that_tell_nothing(file: list[Row]) -> None:
    assert len({row["salt"] for row in file}) == LENGTH
    assert len({row["body_digest"] for row in file}) == LENGTH
    assert len({row["body"] for row in file}) < LENGTH


async def test_what_was_changed_in_the_database_itself_is_found(stored: CaseFiles) -> None:
    case_id = (await written(stored, random.Random(8), 9))[0]["case_id"]
    head = await stored.head(case_id)
    async with stored.database.write() as tx:
        await tx.execute(update(events).where(events.c.case_id == case_id, events.c.seq == 4).values(body="{}"))
    assert first_broken(await stored.rows(case_id)) == 4
    async with stored.database.write() as tx:
        await tx.execute(delete(events).where(events.c.case_id == case_id, events.c.seq.in_([3, 4, 9])))
    assert first_broken(await stored.rows(case_id), head=(head.seq, head.hash)) == 3


@pytest.mark.parametrize("name", ["case_id", "tenant"])
async def test_a_file_moved_to_another_case_or_tenant_is_found(file: list[Row], name: str) -> None:
    assert first_broken([row | {name: "another"} for row in file], head=head_of(file)) == 1
