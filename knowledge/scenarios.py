"""`scenarios/*.yaml`: conversations, and what has to come of them."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from knowledge.terms import Document, Name


def braced(text: str) -> set[str]:
    """What a text names in braces."""
    return set(re.findall(r"\{([a-z_]+)\}", text))


Days = tuple[int, int]
"""From and to, both included."""
Texts = list[str]


class GivenOrder(Document):
    """An order that the customer of a scenario has; what is not said is left open."""

    status: str | None = None
    days_since_delivery: Days | None = None
    total: tuple[Decimal, Decimal] | None = None
    """From and to, both included."""
    refunded: bool | None = None
    """Whether money was paid back for it, or for another order of theirs, already."""


class GivenSubscription(Document):
    """A subscription that they have."""

    status: str | None = None
    plan: str | None = None
    days_to_next: Days | None = None


class GivenAppointment(Document):
    """An appointment that they have."""

    kind: str | None = None
    days_ahead: Days | None = None


class GivenFault(Document):
    """What the systems do wrong, as the back office names it; the next `n` calls that fit meet it."""

    name: str
    resource: str | None = None
    method: Literal["GET", "POST", "PATCH"] | None = None
    n: Annotated[int, Field(ge=1)] = 1
    ms: Annotated[int, Field(ge=0, le=5000)] | None = None


class Given(Document):
    """Where a scenario begins: on freshly seeded systems."""

    customer: str | None = None
    """One customer's id; else the first one whose records are as they are described."""
    signed_in: bool = True
    """Whether the host site vouches for them."""
    order: GivenOrder | None = None
    others_order: GivenOrder | None = None
    """One that is somebody else's; `{others_order}` names it."""
    subscription: GivenSubscription | None = None
    appointment: GivenAppointment | None = None
    faults: list[GivenFault] = []
    at: datetime | None = None
    """When, by the company's clock: `2026-12-06T21:30`. Default: now."""
    channel: str = "web"


class GivenGoal(Document):
    """What a simulated customer wants, and how they go about it."""

    intent: Name
    slots: dict[Name, str] = {}
    answer: Literal["yes", "no", "unclear", "changed"] = "yes"
    proof: Literal["facts", "wrong", "stranger", "none"] = "facts"
    style: Literal["plain", "terse", "chatty", "typos", "impatient"] = "plain"


class Change(Document):
    """One thing that the agent changes in the systems: a record of a resource, with these fields then."""

    resource: Name
    fields: dict[Name, str | dict[Name, str]] = {}


class Expect(Document):
    """What has to come of a scenario; what is not said is not looked at."""

    status: Literal["waiting_customer", "waiting_approval", "waiting_person", "resolved", "closed"] | None = None
    outcome: Literal["allow", "confirm", "approve", "identify", "handoff", "forbid"] | None = None
    """The last ruling on a change."""
    handoff: str | None = None
    """Why a person has it."""
    cites: Texts = []
    """Clauses or articles that were cited."""
    changes: list[Change] | None = None
    """All that the agent changed, and nothing else. Mails and tickets are looked at where they are named here."""
    says: Texts = []
    never_says: Texts = []


class Scenario(Document):
    """One entry of `scenarios/*.yaml`: a conversation, and what has to come of it; its key is the name."""

    name: Name
    why: str
    """What would go wrong otherwise."""
    given: Given = Given()
    customer: Texts = []
    """Their messages, one after the other. `{order_id}` and the like name what was given, `{code}` the mailed code."""
    goal: GivenGoal | None = None
    """In place of messages: a simulated customer, who answers what they are asked."""
    reviewer: Literal["approves", "rejects", "edits", "lets_lapse"] | None = None
    """What a person does with what waits for them; None: nothing."""
    edited: dict[Name, str] = {}
    """With `edits`: the arguments that are others."""
    expect: Expect

    @property
    def names(self) -> set[str]:
        """What its texts may name in braces."""
        given = self.given
        named = {"order_id": given.order, "others_order": given.others_order, "subscription_id": given.subscription}
        there = {name for name, one in named.items() if one is not None}
        total = {"total"} if given.order is not None else set()
        return {"code", "customer_id", "name", "email", "phone", "postcode", "address"} | there | total

    @model_validator(mode="after")
    def _somebody_writes(self) -> Self:
        if bool(self.customer) == (self.goal is not None):
            raise ValueError("a scenario has messages of a customer, or a goal; write one of `customer:` and `goal:`")
        if bool(self.edited) != (self.reviewer == "edits"):
            raise ValueError("`edited` says what a reviewer who edits changes; write both or neither")
        return self
