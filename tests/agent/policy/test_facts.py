"""Facts are what is known and nothing else, in the types that rules were written for."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from agent.casefile.fold import Case, fold
from agent.casefile.records import Args, Intent
from agent.policy.facts import CASE_FACTS, PROPOSAL_FACTS, Facts, bind, domains_of, gather, of_case, vocabulary
from agent.policy.facts import WORDS as NAMED
from knowledge.company import BusinessHours
from knowledge.moments import hours_spoken
from knowledge.plain import condition_in_words
from knowledge.rules import Domain, compile_rule, evaluate
from tests.agent.companies import OFFICE, company
from tests.agent.histories import history
from tests.agent.shop import Shop, catalog
from tools.contract import Arguments, Catalog

TOOLS = catalog(Shop())
WORDS = vocabulary(TOOLS)
NIGHT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
WANTS = Intent(id="i1", name="cancel_order", confidence=0.5, text="")
ORDER: Args = {"id": "HG-1", "status": "shipped", "total": "40.10", "paid": True, "note": None}


def facts(case: Case, intent: Intent | None = WANTS, tool: str = "issue_refund", **found: Args) -> Facts:
    args: Args = {"order_id": "HG-1", "amount": "12.50"} if tool == "issue_refund" else {}
    return gather(case, intent, TOOLS.tools[tool], args, found, NIGHT, WORDS, company(), support=0.75, available=False)


def test_tools_give_rules_their_words() -> None:
    assert WORDS.lookups["get_order"].result == {"id": "string", "status": "string", "total": "double", "paid": "bool"}
    assert WORDS.lookups["get_order"].lists == {"lines": {"sku": "string", "name": "string"}}
    assert WORDS.actions["issue_refund"].args == {"order_id": "string", "amount": "double", "currency": "string"}
    assert WORDS.actions["issue_refund"].optional == {"currency"}
    assert WORDS.variables["customer.refunds"] == "int"
    assert WORDS.variables.items() >= (CASE_FACTS | PROPOSAL_FACTS).items()


@given(dice=st.randoms(use_true_random=True), length=st.integers(1, 60))
def test_every_fact_of_any_case_has_its_declared_type(dice: random.Random, length: int) -> None:
    case = fold(Case(tenant="harbor", case_id="c"), history(dice, length))
    known = facts(case, order=ORDER, customer={"id": "cus_1", "refunds": 2})
    assert known.keys() >= (CASE_FACTS | PROPOSAL_FACTS).keys()
    for name, kind in WORDS.variables.items():
        if name in known:
            assert evaluate(compile_rule(name, WORDS.variables, kind), known) == known[name]
            assert _can_be(WORDS.domains.get(name, Domain()), known[name]), name


def _can_be(domain: Domain, value: Any) -> bool:
    if domain.values and value not in domain.values:
        return False
    return (domain.least is None or value >= domain.least) and (domain.most is None or value <= domain.most)


class Shade(StrEnum):
    RED = "red"
    BLUE = "blue"


class Change(Arguments):
    """What a tool might take."""

    pace: Literal["slow", "fast"] | None = None
    cups: Annotated[int, Field(ge=1, le=6)] = 1
    shade: Shade = Shade.RED
    note: str = ""
    wrap: Literal["paper", None] = None


class Tint(Arguments):
    """Another tool's, of which more is known in one way and less in another."""

    pace: Literal["fast", "faster"] = "fast"
    cups: int = 1


def test_what_a_lookup_takes_counts_too_since_rules_are_asked_about_it() -> None:
    asked = replace(TOOLS.lookup("get_order"), args=Change)
    told = replace(TOOLS.action("issue_refund"), args=Tint)
    known = vocabulary(Catalog({"get_order": asked, "issue_refund": told}))
    assert set(known.domains["action.args.pace"].values) == {"slow", "fast", "faster"}


def test_types_say_what_a_fact_can_be() -> None:
    assert domains_of([("paint", Change)]) == {
        "paint.pace": Domain(("slow", "fast")),
        "paint.cups": Domain(least=1, most=6),
        "paint.shade": Domain(("red", "blue")),
        "paint.note": Domain(),
        "paint.wrap": Domain(("paper",)),
    }
    both = domains_of([("paint", Change), ("paint", Tint)])
    assert set(both["paint.pace"].values) == {"slow", "fast", "faster"}
    assert both["paint.cups"] == Domain()
    assert WORDS.domains["identity.level"] == Domain(least=0, most=3)
    assert WORDS.domains["state.sentiment"] == Domain(("positive", "neutral", "negative"))


