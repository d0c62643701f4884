"""A procedure: a workflow as it is walked, its branches and the parts that it does laid out in one row of steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.documents import Where
from knowledge.playbook import Playbook
from knowledge.rules import MATTER, FactType, Vocabulary
from knowledge.terms import IdentityLevel
from knowledge.workflows import Need, Workflow, WorkflowStep

MOST_STEPS = 200
"""Of one procedure: nobody reads a longer one aloud."""
Way = tuple[int, bool]
"""A step that branches, by its place in the row, and how its condition must have turned out."""


@dataclass(frozen=True)
class Placed:
    """A step of a procedure, and where it was written."""

    step: WorkflowStep
    document: str
    """The id of the workflow in which it stands."""
    where: Where
    """The way to it in that document: `("steps", 2, "then", 0)`."""
    when: str | None
    """CEL: it is taken, or branches to `then`, where this holds; None: always."""
    under: tuple[Way, ...] = ()
    """The branches that it stands in, the outermost first."""

    @property
    def branches(self) -> bool:
        """Whether all that it does is to tell which of the steps after it are taken."""
        return self.step.if_ is not None or self.step.do is not None

    @property
    def ends(self) -> bool:
        """Whether the matter is over when it is taken."""
        return any((self.step.propose, self.step.say, self.step.person))


@dataclass(frozen=True)
class Procedure:
    """What is walked for one intent. Each step stands after those that may be taken before it."""

    id: str
    identity: IdentityLevel
    needs: list[Need]
    """Its own and those of the parts that it does."""
    steps: list[Placed]
    guidance: list[str]
    """What the company tells a model of the whole matter."""

    @property
    def slots(self) -> list[str]:
        """What the customer may give in it."""
        return list(dict.fromkeys([*(n.slot for n in self.needs), *(p.step.ask for p in self.steps if p.step.ask)]))

    @property
    def asked(self) -> dict[str, str]:
        """Slot → the wording that asks for it, where not by its name."""
        asked: dict[str, str] = {
            p.step.ask: p.step.asked for p in self.steps if p.step.ask and p.step.asked and not p.step.options
        }
        return asked | {need.slot: need.asked for need in self.needs if need.asked}

    def before(self, index: int) -> Iterator[Placed]:
        """The steps that may have been taken before this one: those of the other way of a branch were not."""
        ways = dict(self.steps[index].under)
        for placed in self.steps[:index]:
            if all(ways.get(branch, way) is way for branch, way in placed.under):
                yield placed


def procedure(workflow: Workflow, workflows: Mapping[str, Workflow]) -> Procedure:
    """The workflow with the parts that it does in their places; a part that is unknown or does itself is left out."""
    layout = _Layout(workflows)
    layout.put(workflow, (), (workflow.id,))
    return Procedure(workflow.id, workflow.identity, list(layout.needs.values()), layout.steps, layout.guidance)


def procedure_of(intent: str, book: Playbook) -> Procedure | None:
    """What is walked for an intent of this name; None where no workflow covers it."""
    workflow = book.workflows.get(book.intents[intent].workflow or "")
    return None if workflow is None else procedure(workflow, book.workflows)


def written(steps: list[WorkflowStep], where: Where = ("steps",)) -> Iterator[tuple[Where, WorkflowStep]]:
    """All steps of a document with their places, those in branches too."""
    for index, step in enumerate(steps):
        yield (*where, index), step
        yield from written(step.then, (*where, index, "then"))
        yield from written(step.else_, (*where, index, "else"))


def variables_at(walked: Procedure, index: int, vocabulary: Vocabulary) -> dict[str, FactType]:
    """What a step's expressions may name: the slots of the procedure, and what was looked up or asked for before it."""
    variables: dict[str, FactType] = {f"slots.{need.slot}": "string" for need in walked.needs}
    variables |= MATTER
    for placed in walked.before(index):
        variables |= {f"slots.{placed.step.ask}": "string"} if placed.step.ask else {}
        shape = vocabulary.lookups.get(placed.step.look_up or "")
        if shape is not None:
            variables |= {f"{placed.step.as_ or shape.subject}.{name}": kind for name, kind in shape.result.items()}
    return variables


@dataclass
class _Layout:
    workflows: Mapping[str, Workflow]
    needs: dict[str, Need] = field(default_factory=dict)
    steps: list[Placed] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)

    def put(self, workflow: Workflow, under: tuple[Way, ...], within: tuple[str, ...]) -> None:
        """Lay out a document; `within`: it, and those that do it."""
        self.guidance += [workflow.guidance] if workflow.guidance else []
        for index, need in enumerate(workflow.needs):
            self._need(need, workflow, index, under)
        self._put(workflow, workflow.steps, ("steps",), under, within)

    def _need(self, need: Need, workflow: Workflow, index: int, under: tuple[Way, ...]) -> None:
        known = self.needs.get(need.slot)
        if under and not need.optional and (known is None or known.optional):
            asking = WorkflowStep(ask=need.slot, asked=need.asked)
            self.steps.append(Placed(asking, workflow.id, ("needs", index), None, under))
        optional = (need.optional or bool(under)) and (known is None or known.optional)
        asked = known.asked if known is not None and known.asked else need.asked
        self.needs[need.slot] = need.model_copy(update={"optional": optional, "asked": asked})

    def _put(
        self,
        workflow: Workflow,
        steps: list[WorkflowStep],
        where: Where,
        under: tuple[Way, ...],
        within: tuple[str, ...],
    ) -> None:
        for index, step in enumerate(steps):
            told, here = step.if_ if step.when is None else step.when, len(self.steps)
            when = None if told is None else workflow.conditions.get(told, told)
            part = self.workflows.get(step.do) if step.do and step.do not in within else None
            if (step.do and part is None) or here >= MOST_STEPS:
                continue
            if step.do is None or when is not None:
                self.steps.append(Placed(step, workflow.id, (*where, index), when, under))
            if part is not None:
                self.put(part, under if when is None else (*under, (here, True)), (*within, part.id))
            self._put(workflow, step.then, (*where, index, "then"), (*under, (here, True)), within)
            self._put(workflow, step.else_, (*where, index, "else"), (*under, (here, False)), within)
