"""The records of the contract: what clients, consoles and auditors read.

Frozen, JSON-like, and the same everywhere: in events, in the fold, on the wire.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, JsonValue

Args = dict[str, JsonValue]
CaseStatus = Literal["open", "waiting_customer", "waiting_approval", "waiting_person", "resolved", "closed"]
AskName = Literal[
    "order_id", "email", "name", "postcode", "phone", "code", "subscription_id", "appointment_id", "slot_id", "plan",
    "address", "preference", "items", "amount", "reason", "date", "description", "yes_no",
]  # fmt: skip


Cause = Literal["message", "decision", "expiry", "ticket", "effect", "undo", "reminder"]
BESIDE_THE_TALK: tuple[Cause, ...] = ("ticket", "effect", "undo", "reminder")
"""What wakes a case beside its conversation: such a turn answers nothing that was asked."""


class Frozen(BaseModel):
    """Base of all records: immutable, nothing unknown in it, and no number that JSON does not have."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Level(IntEnum):
    """How sure we are of who the customer is; ordered."""

    anonymous = 0
    claimed = 1
    confirmed = 2
    verified = 3

    @classmethod
    def named(cls, name: str) -> Self:
        """Raises KeyError for a name that is no level."""
        return cls[name]


class Outcome(StrEnum):
    """What the policy says of one proposal."""

    ALLOW = "allow"
    CONFIRM = "confirm"
    APPROVE = "approve"
    IDENTIFY = "identify"
    HANDOFF = "handoff"
    FORBID = "forbid"

    @property
    def strictness(self) -> int:
        """Higher is stricter; the strictest ruling wins."""
        return list(Outcome).index(self)


class Proposal(Frozen):
    """An action with exact arguments that nobody has authorised yet."""

    action: str
    args: Args
    digest: str
    expires_at: str | None = None
    """ISO 8601; when an open question about it lapses. None before it was asked."""


class Ruling(Frozen):
    """What the policy says of one proposal, and why."""

    outcome: Outcome
    action: str
    clauses: list[str]
    risk: str
    identity_needed: str
    reason: str


class Ask(Frozen):
    """One thing the customer is asked for."""

    kind: Literal["slot", "identity", "code", "confirmation", "choice"]
    name: AskName
    options: list[str] | None = None
    proposal: Proposal | None = None


class Option(Frozen):
    """One of the things that the customer may choose."""

    value: str
    """What stands for it in the system; never shown."""
    text: str


class TargetRecord(Frozen):
    """The record that an effect changes."""

    kind: str
    id: str


ReceiptState = Literal["verified", "mismatch", "failed", "unknown"]


class Receipt(Frozen):
    """What came of one effect, with the evidence it rests on."""

    effect: str
    action: str
    target: TargetRecord
    args: Args
    state: ReceiptState
    evidence: dict[str, JsonValue]
    at: str


class Citation(Frozen):
    """A passage in force that a statement rests on."""

    id: str
    kind: Literal["clause", "article"]
    title: str
    release: str
    quote: str


class Passage(Frozen):
    """A passage that the search found, with how well it carries the question (0 to 1)."""

    id: str
    kind: Literal["clause", "article"]
    title: str
    text: str
    release: str
    locale: str
    support: float


class Mood(Frozen):
    """The customer's state, as read from the last message."""

    sentiment: Literal["positive", "neutral", "negative"] = "neutral"
    urgency: Literal["low", "normal", "high"] = "normal"
    confused: bool = False


class Intent(Frozen):
    """One thing the customer wants, and where it stands."""

    id: str
    """`i1`, `i2` … within the case."""
    name: str
    status: Literal["open", "waiting", "done", "withdrawn", "handed_over"] = "open"
    """`waiting`: a person's decision is pending, on this or on what comes before it."""
    confidence: float
    text: str
    """The customer's own words that it was read from."""
    slots: dict[str, str] = {}
    since: int = 0
    """The seq of the case's file before it was opened."""
    outcome: str | None = None
    """`answered`, `refused`, `unanswered`, `declined`, `repeated`, `queued`, or the receipt's state."""


class TurnHandoff(Frozen):
    """What a turn says of a handoff."""

    reason: str
    ticket_id: str | None


class Turn(Frozen):
    """One turn, as clients read it."""

    seq: int
    message_id: str | None
    reply: str
    language: str
    status: CaseStatus
    intents: list[Intent]
    ruling: Ruling | None
    citations: list[Citation]
    receipts: list[Receipt]
    asks: list[Ask]
    handoff: TurnHandoff | None
    model: str


class Sourced(Frozen):
    """A statement of the handoff packet with the seqs of the events it rests on; `[]`: there was none."""

    value: JsonValue
    events: list[int]


NOTHING = Sourced(value=[], events=[])


class Handoff(Frozen):
    """The packet a person receives."""

    identity: Sourced
    summary: Sourced
    transcript: Sourced
    sentiment: Sourced
    urgency: Sourced
    product_area: Sourced
    policy_references: Sourced
    attempted_actions: Sourced
    failed_steps: Sourced
    confidence: Sourced
    recommended_next: Sourced
    language: Sourced
    channel: Sourced
    told_customer: Sourced
    reason: Sourced
    ticket_id: Sourced
    known: Sourced = NOTHING
    """What is known, uncertain, and to happen next: lists of `{about, text, source, events}`."""
    uncertain: Sourced = NOTHING
    next: Sourced = NOTHING


ApprovalStatus = Literal["pending", "approved", "edited", "rejected", "responded", "expired"]


class Approval(Frozen):
    """A question to a person about one proposal, and the answer."""

    id: str
    case_id: str
    action: str
    args: Args
    digest: str
    clauses: list[str]
    reason: str
    evidence: dict[str, JsonValue]
    status: ApprovalStatus
    created_at: str
    expires_at: str
    decided_by: str | None = None
