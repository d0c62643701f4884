"""The fold: a case is what its events say, and nothing else.

`fold` is pure: the same events give the same case, from the start or from any fold on the way. What is in a case is
bounded (a window of lines, the last receipts), so that a turn costs the same at any length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce, singledispatch
from typing import Literal

from pydantic import Field, JsonValue

from agent.casefile import events as e
from agent.casefile.canonical import proposal_digest
from agent.casefile.records import (
    Approval,
    Args,
    Ask,
    CaseStatus,
    Frozen,
    Intent,
    Level,
    Mood,
    Proposal,
    Receipt,
    Ruling,
)

WINDOW = 20
RECEIPTS = 20
SETTLED_KEPT = 10


class Line(Frozen):
    """One line of the conversation."""

    role: Literal["customer", "agent", "staff", "system"]
    text: str


class Yes(Frozen):
    """A yes that was given and not used yet."""

    id: str
    """`confirmation:…` or `approval:…`."""
    digest: str
    by: Literal["customer", "staff"]
    expires_at: str


class Code(Frozen):
    """The one-time code that was sent last."""

    ordinal: int
    sent_at: str
    tries: int = 0


class Identity(Frozen):
    """Who the customer is, and how sure we are."""

    level: Level = Level.anonymous
    customer_id: str | None = None
    facts: dict[str, str] = {}
    """What they said of themselves and was not yet held against the records."""
    failed: int = 0
    codes: int = 0
    """Codes sent so far."""
    code: Code | None = None


class Question(Frozen):
    """A confirmation that is pending."""

    intent: str
    proposal: Proposal


class Case(Frozen):
    """A case, folded from its file."""

    tenant: str
    case_id: str
    seq: int = 0
    opened_at: str = ""
    release: str = ""
    channel: str = "chat"
    language: str = "en"
    status: CaseStatus = "open"
    identity: Identity = Identity()
    intents: list[Intent] = []
    """All open ones and the last settled ones."""
    opened: int = 0
    """Intents opened so far."""
    mood: Mood = Mood()
    asks: list[Ask] = []
    """What the last turn asked for."""
    repeats: int = 0
    """How many turns running asked for the same."""
    question: Question | None = None
    yeses: list[Yes] = []
    approval: Approval | None = None
    approval_intent: str | None = None
    edits: dict[str, Args] = {}
    """By intent: arguments that a person set."""
    offered_person: bool = False
    open_effects: dict[str, e.EffectStarted] = {}
    """Started and not settled by a receipt."""
    receipts: list[Receipt] = []
    ruling: Ruling | None = None
    window: list[Line] = []
    handed: str | None = None
    """The reason while a person has the case."""
    handoffs: int = 0
    ticket_id: str | None = None
    turn: e.TurnStarted | None = None
    """The turn that is under way."""
    journal: tuple[e.Event, ...] = Field(default=(), exclude=True)
    """Its events so far: what is in it is not asked, called or said again."""

    @property
    def open_intents(self) -> list[Intent]:
        """Those that wait for the agent, in the order they came."""
        return [intent for intent in self.intents if intent.status == "open"]

    def intent(self, intent_id: str) -> Intent:
        """Raises KeyError for an id that is none of this case's."""
        for intent in self.intents:
            if intent.id == intent_id:
                return intent
        raise KeyError(intent_id)

    def yes_for(self, digest: str, now: str) -> Yes | None:
        """The unexpired, unused yes to exactly this proposal."""
        return next((yes for yes in self.yeses if yes.digest == digest and now < yes.expires_at), None)


def fold(case: Case, events: Iterable[e.Event]) -> Case:
    """The case after these events."""
    return reduce(_next, events, case)


def _next(case: Case, event: e.Event) -> Case:
    changes = applied(event.body, case, event.at)
    journal = (event,) if isinstance(event.body, e.TurnStarted) else (*case.journal, event)
    return case.model_copy(update={"journal": journal, **changes, "seq": event.seq})


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
        "intents": slotted,
        "opened": case.opened + len(body.intents),
        "identity": case.identity.model_copy(update={"facts": facts, "level": level}),
    }


@applied.register
def _(body: e.ConfirmationSettled, case: Case, _at: str) -> dict[str, object]:
    if body.answer == "unclear" or case.question is None:
        return {}
    changes: dict[str, object] = {"question": None}
    if body.answer == "yes":
        proposal = case.question.proposal
        yes_id = f"confirmation:{body.message_id}:{body.digest[:16]}"
        yes = Yes(id=yes_id, digest=body.digest, by="customer", expires_at=proposal.expires_at or "")
        changes["yeses"] = [*case.yeses, yes]
    return changes


@applied.register
def _(_body: e.ChoiceSettled, _case: Case, _at: str) -> dict[str, object]:
    return {"offered_person": False}


