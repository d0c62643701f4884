"""A workflow with its branches and parts is one row of steps, each of which knows where it was written."""

from __future__ import annotations

from typing import Any

import pytest

from knowledge.playbook import Playbook
from knowledge.procedure import MOST_STEPS, Procedure, procedure, procedure_of, variables_at
from knowledge.rules import Vocabulary
from knowledge.workflows import Workflow

SAY: dict[str, Any] = {"say": "done"}
FIND: dict[str, Any] = {"look_up": "get_order", "with": {"order_id": "slots.order_id"}}


def workflow(name: str, *steps: dict[str, Any], **more: Any) -> Workflow:
    return Workflow.model_validate({"id": name, "title": name, "identity": "confirmed", "steps": list(steps), **more})


def laid_out(*workflows: Workflow) -> Procedure:
    """The first of them, with the others to be done."""
    return procedure(workflows[0], {one.id: one for one in workflows})


def test_each_step_knows_where_it_was_written_and_under_what() -> None:
    branch = {"if": "late", "then": [{"do": "find"}, SAY], "else": [{"when": "late", "do": "find"}]}
    row = laid_out(
        workflow("top", SAY, branch, conditions={"late": "1 > 0"}),
        workflow("find", FIND, {"when": "late", "say": "x"}, conditions={"late": "2 > 0"}),
    ).steps
    assert [(at.document, at.where, at.when, at.under) for at in row] == [
        ("top", ("steps", 0), None, ()),
        ("top", ("steps", 1), "1 > 0", ()),
        ("find", ("steps", 0), None, ((1, True),)),
        ("find", ("steps", 1), "2 > 0", ((1, True),)),
        ("top", ("steps", 1, "then", 1), None, ((1, True),)),
        ("top", ("steps", 1, "else", 0), "1 > 0", ((1, False),)),
        ("find", ("steps", 0), None, ((1, False), (5, True))),
        ("find", ("steps", 1), "2 > 0", ((1, False), (5, True))),
    ]
    assert [at.branches for at in row] == [False, True, False, False, False, True, False, False]
    assert [at.ends for at in row] == [True, False, False, True, True, False, False, True]


NEEDED: list[dict[str, Any]] = [{"slot": "order_id", "asked": "ask.which"}, {"slot": "email", "optional": True}]


@pytest.mark.parametrize(
    ("own", "needs"),
    [
        ([], [("order_id", False, "ask.which"), ("email", True, None)]),
        ([{"slot": "email"}], [("email", False, None), ("order_id", False, "ask.which")]),
        (
            [{"slot": "order_id", "optional": True, "asked": "ask.mine"}],
            [("order_id", False, "ask.mine"), ("email", True, None)],
        ),
    ],
)
def test_what_a_part_needs_is_needed_with_the_rest(own: list[Any], needs: list[Any]) -> None:
    walked = laid_out(workflow("top", {"do": "find"}, needs=own), workflow("find", FIND, needs=NEEDED))
    assert [(need.slot, need.optional, need.asked) for need in walked.needs] == needs
    assert [at.step.look_up for at in walked.steps] == ["get_order"]


def test_what_a_part_needs_in_some_cases_is_asked_for_in_its_place() -> None:
    top = workflow("top", {"when": "true", "do": "find"})
    walked = laid_out(top, workflow("find", FIND, needs=NEEDED))
    assert [(need.slot, need.optional) for need in walked.needs] == [("order_id", True), ("email", True)]
    asking = walked.steps[1]
    assert (asking.step.ask, asking.document, asking.where) == ("order_id", "find", ("needs", 0))
    assert walked.asked == {"order_id": "ask.which"}
    needing = top.model_copy(update={"needs": workflow("x", SAY, needs=[{"slot": "order_id"}]).needs})
    assert [at.step.ask for at in laid_out(needing, workflow("find", FIND, needs=NEEDED)).steps] == [None, None]


def test_what_does_itself_and_what_grows_without_bounds_is_cut_short() -> None:
    """`check` says so; laying it out must end all the same."""
    assert [at.step.say for at in laid_out(workflow("top", SAY, {"do": "top"})).steps] == ["done"]
    one, other = workflow("one", {"do": "other"}, SAY), workflow("other", {"do": "one"}, FIND)
    assert [at.step.say for at in laid_out(one, other).steps] == [None, "done"]
    doubling = [workflow(f"w{n}", {"do": f"w{n + 1}"}, {"do": f"w{n + 1}"}) for n in range(40)]
    assert len(laid_out(*doubling, workflow("w40", SAY)).steps) == MOST_STEPS


def test_guidance_of_parts_comes_with_the_whole() -> None:
    walked = laid_out(
        workflow("top", {"do": "find"}, guidance="Be kind."), workflow("find", FIND, guidance="Look well.")
    )
    assert walked.guidance == ["Be kind.", "Look well."]


def test_a_step_knows_its_slots_and_what_came_before(harbor: Playbook, vocabulary: Vocabulary) -> None:
    refund = procedure_of("refund", harbor)
    assert refund is not None
    matter = {"matter.said", "matter.since"}
    assert set(variables_at(refund, 0, vocabulary)) == {"slots.order_id", "slots.reason", "slots.amount"} | matter
    last = variables_at(refund, len(refund.steps) - 1, vocabulary)
    assert {"order.refundable", "customer.refunds_30d", "slots.amount"} <= last.keys()
    assert procedure_of("greeting", harbor) is None


def test_what_one_way_of_a_branch_looked_up_the_other_does_not_know(vocabulary: Vocabulary) -> None:
    walked = laid_out(
        workflow("top", {"if": "true", "then": [FIND, SAY], "else": [SAY]}, SAY, needs=[{"slot": "order_id"}])
    )
    known = ["order.id" in variables_at(walked, index, vocabulary) for index in range(len(walked.steps))]
    assert known == [False, False, True, False, True]