def test_what_was_looked_up_and_proposed_is_known_by_name() -> None:
    known = facts(Case(tenant="harbor", case_id="c"), order=ORDER)
    assert known["order.total"] == 40.1
    assert known["action.args.amount"] == 12.5
    assert (known["order.paid"], known["order.status"]) == (True, "shipped")
    assert "order.note" not in known, "it was not declared"
    assert "customer.refunds" not in known, "it was not looked up"
    assert (known["time.date"], known["time.hour"], known["time.weekday"]) == ("2026-03-01", 23, 6)


def test_a_matter_brings_what_the_playbook_says_of_it() -> None:
    known = facts(Case(tenant="harbor", case_id="c"))
    assert (known["intent.name"], known["intent.area"], known["support.score"]) == ("cancel_order", "general", 0.75)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T08:59", False), ("2026-03-02T09:00", True), ("2026-03-02T12:29", True),
        ("2026-03-02T12:30", False), ("2026-03-02T13:00", True), ("2026-03-02T18:00", False),
        ("2026-03-03T12:00", False), ("2026-03-07T13:59", True), ("2026-03-08T13:00", False),
    ],
)  # fmt: skip
def test_business_hours_are_those_of_the_weekday(moment: str, is_open: bool) -> None:
    case, at = Case(tenant="harbor", case_id="c"), datetime.fromisoformat(moment)
    assert of_case(case, at, company().company)["time.open"] is is_open


def test_hours_that_are_only_said_are_not_known() -> None:
    said = company().company.model_copy(update={"business_hours": BusinessHours.model_validate("in the morning")})
    assert "time.open" not in of_case(Case(tenant="harbor", case_id="c"), NIGHT, said)
    assert hours_spoken(said.business_hours, "en") == "in the morning"


def test_hours_are_told_by_days_that_are_alike() -> None:
    assert hours_spoken(OFFICE, "en") == "Monday 9:00 to 12:30, 13:00 to 18:00, Saturday 10:00 to 14:00"
    week = BusinessHours(monday="9:00 to 17:00", tuesday="9:00 to 17:00", sunday="0:00 to 24:00")
    assert hours_spoken(week, "en") == "Monday to Tuesday 9:00 to 17:00, Sunday 0:00 to 24:00"


@pytest.mark.parametrize(
    "text", ["9 to 18", "18:00 to 9:00", "9:00 to 9:00", "9:00 to 25:00", "10:00 to 12:00, 11:00 to 13:00"]
)
def test_what_is_no_opening_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"is no opening time; write it like 9:00 to 12:30"):
        BusinessHours(friday=text)


def test_every_fact_of_any_case_can_be_said_in_a_sentence() -> None:
    declared = CASE_FACTS | PROPOSAL_FACTS
    assert NAMED.keys() == declared.keys()
    denied = {
        name: condition_in_words(f"!{name}", declared, WORDS) for name, kind in declared.items() if kind == "bool"
    }
    assert denied == {
        "state.confused": "the customer is not confused",
        "state.escalated": "a person was not in the case before",
        "time.open": "it is not within business hours",
        "systems.available": "the needed system is not available",
    }
    counted = {
        name: condition_in_words(f"{name} > 1", declared, WORDS) for name in ("state.repeats", "identity.failed")
    }
    assert counted == {
        "state.repeats": "the times that the same was asked for in a row are more than 1",
        "identity.failed": "the proofs of identity that failed are more than 1",
    }


def test_a_lookup_is_of_the_lowest_risk() -> None:
    case = Case(tenant="harbor", case_id="c")
    assert facts(case, None, "get_customer")["action.risk"] == "low_risk"
    assert facts(case)["action.risk"] == "human_approved"
    assert not {"intent.name", "support.score"} & facts(case, None).keys()


@pytest.mark.parametrize("text", ["much", "", "12,50", "NaN", "1e999"])
def test_money_that_cannot_be_read_is_left_for_the_rule_to_stumble_over(text: str) -> None:
    bound = bind({"order.total": text}, WORDS.variables)
    with pytest.raises(ValueError, match=r"order\.total"):
        evaluate(compile_rule("order.total > 0.0", WORDS.variables), bound)


@given(amount=st.decimals(-(10**6), 10**6, places=2))
def test_money_becomes_the_nearest_double(amount: Decimal) -> None:
    assert bind({"order.total": str(amount)}, WORDS.variables) == {"order.total": float(amount)}
