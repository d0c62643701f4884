"""Workflows and the parts that they are put together from: each is there, and none does itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from knowledge.documents import Finding, Where
from knowledge.draft import Draft
from knowledge.procedure import MOST_STEPS, Procedure, procedure, written
from knowledge.rules import closest
from knowledge.terms import IdentityLevel
from knowledge.workflows import Workflow, WorkflowStep

LEVELS = get_args(IdentityLevel)
_NAME = re.compile(r"[^\W\d][\w' -]*")
_CONSTANTS = ("true", "false")


def file_of(workflow: str) -> str:
    """Where a workflow of this id is written."""
    return f"workflows/{workflow}.yaml"


def parts(draft: Draft) -> set[str]:
    """The workflows that others do as a part of theirs."""
    return {step.do for workflow in draft.workflows.values() for _, step in written(workflow.steps) if step.do}


def starts(draft: Draft) -> list[Workflow]:
    """The workflows that are walked from their top: those that intents lead to, and those that nobody does."""
    led_to, done = {intent.workflow for intent in draft.intents.values()}, parts(draft)
    return [workflow for name, workflow in draft.workflows.items() if name in led_to or name not in done]


def procedures(draft: Draft) -> list[Procedure]:
    """What can be walked, as far as it was read."""
    return [procedure(workflow, draft.workflows) for workflow in starts(draft)]


def is_unknown(condition: str, workflow: Workflow) -> bool:
    """Whether it is in plain words, and the workflow has no condition of that name."""
    return condition not in {*workflow.conditions, *_CONSTANTS} and _NAME.fullmatch(condition) is not None


def parts_fit(draft: Draft) -> Iterator[Finding]:
    """Each part and each condition that a step names is there, and what is put together can be read in one sitting."""
    for workflow in draft.workflows.values():
        for where, step in written(workflow.steps):
            yield from _condition_is_known(draft, workflow, where, step)
            yield from _part_is_known(draft, workflow, where, step)
    for walked in procedures(draft):
        if len(walked.steps) >= MOST_STEPS:
            wrong = f"with all that it does this has {MOST_STEPS} steps or more"
            yield draft.finding(file_of(walked.id), ("steps",), wrong, "see whether a part is done too often")


def _condition_is_known(draft: Draft, workflow: Workflow, where: Where, step: WorkflowStep) -> Iterator[Finding]:
    for key, told in (("when", step.when), ("if", step.if_)):
        if told is not None and is_unknown(told, workflow):
            advice = closest(told, workflow.conditions) or f"write `{told}: …` under `conditions:`"
            yield draft.finding(file_of(workflow.id), (*where, key), f"unknown condition '{told}'", advice)


def _part_is_known(draft: Draft, workflow: Workflow, where: Where, step: WorkflowStep) -> Iterator[Finding]:
    if step.do is None:
        return
    part, file = draft.workflows.get(step.do), file_of(workflow.id)
    if part is None and draft.absent("workflows", step.do):
        others = draft.workflows.keys() - {workflow.id}
        yield draft.finding(file, (*where, "do"), f"unknown workflow '{step.do}'", closest(step.do, others))
    if part is not None and (round_ := _back_to(workflow.id, [step.do], draft)):
        wrong = f"'{workflow.id}' does itself without end: {' → '.join([workflow.id, *round_])}"
        yield draft.finding(file, (*where, "do"), wrong, "take what both need into a workflow of its own")
    if part is not None and LEVELS.index(part.identity) > LEVELS.index(workflow.identity):
        wrong = f"'{step.do}' needs identity '{part.identity}', the workflow asks for '{workflow.identity}'"
        yield draft.finding(file, (*where, "do"), wrong, f"write `identity: {part.identity}`")


def _back_to(workflow: str, way: list[str], draft: Draft) -> list[str]:
    """The way from a part back to the workflow that does it; empty: there is none."""
    seen, ways = set[str](), [way]
    while ways:
        way = ways.pop(0)
        if way[-1] == workflow:
            return way
        if way[-1] in draft.workflows and way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, step.do] for _, step in written(draft.workflows[way[-1]].steps) if step.do]
    return []
