"""The fold: a case is what its events say, and nothing else.

`fold` is pure: the same events give the same case, from the start or from any fold on the way. What is in a case is
bounded: a window of lines, the last receipts, the yeses that can still be used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce, singledispatch
from typing import Literal

from pydantic import JsonValue

from agent.casefile import events as e
from agent.casefile.canonical import SHORT_KEY, proposal_digest
from agent.casefile.case import Case, Code, Identity, Line, Offer, Question, Reminder, Yes
from agent.casefile.clock import iso
from agent.casefile.records import BESIDE_THE_TALK, Args, CaseStatus, Intent, Level, Receipt

__all__ = [
    "Case",
    "Code",
    "Identity",
    "Line",
    "Offer",
    "Question",
    "Yes",
    "applied",
    "fold",
    "handed_over",
    "journaled",
]

WINDOW = 20
RECEIPTS = 20
SETTLED_KEPT = 10
CARRIED_OUT_WITHIN = timedelta(minutes=15)
"""How long a person's decision is good for from when the case hears of it."""
PASSED_KEPT = 200
TOLD_KEPT = 4
"""Values of a name that are kept after their matter."""
LONGEST_TOLD = 80
"""Characters of such a value."""


def fold(case: Case, events: Iterable[e.Event]) -> Case:
    """The case after these events."""
    return reduce(_next, events, case)


def _next(case: Case, event: e.Event) -> Case:
    changes = applied(event.body, case, event.at)
    earlier = () if isinstance(event.body, e.TurnStarted) else case.journal
    journal = () if changes.get("turn", case.turn) is None else (*earlier, event)
    return case.model_copy(update={**changes, "journal": journal, "seq": event.seq})


@singledispatch
def applied(_body: e.Body, _case: Case, _at: str) -> dict[str, object]:
    """What an event changes; most change nothing that a later turn must know."""
    return {}


@applied.register
def _(body: e.CaseOpened, case: Case, at: str) -> dict[str, object]:
    level = Level.verified if body.customer_id else Level.anonymous
    identity = case.identity.model_copy(update={"level": level, "customer_id": body.customer_id})
    known = {"release": body.release, "channel": body.channel, "language": body.locale}
    return {**known, "identity": identity, "opened_at": at}


@applied.register
def _(body: e.TurnStarted, _case: Case, _at: str) -> dict[str, object]:
    return {"turn": body, "ruling": None}


@applied.register
def _(body: e.MessageReceived, case: Case, _at: str) -> dict[str, object]:
    return {"window": _said(case, "customer", body.text)}


@applied.register
def _(body: e.IntakeRead, case: Case, _at: str) -> dict[str, object]:
    slotted = [
        intent.model_copy(update={"slots": intent.slots | body.slots[intent.id]}) if intent.id in body.slots else intent
        for intent in [*case.intents, *body.intents]
    ]
    facts = case.identity.facts | body.facts
    level = max(case.identity.level, Level.claimed) if facts else case.identity.level
    return {
        "language": body.language,
        "mood": body.mood,
        "told": _told(case, body),
        "intents": slotted,
        "opened": case.opened + len(body.intents),
        "identity": case.identity.model_copy(update={"facts": facts, "level": level}),
    }


def _told(case: Case, body: e.IntakeRead) -> dict[str, list[str]]:
    """What the customer has told so far, this message included."""
    told = {name: [*values] for name, values in case.told.items()}
    for name, value in [item for given in (body.facts, *body.slots.values()) for item in given.items()]:
        if len(value) <= LONGEST_TOLD:
            kept = [earlier for earlier in told.get(name, []) if earlier != value]
            told[name] = [*kept, value][-TOLD_KEPT:]
    return told


