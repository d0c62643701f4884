"""Remind: what the customer asked to be reminded of, said when it is due: in the case once, and by mail once."""

from __future__ import annotations

from agent import dispatch
from agent.casefile import events as e
from agent.casefile import inbox
from agent.casefile.records import Args, Receipt
from agent.errors import NotAuthorised
from agent.later import again
from agent.policy.workflow import exact_args
from agent.speech.render import Voice
from agent.turn import OpenTurn
from tools.contract import ToolLost

TOOL = "send_reminder"


async def remind(turn: OpenTurn) -> None:
    """Say what is due. The mail is tried again later while nobody can tell that it went out."""
    wake = turn.wakes[0]
    reminder = wake.wake_id.split(":")[1]
    if turn.case.status == "closed":
        turn.note(e.ReminderSettled(reminder=reminder, status="cancelled"))
        await turn.finish()
        return
    if wake.wake_id == inbox.reminder_wake(reminder) and turn.noted(e.ReminderSettled) is None:
        text = Voice(turn.release, turn.case.language).say("reminder.due", text=wake.body)
        turn.note(e.ReplySent(text=text))
        turn.note(e.ReminderSettled(reminder=reminder, status="sent"))
    if turn.case.identity.customer_id is not None:
        receipt = await _mailed(turn, {"reminder_id": reminder, "text": wake.body})
        if receipt is None or receipt.state in ("unknown", "failed"):
            again(turn, "reminder", reminder, wake.body)
    await turn.finish()


async def _mailed(turn: OpenTurn, wanted: Args) -> Receipt | None:
    """What came of the last attempt, looked at once more, or of a new one where that one has sent nothing."""
    history = await turn.desk.files.events(turn.case.case_id)
    args = exact_args(turn.desk.catalog, TOOL, wanted)
    started, _ = dispatch.last_attempt(history, lambda s: s.action == TOOL and s.args == args)
    try:
        receipt = await dispatch.prove(turn, started, history=history) if started is not None else None
        if receipt is None or receipt.state == "failed":
            dispatch.rule(turn, TOOL, args, intent=None, found={})
            started = await dispatch.start(turn, TOOL, args, None)
            receipt = await dispatch.prove(turn, started) if started is not None else None
    except (NotAuthorised, ToolLost):
        return None
    return receipt
