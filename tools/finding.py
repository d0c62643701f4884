"""What a look at a system shows: records before and after an action, compared whole.

What was intended took its values, and nothing else changed; anything else is told, field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue

Record = dict[str, JsonValue]
"""One record of a system of record, as it was read."""


def same(left: JsonValue, right: JsonValue) -> bool:
    """Whether two values are equal; the `amount` of money counts by its value, so that 12.5 is "12.50"."""
    match left, right:
        case dict(), dict():
            return left.keys() == right.keys() and all(
                same(left[name], right[name]) or (name == "amount" and _as_much(left[name], right[name]))
                for name in left
            )
        case list(), list():
            return len(left) == len(right) and all(map(same, left, right))
        case _:
            return left == right


def _as_much(left: JsonValue, right: JsonValue) -> bool:
    try:
        return Decimal(str(left)) == Decimal(str(right))
    except InvalidOperation:
        return False


class Snapshot(BaseModel):
    """How things stood before an action, for `verify` to compare with."""

    model_config = ConfigDict(frozen=True)

    record: Record = {}
    """The record that the action changes or belongs to."""
    rows: list[Record] = []
    """The records among which the action makes a new one."""

    def kept(self) -> JsonValue:
        """As `Action.before` gives it to the case file; `Snapshot.model_validate` takes it back."""
        return self.model_dump(mode="json")


class Difference(BaseModel):
    """One field that is not as intended: `intended` is None where nothing was meant to change."""

    model_config = ConfigDict(frozen=True)

    field: str
    intended: JsonValue
    seen: JsonValue


class Finding(BaseModel):
    """What a read-back showed, compared over the whole record."""

    model_config = ConfigDict(frozen=True)

    state: Literal["verified", "pending", "mismatch", "absent"]
    """`pending`: the system has it, and says itself that it is not done yet: nothing may be claimed, and it is looked
    at again later. `absent`: nothing of what was intended is there (yet), and nothing else changed either."""
    seen: Record
    differences: list[Difference] = []
    log: list[JsonValue] = []
    """How it was read, step by step, where that is worth keeping."""

    @classmethod
    def changed(cls, before: Record, after: Record, intended: Mapping[str, JsonValue]) -> Self:
        """Compare a changed record: the intended fields took their values and all others kept theirs.

        It is verified, too, where the record was as intended before and still is.
        """
        wrong = _unlike(after, intended)
        collateral = _altered(before, after, (before.keys() | after.keys()) - intended.keys())
        if not wrong and not collateral:
            return cls(state="verified", seen=after)
        untouched = not collateral and not _altered(before, after, intended.keys())
        return cls(state="absent" if untouched else "mismatch", seen=after, differences=wrong + collateral)

    @classmethod
    def added(cls, before: list[Record], after: list[Record], intended: Mapping[str, JsonValue]) -> Self:
        """Compare a collection that should have gained exactly one record with the intended fields.

        The records of `before` must still be there with the fields that were kept of them. What another actor
        adds in between is a mismatch like any other: nothing tells it from a second effect, so a person looks.
        """
        known = {row["id"] for row in before}
        found = {row["id"]: row for row in after}
        new = [row for row in after if row["id"] not in known]
        wrong = [difference for row in before for difference in _altered(row, found.get(row["id"], {}), row.keys())]
        if not new:
            return cls(state="mismatch" if wrong else "absent", seen={"added": []}, differences=wrong)
        wrong += [difference for row in new for difference in _unlike(row, intended)]
        if len(new) > 1:
            wrong.append(Difference(field="added", intended=1, seen=len(new)))
        return cls(state="mismatch" if wrong else "verified", seen={"added": list(new)}, differences=wrong)

    def beside(self, name: str, before: Record, after: Record, follows: Mapping[str, JsonValue]) -> Self:
        """The same finding about a record that the action also touches, whose `follows` fields come of it.

        Anything else about that record is a mismatch; what was seen of it stands under `name`.
        """
        other = type(self).changed(before, after, follows)
        state = self.state if other.state == "verified" else "mismatch"
        return type(self)(state=state, seen=self.seen | {name: after}, differences=self.differences + other.differences)

    def along(self, name: str, other: Self) -> Self:
        """The same finding together with one about what the system does of itself with it: both are there, or none.

        What was seen of the other stands under `name`.
        """
        state = self.state if self.state == other.state else "mismatch"
        seen = self.seen | {name: other.seen}
        return type(self)(state=state, seen=seen, differences=self.differences + other.differences)


def _unlike(record: Record, intended: Mapping[str, JsonValue]) -> list[Difference]:
    return [
        Difference(field=name, intended=value, seen=record.get(name))
        for name, value in intended.items()
        if not same(record.get(name), value)
    ]


def _altered(before: Record, after: Record, fields: Iterable[str]) -> list[Difference]:
    return [
        Difference(field=name, intended=None, seen=after.get(name))
        for name in sorted(fields)
        if not same(before.get(name), after.get(name))
    ]