@applied.register
def _(body: e.ConfirmationSettled, case: Case, at: str) -> dict[str, object]:
    if body.answer == "unclear" or case.question is None or case.question.proposal.digest != body.digest:
        return {}
    changes: dict[str, object] = {"question": None}
    if body.answer == "yes":
        proposal = case.question.proposal
        yes_id = f"confirmation:{body.message_id}:{body.digest[:16]}"
        yes = Yes(id=yes_id, digest=body.digest, by="customer", expires_at=proposal.expires_at or "")
        changes["yeses"] = _with_yes(case, yes, at)
    return changes


@applied.register
def _(_body: e.ChoiceSettled, _case: Case, _at: str) -> dict[str, object]:
    return {"offered_person": False}


@applied.register
def _(body: e.IdentityChecked, case: Case, _at: str) -> dict[str, object]:
    identity = case.identity
    changes: dict[str, object] = {"facts": {k: v for k, v in identity.facts.items() if k not in body.facts}}
    if body.matched and body.customer_id == identity.customer_id:
        changes |= {"level": max(identity.level, Level.confirmed)}
    elif body.matched:  # what was proven of one customer says nothing of another
        changes |= {"level": Level.confirmed, "customer_id": body.customer_id, "code": None}
    else:
        changes |= {"failed": identity.failed + 1}
    return {"identity": identity.model_copy(update=changes)}


@applied.register
def _(body: e.CodeChecked, case: Case, _at: str) -> dict[str, object]:
    identity = case.identity
    if body.right:
        return {"identity": identity.model_copy(update={"level": Level.verified, "code": None})}
    code = identity.code and identity.code.model_copy(update={"tries": identity.code.tries + 1})
    return {"identity": identity.model_copy(update={"failed": identity.failed + 1, "code": code})}


@applied.register
def _(body: e.Ruled, _case: Case, _at: str) -> dict[str, object]:
    return {"ruling": body.ruling} if body.intent is not None else {}


@applied.register
def _(body: e.ConfirmationAsked, case: Case, at: str) -> dict[str, object]:
    again = case.question is not None and case.question.proposal.digest == body.proposal.digest
    asked_at = case.question.asked_at if case.question is not None and again else at
    return {"question": Question(intent=body.intent, proposal=body.proposal, asked_at=asked_at)}


@applied.register
def _(body: e.ApprovalAsked, case: Case, _at: str) -> dict[str, object]:
    waiting = _with_intent(case, body.intent, status="waiting")
    return {"approval": body.approval, "approval_intent": body.intent, "intents": waiting}


@applied.register
def _(body: e.ApprovalGiven, case: Case, at: str) -> dict[str, object]:
    approval, intent = case.approval, case.approval_intent
    if approval is None or intent is None or approval.id != body.approval_id:
        return {}
    changes: dict[str, object] = {
        "approval": None,
        "approval_intent": None,
        "intents": [_reopened(i) for i in case.intents],
    }
    args = body.args if body.status == "edited" and body.args is not None else approval.args
    asked, given = (_digest(case, approval.action, these) for these in (approval.args, args))
    if body.status in ("approved", "edited") and asked == approval.digest:  # else it was asked for another customer
        # It was given in time: that the desk comes to it a little later takes nothing from it.
        lasts = max(approval.expires_at, iso(datetime.fromisoformat(at) + CARRIED_OUT_WITHIN))
        yes = Yes(id=f"approval:{approval.id}", digest=given, by="staff", expires_at=lasts)
        changes["yeses"] = _with_yes(case, yes, at)
    if body.status == "edited":
        changes["edits"] = case.edits | {intent: args}
    return changes


@applied.register
def _(body: e.EffectStarted, case: Case, _at: str) -> dict[str, object]:
    unused = [yes for yes in case.yeses if yes.id != body.yes]
    return {"open_effects": case.open_effects | {body.effect: body}, "yeses": unused}


