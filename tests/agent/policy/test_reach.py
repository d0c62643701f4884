"""What is proved never to be come to is not come to when the workflow is walked, whatever was looked up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agent.casefile.records import Args
from agent.policy.facts import vocabulary
from agent.policy.workflow import Say, Seen, next_step
from knowledge.documents import Source, Where
from knowledge.draft import Draft
from knowledge.procedure import procedure, written
from knowledge.reach import steps_are_reached
from knowledge.workflows import Workflow
from tests.agent.shop import Shop, catalog

TOOLS = catalog(Shop())
WORDS = vocabulary(TOOLS)
LOOKS: list[dict[str, Any]] = [
    {"look_up": "get_order", "with": {"order_id": '"HG-1"'}},
    {"look_up": "get_order", "with": {"order_id": '"HG-2"'}},
    {"look_up": "get_customer"},
]
CHOICE = {"ask": "items", "options": "order.lines", "value": "sku", "shown": "line"}
CONDITIONS = st.sampled_from([
    "order.paid", "!order.paid", "order.total > 40.0", "order.total <= 40.0", 'order.status == "shipped"',
    'order.status != "shipped" && order.paid', "customer.refunds > 1", "customer.refunds < 1", 'slots.items == ""',
    'slots.items == "mug"', "true", "[1, 2].exists(x, x == customer.refunds)",
])  # fmt: skip
SAYS = st.just({"say": "?"}) | st.builds(lambda when: {"when": when, "say": "?"}, CONDITIONS)
LEAVES = SAYS | SAYS | st.sampled_from([*LOOKS, CHOICE])
STEPS = st.recursive(
    st.lists(LEAVES, min_size=1, max_size=4),
    lambda inner: st.lists(
        LEAVES
        | st.builds(lambda when, then, other: {"if": when, "then": then, "else": other}, CONDITIONS, inner, inner),
        min_size=1,
        max_size=4,
    ),
    max_leaves=14,
)
ORDERS = st.builds(
    lambda paid, total, status, lines: {"id": "HG-1", "status": status, "total": total, "paid": paid, "lines": lines},
    st.booleans(),
    st.sampled_from(["40.00", "40.01", "60.00"]),
    st.sampled_from(["shipped", "lost"]),
    st.sampled_from([[{"sku": "mug", "name": "Mug"}], [{"sku": "lamp", "name": "Lamp"}]]),
)
CASES = st.fixed_dictionaries(
    {"HG-1": ORDERS, "HG-2": ORDERS, "": st.builds(lambda n: {"id": "cus_1", "refunds": n}, st.integers(0, 2))}
)


def named(steps: list[Any], names: Iterator[int]) -> list[Any]:
    """Each step that says something says which one it is."""
    return [
        {**one, **{way: named(one[way], names) for way in ("then", "else") if way in one}}
        | ({"say": f"s{next(names)}"} if "say" in one else {})
        for one in steps
    ]


@given(steps=STEPS, cases=st.lists(CASES, min_size=1, max_size=4))
def test_what_is_said_was_not_called_dead(steps: list[Any], cases: list[dict[str, Args]]) -> None:
    opening = [*LOOKS[:1], *LOOKS[2:]]
    workflow = Workflow.model_validate(
        {
            "id": "top", "title": "Top", "identity": "confirmed", "needs": [{"slot": "items", "optional": True}],
            "steps": named([*opening, *steps, {"say": "?"}], iter(range(100))),
        }
    )  # fmt: skip
    places: dict[Where, str] = {where: step.say or "" for where, step in written(workflow.steps)}
    lines = {where: number for number, where in enumerate(places)}
    draft = Draft(workflows={"top": workflow}, sources={"workflows/top.yaml": Source("workflows/top.yaml", {}, lines)})
    dead = {list(places.values())[finding.line] for finding in steps_are_reached(draft, WORDS)}
    for case in cases:
        walked = procedure(workflow, draft.workflows)
        said = next_step(
            walked,
            {},
            TOOLS,
            WORDS,
            lambda _, args, case=case: Seen(case[str(args.get("order_id", ""))]),  # type: ignore[misc]
        )
        assert not (isinstance(said, Say) and said.wording in dead)
