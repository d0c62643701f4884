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
from pydantic import Field

from agent.casefile.fold import Case, fold
from agent.casefile.records import Args, Intent
from agent.policy.facts import CASE_FACTS, PROPOSAL_FACTS, Facts, bind, domains_of, gather, vocabulary
from knowledge.rules import Domain, compile_rule, evaluate
from tests.agent.histories import history
from tests.agent.shop import Shop, catalog
from tools.contract import Arguments, Catalog

TOOLS = catalog(Shop())
WORDS = vocabulary(TOOLS)
NIGHT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
WANTS = Intent(id="i1", name="refund", confidence=0.5, text="")
ORDER: Args = {"id": "HG-1", "status": "shipped", "total": "40.10", "paid": True, "note": None}


def facts(case: Case, intent: Intent | None = WANTS, tool: str = "issue_refund", **found: Args) -> Facts:
    args: Args = {"order_id": "HG-1", "amount": "12.50"} if tool == "issue_refund" else {}
    return gather(case, intent, TOOLS.tools[tool], args, found, NIGHT, WORDS, support=0.75, available=False)


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
