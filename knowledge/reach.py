"""Which steps of a workflow are come to: over all that can be looked up and asked for, and not over samples of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from knowledge.documents import Finding, Where
from knowledge.draft import Draft
from knowledge.parts import file_of, procedures
from knowledge.procedure import Placed, Procedure, variables_at, written
from knowledge.proof import Condition, Undecided, World
from knowledge.rules import Domain, FactType, RuleError, Vocabulary
from knowledge.workflows import Workflow

Dead = tuple[str, Where, str]
"""A workflow, what in it is never come to or never holds, and which of both it is."""
NOBODY, NEVER, ALWAYS = "nobody comes to this step", "this can never hold here", "this always holds here"
ADVICE = {
    NOBODY: "remove it, or see what ends the matter before it",
    NEVER: "see what the steps before it leave over",
    ALWAYS: "take the steps out of the branch, and remove `else`",
}


def steps_are_reached(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each step is come to in some case, in one of the workflows that do it at least."""
    come_to, dead = set[Dead](), set[Dead]()
    for walked in procedures(draft):
        reached = _Reached(draft, vocabulary, walked)
        for index, placed in enumerate(walked.steps):
            with suppress(Undecided):
                told = reached.told(index)
                kinds = {kind: (placed.document, placed.where, kind) for kind in ADVICE}
                dead |= {kinds[told]} if told is not None else set()
                come_to |= {at for kind, at in kinds.items() if kind != told}
    for document, where, kind in sorted(dead - come_to, key=repr):
        yield draft.finding(file_of(document), where, kind, ADVICE[kind])


def comparisons_can_hold(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """No step compares what was looked up with what it never is."""
    for walked in procedures(draft):
        world = _Reached(draft, vocabulary, walked).world
        for placed in walked.steps:
            for where, text in _expressions(placed, draft.workflows[placed.document]):
                with suppress(RuleError, Undecided):
                    for wrong, instead in world.never_so(text, "any"):
                        yield draft.finding(file_of(placed.document), where, wrong, instead)


def _expressions(placed: Placed, workflow: Workflow) -> Iterator[tuple[Where, str]]:
    """The expressions of a step, and where each is written."""
    key, told = ("if", placed.step.if_) if placed.step.when is None else ("when", placed.step.when)
    if placed.when is not None:
        yield ("conditions", str(told)) if told in workflow.conditions else (*placed.where, key), placed.when
    for name, text in placed.step.with_.items():
        yield (*placed.where, "with", name), text


@dataclass
class _Reached:
    """The cases in which each step of one procedure is come to."""

    draft: Draft
    vocabulary: Vocabulary
    procedure: Procedure

    def told(self, index: int) -> str | None:
        """What is proved of a step; None: it is come to, and what it asks for can be or not."""
        placed = self.procedure.steps[index]
        here, when = self._ways(placed), self._holds(index)
        ends = [(at, end) for at, end in enumerate(self.procedure.steps[:index]) if end.ends]
        ended = [self.world.all_of([*self._ways(end), self._holds(at)]) for at, end in ends]
        if not self.world.possible(*here):
            return None  # told of the branch
        if not self.world.possible(*here, self.world.none_of(ended)):
            alone = any(not self.world.possible(*here, self.world.none_of([one])) for one in ended)
            return NOBODY if alone or not self._is_fallback(placed) else None
        if placed.when is None:
            return None
        if not self.world.possible(*here, self.world.none_of(ended), when):
            return NEVER
        sure = not self.world.possible(*here, self.world.none_of([*ended, when]))
        return ALWAYS if sure and placed.step.else_ else None

    def _ways(self, placed: Placed) -> list[Condition]:
        """That the branches in which it stands turned out so."""
        ways = [(self._holds(branch), way) for branch, way in placed.under]
        return [holds if way else self.world.none_of([holds]) for holds, way in ways]

    def _is_fallback(self, placed: Placed) -> bool:
        """Whether it ends a list of steps in any case: then it may stand there for what nobody has thought of."""
        *way, last = placed.where
        places = {where for where, _ in written(self.draft.workflows[placed.document].steps)}
        return placed.ends and placed.when is None and (*way, int(last) + 1) not in places

    def _holds(self, index: int) -> Condition:
        """That the condition of a step holds when it is come to."""
        placed = self.procedure.steps[index]
        if placed.when is None:
            return self.world.all_of([])
        when = self.world.condition(placed.when, self._names[index])
        return self.world.open(str(index)) if when is None else when

    @cached_property
    def world(self) -> World:
        """What the facts of the procedure can be; one that is looked up again may be another each time."""
        facts: dict[str, FactType] = {}
        domains: dict[str, Domain] = {}
        for index, names in enumerate(self._names):
            variables = variables_at(self.procedure, index, self.vocabulary)
            facts |= variables | {names[name]: kind for name, kind in variables.items()}
        for placed in self.procedure.steps:
            shape = self.vocabulary.lookups.get(placed.step.look_up or "")
            for field in shape.result if shape else ():
                name = f"{placed.step.as_ or shape.subject}.{field}" if shape else ""
                domain = self.vocabulary.domains.get(f"{shape.subject}.{field}" if shape else "", Domain())
                domains[name] = domains[name] | domain if name in domains else domain
        versions = {names[name]: domains[name] for names in self._names for name in names if name in domains}
        return World(Vocabulary(facts=facts, domains=domains | versions), {})

    @cached_property
    def _names(self) -> list[dict[str, str]]:
        """What the facts are called at each step: by how often they were looked up or chosen by then."""
        made, names = Counter[str](), list[dict[str, str]]()
        for index, placed in enumerate(self.procedure.steps):
            variables = variables_at(self.procedure, index, self.vocabulary)
            times = {name: made[name] + made[name.partition(".")[0]] for name in variables}
            names.append({name: f"{name} ({times[name]})" for name in variables})
            shape = self.vocabulary.lookups.get(placed.step.look_up or "")
            made[placed.step.as_ or (shape.subject if shape else "")] += 1
            made[f"slots.{placed.step.ask}"] += 1
        return names
