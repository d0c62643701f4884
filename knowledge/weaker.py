"""What one playbook rules less strictly than another, proved over all cases: what a publication would open.

Only actions that touch money, identity or access are looked at. For each, whatever the playbook before asked for has to
be asked for by the one after it, in every case and on every day from now on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.company import IdentityMethods
from knowledge.plain import case_in_words
from knowledge.playbook import Playbook, Rule
from knowledge.precedence import CLASSES, LEADS_NOWHERE, LEVELS, OUTCOMES, names_in
from knowledge.proof import Case, Condition, Undecided, World
from knowledge.rules import Domain, Vocabulary

_WANTED = dict(
    zip(OUTCOMES, ("nothing", "the customer's yes", "a person's approval", "a person", "nobody"), strict=True)
)
"""By whom an action with this outcome is let through."""


@dataclass(frozen=True)
class Weaker:
    """One way in which an action would be let through more easily."""

    action: str
    was: str
    now: str
    clauses: tuple[str, ...]
    """Those that asked for more, and do not any more."""
    case: Case | None
    """None: it could not be proved that there is none."""
    where: str
    """The case in plain words."""

    def __str__(self) -> str:
        by = f" ({', '.join(self.clauses)})" if self.clauses else ""
        return f"{self.action} wants {self.now} where it wanted {self.was}{by}, {self.where}"


@dataclass(frozen=True)
class _Side:
    """One playbook's demands on one action on one day."""

    book: Playbook
    action: str
    rules: list[tuple[Rule, Condition]]
    world: World

    def outcome(self, least: int) -> Condition:
        """When at least so much is asked for; what has no class is for a person."""
        defined = self.book.actions.get(self.action)
        asked = CLASSES[defined.risk] if defined is not None else "handoff"
        if OUTCOMES.index(asked) >= least:
            return self.world.always
        return self.world.any_of(when for rule, when in self.rules if OUTCOMES.index(rule.then) >= least)

    def identity(self, least: int) -> Condition:
        """When at least this level is asked for, or none because nothing is let through."""
        defined = self.book.actions.get(self.action)
        if defined is None or LEVELS.index(defined.identity) >= least or CLASSES[defined.risk] in LEADS_NOWHERE:
            return self.world.always
        return self.world.any_of(
            when
            for rule, when in self.rules
            if rule.then in LEADS_NOWHERE or (rule.identity is not None and LEVELS.index(rule.identity) >= least)
        )


def weaker(before: Playbook, after: Playbook, vocabulary: Vocabulary, today: date) -> list[Weaker]:
    """All that `after` lets through more easily than `before`, from `today` on."""
    world = World(vocabulary, domains_of(before, after, vocabulary))

    def told(case: Case | None) -> str:
        return f"as where {case_in_words(case, vocabulary)}" if case else "or so it may be: no proof was found"

    found: dict[tuple[str, str, str], Weaker] = {}
    for day in _days(before, after, today):
        rules = [[(rule, world.when(rule.when)) for rule in book.rules_on(day)] for book in (before, after)]
        for action in touched(before, after):
            old, new = (_Side(book, action, held, world) for book, held in zip((before, after), rules, strict=True))
            for one in _of_action(old, new, told):
                found.setdefault((one.action, one.was, one.now), one)
    return list(found.values())


def touched(*books: Playbook) -> list[str]:
    """The actions that touch money, identity or access by the word of any of these playbooks."""
    named = {name for book in books for name, action in book.actions.items() if action.touches is not None}
    return sorted(named)


def _of_action(old: _Side, new: _Side, told: Callable[[Case | None], str]) -> Iterator[Weaker]:
    for fall in _falls(old, OUTCOMES, old.outcome, new.outcome):
        strict = [(rule, when) for rule, when in old.rules if OUTCOMES.index(rule.then) >= fall.was]
        was, now = (_WANTED[OUTCOMES[level]] for level in (fall.was, fall.now))
        yield Weaker(old.action, was, now, _lost(old.world, strict, fall), fall.case, told(fall.case))
    for fall in _falls(old, LEVELS, old.identity, new.identity):
        strict = [(rule, when) for rule, when in old.rules if rule.identity and LEVELS.index(rule.identity) >= fall.was]
        was, now = (f"identity '{LEVELS[level]}'" for level in (fall.was, fall.now))
        yield Weaker(old.action, was, now, _lost(old.world, strict, fall), fall.case, told(fall.case))


@dataclass(frozen=True)
class _Fall:
    was: int
    now: int
    where: list[Condition]
    case: Case | None


def _falls(
    side: _Side, levels: Sequence[object], old: Callable[[int], Condition], new: Callable[[int], Condition]
) -> Iterator[_Fall]:
    """From which level to which one the demands on an action fall, the highest first."""
    world, here = side.world, side.world.among("action.name", [side.action])
    for was in range(len(levels) - 1, 0, -1):
        more = [old(was + 1)] if was + 1 < len(levels) else []
        where = [here, old(was), world.none_of([new(was), *more])]
        try:
            if (case := world.case(*where)) is not None:
                yield _Fall(
                    was, next(n for n in range(was - 1, -1, -1) if not n or world.possible(*where, new(n))), where, case
                )
        except Undecided:
            yield _Fall(was, 0, where, None)


def _lost(world: World, strict: list[tuple[Rule, Condition]], fall: _Fall) -> tuple[str, ...]:
    """The clauses that ask for it where it is not asked for any more."""
    try:
        asked = [rule.clause for rule, when in strict if world.possible(when, *fall.where)]
    except Undecided:
        asked = [rule.clause for rule, _ in strict]
    return tuple(dict.fromkeys(asked))


def _days(before: Playbook, after: Playbook, today: date) -> list[date]:
    """Today, and each day from which on other clauses are in force."""
    clauses = [clause for book in (before, after) for clause in book.clauses.values()]
    turns = {clause.valid_from for clause in clauses}
    turns |= {clause.valid_to + timedelta(days=1) for clause in clauses if clause.valid_to is not None}
    return [today, *sorted(day for day in turns if day > today)]


def domains_of(before: Playbook, after: Playbook, vocabulary: Vocabulary) -> dict[str, Domain]:
    """What the facts can be that are names in the documents of either."""
    locales = [*before.company.locales, *after.company.locales, *before.wording, *after.wording]
    return names_in([*before.intents.values(), *after.intents.values()], locales, vocabulary)


_EASIER = {
    "facts_needed": ("facts prove who somebody is", min),
    "code_minutes": ("minutes long a code is good", max),
    "code_tries": ("tries are given for a code", max),
    "failed_proofs": ("proofs may fail before a person takes over", max),
}
"""What `company.yaml` says of how customers show who they are, and whether less or more of it makes that easier."""


def easier_proofs(before: IdentityMethods, after: IdentityMethods) -> list[str]:
    """What makes it easier to pass for somebody, each as one sentence."""
    found = []
    for name, (what, easier) in _EASIER.items():
        was, now = getattr(before, name), getattr(after, name)
        if now != was and now == easier(was, now):
            found.append(f"{now} {what}, and it was {was} before (company.yaml: identity)")
    secret = {fact.name for fact in before.facts if not fact.in_order_mail}
    told = sorted(fact.name for fact in after.facts if not fact.in_order_mail and fact.name not in secret)
    return found + [f"'{name}' proves by itself who somebody is (company.yaml: identity)" for name in told]
