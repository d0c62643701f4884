"""A rule can only make a ruling stricter; what nobody ruled goes to a person (G1)."""

import operator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.casefile.records import Level, Outcome, Ruling
from agent.policy.decide import CLASS_OUTCOME, decide
from agent.policy.facts import Facts, vocabulary
from knowledge import precedence
from knowledge.playbook import ActionDef, Playbook
from tests.agent.companies import CLASSES, clause, company, rule
from tests.agent.shop import Shop, catalog
from tools.contract import Risk

WORDS = vocabulary(catalog(Shop()))
FACTS: Facts = {
    "action.name": "cancel_order", "action.risk": "customer_confirmed", "identity.level": 3, "systems.available": True,
    "time.date": "2026-03-01", "order.total": 40.0, "order.status": "processing",
}  # fmt: skip
ACTIONS = [*CLASSES, "unheard_of"]
OUTCOMES = st.sampled_from(["confirm", "approve", "handoff", "forbid"])
LEVELS = st.sampled_from([level.name for level in Level])
RISKS = st.sampled_from([str(risk) for risk in Risk])
COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
SIGNS = st.sampled_from([*COMPARE])
FACT_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "action.name": st.sampled_from(ACTIONS),
    "action.risk": RISKS,
    "identity.level": st.integers(0, 3),
    "systems.available": st.booleans(),
    "time.date": st.dates(date(2019, 1, 1), date(2031, 1, 1)).map(date.isoformat),
}
MAYBE_KNOWN = {
    "order.total": st.floats(0, 100),
    "order.paid": st.booleans(),
    "customer.refunds": st.integers(0, 3),
    "state.repeats": st.integers(0, 3) | st.just("many"),
    "order.status": st.sampled_from(["processing", "shipped"]) | st.text(max_size=4),
    "intent.confidence": st.floats(allow_nan=True),
}
ANY_FACTS = st.fixed_dictionaries(FACT_VALUES, optional=MAYBE_KNOWN)


NUMBERS = ["order.total", "intent.confidence"]
COUNTS = ["customer.refunds", "state.repeats"]
OTHERS = ['order.status == "shipped"', 'action.name == "cancel_order"', "order.paid", "true", "false"]
IMPOSSIBLE = ["no.fact", "1", "customer.refunds / 0 == 1", ""]
"""What no playbook would be published with."""
ATOMS = (
    st.sampled_from(OTHERS + IMPOSSIBLE)
    | st.tuples(st.sampled_from(NUMBERS), SIGNS, st.floats(0, 99)).map(lambda atom: "{} {} {}".format(*atom))
    | st.tuples(st.sampled_from(COUNTS), SIGNS, st.integers(0, 3)).map(lambda atom: "{} {} {}".format(*atom))
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda both: "({} {} {})".format(*both))
        | inner.map("!({})".format)
    ),
    max_leaves=3,
)


@st.composite
def playbooks(draw: st.DrawFn) -> Playbook:
    """A company with any classes and any rules."""
    actions: dict[str, ActionDef] = {}
    for name in draw(st.sets(st.sampled_from([*CLASSES]))):
        cited = draw(st.sampled_from([None, "orders/1.1"]))
        asked = {"name": name, "risk": draw(RISKS), "identity": draw(LEVELS), "clause": cited}
        actions[name] = ActionDef.model_validate(asked)
    clauses = []
    for number in range(draw(st.integers(0, 4))):
        name, then = f"rules/{number}", draw(st.none() | OUTCOMES)
        made = rule(draw(CONDITIONS), then, identity=draw(LEVELS if then is None else st.none() | LEVELS), of=name)
        clauses.append(clause(name, made, valid_from=draw(st.dates(date(2019, 1, 1), date(2031, 1, 1)))))
    return company(*clauses, actions=actions)


def ruled(facts: Facts, *clauses: Any, **more: Any) -> Ruling:
    return decide(facts, company(*clauses, **more), WORDS)


def on(when: str, then: str | None = None, *, identity: str | None = None) -> Ruling:
    """The ruling of the usual facts when there is this one rule."""
    return ruled(FACTS, clause("rules/1", rule(when, then, identity=identity)))


