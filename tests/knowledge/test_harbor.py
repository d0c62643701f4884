"""The demo company: what its rules say, and that its prose and its rules stand together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.load import load
from knowledge.playbook import Clause, Playbook
from knowledge.policies import cited
from knowledge.procedure import procedure, variables_at
from knowledge.rules import Vocabulary, compile_rule, evaluate
from tests.knowledge.conftest import HARBOR
from tests.knowledge.vocabulary import HARBOR_TOOLS

PLAYBOOK = load(HARBOR, HARBOR_TOOLS)
RULES = [(rule, compile_rule(rule.when, HARBOR_TOOLS.variables)) for rule in PLAYBOOK.rules]
REFUND = {
    "action.name": "issue_refund",
    "action.args.amount": 20.0,
    "action.args.currency": "EUR",
    "order.status": "delivered",
    "order.total": 100.0,
    "order.refundable": 100.0,
    "order.currency": "EUR",
    "order.days_since_delivery": 5,
    "customer.refunds_30d": 0,
}
VERIFIED = ("identity/1.4", "verified")


def holding(facts: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The clauses whose rules hold, with what they ask for."""
    return {(rule.clause, str(rule.then or rule.identity)) for rule, when in RULES if evaluate(when, facts)}


@pytest.mark.parametrize(
    ("changed", "also"),
    [
        ({}, set()),
        ({"action.args.amount": 50.0}, set()),
        ({"action.args.amount": 50.01}, {("refunds/4.2", "approve")}),
        ({"customer.refunds_30d": 1}, {("refunds/4.2", "approve")}),
        ({"order.days_since_delivery": 30}, set()),
        ({"order.days_since_delivery": 31}, {("refunds/4.3", "forbid")}),
        ({"order.refundable": 19.99}, {("refunds/4.5", "forbid")}),
        ({"order.total": 19.99, "order.refundable": 19.99}, {("refunds/4.4", "forbid"), ("refunds/4.5", "forbid")}),
        ({"action.args.amount": 0.0}, {("refunds/4.6", "forbid")}),
        ({"action.args.amount": -5.0}, {("refunds/4.6", "forbid")}),
        ({"action.args.amount": 0.0, "order.refundable": 0.0}, {("refunds/4.5", "forbid"), ("refunds/4.6", "forbid")}),
        ({"action.args.currency": "USD"}, {("refunds/4.7", "forbid")}),
        ({"order.status": "processing", "order.days_since_delivery": -1}, {("refunds/4.1", "forbid")}),
        ({"order.status": "shipped", "order.days_since_delivery": -1}, {("refunds/4.1", "forbid")}),
        ({"order.status": "cancelled"}, {("refunds/4.1", "forbid")}),
        ({"order.status": "returned"}, {("refunds/4.1", "forbid")}),
    ],
)
def test_refunds(changed: dict[str, Any], also: set[tuple[str, str]]) -> None:
    assert holding(REFUND | changed) == {VERIFIED} | also


@settings(max_examples=200)
@given(
    amount=st.decimals(-500, 500, places=2),
    total=st.decimals(1, 400, places=2),
    refunded=st.decimals(0, 400, places=2),
    days=st.integers(-1, 90),
    refunds=st.integers(0, 3),
    status=st.sampled_from(["processing", "shipped", "delivered", "cancelled", "returned"]),
)
def test_what_no_rule_stops_is_a_small_first_refund_within_its_bounds(
    amount: Any, total: Any, refunded: Any, days: int, refunds: int, status: str
) -> None:
    left = max(total - refunded, 0)
    facts = REFUND | {
        "action.args.amount": amount, "order.total": total, "order.refundable": left, "order.days_since_delivery": days,
        "customer.refunds_30d": refunds, "order.status": status,
    }  # fmt: skip
    allowed = holding(facts) == {VERIFIED}
    assert allowed == (0 < amount <= min(left, 50) and days <= 30 and refunds == 0 and status == "delivered")


@pytest.mark.parametrize(
    ("status", "clause"),
    [
        ("processing", None),
        ("shipped", "cancellations/2.2"),
        ("delivered", "cancellations/2.3"),
        ("cancelled", "cancellations/2.4"),
        ("returned", "cancellations/2.5"),
    ],
)
def test_cancellations(status: str, clause: str | None) -> None:
    forbidden = {(clause, "forbid")} if clause else set()
    assert holding({"action.name": "cancel_order", "order.status": status}) == {VERIFIED} | forbidden


