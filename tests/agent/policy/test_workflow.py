"""A workflow is walked by what is known: what is missing first, then each look, then one proposal; else a person."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.casefile.records import Args
from agent.policy.facts import vocabulary
from agent.policy.workflow import (
    Look,
    Looked,
    Missing,
    Need,
    Next,
    Person,
    Pick,
    Propose,
    Say,
    Seen,
    next_step,
    same_args,
)
from knowledge.procedure import procedure
from knowledge.workflows import Workflow
from tests.agent.shop import Shop, catalog

TOOLS = catalog(Shop())
WORDS = vocabulary(TOOLS)
ORDER: Args = {"id": "HG-1", "status": "processing", "total": "40.00", "paid": True, "note": None}
CUSTOMER: Args = {"id": "cus_1", "refunds": 1}
SLOTS = {"order_id": "hg-1", "reason": "broken"}
BARE_LOOK = {"look_up": "get_order", "with": {"order_id": "slots.order_id"}}
LOOK = BARE_LOOK | {"if_missing": "order_not_found", "slot": "order_id"}
LOOK_CUSTOMER = {"look_up": "get_customer"}
REFUND = {"propose": "issue_refund", "with": {
    "order_id": "order.id", "amount": 'slots.amount == "" ? order.total : double(slots.amount)', "currency": '"EUR"',
}}  # fmt: skip
CANCEL = {"propose": "cancel_order", "with": {"order_id": "order.id"}}


def sop(*steps: dict[str, Any], needs: tuple[str, ...] = ("order_id", "reason", "amount?")) -> Workflow:
    """A workflow with these steps; `amount?` is optional."""
    wanted = [{"slot": need.rstrip("?"), "optional": need.endswith("?")} for need in needs]
    return Workflow.model_validate(
        {"id": "refund", "title": "Refund", "identity": "confirmed", "needs": wanted, "steps": list(steps)}
    )


def seen(**by_tool: Args | str | None) -> Looked:
    """What the lookups of this turn gave, by tool: a record, None, or `down`."""
    made = {name: Seen(None, "down") if result == "down" else Seen(result) for name, result in by_tool.items()}  # type: ignore[arg-type]
    return lambda tool, _args: made.get(tool)


FIND = sop(LOOK, needs=("order_id",)).model_copy(update={"id": "find_order"})
PARTS = {"find_order": FIND}


def step(workflow: Workflow, slots: dict[str, str] = SLOTS, looked: Looked = seen()) -> Next:  # noqa: B008
    return next_step(procedure(workflow, PARTS | {workflow.id: workflow}), slots, TOOLS, WORDS, looked)


FOUND = seen(get_order=ORDER, get_customer=CUSTOMER)


def test_what_is_missing_is_asked_for_before_anything_is_read() -> None:
    workflow = sop(LOOK, REFUND)
    assert step(workflow, {}) == Need(["order_id", "reason"])
    assert step(workflow, {"reason": "broken"}, FOUND) == Need(["order_id"])
    assert step(workflow, {"amount": "5"}, FOUND) == Need(["order_id", "reason"])
    assert step(workflow) == Look("get_order", {"order_id": "HG-1"}), "the optional one is never asked for"


def test_lookups_come_in_their_order_and_once() -> None:
    workflow = sop(LOOK, LOOK_CUSTOMER, REFUND)
    assert step(workflow) == Look("get_order", {"order_id": "HG-1"})
    assert step(workflow, looked=seen(get_customer=CUSTOMER)) == Look("get_order", {"order_id": "HG-1"})
    assert step(workflow, looked=seen(get_order=ORDER)) == Look("get_customer", {})
    assert isinstance(step(workflow, looked=FOUND), Propose)


def test_a_look_is_known_by_its_arguments() -> None:
    asked: list[tuple[str, Args]] = []

    def looked(tool: str, args: Args) -> Seen | None:
        asked.append((tool, args))
        return Seen(ORDER) if args == {"order_id": "HG-2"} else None

    assert step(sop(LOOK, CANCEL), looked=looked) == Look("get_order", {"order_id": "HG-1"})
    assert asked == [("get_order", {"order_id": "HG-1"})]
    assert step(sop(LOOK, CANCEL), SLOTS | {"order_id": "HG-2"}, looked) == Propose(
        "cancel_order", {"order_id": "HG-1"}, {"order": ORDER}
    )


def test_a_proposal_has_the_arguments_its_tool_would_write() -> None:
    everything: Args = {"order_id": "HG-1", "amount": "40.00", "currency": "EUR"}
    found = {"order": ORDER, "customer": CUSTOMER}
    assert step(sop(LOOK, LOOK_CUSTOMER, REFUND), looked=FOUND) == Propose("issue_refund", everything, found)
    for amount in ("5", "5.0", "5.00"):
        proposed = step(sop(LOOK, REFUND), SLOTS | {"amount": amount}, FOUND)
        assert proposed == Propose("issue_refund", everything | {"amount": "5.00"}, {"order": ORDER})


@pytest.mark.parametrize("amount", ["much", "-5", "0", "5.001", "NaN", "1e400"])
def test_arguments_that_a_tool_would_not_take_are_for_a_person(amount: str) -> None:
    assert step(sop(LOOK, REFUND), SLOTS | {"amount": amount}, FOUND) == Person("no_rule")
    assert step(sop(LOOK, REFUND), SLOTS | {"order_id": "not an order"}, FOUND) == Person("no_rule")


def test_a_record_that_is_not_theirs_is_asked_for_again_or_goes_to_a_person() -> None:
    nothing = seen(get_order=None)
    assert step(sop(LOOK, CANCEL), looked=nothing) == Missing("order_not_found", "order_id")
    assert step(sop(BARE_LOOK, CANCEL), looked=nothing) == Person("no_rule")


def test_a_system_that_cannot_be_read_is_for_a_person() -> None:
    assert step(sop(LOOK, CANCEL), looked=seen(get_order="down")) == Person("system_down")


LINES: list[Any] = [{"sku": "mug", "name": "Mug"}, {"sku": "lamp", "name": "Lamp"}]
ASK = {"ask": "items", "options": "order.lines", "value": "sku", "shown": "line"}
TELL = {"when": 'slots.items == "lamp"', "say": "the lamp"}


def with_lines(*lines: Any, **more: Any) -> Looked:
    return seen(get_order=ORDER | {"lines": list(lines)} | more)


def test_a_customer_chooses_among_what_was_looked_up() -> None:
    workflow = sop(LOOK, ASK, TELL, {"person": "later"})
    assert step(workflow, looked=with_lines(*LINES)) == Pick(
        "items", LINES, "sku", "line", "ask.items", many=False, gone=False
    )
    found = {"order": ORDER | {"lines": LINES}}
    assert step(workflow, SLOTS | {"items": "lamp"}, with_lines(*LINES)) == Say("the lamp", found)
    assert step(workflow, SLOTS | {"items": "mug"}, with_lines(*LINES)) == Person("later")


def test_what_was_chosen_must_still_be_there() -> None:
    gone = Pick("items", LINES, "sku", "line", "ask.items", many=False, gone=True)
    assert step(sop(LOOK, ASK, TELL), SLOTS | {"items": "vase"}, with_lines(*LINES)) == gone
    alone = Pick("items", LINES[:1], "sku", "line", "ask.items", many=False, gone=True)
    assert step(sop(LOOK, ASK, TELL), SLOTS | {"items": "lamp"}, with_lines(*LINES[:1])) == alone


def test_the_only_one_there_is_needs_no_asking() -> None:
    assert step(sop(LOOK, ASK, TELL), looked=with_lines(LINES[1])) == Say(
        "the lamp", {"order": ORDER | {"lines": LINES[1:]}}
    )


def test_nothing_to_choose_from_is_said_or_is_for_a_person() -> None:
    assert step(sop(LOOK, ASK, TELL), looked=with_lines()) == Person("no_rule")
    told = ASK | {"if_missing": "no_lines", "slot": "order_id"}
    assert step(sop(LOOK, told, TELL), looked=with_lines()) == Missing("no_lines", "order_id")


def test_several_may_be_chosen_and_all_must_be_there() -> None:
    workflow = sop(
        LOOK, ASK | {"many": True}, {"when": 'slots.items == "mug,lamp"', "say": "both"}, {"person": "later"}
    )
    both = SLOTS | {"items": "mug,lamp"}
    assert isinstance(step(workflow, both, with_lines(*LINES)), Say)
    again = Pick("items", LINES, "sku", "line", "ask.items", many=True, gone=True)
    assert step(workflow, SLOTS | {"items": "mug,vase"}, with_lines(*LINES)) == again


@pytest.mark.parametrize(
    ("when", "comes"),
    [
        ('order.status == "processing"', Say("said", {"order": ORDER})),
        ("order.total > 39.99 && order.paid", Say("said", {"order": ORDER})),
        ("order.total > 40.0", Person("later")),
        ('slots.amount != ""', Person("later")),
    ],
)
def test_a_step_is_taken_when_its_condition_holds(when: str, comes: Next) -> None:
    assert step(sop(LOOK, {"when": when, "say": "said"}, {"person": "later"}), looked=FOUND) == comes


@pytest.mark.parametrize(
    "when",
    ["order.note == 'x'", "customer.refunds > 0", "slots.plan == ''", "order.total", "order.status", "order.total > 1",
     "1 / 0 == 1", ""],
)  # fmt: skip
def test_a_condition_that_cannot_be_told_is_for_a_person(when: str) -> None:
    assert step(sop(LOOK, {"when": when, "say": "said"}, {"say": "other"}), looked=FOUND) == Person("no_rule")


def test_a_field_that_the_record_leaves_out_is_not_guessed() -> None:
    half = {name: value for name, value in ORDER.items() if name != "status"}
    workflow = sop(LOOK, {"when": 'order.status == "shipped"', "say": "said"}, {"say": "other"})
    assert step(workflow, looked=seen(get_order=half)) == Person("no_rule")


def test_a_record_can_go_by_another_name() -> None:
    workflow = sop(LOOK | {"as": "old"}, {"when": "old.paid", "say": "said"})
    assert step(workflow, looked=FOUND) == Say("said", {"old": ORDER})
    assert step(sop(LOOK | {"as": "old"}, {"when": "order.paid", "say": "said"}), looked=FOUND) == Person("no_rule")


def test_what_leads_nowhere_is_for_a_person() -> None:
    assert step(sop(LOOK), looked=FOUND) == Person("no_rule")
    assert step(sop(LOOK, {"person": "appointment"}), looked=FOUND) == Person("appointment")


PAID = {"if": "it was paid", "then": [{"when": "it is large", "say": "large"}, {"say": "small"}]}
CONDITIONS = {"it was paid": "order.paid", "it is large": "order.total > 50.0", "none said": 'slots.items == ""'}


def branching(*steps: dict[str, Any], needs: tuple[str, ...] = ("order_id",)) -> Workflow:
    return Workflow.model_validate(
        {
            "id": "branching", "title": "Branching", "identity": "confirmed", "conditions": CONDITIONS,
            "needs": sop(*steps, needs=needs).model_dump()["needs"], "steps": list(steps),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("order", "comes"),
    [
        ({"paid": True}, "small"),
        ({"paid": True, "total": "60.00"}, "large"),
        ({"paid": False, "total": "60.00"}, "open"),
    ],
)
def test_a_branch_is_taken_by_its_named_condition(order: Args, comes: str) -> None:
    found = ORDER | order
    workflow = branching(LOOK, PAID | {"else": [{"say": "open"}]}, {"person": "never"})
    assert step(workflow, looked=seen(get_order=found)) == Say(comes, {"order": found})
    without = branching(LOOK, PAID, {"say": "open"})
    assert step(without, looked=seen(get_order=found)) == Say(comes, {"order": found})


def test_a_branch_is_told_once_whatever_its_steps_change() -> None:
    """The only item is taken without asking, after which one was said: still the branch goes on."""
    asking = {"if": "none said", "then": [ASK, {"say": "taken"}], "else": [{"say": "said before"}]}
    only = with_lines(LINES[0])
    assert step(branching(LOOK, asking, needs=("order_id", "items?")), looked=only) == Say(
        "taken", {"order": ORDER | {"lines": LINES[:1]}}
    )


def test_a_part_is_done_in_its_place_and_asks_for_what_it_needs() -> None:
    workflow = sop({"do": "find_order"}, CANCEL, needs=("reason",))
    assert step(workflow, {}) == Need(["reason", "order_id"])
    assert step(workflow) == Look("get_order", {"order_id": "HG-1"})
    assert step(workflow, looked=FOUND) == Propose("cancel_order", {"order_id": "HG-1"}, {"order": ORDER})


def test_what_a_part_needs_in_some_cases_only_is_asked_for_there() -> None:
    customers = {"when": "customer.refunds > 0", "do": "find_order"}
    workflow = sop(LOOK_CUSTOMER, customers, {"say": "end"}, needs=())
    assert step(workflow, {}) == Look("get_customer", {})
    assert step(workflow, {}, seen(get_customer=CUSTOMER)) == Need(["order_id"])
    assert step(workflow, SLOTS, seen(get_customer=CUSTOMER)) == Look("get_order", {"order_id": "HG-1"})
    assert step(workflow, {}, seen(get_customer=CUSTOMER | {"refunds": 0})) == Say(
        "end", {"customer": CUSTOMER | {"refunds": 0}}
    )


def test_a_branch_that_cannot_be_told_is_for_a_person() -> None:
    workflow = branching(LOOK, {"if": "it was paid", "then": [{"say": "a"}], "else": [{"say": "b"}]})
    assert step(workflow, looked=seen(get_order=ORDER | {"paid": None})) == Person("no_rule")


STEPS = st.sampled_from([
    LOOK, LOOK_CUSTOMER, LOOK | {"as": "old"}, REFUND, CANCEL, {"person": "p"}, {"say": "s"},
    {"when": "order.paid", "say": "s"}, {"when": "customer.refunds > 0", "person": "p"}, {"when": "false", "say": "s"},
])  # fmt: skip
KNOWN = st.dictionaries(st.sampled_from(["order_id", "reason", "amount"]), st.sampled_from(["HG-1", "5", ""]))
ORDERS, CUSTOMERS = st.sampled_from([ORDER, None, "down"]), st.sampled_from([CUSTOMER, "down"])
LOOKED = st.fixed_dictionaries({}, optional={"get_order": ORDERS, "get_customer": CUSTOMERS})


@given(steps=st.lists(STEPS, min_size=1, max_size=5), slots=KNOWN, made=LOOKED)
def test_the_same_knowledge_gives_the_same_step(steps: list[Any], slots: dict[str, str], made: dict[str, Any]) -> None:
    workflow, before = sop(*steps), dict(slots)
    first, again = step(workflow, slots, seen(**made)), step(workflow, dict(slots), seen(**made))
    assert (first, slots) == (again, before)
    missing = [name for name in ("order_id", "reason") if name not in slots]
    assert (first == Need(missing)) == bool(missing)
    if isinstance(first, Look):
        assert first.tool not in made
    if isinstance(first, Propose | Say):
        assert all(record in (ORDER, CUSTOMER) for record in first.found.values())


NESTED = st.recursive(
    st.lists(STEPS, min_size=1, max_size=3),
    lambda inner: st.lists(
        STEPS
        | st.builds(lambda when, then, other: {"if": when, "then": then, "else": other},
                    st.sampled_from(["order.paid", "order.total > 50.0", "customer.refunds == 1"]), inner, inner)
        | st.just({"do": "find_order"}),
        min_size=1, max_size=3,
    ),
    max_leaves=12,
)  # fmt: skip


@given(steps=NESTED, slots=KNOWN, made=LOOKED)
def test_branches_and_parts_are_walked_as_they_read(
    steps: list[Any], slots: dict[str, str], made: dict[str, Any]
) -> None:
    """Told by unfolding: of each branch the way that is taken stands in its place, and of a part its steps."""
    whole, row, rest = step(sop(*steps), slots, seen(**made)), list[dict[str, Any]](), list(steps)
    while rest:
        one = rest.pop(0)
        if "do" in one:
            rest = [LOOK, *rest]
        elif "if" in one:
            way = step(sop(*row, {"when": one["if"], "say": "yes"}, {"say": "no"}), slots, seen(**made))
            if not isinstance(way, Say) or way.wording not in ("yes", "no"):
                assert whole == way
                return
            rest = [*one["then" if way.wording == "yes" else "else"], *rest]
        else:
            row.append(one)
    assert whole == step(sop(*row), slots, seen(**made))


@given(steps=st.lists(STEPS, min_size=1, max_size=5), slots=KNOWN)
def test_nothing_is_proposed_on_what_was_not_looked_up(steps: list[Any], slots: dict[str, str]) -> None:
    assert not isinstance(step(sop(*steps), slots, seen()), Propose)


def test_arguments_are_the_same_to_the_letter() -> None:
    assert same_args({"a": 1, "b": "x"}, {"b": "x", "a": 1})
    assert not same_args({"a": 1}, {"a": 1.0})
    assert not same_args({"a": 1}, {"a": True})
