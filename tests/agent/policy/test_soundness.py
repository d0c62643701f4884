"""Rulings never contradict what a check proved, of Harbor's playbook and of any that is made of it by a change."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

import server
from agent.casefile.records import Level, Outcome, Ruling
from agent.connected import tools_of
from agent.policy.decide import decide
from agent.policy.facts import Facts, vocabulary
from agent.settings import HARBOR
from knowledge.draft import Draft, read_draft
from knowledge.guards import what_touches_is_guarded
from knowledge.load import load
from knowledge.playbook import ActionDef, Clause, Playbook, Rule
from knowledge.precedence import held_rules, named, rules_have_a_say
from knowledge.proof import World
from knowledge.rules import Domain, FactType, Vocabulary

HARBOR = HARBOR
FIRST = date(2026, 1, 1)
LOOSER = {"forbid": "handoff", "handoff": "approve", "approve": "confirm", "confirm": None}
RISKS = ("low_risk", "customer_confirmed", "human_approved", "forbidden")
LEFT_OPEN = re.compile(r"\.(matches|contains|startsWith)\(|_at [<>]")
"""What no proof is made about, as the order of texts: a case that rests on it may be one that cannot come about."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """The product's own tools."""
    return vocabulary(tools_of(server.Settings(home=tmp_path_factory.mktemp("home"))))


@pytest.fixture(scope="module")
def draft() -> Draft:
    """What Harbor wrote."""
    return read_draft(HARBOR)


@pytest.fixture(scope="module")
def book(known: Vocabulary) -> Playbook:
    """The same, to rule by."""
    return load(HARBOR, known)