@pytest.mark.parametrize(
    ("status", "clause"),
    [
        ("processing", None),
        ("shipped", "delivery/6.12"),
        ("delivered", "delivery/6.13"),
        ("cancelled", "delivery/6.14"),
        ("returned", "delivery/6.14"),
    ],
)
def test_deliveries(status: str, clause: str | None) -> None:
    forbidden = {(clause, "forbid")} if clause else set()
    asked = {"action.name": "change_delivery", "action.args.address": "5 Mill Road, Cork", "order.status": status}
    assert holding(asked) == {VERIFIED} | forbidden


@pytest.mark.parametrize("box", ["PO Box 12, Leeds", "p.o. box 7", "Post Office Box 3", "Postfach 1234, Kiel"])
def test_nothing_goes_to_a_post_office_box(box: str) -> None:
    asked = {"action.name": "change_delivery", "action.args.address": box, "order.status": "processing"}
    assert holding(asked) == {VERIFIED, ("delivery/6.4", "forbid")}


RETURN = {
    "action.name": "register_return",
    "action.args.items": "1 x Table lamp (HOM-LMP03)",
    "order.status": "delivered",
    "order.days_since_delivery": 5,
    "items.under_way": False,
}


@pytest.mark.parametrize(
    ("changed", "also"),
    [
        ({}, set()),
        ({"order.days_since_delivery": 30}, set()),
        ({"order.days_since_delivery": 31}, {("returns/3.1", "forbid")}),
        ({"items.under_way": True}, {("returns/3.11", "forbid")}),
        ({"action.args.items": "1 x Gift card, 50 EUR (GFT-50)"}, {("returns/3.3", "approve")}),
        ({"action.args.items": "1 x Board, engraved (KIT-BRD01)"}, {("returns/3.3", "approve")}),
        ({"order.status": "processing", "order.days_since_delivery": -1}, {("returns/3.10", "forbid")}),
        ({"order.status": "shipped", "order.days_since_delivery": -1}, {("returns/3.10", "forbid")}),
        ({"order.status": "cancelled", "order.days_since_delivery": -1}, {("returns/3.12", "forbid")}),
        ({"order.status": "returned"}, {("returns/3.12", "forbid")}),
    ],
)
def test_returns(changed: dict[str, Any], also: set[tuple[str, str]]) -> None:
    assert holding(RETURN | changed) == {VERIFIED} | also


PLAN = {
    "action.name": "change_subscription",
    "action.args.plan": "monthly",
    "action.args.status": "active",
    "action.args.next_at": "2031-01-10T10:00:00Z",
    "subscription.status": "active",
    "subscription.next_at": "2031-01-10T10:00:00Z",
    "subscription.days_to_next": 5,
    "subscription.restarts_at": "2031-01-08T09:00:00Z",
    "subscription.longest_pause": "2031-04-05T09:00:00Z",
}
PAUSE = {"action.args.status": "paused", "action.args.next_at": "2031-03-01T09:00:00Z"}
SOON = {"subscription.days_to_next": 1, "subscription.next_at": "2031-01-06T10:00:00Z"}


@pytest.mark.parametrize(
    ("changed", "also"),
    [
        ({}, set()),
        (SOON | {"action.args.next_at": SOON["subscription.next_at"]}, set()),
        (PAUSE, set()),
        (PAUSE | {"action.args.next_at": PLAN["subscription.longest_pause"]}, set()),
        (PAUSE | {"action.args.next_at": "2031-04-06T09:00:00Z"}, {("subscriptions/9.2", "forbid")}),
        (PAUSE | {"action.args.next_at": "2031-01-09T09:00:00Z"}, {("subscriptions/9.2", "handoff")}),
        (PAUSE | SOON, {("subscriptions/9.2", "handoff")}),
        (PAUSE | {"subscription.days_to_next": 2}, set()),
        (PAUSE | {"subscription.days_to_next": -1, "subscription.next_at": ""}, set()),
        ({"action.args.next_at": "2031-01-17T10:00:00Z"}, set()),
        (SOON | {"action.args.next_at": "2031-01-13T10:00:00Z"}, {("subscriptions/9.2", "handoff")}),
        ({"subscription.status": "paused", "subscription.days_to_next": -1, "subscription.next_at": ""}, set()),
        ({"subscription.status": "cancelled"}, {("subscriptions/9.8", "forbid")}),
    ],
)
def test_coffee_plans(changed: dict[str, Any], also: set[tuple[str, str]]) -> None:
    assert holding(PLAN | changed) == {VERIFIED} | also