@applied.register
def _(body: e.Verified, case: Case, at: str) -> dict[str, object]:
    receipt = body.receipt
    changes: dict[str, object] = {
        "open_effects": {k: v for k, v in case.open_effects.items() if k != receipt.effect},
        "receipts": [*(known for known in case.receipts if known.effect != receipt.effect), receipt][-RECEIPTS:],
    }
    if receipt.action == "send_code":
        code = Code(ordinal=int(str(receipt.args["ordinal"])), sent_at=at) if receipt.state == "verified" else None
        identity = {"code": code, "codes": case.identity.codes + 1}
        changes["identity"] = case.identity.model_copy(update=identity)
    if receipt.state == "verified":
        changes |= _reminders_after(case, receipt)
    return changes


@applied.register
def _(body: e.UndoAsked, case: Case, at: str) -> dict[str, object]:
    proposal = body.proposal
    yes = Yes(id=f"undo:{body.undo_id}", digest=proposal.digest, by="staff", expires_at=proposal.expires_at or "")
    return {"yeses": _with_yes(case, yes, at)}


def _reminders_after(case: Case, receipt: Receipt) -> dict[str, object]:
    """A reminder waits, or is cancelled, as soon as that is proven."""
    args = receipt.args
    match receipt.action:
        case "set_reminder":
            new = Reminder(id=receipt.effect[:SHORT_KEY], at=str(args["at"]), text=str(args["text"]))
            others = [known for known in case.reminders if known.id != new.id]
            settled = [known for known in others if known.status != "waiting"][-SETTLED_KEPT:]
            return {"reminders": [known for known in others if known.status == "waiting" or known in settled] + [new]}
        case "cancel_reminder":
            return _reminder_settled(case, str(args["reminder_id"]), "cancelled")
    return {}


def _reminder_settled(case: Case, reminder: str, status: str) -> dict[str, object]:
    return {"reminders": [k.model_copy(update={"status": status}) if k.id == reminder else k for k in case.reminders]}


@applied.register
def _(body: e.ReminderSettled, case: Case, _at: str) -> dict[str, object]:
    return _reminder_settled(case, body.reminder, body.status)


@applied.register
def _(body: e.IntentSettled, case: Case, _at: str) -> dict[str, object]:
    settled = _with_intent(case, body.intent, status=body.status, outcome=body.outcome)
    question = None if case.question and case.question.intent == body.intent else case.question
    edits = {k: v for k, v in case.edits.items() if k != body.intent}
    offered = body.outcome == "unanswered"
    offer = None if case.offer and case.offer.intent == body.intent else case.offer
    matters = {"intents": _kept(settled), "question": question, "offer": offer, "edits": edits}
    return {**matters, "offered_person": offered}


@applied.register
def _(body: e.SlotsCleared, case: Case, _at: str) -> dict[str, object]:
    slots = {k: v for k, v in case.intent(body.intent).slots.items() if k not in body.names}
    return {"intents": _with_intent(case, body.intent, slots=slots)}


@applied.register
def _(body: e.ReplySent, case: Case, _at: str) -> dict[str, object]:
    return {"window": _said(case, body.role, body.text)} if body.text else {}


@applied.register
def _(body: e.OptionsOffered, case: Case, _at: str) -> dict[str, object]:
    before = _offer_for(case, body.intent, body.name)
    return {"offer": before.model_copy(update={"options": body.options, "many": body.many})}


@applied.register
def _(body: e.OptionsPassed, case: Case, _at: str) -> dict[str, object]:
    before = _offer_for(case, body.intent, body.name)
    passed = [*before.passed, *(option.value for option in before.options)][-PASSED_KEPT:]
    return {"offer": before.model_copy(update={"passed": passed, "options": []})}


def _offer_for(case: Case, intent: str, name: str) -> Offer:
    same = case.offer is not None and (case.offer.intent, case.offer.name) == (intent, name)
    return case.offer if case.offer is not None and same else Offer(intent=intent, name=name)


@applied.register
def _(body: e.HandedOff, case: Case, _at: str) -> dict[str, object]:
    return {"handoffs": case.handoffs + 1, **_handed(case, body.reason, body.ticket_id)}


