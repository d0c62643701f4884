"""Confirm: put the exact proposal to the customer. Their next message is the answer."""

from __future__ import annotations

from agent.casefile.events import ConfirmationAsked, ConfirmationSettled, IntakeRead, Ruled
from agent.state import State, Update
from agent.turn import OpenTurn


async def confirm(state: State, turn: OpenTurn) -> Update:
    """Ask for a yes to these arguments, until the question lapses; say why it is asked again."""
    step, ruled = state["step"], turn.noted(Ruled, lambda r: r.intent is not None)
    if ruled is None or ruled.intent is None:
        raise LookupError("A confirmation follows a ruling.")
    lapses = turn.desk.clock.after(turn.desk.limits.confirm_ttl_s)
    proposal = ruled.proposal.model_copy(update={"expires_at": lapses})
    turn.note(ConfirmationAsked(intent=ruled.intent, proposal=proposal))
    return {"step": {**step, "kind": "confirm", "wording": _again(turn)}, "route": "reply"}


def _again(turn: OpenTurn) -> str:
    settled, read = turn.noted(ConfirmationSettled), turn.noted(IntakeRead)
    if settled is None or (read is not None and read.intents):
        return ""
    return {"unclear": "confirm.again", "expired": "confirm.expired"}.get(settled.answer, "")
