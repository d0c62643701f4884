"""The page of decision factors is what the product declares, and each of its rules compiles and is told in words."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import server
from agent.connected import tools_of
from agent.nodes.knowing import is_about_the_customer
from agent.policy.facts import CASE_FACTS, PROPOSAL_FACTS, vocabulary
from knowledge.plain import fact_in_words, rule_in_words
from knowledge.playbook import Rule
from knowledge.rules import Domain, FactType, Vocabulary
from tests.docs.pages import says

PAGE = "docs/decision-factors.md"
FACTORS = {
    "what is wanted, and how certain it is": ("intent.name", "intent.area", "intent.confidence"),
    "identity": ("identity.level", "identity.failed"),
    "support by the playbook": ("support.score",),
    "risk": ("action.name", "action.risk"),
    "system availability": ("systems.available",),
    "the customer's state": tuple(name for name in CASE_FACTS if name.startswith("state.")),
    "channel and language": ("case.channel", "case.locale"),
    "time": ("time.date", "time.hour", "time.weekday", "time.open"),
}
RULES = {
    "certainty": ('action.risk != "low_risk" && intent.confidence < 0.4', "handoff", None),
    "product area": ('action.name == "grant_exception" && intent.area == "payments"', "approve", None),
    "identity": ('action.name == "change_email" && identity.failed >= 2', "handoff", "verified"),
    "support": ('action.name == "create_ticket" && support.score < 0.2', "confirm", None),
    "risk": ('action.risk == "human_approved" && identity.level < 3', None, "verified"),
    "availability": ('action.name == "send_code" && !systems.available', "handoff", None),
    "state": (
        'action.name == "cancel_subscription" && (state.sentiment == "negative" || state.repeats > 1)', "handoff", None,
    ),
    "earlier handoff": ('action.name == "issue_refund" && state.escalated && state.urgency == "high"', "approve", None),
    "confusion": ('action.name == "cancel_order" && state.confused', "handoff", None),
    "channel": ('action.name in ["change_email", "change_phone"] && case.channel == "email"', "forbid", None),
    "business hours": ('action.name == "ask_for_call" && !time.open', "approve", None),
    "tier": ('action.name == "change_delivery" && customer.tier != "trade"', "confirm", None),
    "history": ('action.name == "issue_refund" && customer.refunded_30d + action.args.amount > 100.0', "approve", None),
    "amount": ('action.name == "issue_refund" && action.args.amount > order.total * 0.5', "approve", None),
}  # fmt: skip


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return vocabulary(tools_of(server.Settings(home=tmp_path_factory.mktemp("home"))))


def test_every_fact_of_a_proposal_belongs_to_a_factor() -> None:
    told = [fact for facts in FACTORS.values() for fact in facts]
    assert sorted(told) == sorted({**CASE_FACTS, **PROPOSAL_FACTS})


def test_facts_of_every_proposal(known: Vocabulary) -> None:
    rows = [
        (factor, f"`{fact}`", fact_in_words(fact, known), _can_be(known.variables[fact], known.domains.get(fact)))
        for factor, facts in FACTORS.items()
        for fact in facts
    ]
    says(PAGE, "facts of every proposal", _table(("factor", "fact", "what it is", "what it can be"), rows))


def test_facts_of_records(known: Vocabulary) -> None:
    rows = [
        (
            f"`{name}`",
            ", ".join(f"`{shape.subject}.{field}`" for field in shape.result),
            "whenever a rule wants to know" if is_about_the_customer(name, shape) else "once it was looked up",
        )
        for name, shape in sorted(known.lookups.items())
        if shape.result
    ]
    says(PAGE, "facts of records", _table(("lookup", "facts", "known"), rows))


def test_rules_in_plain_words(known: Vocabulary) -> None:
    rows = []
    for factor, (when, then, identity) in RULES.items():
        rule = Rule.model_validate({"clause": "a/1", "when": when, "then": then, "identity": identity, "source": "a:1"})
        known.expression(when)
        told = rule_in_words(rule, known)
        assert "`" not in told
        asked = ", ".join(f"{key}: {value}" for key, value in (("then", then), ("identity", identity)) if value)
        rows.append((factor, f"`{when.replace('||', chr(92) + '|' + chr(92) + '|')}` → {asked}", told))
    says(PAGE, "rules in plain words", _table(("factor", "rule", "in plain words"), rows))


def _can_be(kind: FactType, domain: Domain | None) -> str:
    if domain is not None and domain.values:
        return ", ".join(f'"{value}"' for value in domain.values)
    if domain is not None and domain.least is not None:
        return f"{domain.least:g} to {domain.most:g}" if domain.most is not None else f"{domain.least:g} or more"
    return {"bool": "true or false", "string": "a text", "int": "a whole number", "double": "a number"}[kind]


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [heads, ["---"] * len(list(heads)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
