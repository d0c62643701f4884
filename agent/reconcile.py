"""Reconcile: an effect that nobody could vouch for is looked at until its system shows what came of it.

It is only read, never sent again: a person has the case by then, and may have done it by hand. What comes out is told
to the customer, unless that person speaks with them.
"""

from __future__ import annotations

from agent import dispatch
from agent.casefile import events as e
from agent.casefile.canonical import SHORT_KEY
from agent.later import again, is_about, looks
from agent.speech.render import Voice
from agent.turn import OpenTurn

SURE_AFTER = 6
"""Looks at doubling intervals, half an hour: a call that has left nothing in its system by then will not any more."""


def follow(turn: OpenTurn) -> None:
    """Have the effects of this turn that are unknown looked at again later."""
    for verified in turn.all_noted(e.Verified):
        if verified.receipt.state == "unknown" and verified.receipt.action not in dispatch.HOUSEKEEPING:
            again(turn, "effect", verified.receipt.effect[:SHORT_KEY])


async def look_again(turn: OpenTurn) -> None:
    """Read the system once more for the effect that the turn was woken for."""
    history = await turn.desk.files.events(turn.case.case_id)
    started, last = dispatch.last_attempt(history, lambda s: is_about(turn.wakes[0], "effect", s.effect[:SHORT_KEY]))
    unsettled = last is not None and last.state == "unknown" and turn.case.status != "closed"
    if started is not None and unsettled:
        too_late = looks(turn.wakes[0]) >= SURE_AFTER
        receipt = await dispatch.prove(turn, started, send_again=False, history=history, too_late=too_late)
        if receipt.state == "unknown":
            again(turn, "effect", started.effect[:SHORT_KEY])
        elif turn.case.handed != "taken_over":
            voice = Voice(turn.release, turn.case.language)
            text = voice.say("outcome.looked_again", outcome=voice.outcome(receipt))
            turn.note(e.ReplySent(text=text, intent=started.intent))
    await turn.finish()