@given(facts=ANY_FACTS, book=playbooks())
def test_a_rule_never_loosens_the_class_of_an_action(facts: Facts, book: Playbook) -> None:
    ruling = decide(facts, book, WORDS)
    defined = book.actions.get(str(facts["action.name"]))
    if defined is None:
        assert (ruling.outcome, ruling.clauses) == (Outcome.HANDOFF, [])
        return
    for risk in (defined.risk, facts["action.risk"]):
        assert ruling.outcome.strictness >= CLASS_OUTCOME[Risk(str(risk))].strictness
    assert Level.named(ruling.identity_needed) >= Level.named(defined.identity)


@given(facts=ANY_FACTS, book=playbooks(), when=CONDITIONS, then=OUTCOMES)
def test_one_more_rule_never_loosens_a_ruling(facts: Facts, book: Playbook, when: str, then: str) -> None:
    more = {**book.clauses, "rules/9": clause("rules/9", rule(when, then, of="rules/9"))}
    stricter = decide(facts, book.model_copy(update={"clauses": more}), WORDS)
    assert stricter.outcome.strictness >= decide(facts, book, WORDS).outcome.strictness


@given(facts=ANY_FACTS, book=playbooks())
def test_who_is_not_known_well_enough_is_asked(facts: Facts, book: Playbook) -> None:
    ruling = decide(facts, book, WORDS)
    enough = int(str(facts["identity.level"])) >= Level.named(ruling.identity_needed)
    if ruling.outcome not in (Outcome.FORBID, Outcome.HANDOFF):
        assert (ruling.outcome is Outcome.IDENTIFY) == (not enough)


@given(facts=ANY_FACTS, book=playbooks())
def test_what_is_cited_is_in_force(facts: Facts, book: Playbook) -> None:
    ruling, day = decide(facts, book, WORDS), date.fromisoformat(str(facts["time.date"]))
    assert ruling.reason
    assert len(set(ruling.clauses)) == len(ruling.clauses)
    for cited in ruling.clauses:
        assert cited == "orders/1.1" or book.clauses[cited].in_force(day)


@given(facts=ANY_FACTS, book=playbooks())
def test_the_same_facts_get_the_same_ruling(facts: Facts, book: Playbook) -> None:
    seen = dict(facts)
    first = decide(facts, book, WORDS)
    turned = book.model_copy(update={"clauses": dict(reversed(book.clauses.items()))})
    again, other = decide(dict(reversed(facts.items())), book, WORDS), decide(facts, turned, WORDS)
    assert first == again
    assert (other.outcome, other.identity_needed, set(other.clauses)) == (
        first.outcome,
        first.identity_needed,
        set(first.clauses),
    )
    assert repr(facts) == repr(seen)


@given(total=st.none() | st.floats(0, 100), limit=st.floats(0, 100), sign=SIGNS, then=OUTCOMES)
def test_a_rule_holds_exactly_when_its_words_do(total: float | None, limit: float, sign: str, then: str) -> None:
    facts = {name: value for name, value in FACTS.items() if name != "order.total" or total is not None}
    facts |= {} if total is None else {"order.total": total}
    ruling = ruled(facts, clause("rules/1", rule(f"order.total {sign} {limit}", then)))
    if total is None:
        assert (ruling.outcome, ruling.clauses) == (Outcome.HANDOFF, ["rules/1"])
    elif COMPARE[sign](total, limit):
        assert ruling.outcome is max(Outcome.CONFIRM, Outcome(then), key=lambda o: o.strictness)
        assert ruling.clauses == ["rules/1"]
    else:
        assert (ruling.outcome, ruling.clauses) == (Outcome.CONFIRM, ["orders/1.1"])


@pytest.mark.parametrize(("action", "outcome"), [
    ("hold_order", Outcome.ALLOW), ("cancel_order", Outcome.CONFIRM), ("issue_refund", Outcome.APPROVE),
    ("delete_order", Outcome.FORBID), ("unheard_of", Outcome.HANDOFF),
])  # fmt: skip
def test_without_rules_the_class_decides(action: str, outcome: Outcome) -> None:
    assert ruled(FACTS | {"action.name": action, "action.risk": "low_risk"}).outcome is outcome