class Dealt:
    """Cases drawn from all that facts can be, those that rules tell apart the more often."""

    def __init__(self, known: Vocabulary, draft: Draft, dice: random.Random) -> None:
        self._dice = dice
        self._actions = sorted(draft.actions.keys() & known.actions.keys())
        domains = {**known.domains, **named(draft, known)}
        texts = " ".join(rule.when for clause in draft.clauses.values() for rule in clause.rules)
        numbers = {float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", texts)} | {0.0, 7.0, 1e6}
        words = ["", "anything", *re.findall(r'"([^"]*)"', texts)]
        self._among = {
            name: _among(kind, domains.get(name, Domain()), sorted(numbers), words)
            for name, kind in known.variables.items()
        }

    def facts(self, *, whole: bool = True) -> Facts:
        """One case; not `whole`: of which something is not known."""
        dice = self._dice
        facts: Facts = {name: dice.choice(among) for name, among in self._among.items()}
        if not whole:
            for name in dice.sample(sorted(facts), 3):
                facts.pop(name)
        day = FIRST + timedelta(days=dice.randrange(2000))
        level, action = dice.choice([0, 1, 2, 3, 3]), dice.choice(self._actions)
        return facts | {
            "action.name": action, "action.risk": "low_risk", "systems.available": True, "identity.level": level,
            "time.date": day.isoformat(),
        }  # fmt: skip


def _among(kind: FactType, domain: Domain, numbers: list[float], words: list[str]) -> list[str | int | float | bool]:
    if domain.values:
        return list(domain.values)
    if kind == "bool":
        return [True, False]
    if kind == "string":
        return list(words)
    step = 1.0 if kind == "int" else 0.01
    near = [near for number in numbers for near in (number - step, number, number + step)]
    least, most = domain.least, domain.most
    near += [bound for bound in (least, most) if bound is not None]
    fits = sorted({n for n in near if (least is None or n >= least) and (most is None or n <= most)})
    return [int(n) for n in fits] if kind == "int" else list(fits)


def guarded(draft: Draft, known: Vocabulary) -> dict[str, set[str]]:
    """Each action that touches something, with the guards that a check found missing."""
    missing: dict[str, set[str]] = {
        name: set() for name, action in draft.actions.items() if action.touches and name in known.actions
    }
    for finding in what_touches_is_guarded(draft, known):
        name = finding.wrong.split("'")[1]
        missing[name].add("yes" if "without the customer's yes" in finding.wrong else "identity")
    return missing


def idle(draft: Draft, known: Vocabulary) -> list[Rule]:
    """The rules of which a check proved that they have no say."""
    places = {f"{finding.file}:{finding.line}" for finding in rules_have_a_say(draft, known)}
    return [rule for clause in draft.clauses.values() for rule in clause.rules if rule.source in places]


def contradicts(ruled: Ruling, facts: Facts, missing: Mapping[str, set[str]]) -> bool:
    """Whether something is let through of which it was proved that it is not."""
    lacks = missing.get(ruled.action)
    if lacks is None:
        return False
    without_yes = ruled.outcome is Outcome.ALLOW and "yes" not in lacks
    let_through = ruled.outcome in (Outcome.ALLOW, Outcome.CONFIRM, Outcome.APPROVE)
    unproven = int(str(facts["identity.level"])) < Level.verified and "identity" not in lacks
    return without_yes or (let_through and unproven)


def without(book: Playbook, rules: list[Rule]) -> Playbook:
    """The playbook without these rules."""
    clauses = {
        name: clause.model_copy(update={"rules": [rule for rule in clause.rules if rule not in rules]})
        for name, clause in book.clauses.items()
    }
    return book.model_copy(update={"clauses": clauses})


def hold(draft: Draft, book: Playbook, known: Vocabulary, dice: random.Random, cases: int) -> Counter[str]:
    """Rule so many cases and hold each against what is proved; gives what was seen."""
    missing, needless = guarded(draft, known), idle(draft, known)
    spared, dealt, seen = without(book, needless), Dealt(known, draft, dice), Counter[str]()
    for number in range(cases):
        facts = dealt.facts(whole=number % 4 > 0)
        ruled = decide(facts, book, known)
        seen[ruled.outcome] += 1
        assert not contradicts(ruled, facts, missing), (ruled, facts, missing)
        lacks = missing.get(ruled.action, set())
        seen["let through"] += "yes" in lacks and ruled.outcome is Outcome.ALLOW
        if needless and number % 4 > 0:
            other = decide(facts, spared, known)
            assert ruled.outcome is other.outcome, (ruled, other, facts, needless)
            seen["spared"] += 1
    return seen


def changed(draft: Draft, book: Playbook, dice: random.Random) -> tuple[Draft, Playbook]:
    """Both with one thing made weaker, or only another."""
    clauses = [clause for clause in draft.clauses.values() if clause.rules]
    clause = dice.choice(clauses)
    at = dice.randrange(len(clause.rules))
    rule = clause.rules[at]
    name = dice.choice([name for name, action in draft.actions.items() if action.touches])
    ways: list[Clause | ActionDef] = [
        _with(clause, at, None),
        _with(clause, at, _loosened(rule)),
        _with(clause, at, rule.model_copy(update={"when": _shifted(rule.when, dice)})),
        _with(clause, at, rule.model_copy(update={"when": f'action.name == "{name}"'})),
        draft.actions[name].model_copy(update={"risk": dice.choice(RISKS[:2])}),
        draft.actions[name].model_copy(update={"identity": dice.choice(["anonymous", "claimed", "confirmed"])}),
        draft.actions[name].model_copy(update={"risk": "low_risk", "identity": "confirmed"}),
    ]
    way = dice.choice(ways)
    kind, name = ("clauses", way.id) if isinstance(way, Clause) else ("actions", way.name)
    new = {kind: getattr(book, kind) | {name: way}}
    return replace(draft, **new), book.model_copy(update=new)


def _with(clause: Clause, at: int, rule: Rule | None) -> Clause:
    rules = [*clause.rules[:at], *([rule] if rule else []), *clause.rules[at + 1 :]]
    return clause.model_copy(update={"rules": rules})


def _loosened(rule: Rule) -> Rule:
    """One that asks for less; what asked for identity asks for less of it."""
    if rule.identity is not None:
        return rule.model_copy(update={"identity": {"verified": "confirmed"}.get(rule.identity, "anonymous")})
    return rule.model_copy(update={"then": LOOSER[str(rule.then)]})


def _shifted(when: str, dice: random.Random) -> str:
    """With another bound, or the other side of one."""
    signs = [(" > ", " >= "), (" <= ", " < "), (" > ", " < "), (" == ", " != "), ("||", "&&"), ("&&", "||")]
    old, new = dice.choice([pair for pair in signs if pair[0] in when] or [("", "")])
    shifted = when.replace(old, new, 1) if old else f"!({when})"
    return re.sub(r"(?<![\w.])(\d+)(?=\.\d|\b)", lambda number: str(int(number[1]) * 2 + 1), shifted, count=1)


def test_rulings_by_harbors_playbook_never_contradict_its_check(
    draft: Draft, book: Playbook, known: Vocabulary
) -> None:
    seen = hold(draft, book, known, random.Random(1), 1500)
    assert guarded(draft, known).keys() >= {"issue_refund", "cancel_order", "change_email", "send_reset_link"}
    assert not any(guarded(draft, known).values())
    assert {Outcome.CONFIRM, Outcome.APPROVE, Outcome.FORBID, Outcome.IDENTIFY, Outcome.HANDOFF} <= seen.keys()


def test_rulings_by_a_changed_playbook_never_contradict_its_check(
    draft: Draft, book: Playbook, known: Vocabulary
) -> None:
    dice, seen = random.Random(2), Counter[str]()
    for _ in range(15):
        seen += hold(*changed(draft, book, dice), known, dice, 120)
    assert seen["let through"], "where a guard is found missing, something does get through"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_thousand_rulings_never_contradict_a_check(draft: Draft, book: Playbook, known: Vocabulary) -> None:
    dice = random.Random(3)
    seen = hold(draft, book, known, dice, 40_000)
    for _ in range(200):
        seen += hold(*changed(draft, book, dice), known, dice, 300)
    assert seen["let through"]
    assert seen["spared"]


def test_each_rule_fires_in_the_case_that_is_shown_for_it(draft: Draft, book: Playbook, known: Vocabulary) -> None:
    """By itself, in a company that would let all through."""
    world, dealt = World(known, named(draft, known)), Dealt(known, draft, random.Random(4))
    fired = 0
    for held in held_rules(draft, world):
        case = world.case(held.when)
        if case is None or LEFT_OPEN.search(held.rule.when):
            continue
        facts = dealt.facts() | case | {"identity.level": 0}
        action = str(facts["action.name"])
        lax = ActionDef(name=action, risk="low_risk", identity="anonymous")
        alone = book.clauses[held.rule.clause].model_copy(update={"rules": [held.rule]})
        only = book.model_copy(update={"actions": {action: lax}, "clauses": {alone.id: alone}})
        ruled = decide(facts, only, known)
        assert ruled.clauses == [held.rule.clause], (held.rule, ruled, case)
        fired += 1
    assert fired >= len(book.rules) * 3 / 4


def test_the_case_that_is_shown_for_a_missing_guard_gets_through(
    draft: Draft, book: Playbook, known: Vocabulary
) -> None:
    """Where no rule asks for a yes the class alone decides: the solver's case, told in the finding, is such a one."""
    lax = {"cancel_order": draft.actions["cancel_order"].model_copy(update={"risk": "low_risk"})}
    weak = replace(draft, actions=draft.actions | lax)
    world = World(known, named(weak, known))
    asking = world.none_of(held.when for held in held_rules(weak, world) if held.rule.then is not None)
    case = world.case(world.among("action.name", ["cancel_order"]), asking)
    assert case is not None
    facts = Dealt(known, weak, random.Random(5)).facts() | case | {"identity.level": 3}
    ruled = decide(facts, book.model_copy(update={"actions": weak.actions}), known)
    assert ruled.outcome is Outcome.ALLOW
