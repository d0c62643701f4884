"""A rule in plain language says all that its condition says, and nothing else."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import server
from agent.connected import tools_of
from agent.policy.facts import vocabulary as known_of
from knowledge.plain import action_in_words, condition_in_words, fact_in_words, literal_in_words, rule_in_words
from knowledge.playbook import Playbook, Rule
from knowledge.rules import FactType, Vocabulary, compile_rule, evaluate
from knowledge.syntax import Call, Fact, Listed, Literal, Node, tree
from tests.knowledge.vocabulary import HARBOR_TOOLS

REFUND = 'action.name == "issue_refund"'
ATOMS: dict[str, FactType] = {"one.set": "bool", "two.set": "bool", "three.set": "bool"}


def said(when: str, then: str | None = "approve", identity: str | None = None) -> str:
    asked = {"clause": "a/1", "when": when, "then": then, "identity": identity, "source": "policies/a.md:1"}
    return rule_in_words(Rule.model_validate(asked), HARBOR_TOOLS)


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (
            f"{REFUND} && (action.args.amount > 50.0 || customer.refunds_30d > 0)",
            "When the agent wants to issue a refund, and the amount is more than 50 or the customer's refunds in 30 "
            "days are more than 0, a person must approve it.",
        ),
        (
            f'!({REFUND} && order.status in ["shipped", "delivered"])',
            "When the agent wants to do something else than issue a refund, or the order's status is none of "
            '"shipped" and "delivered", a person must approve it.',
        ),
        (
            'items.under_way || !(items.under_way || slots_of == 1)'.replace("slots_of", "order.refunds_count"),
            "When the items are under way, or the items are not under way and the order's refunds count is not 1, "
            "a person must approve what is wanted.",
        ),
        (
            f'{REFUND} && (order.status == "" ? order.total : order.total * 2.0 - 1.5) >= 99.99',
            "When the agent wants to issue a refund, and (the order's total if the order's status is empty, otherwise "
            "(the order's total times 2) minus 1.5) is at least 99.99, a person must approve it.",
        ),
        (
            '!action.args.address.matches("(?i)box") && 7 < size(action.args.address) && '
            'action.args.items.startsWith("2 x")',
            'When the address does not fit the pattern "(?i)box", and the length of the address is more than 7, and '
            'the items begin with "2 x", a person must approve what is wanted.',
        ),
        (
            'case.locale == "de" && (time.hour < 8 || time.hour >= 17 && (state.confused || state.escalated))',
            'When the case\'s locale is "de", and the time\'s hour is less than 8 or (the time\'s hour is at least 17 '
            "and (the state is confused or the state is escalated)), a person must approve what is wanted.",
        ),
        ("true", "Always, a person must approve what is wanted."),
        ("[1, 2].exists(n, n == 1)", "When `[1, 2].exists(n, n == 1)` holds, a person must approve what is wanted."),
        ("order.nothing ==", "When `order.nothing ==` holds, a person must approve what is wanted."),
    ],
)  # fmt: skip
def test_sentences(when: str, sentence: str) -> None:
    assert said(when) == sentence


@pytest.mark.parametrize(
    ("then", "identity", "end"),
    [
        ("confirm", None, "the customer must say yes to it first."),
        ("handoff", None, "a person must take over."),
        ("forbid", None, "the agent must not do it."),
        (None, "verified", "the customer must be verified first."),
        ("approve", "confirmed", "a person must approve it, and the customer must be confirmed first."),
    ],
)
def test_what_is_asked_for(then: str | None, identity: str | None, end: str) -> None:
    assert said(REFUND, then, identity) == f"When the agent wants to issue a refund, {end}"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("cancel_order", "cancel an order"), ("correct_points", "correct points"), ("mark_as_gift", "mark as a gift"),
        ("change_address", "change an address"), ("ask_for_call", "ask for a call"), ("escalate", "escalate"),
        ("delete_user", "delete a user"), ("put_aside", "put aside"),
    ],
)  # fmt: skip
def test_actions_are_told_by_their_names(action: str, words: str) -> None:
    assert action_in_words(action) == words


def test_harbors_rules_are_told_without_a_quoted_expression(harbor: Playbook, tmp_path: Path) -> None:
    tools = known_of(tools_of(server.Settings(home=tmp_path)))
    for rule in harbor.rules:
        told = rule_in_words(rule, tools)
        assert told.startswith("When the agent wants to "), told
        assert "`" not in told
        assert "_" not in re.sub(r'"[^"]*"', "", told)
    refund = next(rule_in_words(rule, tools) for rule in harbor.rules if rule.clause == "refunds/4.5")
    assert "the order's amount left to refund is at most 0" in refund


def formulas(depth: int, dice: random.Random) -> str:
    if depth == 0:
        return dice.choice(list(ATOMS))
    one, two, three = (formulas(dice.randrange(depth), dice) for _ in range(3))
    return dice.choice(
        [f"!({one})", f"({one}) && ({two})", f"({one}) || ({two})", f"(({one}) ? ({two}) : ({three}))",
         f"(({one}) == ({two}))", f"(({one}) != ({two}))", f"({one}) && ({two}) && ({three})"]
    )  # fmt: skip


def test_what_reads_the_same_is_the_same() -> None:
    """No sentence stands for two conditions that differ in any case: groups can be told apart."""
    dice, tables = random.Random(4), defaultdict(set)
    for _ in range(3000):
        formula = formulas(dice.choice([1, 2, 3, 4]), dice)
        when = compile_rule(formula, ATOMS)
        cases = (dict(zip(ATOMS, values, strict=True)) for values in product([True, False], repeat=len(ATOMS)))
        sentence = condition_in_words(formula, ATOMS, Vocabulary(facts=ATOMS))
        tables[sentence].add(tuple(evaluate(when, case) for case in cases))
    assert len(tables) > 1000
    assert {sentence for sentence, meanings in tables.items() if len(meanings) > 1} == set()


FACTS: dict[FactType, list[str]] = {
    kind: sorted(name for name, of in HARBOR_TOOLS.variables.items() if of == kind)
    for kind in ("bool", "int", "double", "string")
}
"""Facts by their type."""
WRITTEN: dict[FactType, st.SearchStrategy[str]] = {
    "bool": st.sampled_from(["true", "false"]),
    "int": st.integers(0, 10**6).map(str),
    "double": st.floats(0, 1e6).map(lambda number: f"{number:.2f}"),
    "string": st.sampled_from(['"shipped"', '"issue_refund"', '"get_order"', '"a \\"b\\""', '"50"', '"ä"', '""']),
}


def texts(kind: FactType, depth: int) -> st.SearchStrategy[str]:
    """Expressions of a type, with every operator that a rule may use."""
    leaves = st.one_of(WRITTEN[kind], st.sampled_from(FACTS[kind]))
    if depth == 0:
        return leaves
    below = {kind: texts(kind, depth - 1) for kind in FACTS}
    either = st.tuples(below["bool"], below[kind], below[kind]).map(lambda p: f"({p[0]} ? {p[1]} : {p[2]})")
    grown = [leaves, either]
    if kind == "bool":
        alike = [st.tuples(below[of], st.sampled_from(["==", "!="]), below[of]) for of in FACTS]
        orders = st.sampled_from(["<", "<=", ">", ">="])
        ordered = [st.tuples(below[of], orders, below[of]) for of in ("int", "double", "string")]
        joined = st.tuples(below[kind], st.sampled_from(["&&", "||"]), below[kind])
        grown += [st.one_of(joined, *alike, *ordered).map(lambda p: f"({p[0]} {p[1]} {p[2]})")]
        grown += [below[kind].map(lambda p: f"!({p})")]
        functions = st.sampled_from(["startsWith", "endsWith", "contains", "matches"])
        grown += [st.tuples(below["string"], functions, below["string"]).map(lambda p: f"({p[0]}).{p[1]}({p[2]})")]
        listed = st.tuples(below["string"], st.lists(below["string"], max_size=3))
        grown += [listed.map(lambda p: f"(({p[0]}) in [{', '.join(p[1])}])")]
    elif kind == "string":
        grown += [st.tuples(below[kind], below[kind]).map(lambda p: f"({p[0]} + {p[1]})")]
        grown += [below["int"].map(lambda p: f"string({p})")]
    else:
        counted = st.sampled_from(["+", "-", "*", "/", *(["%"] if kind == "int" else [])])
        grown += [st.tuples(below[kind], counted, below[kind]).map(lambda p: f"({p[0]} {p[1]} {p[2]})")]
        grown += [below[kind].map(lambda p: f"(-({p}))")]
        other = below["double" if kind == "int" else "int"].map(lambda p: f"{kind}({p})")
        grown += [other, *([below["string"].map(lambda p: f"size({p})")] if kind == "int" else [])]
    return st.one_of(grown)


@settings(max_examples=300, deadline=None)
@given(when=texts("bool", 4))
def test_each_fact_and_each_value_is_mentioned(when: str) -> None:
    told = said(when)
    node = tree(compile_rule(when, HARBOR_TOOLS.variables))
    assert node is not None
    assert "`" not in told
    for fact, literal in named(node):
        if fact is not None and not fact.name.startswith("action.name"):
            assert any(words in told for words in {fact_in_words(fact.name, HARBOR_TOOLS), *flag(fact)}), (fact, told)
        if literal is not None and not isinstance(literal.value, bool):
            assert any(words in told for words in spoken(literal)), (literal, told)


def spoken(literal: Literal) -> list[str]:
    words = [literal_in_words(literal.value), "an empty text" if literal.value == "" else "\0"]
    return [*words, action_in_words(literal.value)] if isinstance(literal.value, str) else words


def flag(fact: Fact) -> list[str]:
    """A fact that is so or not is told as a clause."""
    field = fact.name.rpartition(".")[2].replace("_", " ")
    return [field] if fact.kind == "bool" else []


def named(node: Node) -> list[tuple[Fact | None, Literal | None]]:
    match node:
        case Fact():
            return [(node, None)]
        case Literal():
            return [(None, node)]
        case Listed(parts) | Call(_, parts):
            return [found for part in parts for found in named(part)]


@settings(max_examples=300)
@given(when=st.text())
def test_nothing_that_somebody_writes_stops_it(when: str) -> None:
    assert said(when)


@pytest.mark.parametrize("when", ["!" * 5000 + "true", "(" * 5000 + "true" + ")" * 5000, " && ".join(["true"] * 5000)])
def test_however_deep(when: str) -> None:
    assert said(when).endswith("a person must approve what is wanted.")
