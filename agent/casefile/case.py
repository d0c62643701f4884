"""A case as it stands: what a turn works with, and what its file's events add up to.

Everything in it is bounded, so that a turn costs the same at any length of the file.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agent.casefile import events as e
from agent.casefile.records import (
    Approval,
    Args,
    Ask,
    CaseStatus,
    Frozen,
    Intent,
    Level,
    Mood,
    Option,
    Proposal,
    Receipt,
    Ruling,
)


class Line(Frozen):
    """One line of the conversation."""

    role: Literal["customer", "agent", "staff", "system"]
    text: str


class Yes(Frozen):
    """A yes that was given and not used yet."""

    id: str
    """`confirmation:…`, `approval:…` or `undo:…`."""
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
    asked_at: str = ""
    """When it was put first: what was written before is no answer to it."""


class Offer(Frozen):
    """What the customer was asked to choose among last; they can still take another until the matter is settled."""

    intent: str
    name: str
    options: list[Option] = []
    many: bool = False
    passed: list[str] = []
    """Values that were offered before and do not suit."""


class Reminder(Frozen):
    """What the customer asked to be reminded of."""

    id: str
    at: str
    """By the company's clock: `2026-12-03T10:00`."""
    text: str
    status: Literal["waiting", "sent", "cancelled"] = "waiting"


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
    told: dict[str, list[str]] = {}
    """Name → the last few values of that name that the customer gave, newest last; whole sentences are not kept."""
    mood: Mood = Mood()
    asks: list[Ask] = []
    """What the last turn asked for."""
    repeats: int = 0
    """How many turns running asked for the same."""
    question: Question | None = None
    offer: Offer | None = None
    reminders: list[Reminder] = []
    """All that wait, and the last of the others."""
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
