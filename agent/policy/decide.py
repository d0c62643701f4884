"""Decide: what the policy says of one proposal. A pure function of facts and playbook; no I/O, no clock, no model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from agent.casefile.records import Level, Outcome, Ruling
from agent.policy.facts import Facts
from knowledge.playbook import ActionDef, Playbook, Rule
from knowledge.rules import Expression, RuleError, Scalar, Vocabulary, compile_rule, evaluate, evaluate_bound, typed
from knowledge.syntax import facts_of, held_to
from tools.contract import Risk

CLASS_OUTCOME = {
    Risk.LOW: Outcome.ALLOW,
    Risk.CUSTOMER_CONFIRMED: Outcome.CONFIRM,
    Risk.HUMAN_APPROVED: Outcome.APPROVE,
    Risk.FORBIDDEN: Outcome.FORBID,
}


CLASS_REASON = {
    Risk.LOW: "The playbook lets the agent do this by itself.",
    Risk.CUSTOMER_CONFIRMED: "The playbook wants the customer's yes for this.",
    Risk.HUMAN_APPROVED: "The playbook wants a person's approval for this.",
    Risk.FORBIDDEN: "The playbook forbids the agent to do this.",
}


@dataclass(frozen=True)
class Said:
    """What one rule says of a proposal."""

    outcome: Outcome
    identity: Level
    clause: str
    why: str


def decide(facts: Facts, playbook: Playbook, vocabulary: Vocabulary) -> Ruling:
    """What the policy says of one proposal, and why.

    The class of the action is the least; rules can only make it stricter, and the strictest wins. No class: a
    person. A rule that cannot be evaluated on these facts counts as one that wants a person.
    """
    name = str(facts["action.name"])
    defined = playbook.actions.get(name)
    if defined is None:
        return _no_rule(name)
    day = date.fromisoformat(str(facts["time.date"]))
    risk = stricter(Risk(defined.risk), Risk(str(facts["action.risk"])))
    said = list(_said(playbook.rules_on(day), facts, playbook, vocabulary))
    outcome = max([CLASS_OUTCOME[risk], *(s.outcome for s in said)], key=lambda o: o.strictness)
    if not facts["systems.available"] and outcome is not Outcome.FORBID:
        outcome = Outcome.HANDOFF
    needed = max([Level.named(defined.identity), *(s.identity for s in said)])
    if outcome not in (Outcome.FORBID, Outcome.HANDOFF) and int(str(facts["identity.level"])) < needed:
        outcome = Outcome.IDENTIFY
    clauses, reason = _grounds(outcome, said, defined, needed)
    return Ruling(outcome=outcome, action=name, clauses=clauses, risk=risk, identity_needed=needed.name, reason=reason)


def untold(facts: Facts, playbook: Playbook, vocabulary: Vocabulary) -> set[str]:
    """The facts that are not known, and that a rule cannot be told without."""
    rules = playbook.rules_on(date.fromisoformat(str(facts["time.date"])))
    lacking = [when for rule in rules if facts_of(when := vocabulary.expression(rule.when)) - facts.keys()]
    missing: set[str] = set()
    for when in lacking:
        try:
            _holds(when, facts, typed(facts, vocabulary.variables))
        except RuleError:
            missing |= facts_of(when) - facts.keys()
    return missing


def escalates(facts: Facts, playbook: Playbook, vocabulary: Vocabulary) -> bool:
    """Whether the company wants a person for a customer in this state; a rule that cannot be told counts as yes."""
    for rule in playbook.company.escalate_when:
        try:
            if evaluate(compile_rule(rule, vocabulary.facts), facts):
                return True
        except RuleError:
            return True
    return False


def stricter(one: Risk, other: Risk) -> Risk:
    """The stricter of two classes."""
    return max(one, other, key=list(Risk).index)


def _no_rule(action: str) -> Ruling:
    return Ruling(
        outcome=Outcome.HANDOFF,
        action=action,
        clauses=[],
        risk=Risk.FORBIDDEN,
        identity_needed=Level.verified.name,
        reason="The playbook gives this action no class, so a person decides.",
    )


def _said(rules: list[Rule], facts: Facts, playbook: Playbook, vocabulary: Vocabulary) -> Iterator[Said]:
    """What the rules say that hold. One that cannot be told says that a person is wanted."""
    try:
        bound: Mapping[str, Scalar] | RuleError = typed(facts, vocabulary.variables)
    except RuleError as error:
        bound = error
    for rule in rules:
        title = playbook.clauses[rule.clause].title
        try:
            if not _holds(vocabulary.expression(rule.when), facts, bound):
                continue
        except RuleError as error:
            yield Said(Outcome.HANDOFF, Level.anonymous, rule.clause, f"{title} (cannot be told: {error})")
        else:
            outcome = Outcome(rule.then) if rule.then else Outcome.ALLOW
            identity = Level.named(rule.identity) if rule.identity else Level.anonymous
            yield Said(outcome, identity, rule.clause, title)


def _holds(when: Expression, facts: Facts, bound: Mapping[str, Scalar] | RuleError) -> bool:
    if isinstance(bound, RuleError):
        raise bound
    meant = held_to(when, "action.name")
    return (meant is None or facts["action.name"] in meant) and bool(evaluate_bound(when, bound))


def _grounds(outcome: Outcome, said: list[Said], defined: ActionDef, needed: Level) -> tuple[list[str], str]:
    """The clauses that made the ruling what it is, and their titles as the reason."""
    if outcome is Outcome.IDENTIFY:
        grounds = [s for s in said if s.identity == needed]
    else:
        grounds = [s for s in said if s.outcome is outcome]
    if grounds:
        clauses = list(dict.fromkeys(s.clause for s in grounds))
        return clauses, "; ".join(dict.fromkeys(s.why for s in grounds))
    if outcome is Outcome.HANDOFF:
        return [], "A system that this needs is not available."
    return [defined.clause] if defined.clause else [], CLASS_REASON[Risk(defined.risk)]
