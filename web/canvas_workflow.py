"""A workflow in plain words: its steps as a tree, from which a page draws it, and lists it for who cannot see that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.documents import Where
from knowledge.plain import condition_in_words
from knowledge.procedure import procedure, variables_at
from knowledge.rules import Vocabulary
from knowledge.workflows import Workflow, WorkflowStep
from web.console_words import named

Kind = Literal["begin", "look_up", "ask", "propose", "say", "person", "do", "branch"]
HEADS: dict[Kind, str] = {
    "begin": "", "look_up": "Look up: ", "ask": "Ask for: ", "propose": "Propose: ", "say": "Say: ",
    "person": "A person takes over: ", "do": "Do the steps of: ", "branch": "",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One step in words."""

    kind: Kind
    text: str
    only_if: str = ""
    """What has to hold for it to be taken; "": it always is."""
    note: str = ""
    """What happens where nothing is found."""
    then: Sequence[Told] = ()
    otherwise: Sequence[Told] = ()

    @property
    def ends(self) -> bool:
        """Whether the matter is over with it."""
        return self.kind in ("propose", "say", "person")


def told(workflow: Workflow, workflows: Mapping[str, Workflow], vocabulary: Vocabulary) -> list[Told]:
    """The steps of a document, what it needs first. `workflows`: those whose parts it may do, as far as they read."""
    return _Teller(workflow, {**workflows, workflow.id: workflow}, vocabulary).whole()


class _Teller:
    def __init__(self, workflow: Workflow, workflows: Mapping[str, Workflow], vocabulary: Vocabulary) -> None:
        self._workflow, self._workflows, self._vocabulary = workflow, workflows, vocabulary
        self._walked = procedure(workflow, workflows)
        self._places = {p.where: at for at, p in enumerate(self._walked.steps) if p.document == workflow.id}

    def whole(self) -> list[Told]:
        needed = [named(need.slot) for need in self._workflow.needs if not need.optional]
        taken = [named(need.slot) for need in self._workflow.needs if need.optional]
        text = f"The customer is {self._workflow.identity}"
        text += f"; needed: {', '.join(needed)}" if needed else ""
        text += f"; taken if given: {', '.join(taken)}" if taken else ""
        return [Told("begin", text), *self._steps(self._workflow.steps, ("steps",))]

    def _steps(self, steps: Sequence[WorkflowStep], where: Where) -> list[Told]:
        return [self._step(step, (*where, index)) for index, step in enumerate(steps)]

    def _step(self, step: WorkflowStep, where: Where) -> Told:
        if step.if_ is not None:
            condition = self._condition(step.if_, where)
            then, other = self._steps(step.then, (*where, "then")), self._steps(step.else_, (*where, "else"))
            return Told("branch", f"If {condition}", then=then, otherwise=other)
        kind, what = self._done(step)
        only_if = self._condition(step.when, where) if step.when is not None else ""
        return Told(kind, HEADS[kind] + what, only_if, self._missing(step))

    def _done(self, step: WorkflowStep) -> tuple[Kind, str]:
        if step.do is not None:
            part = self._workflows.get(step.do)
            return "do", part.title if part is not None else named(step.do)
        if step.look_up is not None:
            return "look_up", named(step.look_up)
        if step.ask is not None:
            return "ask", named(step.ask) + (", from a list" if step.options else "")
        if step.propose is not None:
            return "propose", named(step.propose)
        return ("say", str(step.say)) if step.say is not None else ("person", named(str(step.person)))

    def _condition(self, text: str, where: Where) -> str:
        if text in self._workflow.conditions:
            return text
        at = self._places.get(where)
        variables = variables_at(self._walked, at, self._vocabulary) if at is not None else {}
        return condition_in_words(text, variables, self._vocabulary)

    def _missing(self, step: WorkflowStep) -> str:
        if step.if_missing is None:
            return ""
        again = f", and ask for the {named(step.slot)} again" if step.slot else ""
        return f"nothing found: say {step.if_missing}{again}"
