"""The database commits for good, lets one writer in at a time, and says in one sentence why it cannot be used."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from agent.casefile.database import Database
from agent.casefile.store import CaseFiles
from agent.casefile.tables import leases
from agent.errors import NotUsable


async def pragma(connection: AsyncConnection, name: str) -> object:
    return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()


async def test_every_commit_survives_a_power_cut(files: CaseFiles) -> None:
    database = files.database
    for _ in range(2):  # the second time, connections come from the pool
        async with database.write() as one, database.read() as other:
            for connection in (one, other):
                assert await pragma(connection, "journal_mode") == "wal"
                assert await pragma(connection, "synchronous") == 2, "FULL"


NO_ONE = {"case_id": "case", "tenant": "t", "owner": "", "epoch": 0, "until": ""}


async def fail_after_a_write(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute(insert(leases).values(NO_ONE))
        raise ZeroDivisionError


async def epochs(database: Database) -> list[int]:
    async with database.read() as db:
        return list((await db.execute(select(leases.c.epoch))).scalars())


async def test_a_block_that_raises_writes_nothing(files: CaseFiles) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await fail_after_a_write(files.database)
    assert await epochs(files.database) == []


async def test_writers_of_two_processes_wait_for_each_other(files: CaseFiles, elsewhere: CaseFiles) -> None:
    async with files.database.write() as tx:
        await tx.execute(insert(leases).values(NO_ONE))

    async def count_up(database: Database) -> None:
        async with database.write() as tx:
            epoch = (await tx.execute(select(leases.c.epoch))).scalar_one()
            await asyncio.sleep(0.001)
            await tx.execute(update(leases).values(epoch=epoch + 1))

    await asyncio.gather(*(count_up(f.database) for f in (files, elsewhere) for _ in range(10)))
    assert await epochs(elsewhere.database) == [20]


async def test_a_reader_waits_for_nobody(files: CaseFiles, elsewhere: CaseFiles) -> None:
    async with files.database.write() as tx:
        await tx.execute(insert(leases).values(NO_ONE))
        async with asyncio.timeout(1):
            assert await epochs(elsewhere.database) == []


async def refusal(url: str) -> str:
    with pytest.raises(NotUsable) as refused:
        await Database.open(url)
    text = str(refused.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


async def test_a_read_only_database_is_not_usable(files: CaseFiles, tmp_path: Path) -> None:
    await files.database.close()
    text = await refusal(f"sqlite+aiosqlite:///file:{tmp_path / 'cases.db'}?mode=ro&uri=true")
    assert "readonly" in text
    assert "may be written" in text


@pytest.mark.parametrize("known", [True, False])
async def test_a_locked_database_is_not_usable(tmp_path: Path, *, known: bool) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'cases.db'}?timeout=0.1"
    if known:
        await (await Database.open(url)).close()
    holder = sqlite3.connect(tmp_path / "cases.db", isolation_level=None)
    try:
        holder.execute("BEGIN EXCLUSIVE")
        assert "locked" in await refusal(url)
        holder.execute("COMMIT")
    finally:
        holder.close()
    await (await Database.open(url)).close()


async def test_a_file_that_is_no_database_is_not_usable(tmp_path: Path) -> None:
    (tmp_path / "cases.db").write_text("Dear diary, " * 100)
    assert "not a database" in await refusal(f"sqlite+aiosqlite:///{tmp_path / 'cases.db'}")
    assert (tmp_path / "cases.db").read_text().startswith("Dear diary")


async def test_a_folder_that_is_missing_or_in_the_way_is_not_usable(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing" / "cases.db"):
        assert "unable to open" in await refusal(f"sqlite+aiosqlite:///{place}")


@pytest.mark.parametrize(
    "url",
    ["", "cases.db", "sqlite:///cases.db", "oracle+nothing://here", "postgresql+nodriver://me:secret@here/cases",
     "sqlite+aiosqlite:///cases.db?timeout=soon"],
)  # fmt: skip
async def test_an_address_that_is_none_is_not_usable(url: str) -> None:
    text = await refusal(url)
    assert "DATABASE_URL" in text
    assert "secret" not in text
