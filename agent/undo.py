"""Undo: a person has an effect taken back. The compensation is an effect like any other: ruled, sent once, proven.

What takes it back comes from the tool, which knows how things stood before, and only where the playbook names that
action for it. The person's click is the yes; a policy that forbids the compensation still does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from agent import dispatch, reconcile
from agent.casefile import events as e
from agent.casefile import inbox
from agent.casefile.canonical import SHORT_KEY, effect_key
from agent.casefile.events import Event
from agent.casefile.fold import Case
from agent.casefile.inbox import Wake
from agent.casefile.records import Receipt
from agent.desk import Desk
from agent.errors import CaseIsClosed, NotAuthorised, NotUndoable
from agent.policy.workflow import exact_args
from agent.speech.render import Voice
from agent.turn import OpenTurn
from knowledge.playbook import Playbook
from tools.contract import Catalog, Compensation, ToolLost

MOMENT_S = 600.0
"""How long a person's click is good for."""


def compensation(
    case: Case, book: Playbook, catalog: Catalog, started: e.EffectStarted, receipt: Receipt | None
) -> Compensation | None:
    """What would take an effect back; None where nothing does, or it is not known to have happened to this customer."""
    tool = catalog.tools.get(started.action)
    undo = getattr(tool, "undo", None)
    defined = book.actions.get(started.action)
    if undo is None or defined is None or receipt is None or receipt.state != "verified":
        return None
    whose = case.tenant, case.case_id, case.identity.customer_id
    if effect_key(*whose, started.action, started.args, started.yes) != started.effect:
        return None  # the case is another customer's by now
    found: Compensation | None = undo(catalog.action(started.action).args.model_validate(started.args), started.before)
    return found if found is not None and found.action == defined.undo else None


def undoable(
    case: Case, book: Playbook, catalog: Catalog, history: Sequence[Event]
) -> dict[str, tuple[e.EffectStarted, Compensation]]:
    """The effects of a case that a person may have taken back, by key."""
    receipts = {
        event.body.receipt.effect: event.body.receipt for event in history if isinstance(event.body, e.Verified)
    }
    taken = {body.effect for body in _taken_back(history, receipts)}
    found = {}
    for event in history:
        if isinstance(started := event.body, e.EffectStarted) and started.effect not in taken:
            back = compensation(case, book, catalog, started, receipts.get(started.effect))
            if back is not None:
                found[started.effect] = started, back
    return found


def _taken_back(history: Sequence[Event], receipts: dict[str, Receipt]) -> list[e.UndoAsked]:
    """The undos that were carried out, or may have been."""
    by_yes = {event.body.yes: event.body.effect for event in history if isinstance(event.body, e.EffectStarted)}
    asked = [event.body for event in history if isinstance(event.body, e.UndoAsked)]
    sent = [(one, by_yes.get(f"undo:{one.undo_id}")) for one in asked]
    return [one for one, effect in sent if effect and (effect not in receipts or receipts[effect].state != "failed")]


async def ask(desk: Desk, case_id: str, effect: str, by: str, reason: str) -> str:
    """A person wants an effect taken back: the case is woken for it. Gives the wake's id.

    Raises CaseUnknown, CaseIsClosed, and NotUndoable when nothing takes it back, or it is being taken back already.
    """
    history = await desk.files.events(case_id)
    case, _ = await desk.files.load(case_id)
    if case.status == "closed":
        raise CaseIsClosed("This case is closed; nothing about it changes any more.")
    book = (await desk.release(case.release)).playbook
    if effect not in undoable(case, book, desk.catalog, history):
        raise NotUndoable(
            "This cannot be taken back: nothing undoes it, it did not happen, or it was taken back before."
        )
    tries = sum(isinstance(event.body, e.UndoAsked) and event.body.effect == effect for event in history)
    refused = sum(isinstance(event.body, e.UndoRefused) and event.body.effect == effect for event in history)
    wake = Wake(
        case_id,
        f"undo:{effect[:SHORT_KEY]}:{tries + refused}",
        "undo",
        json.dumps({"effect": effect, "by": by, "reason": reason}),
    )
    try:
        async with desk.files.database.write() as tx:
            await inbox.put(tx, desk.tenant, desk.clock, wake)
    except IntegrityError:
        raise NotUndoable("This is being taken back already.") from None
    return wake.wake_id


async def take_back(turn: OpenTurn) -> None:
    """Carry out what a person asked for, and tell the customer unless that person speaks with them."""
    wanted = json.loads(turn.wakes[0].body)
    receipt, why = None, "Nothing takes this back any more."
    history = await turn.desk.files.events(turn.case.case_id)
    found = undoable(turn.case, turn.playbook, turn.desk.catalog, history).get(wanted["effect"])
    begun = turn.noted(e.EffectStarted)
    if begun is not None:  # a run of this turn that died had sent it
        receipt = await dispatch.prove(turn, begun)
    elif found is not None and turn.case.status != "closed":
        receipt, why = await _sent(turn, *found, wanted)
    if receipt is None:
        turn.note(e.UndoRefused(effect=wanted["effect"], why=why))
    elif turn.case.handed != "taken_over":
        voice = Voice(turn.release, turn.case.language)
        turn.note(e.ReplySent(text=voice.say("outcome.taken_back", outcome=voice.outcome(receipt))))
    reconcile.follow(turn)
    await turn.finish()


async def _sent(
    turn: OpenTurn, undone: e.EffectStarted, back: Compensation, wanted: dict[str, str]
) -> tuple[Receipt | None, str]:
    """The compensation's receipt; else why it was not sent."""
    try:
        args = exact_args(turn.desk.catalog, back.action, back.args)
    except ValidationError as error:
        return None, f"What was there before is no longer accepted: {error.errors()[0]['msg']}."
    intent = undone.intent if any(one.id == undone.intent for one in turn.case.intents) else None
    ruled = dispatch.rule(turn, back.action, args, intent=intent, found={})
    proposal = ruled.proposal.model_copy(update={"expires_at": turn.desk.clock.after(MOMENT_S)})
    undo_id = turn.wakes[0].wake_id.removeprefix("undo:")
    turn.note(
        e.UndoAsked(undo_id=undo_id, effect=undone.effect, proposal=proposal, by=wanted["by"], reason=wanted["reason"])
    )
    try:
        started = await dispatch.start(turn, back.action, args, intent)
    except NotAuthorised:
        return None, f"The policy does not let this be taken back: {ruled.ruling.reason}"
    except ToolLost:
        return None, "The system cannot be read now; try again later."
    if started is None:
        return None, "The system does not take this back as things stand."
    return await dispatch.prove(turn, started), ""
