"""Decide: hold a proposal against the policy, and send it the way the ruling says."""

from __future__ import annotations

from agent.casefile.events import Ruled
from agent.casefile.records import Level, Outcome
from agent.dispatch import authority, begun, rule
from agent.nodes.identify import identity_step
from agent.nodes.knowing import of_the_customer
from agent.state import Route, State, Update
from agent.turn import OpenTurn


async def decide(state: State, turn: OpenTurn) -> Update:
    """Rule the proposal. With the yes it needs it is carried out; without, the one who can give it is asked."""
    step = state["step"]
    intent_id, own = step.get("intent"), step["tool"] == "send_code"
    if not own:
        step, lookup = of_the_customer(turn, step)
        if lookup is not None:
            return {"step": lookup, "route": "look_up"}
    found = step.get("found", {})
    ruled = rule(turn, step["tool"], step["args"], intent=None if own else intent_id, found=found)
    ruling = ruled.ruling
    if authority(turn, ruled) is not None or begun(turn, step["tool"], step["args"]) is not None:
        return {"route": "act"}
    match ruling.outcome:
        case Outcome.CONFIRM:
            return {"route": "confirm"}
        case Outcome.APPROVE if turn.case.approval is not None:
            return {"step": {**step, "kind": "waiting"}, "route": "reply"}
        case Outcome.APPROVE:
            return {"step": step, "route": "submit"}
        case Outcome.FORBID:
            return {"step": {**step, "kind": "refused"}, "route": "reply"}
        case Outcome.IDENTIFY if intent_id is not None:
            needed = identity_step(turn, turn.case.intent(intent_id), Level.named(ruling.identity_needed), [])
            if needed is not None:
                kinds: dict[str, Route] = {"action": "decide", "look_up": "look_up"}
                return {"step": needed, "route": kinds.get(needed["kind"], "reply")}
    return {"step": {"kind": "person", "intent": intent_id, "reason": _why(turn, ruled)}, "route": "escalate"}


def _why(turn: OpenTurn, ruled: Ruled) -> str:
    """The reason of the handoff that a ruling asks for."""
    if ruled.proposal.action not in turn.playbook.actions:
        return "no_rule"
    down = not ruled.facts["systems.available"] and not ruled.ruling.clauses
    return "system_down" if down else "policy"