@pytest.mark.parametrize(("status", "ended"), [("active", False), ("paused", False), ("cancelled", True)])
def test_what_has_ended_is_not_ended_again(status: str, ended: bool) -> None:
    forbidden = {("subscriptions/9.8", "forbid")} if ended else set()
    assert holding({"action.name": "cancel_subscription", "subscription.status": status}) == {VERIFIED} | forbidden


@pytest.mark.parametrize(("today", "person"), [(0, False), (2, False), (3, True)])
def test_only_so_many_password_links_are_sent_in_a_day(today: int, person: bool) -> None:
    handed = {("identity/1.8", "handoff")} if person else set()
    assert holding({"action.name": "send_reset_link", "reset_links.today": today}) == {VERIFIED} | handed


@pytest.mark.parametrize("action", ["change_email", "change_phone", "change_address"])
def test_contact_details_need_a_verified_customer(action: str) -> None:
    assert holding({"action.name": action}) == {VERIFIED}


@pytest.mark.parametrize("action", ["send_code", "create_ticket"])
def test_codes_and_tickets_need_no_rule_and_no_order(action: str) -> None:
    assert holding({"action.name": action}) == set()


def test_money_and_contact_details_are_never_moved_without_a_yes() -> None:
    for name in (
        "cancel_order", "change_delivery", "register_return", "change_subscription", "cancel_subscription",
        "send_reset_link", "issue_refund", "change_email", "change_phone", "change_address",
    ):  # fmt: skip
        assert PLAYBOOK.actions[name].risk == "customer_confirmed"
        assert PLAYBOOK.actions[name].identity == "verified"


def test_nothing_that_stands_in_an_order_mail_proves_anything_alone() -> None:
    facts = {fact.name: fact.in_order_mail for fact in PLAYBOOK.company.identity.facts}
    assert facts == {"order_id": True, "email": True, "name": True, "postcode": False, "phone": False}


@pytest.mark.parametrize("clause", [clause for clause in PLAYBOOK.clauses.values() if clause.rules], ids=lambda c: c.id)
def test_a_clause_with_a_rule_reads_well_when_it_is_quoted(clause: Clause) -> None:
    """Whole sentences without markup, short enough for a chat."""
    assert clause.text[0].isupper()
    assert clause.text.endswith(".")
    assert 30 <= len(clause.text) <= 330
    assert not re.search(r"[`#*_\[\]\n]", clause.text)


@pytest.mark.parametrize("rule", PLAYBOOK.rules, ids=lambda rule: rule.source)
def test_the_numbers_of_a_rule_stand_in_its_prose(rule: Any) -> None:
    numbers = {str(int(float(number))) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", rule.when)} - {"0"}
    words = {"1": "one", "2": "two"}
    text = PLAYBOOK.clauses[rule.clause].text
    assert [number for number in numbers if number not in text and words.get(number, "—") not in text] == []


def test_what_workflows_and_articles_cite_exists() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted(HARBOR.rglob("*")) if file.is_file()]
    ids = {clause for text in texts for clause in cited(text)}
    assert {"refunds/4.2", "identity/1.2", "contact/5.1"} <= ids
    assert ids <= PLAYBOOK.clauses.keys()


def test_the_amount_of_a_refund_is_what_is_asked_for_or_all_that_is_left(vocabulary: Vocabulary) -> None:
    refund = procedure(PLAYBOOK.workflows["refund"], PLAYBOOK.workflows)
    last = len(refund.steps) - 1
    amount = compile_rule(refund.steps[last].step.with_["amount"], variables_at(refund, last, vocabulary), "double")
    assert evaluate(amount, {"slots.amount": "", "order.refundable": 42.5}) == 42.5
    assert evaluate(amount, {"slots.amount": "12.50", "order.refundable": 42.5}) == 12.5


@pytest.mark.parametrize(
    ("repeats", "mood", "confused", "person"),
    [
        (3, "negative", False, True),
        (3, "neutral", True, True),
        (3, "neutral", False, False),
        (2, "negative", True, False),
    ],
)
def test_who_gets_nowhere_gets_a_person(repeats: int, mood: str, confused: bool, person: bool) -> None:
    facts = {"state.repeats": repeats, "state.sentiment": mood, "state.confused": confused}
    rules = [compile_rule(text, HARBOR_TOOLS.variables) for text in PLAYBOOK.company.escalate_when]
    assert any(evaluate(rule, facts) for rule in rules) is person


def test_intents_have_the_examples_that_a_head_needs(harbor: Playbook) -> None:
    for intent in harbor.intents.values():
        assert 15 <= len(intent.examples["en"]) <= 70, intent.name
