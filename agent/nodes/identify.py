"""Identify: what is still needed to know who the customer is. Facts first, then a code to the address on file."""

from __future__ import annotations

from agent.casefile.events import CodeChecked, IdentityChecked
from agent.casefile.records import Intent, Level
from agent.nodes.intake import code_lapsed
from agent.state import Step
from agent.turn import OpenTurn
from knowledge.company import IdentityMethods


def identity_step(turn: OpenTurn, intent: Intent, needed: Level, slots: list[str]) -> Step | None:
    """The step towards the level that is needed, together with the slots that are missing; None: it is reached."""
    if turn.case.identity.level >= needed:
        return None
    if turn.case.identity.level < Level.confirmed:
        return _by_facts(turn, intent, slots)
    return _by_code(turn, intent)


def _by_facts(turn: OpenTurn, intent: Intent, slots: list[str]) -> Step:
    methods, facts = turn.playbook.company.identity, dict(turn.case.identity.facts)
    failed = turn.noted(IdentityChecked, lambda c: not c.matched) is not None
    lacking = still_lacking(methods, facts)
    if not lacking:
        return {"kind": "look_up", "intent": intent.id, "tool": "find_customer", "args": dict(facts)}
    doubtful = [name for name in facts if name != "order_id"] if failed else []
    wanted = [name for name in [*doubtful, *lacking] if name not in slots]
    wording = "identity.failed" if failed else ""
    return {"kind": "ask", "intent": intent.id, "names": slots, "proof": wanted, "wording": wording}


def still_lacking(methods: IdentityMethods, facts: dict[str, str]) -> list[str]:
    """The facts to ask for so that enough are known, one of them not in the order mail, and a record can be found."""
    known = [fact for fact in methods.facts if fact.name in facts]
    asked = list[str]()
    if not any(fact.name in ("order_id", "email", "phone") for fact in known):
        asked.append("email")
    if all(fact.in_order_mail for fact in known):
        asked += [next(fact.name for fact in methods.facts if not fact.in_order_mail)]
    others = [fact.name for fact in methods.facts if fact.name not in facts and fact.name not in asked]
    short = methods.facts_needed - len(known) - len(asked)
    return asked + others[: max(0, short)]


def _by_code(turn: OpenTurn, intent: Intent) -> Step:
    if not code_lapsed(turn):
        wrong = turn.noted(CodeChecked, lambda c: not c.right) is not None
        return {"kind": "code", "intent": intent.id, "wording": "ask.code_again" if wrong else "ask.code"}
    ordinal = turn.case.identity.codes + 1
    return {"kind": "action", "intent": intent.id, "tool": "send_code", "args": {"ordinal": ordinal}, "found": {}}
