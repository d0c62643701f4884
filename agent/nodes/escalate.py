"""Escalate: hand the case to a person, with everything known, and fall silent."""

from __future__ import annotations

from agent.handoff import hand_over
from agent.nodes.intake import window
from agent.state import State, Update
from agent.turn import OpenTurn


async def escalate(state: State, turn: OpenTurn) -> Update:
    """Write the handoff; the turn is done."""
    await hand_over(turn, state["step"].get("reason", "internal"))
    await turn.finish()
    return {"messages": window(turn.case), "route": "approve" if turn.case.approval else "end"}
