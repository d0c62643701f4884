"""Which rules have a say: each holds in some case, and stricter ones do not decide in all of them.

The strictest wins, so that two rules never contradict each other; one of them may well be without effect.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import get_args

from knowledge.documents import Finding
from knowledge.draft import Draft
from knowledge.plain import case_in_words
from knowledge.playbook import Clause, IntentDef, Rule
from knowledge.proof import Condition, Undecided, World
from knowledge.rules import Domain, Vocabulary
from knowledge.terms import IdentityLevel, RiskClass, RuleOutcome

OUTCOMES = (None, *get_args(RuleOutcome))
"""What a rule or a class may ask for, the strictest last; None: nothing."""
CLASSES = dict(zip(get_args(RiskClass), (None, "confirm", "approve", "forbid"), strict=True))
LEVELS = get_args(IdentityLevel)
LEADS_NOWHERE = ("handoff", "forbid")
"""Whatever identity is wanted besides, it is not asked for."""


_Told = tuple[str, str]
"""What is wrong, and what to write instead."""


@dataclass(frozen=True, eq=False)
class Held:
    """A rule, and when it holds."""

    rule: Rule
    clause: Clause
    when: Condition

    @property
    def outcome(self) -> int:
        """How strict it is; 0 where it only wants identity."""
        return OUTCOMES.index(self.rule.then)

    @property
    def level(self) -> int:
        """The identity that it wants; 0 for none."""
        return LEVELS.index(self.rule.identity) if self.rule.identity else 0

    def as_long_as(self, other: Held) -> bool:
        """Whether it is in force on all days of the other."""
        last, others = self.clause.valid_to, other.clause.valid_to
        return self.clause.valid_from <= other.clause.valid_from and (
            last is None or (others is not None and last >= others)
        )


def rules_have_a_say(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each rule holds in some case, and makes the ruling of one what it is."""
    world = World(vocabulary, named(draft, vocabulary))
    rules = held_rules(draft, world)
    for held in rules:
        told = list(_impossible(world, held.rule.when)) or _overruled(world, held, rules, draft, vocabulary)
        file, _, line = held.rule.source.rpartition(":")
        yield from (Finding(file, int(line), wrong, instead) for wrong, instead in told)


def held_rules(draft: Draft, world: World) -> list[Held]:
    """All rules that proofs can be made about."""
    return [
        Held(rule, clause, when)
        for clause in draft.clauses.values()
        for rule in clause.rules
        if (when := world.condition(rule.when)) is not None
    ]


def escalations_can_hold(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each escalation rule holds in some case."""
    world = World(vocabulary, named(draft, vocabulary))
    for index, text in enumerate(draft.company.escalate_when if draft.company else []):
        for wrong, instead in _impossible(world, text):
            yield draft.finding("company.yaml", ("escalate_when", index), wrong, instead)


def named(draft: Draft, vocabulary: Vocabulary) -> dict[str, Domain]:
    """The facts that are names in the documents; where those could not be read in whole, they may be anything."""
    known = draft.company is not None and "wording" not in draft.partial
    locales = [*(draft.company.locales if draft.company else ()), *draft.wording] if known else []
    return names_in([] if "intents" in draft.partial else list(draft.intents.values()), locales, vocabulary)


def names_in(intents: Sequence[IntentDef], locales: Sequence[str], vocabulary: Vocabulary) -> dict[str, Domain]:
    """The facts that are names of tools, intents, areas and languages, and what each can be; without any: anything."""
    return {
        "action.name": Domain((*vocabulary.lookups, *vocabulary.actions)),
        "intent.name": Domain(tuple(dict.fromkeys(intent.name for intent in intents))),
        "intent.area": Domain(tuple(dict.fromkeys(intent.product_area for intent in intents))),
        "case.locale": Domain(tuple(dict.fromkeys(locales))),
    }


def _impossible(world: World, text: str) -> Iterator[_Told]:
    """What a condition asks for and can never be: the mistake, and what to do."""
    if (when := world.condition(text)) is None:
        return
    with suppress(Undecided):
        yield from (never_so := list(world.never_so(text)))
        if not never_so and not world.possible(when):
            yield "this can never hold", "see what it asks for at the same time"


def _overruled(world: World, held: Held, rules: list[Held], draft: Draft, vocabulary: Vocabulary) -> list[_Told]:
    """Whether something stricter has been said wherever a rule holds."""
    if "actions" in draft.partial:
        return []
    others = [other for other in rules if other is not held and other.as_long_as(held)]
    stricter = [other for other in others if other.outcome > held.outcome]
    final = [other for other in others if other.rule.then in LEADS_NOWHERE or other.level > held.level]
    mild = [name for name, action in draft.actions.items() if _outcome_of(action.risk) <= held.outcome]
    lax = [name for name, action in draft.actions.items() if LEVELS.index(action.identity) <= held.level]
    ways = [(stricter, mild)] if held.rule.then is not None else []
    ways += [(final, lax)] if held.rule.identity is not None else []
    try:
        for by, under in ways:
            if world.possible(held.when, world.none_of(o.when for o in by), world.among("action.name", under)):
                return []
        found = [o for by, _ in ways for o in by if world.possible(held.when, o.when)]
        winners = [o for o in found if not world.possible(held.when, world.none_of([o.when]))] or found
        case = world.case(held.when) or {}
    except Undecided:
        return []
    by_whom = " or ".join(dict.fromkeys(winner.clause.id for winner in winners)) or "the class of the action"
    wrong = f"this never decides: wherever it holds, {by_whom} is stricter, as where {case_in_words(case, vocabulary)}"
    return [(wrong, "remove it, or say where it is meant to hold alone")]


def _outcome_of(risk: RiskClass) -> int:
    return OUTCOMES.index(CLASSES[risk])
