"""Look up: read a system for the customer in scope, once a turn, as far as the policy lets it."""

from __future__ import annotations

from pydantic import ValidationError

from agent.casefile.events import IdentityChecked, LookedUp
from agent.casefile.records import Args, Level, Outcome
from agent.dispatch import rule
from agent.nodes.identify import identity_step
from agent.policy.workflow import exact_args
from agent.state import State, Update
from agent.turn import OpenTurn
from tools.contract import Lookup, ToolLost


async def look_up(state: State, turn: OpenTurn) -> Update:
    """Rule the lookup, make it, note what it gave; what identification found is held against what was said."""
    step = state["step"]
    tool = turn.desk.catalog.lookup(step["tool"])
    try:
        args = exact_args(turn.desk.catalog, tool.name, step["args"])
    except ValidationError as error:
        turn.note(LookedUp(tool=tool.name, args=step["args"], result=None, failed=f"not its arguments: {error}"))
        return {"route": "propose"}
    ruled = rule(turn, tool.name, args, intent=None, found={})
    if ruled.ruling.outcome is Outcome.IDENTIFY:
        intent = turn.case.intent(step["intent"] or "")
        needed = identity_step(turn, intent, Level.named(ruled.ruling.identity_needed), [])
        if needed is not None:
            return {"step": needed, "route": "look_up" if needed["kind"] == "look_up" else "reply"}
    if ruled.ruling.outcome is not Outcome.ALLOW:
        return {"step": {"kind": "person", "intent": step["intent"], "reason": "policy"}, "route": "escalate"}
    seen = await _read(turn, tool, args)
    if tool.name == "find_customer":
        _hold_against(turn, seen)
        if seen.failed is not None:
            return {"step": {"kind": "person", "intent": step["intent"], "reason": "system_down"}, "route": "escalate"}
    return {"route": "propose"}


async def _read(turn: OpenTurn, tool: Lookup, args: Args) -> LookedUp:
    try:
        with turn.calling(tool.system):
            record = await tool.run(tool.args.model_validate(args), turn.scope)
    except ToolLost as error:
        return turn.note(LookedUp(tool=tool.name, args=args, result=None, failed=str(error)))
    result = None if record is None else record.model_dump(mode="json")
    return turn.note(LookedUp(tool=tool.name, args=args, result=result))


def _hold_against(turn: OpenTurn, seen: LookedUp) -> None:
    """Enough facts must match one record, one of them not in the order mail, and none may contradict it."""
    if seen.failed is not None:
        return
    candidate, methods = seen.result or {}, turn.playbook.company.identity
    matched, mismatched = _names(candidate.get("matched")), _names(candidate.get("mismatched"))
    strong = any(not fact.in_order_mail for fact in methods.facts if fact.name in matched)
    proven = strong and len(matched) >= methods.facts_needed and not mismatched
    customer = str(candidate["customer_id"]) if proven else None
    given = [name for name, value in seen.args.items() if value is not None]
    secret = [fact.name for fact in methods.facts if fact.name in given and not fact.in_order_mail]
    # A failed proof forgets what may have been a guess, whoever the rest speaks of: another guess is another try.
    turn.note(IdentityChecked(facts=given if proven else secret or given, matched=proven, customer_id=customer))


def _names(value: object) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
