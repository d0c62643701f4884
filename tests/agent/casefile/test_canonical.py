"""What a yes is bound to and what a key is made from: every part of it counts, and nothing else."""

import math
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import JsonValue

from agent.casefile.canonical import canonical, digest, effect_key, proposal_digest
from agent.casefile.records import Args, Proposal

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6
)
ARGS = st.dictionaries(st.text(max_size=12), VALUES, max_size=5)
WHO = st.none() | st.text(max_size=12)
ID = st.text(max_size=12)


def shuffled(value: JsonValue, dice: random.Random) -> JsonValue:
    """The same value with the keys of every object in another order."""
    if isinstance(value, dict):
        names = dice.sample(list(value), len(value))
        return {name: shuffled(value[name], dice) for name in names}
    return [shuffled(item, dice) for item in value] if isinstance(value, list) else value


@given(case=ID, customer=WHO, action=ID, args=ARGS, dice=st.randoms())
def test_the_order_of_keys_does_not_matter(
    case: str, customer: str | None, action: str, args: Args, dice: random.Random
) -> None:
    other = shuffled(args, dice)
    assert isinstance(other, dict)
    assert proposal_digest(case, customer, action, args) == proposal_digest(case, customer, action, other)
    assert effect_key("t", case, customer, action, args, "y") == effect_key("t", case, customer, action, other, "y")


@given(args=ARGS, name=st.text(max_size=12), value=VALUES)
def test_any_argument_changes_the_digest(args: Args, name: str, value: JsonValue) -> None:
    changed = args | {name: value}
    assume(canonical(changed) != canonical(args))
    assert proposal_digest("c", "cus", "do", changed) != proposal_digest("c", "cus", "do", args)
    assert effect_key("t", "c", "cus", "do", changed, "y") != effect_key("t", "c", "cus", "do", args, "y")


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (1, "1"), (None, "null"), (12.5, "12.50"), ([], {}), ("\u00fc", "u\u0308")],
)
def test_values_that_look_alike_have_other_digests(one: JsonValue, other: JsonValue) -> None:
    assert proposal_digest("c", "cus", "do", {"a": one}) != proposal_digest("c", "cus", "do", {"a": other})


@given(one=st.tuples(ID, WHO, ID), other=st.tuples(ID, WHO, ID), args=ARGS)
def test_case_customer_and_action_change_the_digest(
    one: tuple[str, str | None, str], other: tuple[str, str | None, str], args: Args
) -> None:
    assert (proposal_digest(*one, args) == proposal_digest(*other, args)) == (one == other)


@given(one=st.tuples(ID, ID, WHO, ID), other=st.tuples(ID, ID, WHO, ID), yes=st.tuples(ID, ID))
def test_tenant_and_yes_change_the_key(
    one: tuple[str, str, str | None, str], other: tuple[str, str, str | None, str], yes: tuple[str, str]
) -> None:
    same = one == other and yes[0] == yes[1]
    assert (effect_key(*one, {"a": 1}, yes[0]) == effect_key(*other, {"a": 1}, yes[1])) == same


@given(args=ARGS)
def test_a_digest_is_the_same_after_a_restart(args: Args) -> None:
    asked = Proposal(action="do", args=args, digest=proposal_digest("c", "cus", "do", args))
    read = Proposal.model_validate_json(asked.model_dump_json())
    assert proposal_digest("c", "cus", "do", read.args) == asked.digest


@given(value=VALUES)
def test_there_is_one_form_for_a_value(value: JsonValue) -> None:
    assert canonical(value) == canonical(value)
    assert len(digest(value)) == 64


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_hold_has_no_digest(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        digest({"amount": value})
