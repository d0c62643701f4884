from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.rules import ActionShape, FactType, RuleError, Vocabulary, compile_rule, evaluate

FACTS: dict[str, FactType] = {
    "action.name": "string",
    "action.args.amount": "double",
    "customer.refunds_30d": "int",
    "systems.available": "bool",
}
LARGE = 'action.name == "issue_refund" && action.args.amount > 50.0'


def test_a_rule_holds_or_not() -> None:
    rule = compile_rule(LARGE, FACTS)
    assert evaluate(rule, {"action.name": "issue_refund", "action.args.amount": 50.01}) is True
    assert evaluate(rule, {"action.name": "issue_refund", "action.args.amount": 50}) is False


def test_a_guard_protects_from_facts_that_are_not_known() -> None:
    rule = compile_rule(LARGE, FACTS)
    assert evaluate(rule, {"action.name": "cancel_order"}) is False
    with pytest.raises(RuleError, match=r"'action.args.amount' is not known"):
        evaluate(rule, {"action.name": "issue_refund", "action.args.amount": None})


def test_the_same_rule_is_compiled_once() -> None:
    assert compile_rule(LARGE, FACTS) is compile_rule(LARGE, dict(reversed(FACTS.items())))


@pytest.mark.parametrize(
    ("text", "message", "instead", "column"),
    [
        ("customer.refund_30d > 0", "unknown fact 'customer.refund_30d'", "did you mean 'customer.refunds_30d'?", 1),
        ("systems.available && order.total > 1.0", "unknown fact 'order.total'", "write one of", 22),
        ("action.args.amount > 50", r"'>' does not go with \(double, int\)", "50.0", 20),
        ('action.name = "x"', "syntax", "like", 13),
        ("lower(action.name) == 'x'", "unknown function 'lower'", "CEL", 6),
        ("action.args.amount", "gives double where bool is needed", "convert", 1),
        ("[1, 2]", "gives list<int>", "plain value", 1),
        ("", "syntax", "like", 1),
    ],
)
def test_what_cannot_be_compiled_is_explained(text: str, message: str, instead: str, column: int) -> None:
    with pytest.raises(RuleError, match=message) as raised:
        compile_rule(text, FACTS)
    assert instead in raised.value.instead
    assert raised.value.column == column


def test_the_line_of_a_mistake_is_told() -> None:
    with pytest.raises(RuleError) as raised:
        compile_rule("systems.available ||\n  customer.refunds > 0", FACTS)
    assert (raised.value.line, raised.value.column) == (2, 3)


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("action.args.amount", math.nan),
        ("action.args.amount", math.inf),
        ("action.args.amount", Decimal("NaN")),
        ("action.args.amount", "60"),
        ("action.args.amount", True),
        ("customer.refunds_30d", 1.0),
        ("customer.refunds_30d", 2**63),
        ("systems.available", 1),
        ("action.name", "issue_refund\0x"),
        ("action.name", b"issue_refund"),
    ],
)
def test_a_value_that_would_be_misread_is_refused(fact: str, value: Any) -> None:
    with pytest.raises(RuleError, match=fact):
        evaluate(compile_rule("true", FACTS), {fact: value})


@given(
    amount=st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    limit=st.floats(-1e6, 1e6),
)
def test_numbers_compare_as_they_do_here(amount: float | Decimal, limit: float) -> None:
    rule = compile_rule("a > b", {"a": "double", "b": "double"})
    if math.isfinite(float(amount)):
        assert evaluate(rule, {"a": amount, "b": limit}) is (float(amount) > limit)


@given(value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_texts_pass_through_unchanged(value: str) -> None:
    assert evaluate(compile_rule("a", {"a": "string"}, "string"), {"a": value}) == value


def test_what_fails_while_it_is_evaluated_is_an_error() -> None:
    variables: dict[str, FactType] = {"slots.amount": "string", "order.refundable": "double"}
    amount = compile_rule('slots.amount == "" ? order.refundable : double(slots.amount)', variables, "double")
    assert evaluate(amount, {"slots.amount": "", "order.refundable": 12.5}) == 12.5
    assert evaluate(amount, {"slots.amount": "7.25", "order.refundable": 12.5}) == 7.25
    for wrong in ("twelve", "nan", "inf"):
        with pytest.raises(RuleError):
            evaluate(amount, {"slots.amount": wrong, "order.refundable": 12.5})


def test_a_vocabulary_names_arguments_and_records(vocabulary: Vocabulary) -> None:
    variables = vocabulary.variables
    assert variables["action.args.amount"] == "double"
    assert variables["order.days_since_delivery"] == "int"
    assert variables["identity.level"] == "int"


def test_a_name_has_one_type() -> None:
    shapes = {"a": ActionShape(args={"amount": "double"}), "b": ActionShape(args={"amount": "string"})}
    with pytest.raises(ValueError, match=r"'action\.args\.amount' is double here and string there"):
        _ = Vocabulary(facts={}, actions=shapes).variables
