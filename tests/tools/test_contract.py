"""A finding is verified for exactly the intended difference, whatever the records look like."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from tools.contract import Action, KeyKind, Risk, Scope, Target, ToolRefused
from tools.finding import Finding, Record, Snapshot, same
from tools.tickets import CreateTicket

NAMES = st.sampled_from(["status", "total", "email", "refunds", "note", "address"])
MONEY = st.sampled_from(["0.00", "9.90", "120.00"]).map(lambda amount: {"amount": amount, "currency": "EUR"})
VALUES = st.sampled_from([None, "", "new", "old", 1]) | MONEY | st.lists(MONEY, max_size=2)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=4)
ROWS = st.dictionaries(st.sampled_from("abcdef"), FIELDS, max_size=3).map(
    lambda rows: [{"id": name, **fields} for name, fields in rows.items()]
)


def differ(left: Record, right: Record) -> bool:
    """Missing and null are the same to a reader of records."""
    return any(left.get(name) != right.get(name) for name in left.keys() | right.keys())


@given(before=FIELDS, intended=FIELDS)
def test_exactly_the_intended_change_is_verified(before: Record, intended: Record) -> None:
    finding = Finding.changed(before, before | intended, intended)
    assert (finding.state, finding.differences) == ("verified", [])


@given(before=FIELDS, intended=FIELDS, after=FIELDS)
def test_any_other_record_is_not_verified_and_each_difference_is_named(
    before: Record, intended: Record, after: Record
) -> None:
    finding = Finding.changed(before, after, intended)
    wanted = before | intended
    assert (finding.state == "verified") == (not differ(after, wanted))
    assert {difference.field for difference in finding.differences} == {
        name for name in after.keys() | wanted.keys() if after.get(name) != wanted.get(name)
    }


@given(before=FIELDS, intended=FIELDS)
def test_nothing_done_is_absent_unless_it_was_so_already(before: Record, intended: Record) -> None:
    state = Finding.changed(before, deepcopy(before), intended).state
    assert state == ("absent" if differ(before, before | intended) else "verified")


@given(before=FIELDS, intended=FIELDS, stray=st.tuples(NAMES, VALUES))
def test_collateral_is_a_mismatch(before: Record, intended: Record, stray: tuple[str, Any]) -> None:
    name, value = stray
    after = before | intended | {name: value}
    if name not in intended and before.get(name) != value:
        assert Finding.changed(before, after, intended).state == "mismatch"


@given(before=ROWS, intended=FIELDS, more=FIELDS)
def test_exactly_one_new_record_is_verified(before: list[Record], intended: Record, more: Record) -> None:
    new = {**more, **intended, "id": "new"}
    finding = Finding.added(before, [*deepcopy(before), new], intended)
    assert (finding.state, finding.seen) == ("verified", {"added": [new]})


@given(before=ROWS, after=ROWS, intended=FIELDS)
def test_anything_else_in_the_collection_is_not_verified(
    before: list[Record], after: list[Record], intended: Record
) -> None:
    finding = Finding.added(before, after, intended)
    known, found = {row["id"] for row in before}, {row["id"]: row for row in after}
    new = [row for row in after if row["id"] not in known]
    kept = all(found.get(row["id"], {}).get(name) == value for row in before for name, value in row.items())
    right = all(row.get(name) == value for row in new for name, value in intended.items())
    assert (finding.state == "verified") == (kept and len(new) == 1 and right)
    assert (finding.state == "absent") == (kept and not new)
    assert bool(finding.differences) == (finding.state == "mismatch")


def test_of_records_that_were_kept_in_part_only_that_part_is_compared() -> None:
    before: list[Record] = [{"id": "m1"}]
    after: list[Record] = [{"id": "m1", "body": "old"}, {"id": "m2", "body": "new"}]
    assert Finding.added(before, after, {"body": "new"}).state == "verified"


@given(before=FIELDS, after=FIELDS, follows=FIELDS)
def test_a_record_beside_can_only_make_a_finding_worse(before: Record, after: Record, follows: Record) -> None:
    for first in (Finding(state="verified", seen={}), Finding(state="absent", seen={"added": []})):
        finding = first.beside("order", before, after, follows)
        as_follows = Finding.changed(before, after, follows).state == "verified"
        assert finding.state == (first.state if as_follows else "mismatch")
        assert finding.seen == first.seen | {"order": after}


@given(amount=st.decimals(0, 99999, places=2))
def test_amounts_are_compared_by_value_however_deep_they_stand(amount: object) -> None:
    def order(value: str, currency: str = "EUR") -> JsonValue:
        return {"refunds": [{"amount": {"amount": value, "currency": currency}}]}

    assert same(order(str(amount)), order(f"{amount}0"))
    assert not same(order(str(amount)), order(f"{amount}1"))
    assert not same(order(str(amount)), order(str(amount), "USD"))


@pytest.mark.parametrize(("left", "right"), [("12.5", 12.5), ("12.50", "12.5"), (12, "12.00"), ("free", "free")])
def test_amounts_of_other_kinds(left: Any, right: Any) -> None:
    assert same({"amount": left}, {"amount": right})


@pytest.mark.parametrize("other", ["free", None, "", [], {"amount": "1"}, "NaN"])
def test_what_is_no_amount_is_not_the_same(other: Any) -> None:
    assert not same({"amount": "12.50"}, {"amount": other})


@given(record=FIELDS, rows=ROWS)
def test_a_snapshot_comes_back_from_the_case_file(record: Record, rows: list[Record]) -> None:
    assert Snapshot.model_validate(Snapshot(record=record, rows=rows).kept()) == Snapshot(record=record, rows=rows)


def test_a_scope_without_a_customer_refuses() -> None:
    assert Scope(tenant="t", case_id="c", customer_id="cus_1").customer() == "cus_1"
    with pytest.raises(ToolRefused):
        Scope(tenant="t", case_id="c", customer_id=None).customer()


@pytest.mark.parametrize(("named", "aimed"), [("HG-1", "HG-1"), ("", "cus_1")])
def test_an_action_aims_at_what_it_names_or_at_the_customer_in_scope(named: str, aimed: str) -> None:
    async def never(*_: object) -> Any:
        raise AssertionError("nothing is called to aim")

    action = Action(
        name="do", summary="", system="backoffice", args=CreateTicket, risk=Risk.LOW, key=KeyKind.NONE,
        target=lambda _: Target(kind="order", id=named), before=never, run=never, verify=never,
    )  # fmt: skip
    assert action.aim(None, Scope(tenant="t", case_id="c", customer_id="cus_1")).id == aimed
