"""The database of the back office: records as JSON, the journal of accepted writes, used keys. SQLite, WAL.

All of a write is one transaction of `Store.transaction`: record, what follows from it, journal row and key.
Raises `Unusable` when the file cannot be opened, is no database, or was laid out by another version.
"""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock

from tools.backoffice.collection import Collection
from tools.backoffice.fields import Row

LAYOUT = 1
SCHEMA = """
create table records (collection text not null, id text not null, body text not null,
    previous text, changed integer not null default 0, primary key (collection, id));
create index records_by_customer on records (collection, coalesce(json_extract(body, '$.customer_id'), 'null'));
create index records_by_order on records (collection, coalesce(json_extract(body, '$.order_id'), 'null'));
create index records_by_email on records (collection, coalesce(json_extract(body, '$.email'), 'null'));
create table journal (seq integer primary key autoincrement, at text not null, method text not null,
    resource text not null, id text not null, key text, actor text not null, applied integer not null,
    changes text not null);
create table keys (key text primary key, digest text not null, status integer not null, body text not null);
create table numbers (prefix text primary key, last integer not null);
create table faults (seq integer primary key autoincrement, name text not null, n integer not null,
    resource text, method text, ms integer not null);
create table settings (name text primary key, value text not null)
"""
FRESH = "select body from records where collection = ?"
# As of before the last write to any record that matches, or matched: that one write is taken back.
STALE = """select seen from (select rowid as place,
    case when changed > 0 and changed = max(changed) over () then previous else body end as seen
    from records where collection = ?"""
OLD_ITEM = "select case when changed > 0 then previous else body end from records where collection = ? and id = ?"

Filters = Mapping[str, Sequence[str]]
Seeds = Iterable[tuple[Collection, list[Row]]]


class Unusable(Exception):
    """The database file cannot serve; the message says what to do."""


def to_json(value: object) -> str:
    """The one way records are written down."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _where(column: str, filters: Filters) -> str:
    """Field names come from the models, so they may stand here, as the indexes have them; values are bound."""
    return "".join(
        f" and coalesce(json_extract({column}, '$.{name}'), 'null') in ({', '.join('?' * (2 * len(values)))})"
        for name, values in filters.items()
    )


def _bound(filters: Filters) -> list[str | int]:
    """SQLite reads true and false as 1 and 0."""
    flags = {"true": 1, "false": 0}
    return [form for values in filters.values() for value in values for form in (value, flags.get(value, value))]


class Store:
    """One open database; safe to share between threads and, through SQLite's locks, between processes."""

    def __init__(self, database: Path, seeds: Callable[[], Seeds]) -> None:
        self._lock = RLock()
        try:
            database.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(database, timeout=5, isolation_level=None, check_same_thread=False)
            with ExitStack() as unless_laid_out:
                unless_laid_out.callback(self._db.close)
                self._lay_out(seeds)
                unless_laid_out.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise Unusable(f"{database} cannot hold the back office ({error}): name another file.") from error

    def _lay_out(self, seeds: Callable[[], Seeds]) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        with self.transaction() as db:
            (layout,) = db.execute("pragma user_version").fetchone()
            if layout not in (0, LAYOUT):
                raise sqlite3.DatabaseError(f"its layout is {layout}, this release reads {LAYOUT}")
            if layout == LAYOUT:
                return
            for statement in SCHEMA.split(";"):
                db.execute(statement)
            for collection, rows in seeds():
                self._plant(collection, rows)
            db.execute("insert into settings values ('session_secret', ?)", (secrets.token_hex(32),))
            db.execute(f"pragma user_version = {LAYOUT}")

    def _plant(self, collection: Collection, rows: list[Row]) -> None:
        bodies = [(collection.name, row["id"], to_json(row)) for row in rows]
        self._db.executemany("insert into records (collection, id, body) values (?, ?, ?)", bodies)
        last = max((int(row["id"].removeprefix(collection.prefix)) for row in rows), default=0)
        self._db.execute("insert into numbers values (?, ?) on conflict do nothing", (collection.prefix, last))

    @property
    def secret(self) -> str:
        """What staff sessions are signed with; made with the database."""
        return self.text("select value from settings where name = 'session_secret'") or ""

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile; one inside another is part of it."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("begin immediate")
            try:
                yield self._db
                self._db.execute("commit")
            finally:
                if self._db.in_transaction:
                    self._db.execute("rollback")

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What a statement selects."""
        with self._lock:
            return self._db.execute(statement, values).fetchall()

    def run(self, statement: str, *values: object) -> int:
        """Change something, inside a transaction; the number of the row put in last."""
        return self._db.execute(statement, values).lastrowid or 0

    def text(self, statement: str, *values: object) -> str | None:
        """The first column of the first row, None when there is none or it is null."""
        found = self.rows(statement, *values)
        return str(found[0][0]) if found and found[0][0] is not None else None

    def item(self, collection: str, id: str, *, stale: bool = False) -> str | None:  # noqa: A002 - the field's name
        """A record as JSON; `stale`: as of before its last write. None: there is (or was) no such record."""
        return self.text(OLD_ITEM if stale else f"{FRESH} and id = ?", collection, id)

    def record(self, collection: str, id: object) -> Row | None:  # noqa: A002 - the field's name
        """A record, None when there is none."""
        body = self.item(collection, id) if isinstance(id, str) else None
        return None if body is None else dict(json.loads(body))

    def listing(
        self, collection: str, filters: Filters, *, limit: int = 1000, offset: int = 0, stale: bool = False
    ) -> list[str]:
        """The records whose fields have one of the values, as JSON, in the order they were made."""
        bound = _bound(filters)
        if stale:
            matched = f" and (true{_where('body', filters)} or previous is not null{_where('previous', filters)}))"
            statement = f"{STALE}{matched} where seen is not null{_where('seen', filters)} order by place"
            values: list[str | int] = [collection, *bound, *bound, *bound]
        else:
            statement, values = f"{FRESH}{_where('body', filters)} order by rowid", [collection, *bound]
        return [str(body) for (body,) in self.rows(f"{statement} limit ? offset ?", *values, limit, offset)]

    def records(self, collection: str, filters: Filters | None = None) -> list[Row]:
        """All records that match."""
        return [dict(json.loads(body)) for body in self.listing(collection, filters or {}, limit=-1)]

    def save(self, collection: str, row: Row, seq: int) -> None:
        """Put a record as the write `seq` leaves it; what it was before is kept for stale reads."""
        self._db.execute(
            "insert into records (collection, id, body, changed) values (?, ?, ?, ?) on conflict (collection, id)"
            " do update set previous = body, body = excluded.body, changed = excluded.changed",
            (collection, row["id"], to_json(row), seq),
        )

    def next_id(self, collection: Collection) -> str:
        """An id never given before, not even to a record that was lost."""
        found = self._db.execute(
            "update numbers set last = last + 1 where prefix = ? returning last", (collection.prefix,)
        ).fetchone()
        return f"{collection.prefix}{found[0]:06d}"
