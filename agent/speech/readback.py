"""Readback: what stands where in the records that systems give back, whatever their shape.

A record is any JSON; one that came as text is read as what it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from pydantic import JsonValue


def parsed(value: JsonValue) -> JsonValue:
    """A value; what it holds, where it is text that is JSON."""
    if isinstance(value, str) and value[:1] in "{[":
        try:
            inner: JsonValue = json.loads(value)
        except ValueError:
            return value
        return inner
    return value


def scalars(value: JsonValue | Mapping[str, JsonValue] | Sequence[JsonValue]) -> Iterator[JsonValue]:
    """All that a value holds that holds nothing itself."""
    for _, leaf in leaves(parsed(value) if isinstance(value, str) else value):
        yield leaf


def leaves(value: object, path: str = "") -> list[tuple[str, JsonValue]]:
    """All that a value holds that holds nothing itself, each with where it stands: `.items[].name`."""
    value = parsed(value) if isinstance(value, str) and not path else value
    if isinstance(value, Mapping):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, f"{path}.{key}")]
    if isinstance(value, (list, tuple)):
        return [leaf for inner in value for leaf in leaves(inner, path + "[]")]
    return [(path, cast("JsonValue", value))]


def identity_of(record: JsonValue, ids: frozenset[str]) -> str:
    """The id by which a record is one of those named: the first of its own fields that is."""
    record = parsed(record)
    if not isinstance(record, dict):
        return ""
    return next(
        (str(value) for value in record.values() if not isinstance(value, (dict, list)) and str(value) in ids), ""
    )


def pruned(value: JsonValue, ids: frozenset[str]) -> JsonValue:
    """Without the entries of its lists that are beside those named."""
    value = parsed(value)
    if isinstance(value, dict):
        return {key: pruned(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        mine = [
            entry
            for entry in value
            if isinstance(entry, dict)
            and ids & {str(one) for one in entry.values() if not isinstance(one, (dict, list))}
        ]
        return [pruned(entry, ids) for entry in (mine or value)]
    return value


def named_by(record: JsonValue, ids: frozenset[str]) -> Iterator[JsonValue]:
    """The values of the objects that one of these ids names, and of what holds them, beside what they are among."""
    yield from _walk(parsed(record), ids, [])


def _walk(value: JsonValue, ids: frozenset[str], above: list[JsonValue]) -> Iterator[JsonValue]:
    if isinstance(value, dict):
        flat: list[JsonValue] = [inner for inner in value.values() if not isinstance(inner, (dict, list))]
        own = flat if len(flat) == len(value) or not any(map(_holds_records, value.values())) else flat[:1]
        if ids & {str(inner) for inner in own}:
            yield from above
            yield from scalars(pruned(value, ids))
            return
        for key, inner in value.items():
            if key in ids:
                yield from [*above, *flat]
                yield from scalars(inner)
            else:
                yield from _walk(inner, ids, [*above, *flat][-12:] if isinstance(inner, dict) else flat[-12:])
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, ids, above)


def _holds_records(value: JsonValue) -> bool:
    """Whether a value holds records of its own: then what holds it is known by its own id alone."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(one, dict) for one in inside)


def holders(record: JsonValue, key: str) -> Iterator[tuple[str, JsonValue]]:
    """The objects that have a field of this name, by its value."""
    if isinstance(record, dict):
        if key in record and not isinstance(record[key], (dict, list)):
            yield str(record[key]), record
        for inner in record.values():
            yield from holders(inner, key)
    elif isinstance(record, list):
        for inner in record:
            yield from holders(inner, key)