def test_the_stricter_class_of_tool_and_playbook_counts() -> None:
    for risk, outcome in ((Risk.LOW, Outcome.CONFIRM), (Risk.HUMAN_APPROVED, Outcome.APPROVE)):
        ruling = ruled(FACTS | {"action.risk": risk})
        assert ruling.outcome is outcome
        assert ruling.risk == max(risk, Risk.CUSTOMER_CONFIRMED, key=list(Risk).index)


def test_forbid_wins_over_everything() -> None:
    rules = [
        clause(f"rules/{then}", rule("true", then, of=f"rules/{then}")) for then in ("handoff", "forbid", "approve")
    ]
    unsure = FACTS | {"identity.level": 0, "systems.available": False}
    for facts in (FACTS, unsure):
        ruling = ruled(facts, *rules, clause("rules/1", rule("no.fact", "confirm")))
        assert (ruling.outcome, ruling.clauses, ruling.reason) == (
            Outcome.FORBID,
            ["rules/forbid"],
            "Clause rules/forbid",
        )


@pytest.mark.parametrize("when", ["no.fact == 1", "order.note == 'x'", "customer.refunds > 1", "order.total", "(", ""])
@pytest.mark.parametrize("then", ["confirm", "forbid"])
def test_a_rule_that_cannot_be_told_wants_a_person(when: str, then: str) -> None:
    ruling = on(when, then)
    assert (ruling.outcome, ruling.clauses) == (Outcome.HANDOFF, ["rules/1"])
    assert "cannot be told" in ruling.reason


def test_a_fact_that_does_not_decide_need_not_be_known() -> None:
    assert on("action.name == 'issue_refund' && customer.refunds > 1", "forbid").outcome is Outcome.CONFIRM


@pytest.mark.parametrize("level", [0, 1, 2])
def test_a_rule_can_ask_for_more_identity(level: int) -> None:
    facts = FACTS | {"identity.level": level}
    ruling = ruled(facts, clause("rules/1", rule("order.total > 20.0", identity="verified")))
    assert (ruling.outcome, ruling.identity_needed, ruling.clauses) == (Outcome.IDENTIFY, "verified", ["rules/1"])
    assert (
        ruled(facts, clause("rules/1", rule("order.total > 50.0", identity="verified"))).identity_needed == "confirmed"
    )


def test_less_identity_than_the_class_is_no_wish_that_counts() -> None:
    assert on("true", identity="anonymous").identity_needed == "confirmed"


def test_a_clause_that_is_not_in_force_rules_nothing() -> None:
    past = clause("rules/1", rule("true", "forbid"), valid_to=date(2026, 2, 28))
    future = clause("rules/2", rule("true", "forbid", of="rules/2"), valid_from=date(2026, 3, 2))
    assert ruled(FACTS, past, future).outcome is Outcome.CONFIRM
    assert ruled(FACTS | {"time.date": "2026-02-28"}, past, future).outcome is Outcome.FORBID
    assert ruled(FACTS | {"time.date": "2026-03-02"}, past, future).outcome is Outcome.FORBID


def test_a_system_that_is_down_is_for_a_person_and_said_so() -> None:
    ruling = ruled(FACTS | {"systems.available": False})
    assert ruling.outcome is Outcome.HANDOFF
    assert "system" in ruling.reason


def test_what_is_proved_of_rules_ranks_them_as_they_are_ruled_by() -> None:
    """A class counts as what it comes to, and a stricter outcome is stricter in the proofs too."""
    asked = [Outcome(outcome) if outcome else Outcome.ALLOW for outcome in precedence.OUTCOMES]
    assert asked == sorted(asked, key=lambda outcome: outcome.strictness)
    comes_to = {risk: Outcome(outcome) if outcome else Outcome.ALLOW for risk, outcome in precedence.CLASSES.items()}
    assert comes_to == {str(risk): outcome for risk, outcome in CLASS_OUTCOME.items()}
    assert list(precedence.LEVELS) == [level.name for level in Level]
