"""What a draft would let through more easily, proved: nothing is missed, and each case that is shown is one."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.casefile.records import Level, Outcome
from agent.policy.decide import decide
from agent.policy.facts import Facts
from knowledge.company import Fact, IdentityMethods
from knowledge.playbook import ActionDef, Playbook, Rule
from knowledge.proof import SOMETHING_ELSE
from knowledge.rules import Vocabulary
from knowledge.weaker import Weaker, easier_proofs, touched, weaker
from tests.agent.companies import CLASSES, clause, company, rule
from tests.agent.policy.test_decide import WORDS

TODAY = date(2026, 3, 1)
MONEY = {
    name: ActionDef(**{**CLASSES[name].model_dump(), "touches": "money"}) for name in ("cancel_order", "issue_refund")
}
ATOMS = [
    'action.name == "cancel_order"', 'action.name in ["issue_refund", "cancel_order"]', "order.total > 50.0",
    "order.total <= 80.0", "state.repeats >= 2", 'state.sentiment == "negative"', "order.paid", "true",
]  # fmt: skip
CONDITIONS = st.lists(st.sampled_from(ATOMS), min_size=1, max_size=3).flatmap(
    lambda atoms: st.sampled_from([" && ", " || "]).map(lambda sign: sign.join(atoms))
)
OUTCOMES = st.sampled_from([None, "confirm", "approve", "handoff", "forbid"])
LEVELS = st.sampled_from([None, "confirmed", "verified"])
RULES = st.builds(lambda when, then, level: (when, then, level), CONDITIONS, OUTCOMES, LEVELS)
RISKS = st.sampled_from(["low_risk", "customer_confirmed", "human_approved", "forbidden"])
NAMED = st.sampled_from(["anonymous", "confirmed", "verified"])


@st.composite
def books(draw: st.DrawFn) -> Playbook:
    rules = [
        rule(when, then, identity=level) for when, then, level in draw(st.lists(RULES, max_size=4)) if then or level
    ]
    actions = {
        name: ActionDef(**{**defined.model_dump(), "risk": draw(RISKS), "identity": draw(NAMED)})
        for name, defined in MONEY.items()
    }
    return company(clause("rules/1", *rules), actions=CLASSES | actions)


FACTS = st.fixed_dictionaries(
    {
        "action.name": st.sampled_from([*MONEY]), "action.risk": st.just("low_risk"), "identity.level": st.just(3),
        "systems.available": st.just(True), "time.date": st.just(TODAY.isoformat()),
        "order.total": st.sampled_from([0.0, 50.0, 50.5, 80.0, 81.0]), "state.repeats": st.integers(0, 3),
        "state.sentiment": st.sampled_from(["negative", "neutral"]), "order.paid": st.booleans(),
    }
)  # fmt: skip


def demands(facts: Facts, book: Playbook) -> tuple[int, int]:
    """As `demands_by`, in the shop."""
    return demands_by(facts, book, WORDS)


def demands_by(facts: Facts, book: Playbook, words: Vocabulary) -> tuple[int, int]:
    """How strict a ruling is, and the identity that it wants; where nothing is let through, the highest."""
    ruling = decide(facts, book, words)
    nowhere = ruling.outcome in (Outcome.FORBID, Outcome.HANDOFF)
    return ruling.outcome.strictness, max(Level) if nowhere else Level.named(ruling.identity_needed)


@settings(max_examples=100)
@given(before=books(), after=books(), facts=FACTS)
def test_where_nothing_is_found_weaker_no_ruling_is(before: Playbook, after: Playbook, facts: Facts) -> None:
    found = {one.action for one in weaker(before, after, WORDS, TODAY)}
    if facts["action.name"] not in found:
        was, now = demands(facts, before), demands(facts, after)
        assert now[0] >= was[0]
        assert now[1] >= was[1]


@settings(max_examples=60)
@given(before=books(), after=books())
def test_each_case_that_is_shown_is_one(before: Playbook, after: Playbook) -> None:
    for one in weaker(before, after, WORDS, TODAY):
        was, now = (demands(_facts(one), book) for book in (before, after))
        assert now[0] < was[0] or now[1] < was[1], str(one)


def _facts(one: Weaker) -> Facts:
    shown: dict[str, Any] = {"order.total": 0.0, "order.paid": False, "state.repeats": 0, "state.sentiment": "neutral"}
    shown |= {name: value for name, value in (one.case or {}).items() if value != SOMETHING_ELSE}
    return shown | {
        "action.name": one.action, "action.risk": "low_risk", "identity.level": 3, "systems.available": True,
        "time.date": TODAY.isoformat(),
    }  # fmt: skip


@settings(max_examples=30)
@given(book=books())
def test_no_playbook_is_weaker_than_itself(book: Playbook) -> None:
    assert weaker(book, book, WORDS, TODAY) == []


def _with(*rules: Rule, **days: date) -> Playbook:
    return company(clause("rules/1", *rules, **days), actions=CLASSES | MONEY)


LIMIT = rule('action.name == "cancel_order" && order.total > 50.0', "approve")


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (_with(), "cancel_order wants the customer's yes where it wanted a person's approval (rules/1)"),
        (_with(rule('action.name == "cancel_order" && order.total > 60.0', "approve")), "the order's total is 5"),
        (_with(rule('action.name == "cancel_order" && order.total > 50.0', "confirm")), "the customer's yes"),
        (_with(LIMIT, valid_to=TODAY + timedelta(days=9)), "where it wanted a person's approval"),
        (_with(LIMIT, valid_from=TODAY + timedelta(days=9)), "where it wanted a person's approval"),
    ],
    ids=["removed", "loosened", "milder", "ends some day", "begins later"],
)
def test_a_guard_that_is_loosened_is_found_with_its_clause(after: Playbook, says: str) -> None:
    (found,) = weaker(_with(LIMIT), after, WORDS, TODAY)
    assert says in str(found)
    assert found.clauses == ("rules/1",)


def test_what_only_grows_stricter_is_not_found() -> None:
    stricter = _with(rule('action.name == "cancel_order" && order.total > 40.0', "forbid"))
    assert weaker(_with(LIMIT), stricter, WORDS, TODAY) == []


def test_what_no_longer_touches_by_its_own_word_is_still_looked_at() -> None:
    bold = company(actions=CLASSES | {"cancel_order": CLASSES["cancel_order"]})
    assert touched(_with(LIMIT), bold) == ["cancel_order", "issue_refund"]
    assert any(one.action == "cancel_order" for one in weaker(_with(LIMIT), bold, WORDS, TODAY))


def test_an_action_that_had_no_class_was_for_a_person() -> None:
    before = company(actions={name: known for name, known in CLASSES.items() if name != "cancel_order"})
    found = weaker(before, company(actions=CLASSES | {"cancel_order": MONEY["cancel_order"]}), WORDS, TODAY)
    assert ("a person", "the customer's yes") in [(one.was, one.now) for one in found]


def test_a_condition_that_no_proof_can_be_made_about_is_taken_to_be_the_same_wherever_it_stands() -> None:
    odd = rule('action.name == "cancel_order" && [1, 2].exists(n, n > 1)', "approve")
    assert weaker(_with(odd), _with(odd), WORDS, TODAY) == []
    assert [one.now for one in weaker(_with(odd), _with(), WORDS, TODAY)] == ["the customer's yes"]


FACTS_ASKED = IdentityMethods(
    facts=[Fact(name="email", in_order_mail=True), Fact(name="postcode", in_order_mail=False)]
)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"facts_needed": 1}, "1 facts prove who somebody is, and it was 2 before"),
        ({"code_tries": 50}, "50 tries are given for a code"),
        ({"code_minutes": 60}, "60 minutes long a code is good"),
        ({"failed_proofs": 9}, "9 proofs may fail before a person takes over"),
        ({"facts": [Fact(name="email", in_order_mail=False)]}, "'email' proves by itself who somebody is"),
    ],
    ids=["fewer facts", "more tries", "longer", "more failures", "a fact of the mail"],
)
def test_what_makes_it_easier_to_pass_for_somebody_is_found(change: dict[str, Any], says: str) -> None:
    eased = FACTS_ASKED.model_copy(update=change)
    assert [says in one for one in easier_proofs(FACTS_ASKED, eased)] == [True]
    assert not [one for one in easier_proofs(eased, FACTS_ASKED) if says.partition(" ")[0] in one]
    assert easier_proofs(eased, eased) == []
