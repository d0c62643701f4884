"""A guard of Harbor's that is weakened is always found: by the check, or against the release before.

Each rule and each class is changed in all the ways in which people get them wrong. Cases are drawn around the numbers
and texts that the rules name, and ruled before and after: whatever lets more happen there has to have been found.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from agent.own import OwnSide
from agent.policy.facts import Facts, vocabulary
from knowledge.load import load
from knowledge.playbook import Playbook, Rule
from knowledge.terms import IdentityLevel, RiskClass, RuleOutcome
from knowledge.weaker import touched, weaker
from tests.agent.policy.test_weaker import demands_by
from tests.knowledge.conftest import HARBOR
from tools.browser.action import Browsing
from tools.browser.chromium import Chromium
from tools.catalog import harbor_catalog
from tools.contract import Risk
from tools.http import Backoffice

TODAY = date(2026, 11, 27)
WORDS = vocabulary(
    harbor_catalog(
        Backoffice("http://127.0.0.1:9"), b"", lambda: datetime.now(UTC), UTC, OwnSide(),
        Browsing(Chromium(), Path(), {"backoffice": "http://127.0.0.1:9"}),
    )
)  # fmt: skip
BOOK = load(HARBOR, WORDS)
OUTCOMES: tuple[RuleOutcome, ...] = get_args(RuleOutcome)
LEVELS: tuple[IdentityLevel, ...] = get_args(IdentityLevel)
RISKS: tuple[RiskClass, ...] = get_args(RiskClass)
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
_TEXT = re.compile(r'"([^"]*)"')


def rules_otherwise(rule: Rule) -> Iterator[Rule | None]:
    """The rule as somebody could have written it by mistake; None: it was dropped."""
    yield None
    if rule.then is not None:
        yield from (rule.model_copy(update={"then": then}) for then in OUTCOMES if then != rule.then)
    if rule.identity is not None:
        yield from (rule.model_copy(update={"identity": level}) for level in LEVELS if level != rule.identity)
    for found in _NUMBER.finditer(rule.when):
        for number in (float(found[1]) * 2 + 1, max(0.0, float(found[1]) - 1)):
            told = f"{number:.1f}" if "." in found[1] else f"{number:.0f}"
            yield rule.model_copy(update={"when": rule.when[: found.start()] + told + rule.when[found.end() :]})
    swaps = (("&&", "||"), ("||", "&&"), (">=", ">"), (">", "<"), ("==", "!="), ("!=", "=="))
    yield from (rule.model_copy(update={"when": rule.when.replace(a, b, 1)}) for a, b in swaps if a in rule.when)
    if "&&" in rule.when:
        yield rule.model_copy(update={"when": f"({rule.when}) && state.repeats < 2"})


def mutants() -> Iterator[tuple[str, Playbook]]:
    """Harbor with one thing otherwise, and what that is."""
    for clause in BOOK.clauses.values():
        for at, rule in enumerate(clause.rules):
            for number, other in enumerate(rules_otherwise(rule)):
                if other is not None and not _compiles(other.when):
                    continue
                rules = [*clause.rules[:at], *([other] if other else []), *clause.rules[at + 1 :]]
                changed = BOOK.clauses | {clause.id: clause.model_copy(update={"rules": rules})}
                yield f"{clause.id} rule {at} way {number}", BOOK.model_copy(update={"clauses": changed})
    for name, action in BOOK.actions.items():
        others: list[dict[str, Any]] = [{"risk": risk} for risk in RISKS if risk != action.risk]
        others += [{"identity": level} for level in LEVELS if level != action.identity]
        for change in others if action.touches else []:
            changed_actions = BOOK.actions | {name: action.model_copy(update=change)}
            yield f"{name} {change}", BOOK.model_copy(update={"actions": changed_actions})


def _compiles(when: str) -> bool:
    try:
        WORDS.expression(when)
    except ValueError:
        return False
    return True


NUMBERS = sorted({float(found) for rule in BOOK.rules for found in _NUMBER.findall(rule.when)})
TEXTS = sorted({found for rule in BOOK.rules for found in _TEXT.findall(rule.when)})


def drawn(dice: random.Random, action: str) -> Facts:
    """A case in which everything is known, near what the rules speak of."""
    facts: Facts = {name: _value(dice, name) for name in WORDS.variables}
    risk = dice.choice([Risk.LOW, Risk(BOOK.actions[action].risk)])
    return facts | {
        "action.name": action, "action.risk": risk, "identity.level": 3, "systems.available": True,
        "time.date": TODAY.isoformat(),
    }  # fmt: skip


def _value(dice: random.Random, name: str) -> Any:
    kind, domain = WORDS.variables[name], WORDS.domains.get(name)
    if domain is not None and domain.values:
        return dice.choice(domain.values)
    if kind == "bool":
        return dice.random() < 0.5
    if kind == "string":
        return dice.choice([*TEXTS, "anything"])
    number = dice.choice(NUMBERS) + dice.choice([-1, -0.5, 0, 0.5, 1, 40])
    if domain is not None:
        number = min(max(number, domain.least or 0), domain.most if domain.most is not None else number)
    return int(number) if kind == "int" else float(number)


def let_through(before: Playbook, after: Playbook, dice: random.Random, cases: int) -> Facts | None:
    """A case in which what touches is let through more easily after than before."""
    for action in touched(BOOK):
        for _ in range(cases):
            facts = drawn(dice, action)
            was, now = (demands_by(facts, book, WORDS) for book in (before, after))
            if now[0] < was[0] or now[1] < was[1]:
                return facts
    return None


ALL = list(mutants())


def test_there_are_many_ways_to_get_it_wrong() -> None:
    assert len(ALL) > 200
    assert any(rule.then == "forbid" for rule in BOOK.rules)


PARTS = 24
LATER = [pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS)]


@pytest.mark.parametrize("part", [0, *LATER])
def test_whatever_lets_more_happen_was_found(part: int) -> None:
    some = ALL[part::PARTS]
    lets, missed = 0, []
    for name, after in some:
        facts = let_through(BOOK, after, random.Random(name), 25)
        if facts is None:
            continue
        lets += 1
        if not weaker(BOOK, after, WORDS, TODAY):
            missed.append((name, facts))
    assert missed == []
    assert lets > 0, "some of them weaken something, so that this test can fail"


def test_what_is_ruled_is_ruled_alike_by_the_same_playbook() -> None:
    assert let_through(BOOK, BOOK, random.Random(1), 20) is None
