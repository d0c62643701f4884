"""The ways through workflows: somebody sets out on each, each gets on, and each comes to an end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from knowledge.documents import Finding, Where
from knowledge.draft import Draft
from knowledge.parts import file_of, parts, procedures, starts
from knowledge.procedure import written
from knowledge.rules import Vocabulary, closest
from knowledge.steps import Step
from knowledge.workflows import Chosen, WorkflowStep

_NAMED = re.compile(r"(?<![\w.])([a-z_]\w*)\.([a-z_]\w*)")
Place = tuple[str, Where]
"""The id of a workflow, and the way to a step in it."""


def workflows_are_used(draft: Draft) -> Iterator[Finding]:
    """An intent leads to each workflow, or another does it; and a step names each of its conditions."""
    used = {intent.workflow for intent in draft.intents.values()} | parts(draft)
    for name, workflow in draft.workflows.items():
        if name not in used and not draft.partial & {"intents", "workflows"}:
            wrong = "no intent leads to this workflow, and no other does it"
            yield draft.finding(file_of(name), (), wrong, f"write `workflow: {name}` in an intent, or remove the file")
        named = {told for _, step in written(workflow.steps) for told in (step.when, step.if_)}
        for condition in workflow.conditions.keys() - named:
            wrong = f"no step names the condition '{condition}'"
            yield draft.finding(file_of(name), ("conditions", condition), wrong, "name it with `if` or `when`")


def workflows_end(draft: Draft) -> Iterator[Finding]:
    """Each way through a workflow ends: something is proposed or said, or a person takes over."""
    for workflow in starts(draft):
        if (place := _open_end(workflow.steps, (workflow.id, ("steps",)), draft)) is not None:
            advice = "end with a say, person or propose step that has no `when`"
            yield draft.finding(file_of(place[0]), place[1], "the workflow may come to no end here", advice)


def _open_end(steps: list[WorkflowStep], at: Place, draft: Draft, within: frozenset[str] = frozenset()) -> Place | None:
    """The last step on a way that comes to no end; None: all do."""
    workflow, where = at
    found: Place | None = None
    for index, step in enumerate(steps):
        here = (workflow, (*where, index))
        if step.if_ is not None:
            found = _open_end(step.then, (workflow, (*here[1], "then")), draft, within)
            found = found or (
                _open_end(step.else_, (workflow, (*here[1], "else")), draft, within) if step.else_ else here
            )
        elif step.do is not None:
            part = draft.workflows.get(step.do) if step.do not in within else None
            ends = part is None or _open_end(part.steps, (part.id, ("steps",)), draft, within | {step.do}) is None
            found = None if ends and step.when is None else here
        else:
            found = None if step.when is None and (step.propose or step.say or step.person) else here
        if found is None:
            return None
    return found


def workflows_get_on(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Whatever is asked for can be given, and what is given is of use."""
    for walked in procedures(draft):
        for index in range(len(walked.steps)):
            step = Step(draft, vocabulary, walked, index)
            yield from _can_be_given(step)
            yield from _asking_again_helps(step)


def _can_be_given(at: Step) -> Iterator[Finding]:
    """What is asked for in words is taken from them, and is nothing that only a list has."""
    if at.step.ask is None or at.step.options is not None:
        return
    if at.step.ask in get_args(Chosen):
        wrong = f"nobody can give '{at.step.ask}' in words of their own"
        yield at.finding(("ask",), wrong, "let it be chosen: write `options:` and `shown:`")
    elif at.step.ask not in [need.slot for need in at.procedure.needs]:
        wrong = f"'{at.step.ask}' is asked for here, and no answer is taken as it"
        yield at.finding(("ask",), wrong, f"add `- {{slot: {at.step.ask}, optional: true}}` under `needs:`")


def _asking_again_helps(at: Step) -> Iterator[Finding]:
    """What is asked for again where nothing was found can be given, and something else is found with it."""
    needed = [need.slot for need in at.procedure.needs]
    if at.step.slot is not None and at.step.slot not in needed:
        yield at.finding(("slot",), f"the workflow does not need '{at.step.slot}'", closest(at.step.slot, needed))
    elif at.step.slot is not None and at.step.slot not in _found_by(at):
        wrong = f"another '{at.step.slot}' would find nothing else here, so that it is asked for without end"
        yield at.finding(("slot",), wrong, closest(at.step.slot, _found_by(at)) or "remove `slot`")


def _found_by(at: Step) -> set[str]:
    """The slots that have a say in what is found here: named by this step, or by those that looked up what it names."""
    by, slots = dict[str, set[str]](), set[str]()
    for placed in at.procedure.steps[: at.index + 1]:
        conditions = [at.procedure.steps[branch].when or "" for branch, _ in placed.under]
        texts = [*placed.step.with_.values(), placed.when or "", placed.step.options or "", *conditions]
        named = [_NAMED.findall(text) for text in texts]
        slots = {name for pairs in named for subject, name in pairs if subject == "slots"}
        slots = slots.union(*(by.get(subject, set()) for pairs in named for subject, _ in pairs))
        shape = at.vocabulary.lookups.get(placed.step.look_up or "")
        if shape is not None:
            by.setdefault(placed.step.as_ or shape.subject, set()).update(slots)
    return slots