def handed_over(case: Case, reason: str, ticket_id: str | None) -> Case:
    """The case as a person receives it."""
    return case.model_copy(update=_handed(case, reason, ticket_id))


def _handed(case: Case, reason: str, ticket_id: str | None) -> dict[str, object]:
    return {"handed": reason, "ticket_id": ticket_id, **_out_of_the_agents_hands(case)}


@applied.register
def _(body: e.TicketOpened, _case: Case, _at: str) -> dict[str, object]:
    return {"ticket_id": body.ticket_id}


@applied.register
def _(body: e.TurnDone, case: Case, _at: str) -> dict[str, object]:
    asked = [(ask.kind, ask.name, ask.options) for ask in body.turn.asks]
    same = bool(asked) and asked == [(ask.kind, ask.name, ask.options) for ask in case.asks]
    talked = case.turn is None or case.turn.cause not in BESIDE_THE_TALK
    repeats = (case.repeats + 1 if same else 0) if talked else case.repeats
    return {"turn": None, "status": _status(case, body.turn.status), "asks": body.turn.asks, "repeats": repeats}


@applied.register
def _(_body: e.TakenOver, case: Case, _at: str) -> dict[str, object]:
    status = _status(case, "waiting_person")
    return {"handed": "taken_over", "status": status, **_out_of_the_agents_hands(case)}


@applied.register
def _(_body: e.GivenBack, case: Case, _at: str) -> dict[str, object]:
    return {"handed": None, "status": _status(case, "resolved")}


@applied.register
def _(_body: e.CaseClosed, case: Case, _at: str) -> dict[str, object]:
    waiting = [known for known in case.reminders if known.status == "waiting"]
    over = [k.model_copy(update={"status": "cancelled"}) if k in waiting else k for k in case.reminders]
    return {"status": "closed", "reminders": over, **_out_of_the_agents_hands(case)}


def _out_of_the_agents_hands(case: Case) -> dict[str, object]:
    """A person has the case: nothing that was open, asked or submitted is the agent's to carry out any more.

    All that was open is handed over, however much it is.
    """
    live = ("open", "waiting")
    over = [i.model_copy(update={"status": "handed_over"}) if i.status in live else i for i in _kept(case.intents)]
    nothing = {"question": None, "offer": None, "approval": None, "approval_intent": None, "offered_person": False}
    return {"intents": over, "edits": {}, "yeses": [], "asks": [], **nothing}


def _said(case: Case, role: Literal["customer", "agent", "staff", "system"], text: str) -> list[Line]:
    return [*case.window, Line(role=role, text=text)][-WINDOW:]


def _status(case: Case, status: CaseStatus) -> CaseStatus:
    """A closed case stays closed, whatever turn was under way."""
    return "closed" if case.status == "closed" else status


def _digest(case: Case, action: str, args: Args) -> str:
    return proposal_digest(case.case_id, case.identity.customer_id, action, args)


def _with_yes(case: Case, yes: Yes, at: str) -> list[Yes]:
    return [*(earlier for earlier in case.yeses if at < earlier.expires_at), yes]


def _kept(intents: list[Intent]) -> list[Intent]:
    """All that are open or wait, and the last of the others."""
    ended = [intent.id for intent in intents if intent.status not in ("open", "waiting")][-SETTLED_KEPT:]
    return [intent for intent in intents if intent.status in ("open", "waiting") or intent.id in ended]


def _reopened(intent: Intent) -> Intent:
    """One that waited for the decision, be it on its own proposal or on the one before it."""
    return intent.model_copy(update={"status": "open", "outcome": None}) if intent.status == "waiting" else intent


def _with_intent(case: Case, intent_id: str, **update: JsonValue | dict[str, str]) -> list[Intent]:
    return [i.model_copy(update=update) if i.id == intent_id else i for i in case.intents]


def journaled(case: Case, kind: type[e.Body]) -> Sequence[e.Event]:
    """The open turn's events of one kind."""
    return [event for event in case.journal if isinstance(event.body, kind)]
