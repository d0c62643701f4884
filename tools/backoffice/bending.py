"""What a faulty write really stores. Pure: the record before, the record wanted, in; the record stored, out.

- `lost_write` stores nothing.
- `partial_write` stores the first half of what would change (in the model's order, nested fields counted singly;
  the odd one belongs to that half) and nothing where only one field would change. What a new record lacks is blank.
- `wrong_field` puts the first changed value that is not a reference into another field of the same record: its
  `note` where it has one, else the next field of text; inside a nested object the next field there.
"""

from copy import deepcopy
from typing import Any, Literal

from tools.backoffice.collection import Collection
from tools.backoffice.fields import Row
from tools.backoffice.store import to_json

Bend = Literal["lost_write", "partial_write", "wrong_field"]
Path = tuple[str, ...]
"""Where a value stands in a record: a field, or a field and a field of it."""


def bent(fault: Bend | None, collection: Collection, before: Row, wanted: Row, asked: Row) -> Row:
    """The record as stored; `before` is empty for a new record, and an empty result means that nothing is stored."""
    changed = [path for path in paths(collection, asked) if not before or at(before, path) != at(wanted, path)]
    match fault:
        case "lost_write":
            return before
        case "partial_write" if len(changed) < 2:
            return before
        case "partial_write":
            return _unwritten(before, wanted, changed[(len(changed) + 1) // 2 :])
        case "wrong_field" if changed:
            astray = next((path for path in changed if not path[-1].endswith("_id")), changed[0])
            return _astray(collection, before, wanted, astray)
        case _:
            return wanted


def paths(collection: Collection, asked: Row) -> list[Path]:
    """The single fields that were asked for, in the model's order."""
    found: list[Path] = []
    for name in collection.record.model_fields:
        if name in asked:
            found += [(name, inner) for inner in asked[name]] if name in collection.parts else [(name,)]
    return found


def at(row: Row, path: Path) -> Any:
    """The value at a path."""
    return row[path[0]] if len(path) == 1 else row[path[0]][path[1]]


def _put(row: Row, path: Path, value: Any) -> None:
    holder = row if len(path) == 1 else row[path[0]]
    holder[path[-1]] = value


def _unwritten(before: Row, wanted: Row, lost: list[Path]) -> Row:
    stored = deepcopy(wanted)
    for path in lost:
        _put(stored, path, at(before, path) if before else _blank(at(wanted, path)))
    return stored


def _blank(value: Any) -> Any:
    match value:
        case str():
            return ""
        case {"amount": _, "currency": currency}:
            return {"amount": "0.00", "currency": currency}
        case list():
            return []
        case _:
            return None


def _astray(collection: Collection, before: Row, wanted: Row, path: Path) -> Row:
    stored = _unwritten(before, wanted, [path])
    others = _texts(collection, wanted, path)
    if others:
        _put(stored, others[0], _as_text(at(wanted, path)))
    return stored


def _texts(collection: Collection, wanted: Row, path: Path) -> list[Path]:
    """The fields beside `path` that hold text, from `path` on and round; a note comes first."""
    names = list(wanted[path[0]] if len(path) == 2 else collection.writable)
    start = names.index(path[-1])
    beside: list[Path] = [(*path[:-1], name) for name in names[start + 1 :] + names[:start]]
    beside = [other for other in beside if not other[-1].endswith("_id") and isinstance(at(wanted, other), str | None)]
    return sorted(beside, key=lambda other: other != ("note",))


def _as_text(value: Any) -> str:
    match value:
        case str():
            return value
        case {"amount": amount, "currency": currency}:
            return f"{amount} {currency}"
        case _:
            return to_json(value)
