"""Workflows: the next step of a standard operating procedure, from what is known so far.

Pure: the same slots and the same lookups give the same step. A workflow is walked from its top each time, over
fresh lookups, so that nothing is acted on that was true only yesterday.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import JsonValue, ValidationError

from agent.casefile.canonical import canonical
from agent.casefile.records import Args, Intent
from agent.policy.facts import Facts, bind
from knowledge.procedure import Procedure, variables_at
from knowledge.rules import FactType, Returns, RuleError, Vocabulary, compile_rule, evaluate
from knowledge.workflows import WorkflowStep
from tools.contract import Catalog

Found = Mapping[str, dict[str, JsonValue]]
"""What was looked up, by subject."""


@dataclass(frozen=True)
class Need:
    """These things are missing; the customer is asked."""

    slots: list[str]


@dataclass(frozen=True)
class Look:
    """A system is to be read."""

    tool: str
    args: Args


@dataclass(frozen=True)
class Pick:
    """The customer is to choose among these."""

    slot: str
    options: list[dict[str, JsonValue]]
    value: str
    """The field of an option that stands for it."""
    shown: str
    """The wording of one option."""
    asked: str
    """The wording that asks for it."""
    many: bool
    gone: bool
    """What they chose before is not among these any more."""


@dataclass(frozen=True)
class Propose:
    """A change is to be proposed, on this evidence."""

    tool: str
    args: Args
    found: Found


@dataclass(frozen=True)
class Say:
    """The matter is answered by this wording, on this evidence."""

    wording: str
    found: Found


@dataclass(frozen=True)
class Missing:
    """There is no such record of theirs: said with this wording, and the slot is asked for again."""

    wording: str
    slot: str | None


@dataclass(frozen=True)
class Person:
    """A person takes this over."""

    reason: str


Next = Need | Look | Pick | Propose | Say | Missing | Person


@dataclass(frozen=True)
class Seen:
    """What a lookup gave this turn."""

    result: dict[str, JsonValue] | None
    failed: str | None = None


Looked = Callable[[str, Args], Seen | None]
"""The lookup with these arguments, when it was made this turn."""


@dataclass
class _Walk:
    procedure: Procedure
    catalog: Catalog
    vocabulary: Vocabulary
    looked: Looked
    values: Facts
    variables: Mapping[str, FactType] = field(default_factory=dict)
    found: dict[str, dict[str, JsonValue]] = field(default_factory=dict)
    held: dict[int, bool] = field(default_factory=dict)
    """The branches that were come to, and whether their conditions held then."""

    def value(self, expression: str, returns: Returns = "any") -> JsonValue:
        return evaluate(compile_rule(expression, self.variables, returns), bind(self.values, self.variables))

    def step(self, index: int) -> Next | None:
        """What this step wants now; None: it is passed over or already done."""
        placed = self.procedure.steps[index]
        if any(self.held.get(branch) is not way for branch, way in placed.under):
            return None
        self.variables = variables_at(self.procedure, index, self.vocabulary)
        holds = placed.when is None or bool(self.value(placed.when, "bool"))
        if placed.branches:
            self.held[index] = holds
        return self._taken(placed.step) if holds and not placed.branches else None

    def _taken(self, step: WorkflowStep) -> Next | None:
        if step.look_up:
            return self._look_up(step, step.look_up)
        if step.ask:
            return self._ask(step, step.ask)
        if step.propose:
            return Propose(step.propose, self._args(step.propose, step), dict(self.found))
        if step.say:
            return Say(step.say, dict(self.found))
        return Person(step.person or "no_rule")

    def _look_up(self, step: WorkflowStep, name: str) -> Next | None:
        tool, args = self.catalog.lookup(name), self._args(name, step)
        seen = self.looked(name, args)
        if seen is None:
            return Look(name, args)
        if seen.failed is not None:
            return Person("system_down")
        if seen.result is None:
            return Missing(step.if_missing, step.slot) if step.if_missing else Person("no_rule")
        subject = step.as_ or tool.subject
        self.found[subject] = seen.result
        self.values |= {f"{subject}.{k}": v for k, v in seen.result.items()}
        return None

    def _ask(self, step: WorkflowStep, slot: str) -> Next | None:
        """Whatever was chosen must still be to be had; the only option there is needs no asking."""
        if step.options is None:
            return None if self.values[f"slots.{slot}"] else Need([slot])
        subject, _, name = (step.options).partition(".")
        options = cast("list[dict[str, JsonValue]]", self.found.get(subject, {}).get(name) or [])
        known = [str(option[step.value]) for option in options]
        chosen = str(self.values[f"slots.{slot}"])
        wanted = [value for value in (chosen.split(",") if step.many else [chosen]) if value]
        if wanted and set(wanted) <= set(known):
            return None
        if not options:
            return Missing(step.if_missing, step.slot) if step.if_missing else Person("no_rule")
        if len(options) == 1 and not wanted:
            self.values |= {f"slots.{slot}": known[0]}
            return None
        asked = step.asked or f"ask.{slot}"
        return Pick(slot, options, step.value, step.shown or "", asked, step.many, gone=bool(wanted))

    def _args(self, tool: str, step: WorkflowStep) -> Args:
        """The arguments as the tool's own model writes them, so that equal proposals have equal digests."""
        given = {name: self.value(expression) for name, expression in step.with_.items()}
        return exact_args(self.catalog, tool, given)


def exact_args(catalog: Catalog, tool: str, given: Mapping[str, JsonValue]) -> Args:
    """Arguments checked and written by the tool's own model. Raises ValidationError."""
    return cast("Args", catalog.tools[tool].args.model_validate(dict(given)).model_dump(mode="json"))


def next_step(
    procedure: Procedure,
    slots: Mapping[str, str],
    catalog: Catalog,
    vocabulary: Vocabulary,
    looked: Looked,
    matter: Intent | None = None,
) -> Next:
    """The next step of this procedure. An expression that cannot be evaluated sends the case to a person."""
    missing = [need.slot for need in procedure.needs if not need.optional and need.slot not in slots]
    if missing:
        return Need(cast("list[str]", missing))
    given: Facts = {f"slots.{name}": slots.get(name, "") for name in procedure.slots}
    given |= {"matter.said": matter.text, "matter.since": matter.since} if matter is not None else {}
    walk = _Walk(procedure, catalog, vocabulary, looked, given)
    try:
        for index in range(len(procedure.steps)):
            wanted = walk.step(index)
            if wanted is not None:
                return wanted
    except (RuleError, ValidationError):
        return Person("no_rule")
    return Person("no_rule")


def same_args(one: Args, other: Args) -> bool:
    """Whether two sets of arguments are the same to the letter."""
    return canonical(one) == canonical(other)
