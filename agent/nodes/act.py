"""Act: carry out what was authorised. Authority is checked once more where the effect is dispatched."""

from __future__ import annotations

from agent import dispatch
from agent.errors import BudgetSpent
from agent.nodes.picking import is_choice
from agent.state import State, Update
from agent.turn import OpenTurn
from tools.contract import ToolLost


async def act(state: State, turn: OpenTurn) -> Update:
    """Start the effect and send it; a system that cannot even be read beforehand gets no call."""
    step = state["step"]
    try:
        started = await dispatch.start(turn, step["tool"], step["args"], step.get("intent"))
    except ToolLost:
        return {"step": {"kind": "person", "intent": step.get("intent"), "reason": "system_down"}}
    except BudgetSpent:
        return {"step": {"kind": "person", "intent": step.get("intent"), "reason": "budget"}}
    if started is None and is_choice(turn, step):
        return {"step": {**step, "kind": "gone"}}
    if started is None:
        return {"step": {"kind": "person", "intent": step.get("intent"), "reason": "failed"}}
    return {}
