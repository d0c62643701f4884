"""One accepted write: the record, what follows from it, the journal row and the used key, in one transaction.

The journal has one row for each accepted POST or PATCH. `changes` is what really changed in the record named
(`{field: [before, after]}`, before null for a new record) and `applied` says whether the store now holds every field
that was asked for: a lost write is a row with `applied` false and no changes; a write that a fault bent has
`applied` false and the changes it really made; a PATCH that asked for what was already so has `applied` true and no
changes. A replay of a used key and a refused call leave no row.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from tools.backoffice import consequences
from tools.backoffice.bending import Bend, at, bent, paths
from tools.backoffice.collection import Collection
from tools.backoffice.fields import Row
from tools.backoffice.problems import Conflict, NotFound
from tools.backoffice.store import Store, to_json

COLUMNS = ("seq", "at", "method", "resource", "id", "key", "actor", "applied", "changes")
JOURNAL = f"select {', '.join(COLUMNS)} from journal"  # noqa: S608 - names of our own columns


@dataclass(frozen=True, kw_only=True)
class Call:
    """A write somebody asks for."""

    collection: Collection
    id: str | None = None
    """None makes a new record."""
    asked: Row
    """The known fields, checked."""
    sent: object = None
    """The body as it came, which a key is bound to."""
    key: str | None = None
    actor: str = "unknown"

    @property
    def method(self) -> str:
        """POST or PATCH."""
        return "POST" if self.id is None else "PATCH"

    @property
    def digest(self) -> str:
        """Two calls with the same digest ask for the same."""
        said = json.dumps([self.method, self.collection.name, self.id, self.sent], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Answer:
    """What the caller is told: a status, and the record as JSON."""

    status: int
    body: str


def write(store: Store, call: Call, fault: Bend | None = None) -> Answer:
    """Carry a write out once. Raises NotFound, Unprocessable or Conflict, and then nothing was written."""
    with store.transaction():
        earlier = replayed(store, call)
        if earlier is not None:
            return earlier
        before, wanted = _intended(store, call)
        stored = bent(fault, call.collection, before, wanted, call.asked)
        changes = {name: [before.get(name), stored[name]] for name in stored if before.get(name) != stored[name]}
        as_asked = [
            stored != {} and at(stored, path) == at(wanted, path) for path in paths(call.collection, call.asked)
        ]
        seq = _journaled(store, call, wanted["id"], changes, applied=bool(as_asked) and all(as_asked))
        if changes:
            store.save(call.collection.name, stored, seq)
            for collection, row in consequences.followed(store, call.collection, before, stored):
                store.save(collection, row, seq)
        return _kept(store, call, Answer(201 if call.id is None else 200, to_json(wanted)))


def _intended(store: Store, call: Call) -> tuple[Row, Row]:
    if call.id is None:
        before: Row = {}
        wanted = consequences.born(store, call.collection, call.asked)
    else:
        found = store.record(call.collection.name, call.id)
        if found is None:
            raise NotFound(f"There is no {call.id!r} in {call.collection.name}.")
        before, wanted = found, call.collection.merged(found, call.asked)
    return before, consequences.checked(store, call.collection, before, wanted)


def replayed(store: Store, call: Call) -> Answer | None:
    """What the first call with this key was answered, None when it is the first. Raises Conflict."""
    used = store.rows("select digest, status, body from keys where key = ?", call.key) if call.key else []
    if not used:
        return None
    digest, status, body = used[0]
    if digest != call.digest:
        raise Conflict("This Idempotency-Key was used for another call; use a new one.")
    return Answer(int(str(status)), str(body))


def _kept(store: Store, call: Call, answer: Answer) -> Answer:
    if call.key:
        store.run("insert into keys values (?, ?, ?, ?)", call.key, call.digest, answer.status, answer.body)
    return answer


def _journaled(store: Store, call: Call, id: str, changes: Row, *, applied: bool) -> int:  # noqa: A002 - its name
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    row = (now, call.method, call.collection.name, id, call.key, call.actor, applied, to_json(changes))
    return store.run(
        "insert into journal (at, method, resource, id, key, actor, applied, changes) values (?, ?, ?, ?, ?, ?, ?, ?)",
        *row,
    )


def journal(store: Store, after: int = 0) -> list[Row]:
    """The rows after `seq`, oldest first."""
    return _rows(store.rows(f"{JOURNAL} where seq > ? order by seq", after))


def history(store: Store, resource: str, id: str) -> list[Row]:  # noqa: A002 - the field's name
    """The rows of one record, oldest first."""
    return _rows(store.rows(f"{JOURNAL} where resource = ? and id = ? order by seq", resource, id))


def _rows(found: list[tuple[object, ...]]) -> list[Row]:
    rows = [dict(zip(COLUMNS, values, strict=True)) for values in found]
    return [row | {"applied": bool(row["applied"]), "changes": json.loads(str(row["changes"]))} for row in rows]
