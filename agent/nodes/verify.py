"""Verify: look again before anything is claimed.

Runs after `act`. The receipt is written from a read of the system of record; a case goes on to `reply` only if it
says verified. Where the system refused what the customer had chosen, they choose anew; otherwise a person takes over.
"""

from __future__ import annotations

from agent import dispatch
from agent.casefile.events import EffectStarted
from agent.nodes.picking import is_choice
from agent.state import State, Step, Update
from agent.turn import OpenTurn

REASONS = {"mismatch": "mismatch", "failed": "failed", "unknown": "unknown_outcome"}


async def verify(state: State, turn: OpenTurn) -> Update:
    """Prove the effect that was started last."""
    step = state["step"]
    if step["kind"] in ("person", "gone"):
        return {"route": "escalate" if step["kind"] == "person" else "reply"}
    started = turn.noted(EffectStarted)
    if started is None:
        raise LookupError("There is no effect to verify.")
    receipt = await dispatch.prove(turn, started)
    if receipt.state == "verified":
        return {"step": {**state["step"], "kind": "outcome"}, "route": "reply"}
    if receipt.state == "failed" and is_choice(turn, step):
        return {"step": {**step, "kind": "gone"}, "route": "reply"}
    person: Step = {"kind": "person", "intent": started.intent, "reason": REASONS[receipt.state]}
    return {"step": person, "route": "escalate"}