@applied.register
def _(body: e.IdentityChecked, case: Case, _at: str) -> dict[str, object]:
    identity = case.identity
    changes: dict[str, object] = {"facts": {k: v for k, v in identity.facts.items() if k not in body.facts}}
    if body.matched:
        changes |= {"level": max(identity.level, Level.confirmed), "customer_id": body.customer_id}
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
    return {"ruling": body.ruling}


@applied.register
def _(body: e.ConfirmationAsked, _case: Case, _at: str) -> dict[str, object]:
    return {"question": Question(intent=body.intent, proposal=body.proposal)}


@applied.register
def _(body: e.ApprovalAsked, case: Case, _at: str) -> dict[str, object]:
    waiting = _with_intent(case, body.intent, status="waiting")
    return {"approval": body.approval, "approval_intent": body.intent, "intents": waiting}


@applied.register
def _(body: e.ApprovalGiven, case: Case, _at: str) -> dict[str, object]:
    approval, intent = case.approval, case.approval_intent
    if approval is None or intent is None or approval.id != body.approval_id:
        return {}
    changes: dict[str, object] = {
        "approval": None,
        "approval_intent": None,
        "intents": _with_intent(case, intent, status="open"),
    }
    args = approval.args if body.args is None else body.args
    if body.status in ("approved", "edited"):
        digest = proposal_digest(case.case_id, case.identity.customer_id, approval.action, args)
        yes = Yes(id=f"approval:{approval.id}", digest=digest, by="staff", expires_at=approval.expires_at)
        changes["yeses"] = [*case.yeses, yes]
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
        "receipts": [*case.receipts, receipt][-RECEIPTS:],
    }
    if receipt.action == "send_code":
        code = Code(ordinal=int(str(receipt.args["ordinal"])), sent_at=at) if receipt.state == "verified" else None
        identity = {"code": code, "codes": case.identity.codes + 1}
        changes["identity"] = case.identity.model_copy(update=identity)
    return changes


@applied.register
def _(body: e.IntentSettled, case: Case, _at: str) -> dict[str, object]:
    settled = _with_intent(case, body.intent, status=body.status, outcome=body.outcome)
    active = [intent for intent in settled if intent.status in ("open", "waiting")]
    ended = [intent for intent in settled if intent not in active][-SETTLED_KEPT:]
    kept = [intent for intent in settled if intent in active or intent in ended]
    question = None if case.question and case.question.intent == body.intent else case.question
    edits = {k: v for k, v in case.edits.items() if k != body.intent}
    return {"intents": kept, "question": question, "edits": edits, "offered_person": body.outcome == "unanswered"}


@applied.register
def _(body: e.SlotsCleared, case: Case, _at: str) -> dict[str, object]:
    slots = {k: v for k, v in case.intent(body.intent).slots.items() if k not in body.names}
    return {"intents": _with_intent(case, body.intent, slots=slots)}


@applied.register
def _(body: e.ReplySent, case: Case, _at: str) -> dict[str, object]:
    return {"window": _said(case, body.role, body.text)} if body.text else {}


@applied.register
def _(body: e.HandedOff, case: Case, _at: str) -> dict[str, object]:
    over = [i.model_copy(update={"status": "handed_over"}) if i.status == "open" else i for i in case.intents]
    return {
        "handed": body.reason,
        "handoffs": case.handoffs + 1,
        "ticket_id": body.ticket_id,
        "intents": over,
        "question": None,
        "offered_person": False,
        "asks": [],
    }


@applied.register
def _(body: e.TurnDone, case: Case, _at: str) -> dict[str, object]:
    asked = [(ask.kind, ask.name) for ask in body.turn.asks]
    same = bool(asked) and asked == [(ask.kind, ask.name) for ask in case.asks]
    return {
        "turn": None,
        "journal": (),
        "status": body.turn.status,
        "asks": body.turn.asks,
        "repeats": case.repeats + 1 if same else 0,
    }


@applied.register
def _(_body: e.TakenOver, _case: Case, _at: str) -> dict[str, object]:
    return {"handed": "taken_over", "status": "waiting_person", "asks": [], "question": None}


@applied.register
def _(_body: e.GivenBack, case: Case, _at: str) -> dict[str, object]:
    return {"handed": None, "status": "waiting_approval" if case.approval else "resolved"}


@applied.register
def _(_body: e.CaseClosed, _case: Case, _at: str) -> dict[str, object]:
    return {"status": "closed", "asks": [], "question": None}


def _said(case: Case, role: Literal["customer", "agent", "staff", "system"], text: str) -> list[Line]:
    return [*case.window, Line(role=role, text=text)][-WINDOW:]


def _with_intent(case: Case, intent_id: str, **update: JsonValue | dict[str, str]) -> list[Intent]:
    return [i.model_copy(update=update) if i.id == intent_id else i for i in case.intents]


def journaled(case: Case, kind: type[e.Body]) -> Sequence[e.Event]:
    """The open turn's events of one kind."""
    return [event for event in case.journal if isinstance(event.body, kind)]
