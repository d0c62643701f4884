"""What can happen in a case: one frozen record per kind, named in the past tense.

An event is never changed. Its `kind` is the record's class name; `EVENTS` reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from agent.casefile.records import (
    Approval,
    ApprovalStatus,
    Args,
    Ask,
    Cause,
    Citation,
    Frozen,
    Handoff,
    Intent,
    Mood,
    Option,
    Passage,
    Proposal,
    Receipt,
    Ruling,
    TargetRecord,
    Turn,
)


class Body(Frozen):
    """Base of all events' bodies."""


class CaseOpened(Body):
    """The first event of every case."""

    release: str
    channel: str
    locale: str
    customer_id: str | None = None
    """Set when the host site vouched for the customer with a signed token."""


class TurnStarted(Body):
    """A turn began for these rows of the inbox."""

    wakes: list[str]
    cause: Cause


class MessageReceived(Body):
    """The customer wrote."""

    message_id: str
    text: str


class IntakeRead(Body):
    """The message was read and folded in: what is new in it."""

    model: str
    language: str
    mood: Mood
    intents: list[Intent] = []
    """Newly opened."""
    slots: dict[str, dict[str, str]] = {}
    """By intent id: values the customer gave or corrected."""
    facts: dict[str, str] = {}
    """What they said of who they are."""
    unsure: list[str] = []
    """Names of intents between which the message does not tell."""
    unread: str = ""
    """The language of a message that could not be read, or that is not served; "" where it was read."""


class ConfirmationSettled(Body):
    """The customer's answer to the question that was pending."""

    digest: str
    proposal: Proposal
    answer: Literal["yes", "no", "unclear", "changed", "expired"]
    message_id: str


class ChoiceSettled(Body):
    """The customer's answer to an offer of a person."""

    answer: Literal["yes", "no", "unclear"]


class IdentityChecked(Body):
    """Facts were held against the records."""

    facts: list[str]
    matched: bool
    customer_id: str | None = None


class CodeChecked(Body):
    """A one-time code was entered."""

    ordinal: int
    right: bool


class PassagesFound(Body):
    """The search's answer for one question."""

    question: str
    passages: list[Passage]


class ModelAnswered(Body):
    """A model said what to do next."""

    model: str
    question: str
    step: dict[str, JsonValue]


class LookedUp(Body):
    """A system was read. `result` is None for no such record of theirs."""

    tool: str
    args: Args
    result: dict[str, JsonValue] | None
    failed: str | None = None
    """Why the system could not be read."""


class Ruled(Body):
    """The policy ruled one proposal; the facts are kept, so that it can be ruled again."""

    intent: str | None
    proposal: Proposal
    ruling: Ruling
    facts: dict[str, JsonValue]
    release: str


class RuledBeside(Body):
    """A release in the shadow ruled the proposal that was just ruled; it had no effect."""

    release: str
    ruling: Ruling


class ConfirmationAsked(Body):
    """The customer was asked for a yes to one exact proposal."""

    intent: str
    proposal: Proposal


class ApprovalAsked(Body):
    """A person was asked to decide on one exact proposal."""

    intent: str
    approval: Approval


class ApprovalGiven(Body):
    """A person decided, or the time to decide passed."""

    approval_id: str
    intent: str | None
    proposal: Proposal
    """What was asked for."""
    status: ApprovalStatus
    decided_by: str | None = None
    reason: str = ""
    text: str | None = None
    """To the customer, for `responded`."""
    args: Args | None = None
    """For `edited`."""
    clauses: list[str] = []
    """Those that wanted a person's decision."""


class EffectStarted(Body):
    """An effect was authorised and is about to be sent."""

    effect: str
    intent: str | None
    action: str
    args: Args
    target: TargetRecord
    before: JsonValue
    yes: str
    """What authorised it: `confirmation:…`, `approval:…`, `undo:…`, or `policy:…` where no yes is needed."""


