"""What a condition needs of a fact, read from its tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rules import FactType, RuleError, compile_rule, evaluate
from knowledge.syntax import held_to

VARIABLES: dict[str, FactType] = {"action.name": "string", "order.total": "double", "order.paid": "bool"}
NAMES = ["refund", "cancel", "change"]
ATOMS = st.sampled_from(
    [
        *(f'action.name == "{name}"' for name in NAMES),
        *(f'"{name}" == action.name' for name in NAMES),
        'action.name in ["refund", "change"]',
        'action.name != "refund"',
        'action.name.startsWith("c")',
        "order.total > 10.0",
        "order.paid",
    ]
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})")
        | inner.map(lambda part: f"!({part})")
    ),
    max_leaves=6,
)


@given(text=CONDITIONS, name=st.sampled_from(NAMES), known=st.booleans(), paid=st.booleans())
def test_a_condition_is_false_for_all_others_than_it_is_held_to(text: str, name: str, known: bool, paid: bool) -> None:
    condition = compile_rule(text, VARIABLES)
    facts = {"action.name": name} | ({"order.total": 12.0, "order.paid": paid} if known else {})
    meant = held_to(condition, "action.name")
    if meant is not None and name not in meant:
        assert evaluate(condition, facts) is False, "also where the rest cannot be told"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('action.name == "refund" && order.total > 10.0', {"refund"}),
        ('(action.name in ["refund", "cancel"] && order.paid) || action.name == "change"', set(NAMES)),
        ('action.name == "refund" && action.name == "cancel"', set()),
        ('action.name == "refund" || order.paid', None),
        ('!(action.name == "refund")', None),
        ("order.paid", None),
    ],
)
def test_what_a_condition_is_held_to(text: str, meant: set[str] | None) -> None:
    assert held_to(compile_rule(text, VARIABLES), "action.name") == meant


def test_what_is_false_decides_beside_what_cannot_be_told() -> None:
    condition = compile_rule('action.name == "refund" && order.paid', VARIABLES)
    assert evaluate(condition, {"action.name": "cancel"}) is False
    with pytest.raises(RuleError, match="not known"):
        evaluate(condition, {"action.name": "refund"})
