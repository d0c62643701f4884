"""The database of the case file: SQLite embedded, one SQLAlchemy Core code path.

Commits survive a power cut (`synchronous=FULL`, WAL). Writers take their turn in this process, so that they do not
spin on SQLite's lock, and begin IMMEDIATE, so that two processes cannot both read before one writes. One waits for the
other as long as the driver does: 5 s, or what `?timeout=` in the address says.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, delete, event, false
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from agent.casefile.tables import leases, metadata
from agent.errors import NotUsable


class Database:
    """Connections to the one database; `open` it once, `close` it at the end."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(reads_only=True)
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, url: str, *, lasting: bool = True) -> Database:
        """Connect and make the tables. Raises NotUsable with the reason when the database cannot be used.

        `lasting=False`: for what is thrown away, commits need not survive a power cut, and cost a fraction.
        """
        engine = _engine(url)
        if engine.dialect.name == "sqlite":
            _as_sqlite(engine, "FULL" if lasting else "OFF")
        database = cls(engine)
        try:
            async with database.write() as tx:
                await tx.run_sync(metadata.create_all)
                await tx.run_sync(_index)  # a database of an earlier version has its tables already
                await tx.execute(delete(leases).where(false()))  # only a write shows that it may be written to
        except DBAPIError as error:
            await engine.dispose()
            raise NotUsable(
                f"The database {engine.url.render_as_string()} cannot be used: {error.orig}. "
                "Check that its folder may be written to and that no other program holds it locked."
            ) from error
        return database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, rolled back when the block raises."""
        async with self._writing, self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; takes no lock."""
        async with self._reading.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()


def _index(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _engine(url: str) -> AsyncEngine:
    try:
        return create_async_engine(url)
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise NotUsable(
            f"DATABASE_URL cannot be used: {str(error.args[0]).rstrip('.')}. "
            "Write it like sqlite+aiosqlite:///cases.db, or leave it out."
        ) from error


def _as_sqlite(engine: AsyncEngine, synchronous: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        try:
            for pragma in ("journal_mode=WAL", f"synchronous={synchronous}"):
                connection.execute(f"PRAGMA {pragma}").close()
        except sqlite3.Error:
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        if not connection.get_execution_options().get("reads_only"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