class EffectReturned(Body):
    """What the system answered to the write; proves nothing."""

    effect: str
    outcome: Literal["answered", "refused", "lost"]
    answered: bool = True
    """False when the call may still take effect later."""
    answer: dict[str, JsonValue] = {}
    reason: str = ""


class Verified(Body):
    """The system was read again."""

    intent: str | None
    receipt: Receipt


class UndoAsked(Body):
    """A person wants an effect taken back by this proposal; it is their yes to it."""

    undo_id: str
    effect: str
    """The one that is taken back."""
    proposal: Proposal
    by: str
    reason: str


class UndoRefused(Body):
    """What a person wanted taken back was not: nothing was sent."""

    effect: str
    why: str


class IntentSettled(Body):
    """One of the customer's matters has its outcome."""

    intent: str
    status: Literal["waiting", "open", "done", "withdrawn", "handed_over"]
    outcome: str


class SlotsCleared(Body):
    """Values turned out to be of no use and are asked for again."""

    intent: str
    names: list[str]


class ReplySent(Body):
    """Something was said to the customer; every sentence was checked before."""

    text: str
    intent: str | None = None
    """The matter it is about."""
    continues: bool = False
    """The next sentence of what was said before, not a paragraph of its own."""
    role: Literal["agent", "staff"] = "agent"
    citations: list[Citation] = []
    asks: list[Ask] = []
    withheld: list[str] = []
    """Reasons for sentences that were not sent."""


class OptionsOffered(Body):
    """The customer was asked to choose among these, for a workflow's step."""

    intent: str
    name: str
    """The slot that it is chosen for."""
    options: list[Option]
    many: bool = False
    """Whether several may be taken."""


class OptionsPassed(Body):
    """None of what was offered suits the customer."""

    intent: str
    name: str


class ReminderSettled(Body):
    """A reminder became due, and was said, or was not needed any more."""

    reminder: str
    status: Literal["sent", "cancelled"]


class HandedOff(Body):
    """A person has the case; the agent is silent from here."""

    reason: str
    packet: Handoff
    ticket_id: str | None


class TicketOpened(Body):
    """The ticket of a handoff that had none could be opened after all."""

    ticket_id: str


class TurnDone(Body):
    """The turn's last event: it is done when this stands in the file."""

    turn: Turn
    wakes: list[str]


class TakenOver(Body):
    """A person took the case."""

    by: str


class GivenBack(Body):
    """A person gave the case back to the agent."""

    by: str


class CaseClosed(Body):
    """A person closed the case."""

    by: str


EventBody = (
    CaseOpened | TurnStarted | MessageReceived | IntakeRead | ConfirmationSettled | ChoiceSettled | IdentityChecked
    | CodeChecked | PassagesFound | ModelAnswered | LookedUp | Ruled | RuledBeside | ConfirmationAsked | ApprovalAsked
    | ApprovalGiven | EffectStarted | EffectReturned | Verified | UndoAsked | UndoRefused | IntentSettled | SlotsCleared
    | ReplySent | OptionsOffered | OptionsPassed | ReminderSettled | HandedOff | TicketOpened | TurnDone | TakenOver
    | GivenBack | CaseClosed
)  # fmt: skip
EVENTS: dict[str, type[EventBody]] = {kind.__name__: kind for kind in EventBody.__args__}


def check_lasting(body: Body) -> None:
    """Raises ValueError for a body that would not come back from the file as it is: NaN, half a character, no end.

    One such event would lock its case for good, for it could be written never, or never be read again.
    """
    if type(body).model_validate_json(body.model_dump_json(warnings="error")) != body:
        raise ValueError(f"A {type(body).__name__} holds what JSON cannot keep.")


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it stands in the file."""

    seq: int
    at: str
    body: EventBody

    @property
    def kind(self) -> str:
        """The class name of the body."""
        return type(self.body).__name__
