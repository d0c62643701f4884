"""Subscriptions: find the customer's, and change how often coffee comes, or end it.

Moments of deliveries are reckoned here, from the record and the clock; prices are only read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, JsonValue, StringConstraints

from tools.contract import Action, Arguments, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolRefused, Undo
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, as_read
from tools.money import Money

Plan = Literal["weekly", "biweekly", "monthly"]
SubscriptionStatus = Literal["active", "paused", "cancelled"]
EVERY: dict[str, timedelta] = {"weekly": timedelta(7), "biweekly": timedelta(14), "monthly": timedelta(30)}
"""From one delivery to the next."""
NOTICE = timedelta(3)
"""How far ahead the first delivery after a pause is: two days of notice, and the day it is packed."""
LONGEST_PAUSE = timedelta(90)
MORNING = time(9, tzinfo=UTC)


def _moment(text: str) -> str:
    """A moment as the system writes it, "" for none. Raises ValueError for anything else."""
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


Moment = Annotated[str, AfterValidator(_moment)]
SubscriptionId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")]


class FindSubscriptions(Arguments):
    """Which ones are meant, as far as it is known: those that fit come alone, if any does."""

    plan: str = ""
    status: str = ""


class OneSubscription(Arguments):
    """Names a subscription."""

    subscription_id: SubscriptionId


class ChangeSubscription(OneSubscription):
    """How a subscription shall stand, in full: what shall stay as it is is named too. The price is not the caller's."""

    plan: Plan
    status: Literal["active", "paused"]
    next_at: Annotated[Moment, Field(title="next delivery")]
    """The next delivery; of a paused one the first after the pause. "" for none."""


class _Row(BaseModel):
    id: str
    customer_id: str
    plan: str
    status: SubscriptionStatus
    price: Money
    next_at: AwareDatetime | None


class Subscription(BaseModel):
    """A coffee plan of the customer in scope; moments as the system writes them, "" for none."""

    id: str
    plan: str
    status: SubscriptionStatus
    price: float
    """For one delivery."""
    currency: str
    next_at: Annotated[str, Field(title="next delivery")]
    days_to_next: Annotated[int, Field(title="days to the next delivery")]
    """Whole days by the calendar (UTC); -1 when nothing is due."""
    following_at: Annotated[str, Field(title="delivery after the next")]
    """The delivery after the next; "" when none is due."""
    restarts_at: Annotated[str, Field(title="first delivery after a pause")]
    """The first delivery, if it began again today."""
    longest_pause: Annotated[str, Field(title="last day of the longest pause")]
    """The day and hour to which it can be paused at the most."""

    @classmethod
    def of(cls, record: Record, now: datetime) -> Self:
        """Raises `ToolLost` when the record cannot be read."""
        row, today = as_read(_Row, record), now.astimezone(UTC).date()
        due = row.next_at if row.next_at is not None and row.next_at >= now else None
        return cls(
            id=row.id,
            plan=row.plan,
            status=row.status,
            price=float(row.price.amount),
            currency=row.price.currency,
            next_at=_written(row.next_at),
            days_to_next=(due.astimezone(UTC).date() - today).days if due else -1,
            following_at=_written(due + EVERY[row.plan] if due and row.plan in EVERY else None),
            restarts_at=_written(datetime.combine(today + NOTICE, MORNING)),
            longest_pause=_written(datetime.combine(today + LONGEST_PAUSE, MORNING)),
        )


def _written(at: datetime | None) -> str:
    return "" if at is None else _moment(at.isoformat())


class Subscriptions(BaseModel):
    """Those that may be meant: the ones that are not ended; where all are, these."""

    found: list[Subscription]


@dataclass(frozen=True)
class _Reader:
    backoffice: Backoffice
    clock: Callable[[], datetime]

    async def find(self, args: FindSubscriptions, scope: Scope) -> Subscriptions | None:
        """None while nobody has been identified, and for a customer who has none."""
        if scope.customer_id is None:
            return None
        rows = await self.backoffice.rows("subscriptions", customer_id=scope.customer_id)
        known = [Subscription.of(row, self.clock()) for row in rows]
        found = [one for one in known if one.status != "cancelled"] or known
        for field, wanted in args.model_dump().items():
            found = [one for one in found if wanted and getattr(one, field) == wanted] or found
        return Subscriptions(found=found) if found else None

    async def one(self, args: OneSubscription, scope: Scope) -> Subscription | None:
        record = await self.backoffice.item("subscriptions", args.subscription_id)
        if record is None or scope.customer_id is None or record.get("customer_id") != scope.customer_id:
            return None
        return Subscription.of(record, self.clock())


async def _own(backoffice: Backoffice, subscription_id: str, scope: Scope) -> Record:
    """The subscription, if it is of the customer in scope. Raises `ToolRefused`, with the same words for all others."""
    customer = scope.customer()
    record = await backoffice.item("subscriptions", subscription_id)
    if record is None or record.get("customer_id") != customer:
        raise ToolRefused(f"There is no subscription {subscription_id} of this customer.")
    return record


@dataclass(frozen=True)
class _Change:
    backoffice: Backoffice
    intended: Callable[[Any], Record]
    """The fields that the arguments ask for."""

    async def before(self, args: OneSubscription, scope: Scope) -> JsonValue:
        record = await _own(self.backoffice, args.subscription_id, scope)
        if record.get("status") == "cancelled":
            raise ToolRefused(f"Subscription {args.subscription_id} has ended already.")
        return Snapshot(record=record).kept()

    async def run(self, args: OneSubscription, scope: Scope, key: str) -> Record:
        await _own(self.backoffice, args.subscription_id, scope)
        return await self.backoffice.patch("subscriptions", args.subscription_id, self.intended(args), key)

    async def verify(self, args: OneSubscription, _: Scope, before: JsonValue) -> Finding:
        after = await self.backoffice.item("subscriptions", args.subscription_id)
        return Finding.changed(Snapshot.model_validate(before).record, after or {}, self.intended(args))


def _planned(args: ChangeSubscription) -> Record:
    return {"plan": args.plan, "status": args.status, "next_at": args.next_at or None}


def _ended(_: OneSubscription) -> Record:
    """The date stays: what is being packed for it is still sent."""
    return {"status": "cancelled"}


def _as_before(args: ChangeSubscription, before: JsonValue) -> Record:
    then = as_read(_Row, Snapshot.model_validate(before).record)
    named = {"plan": then.plan, "status": then.status, "next_at": _written(then.next_at)}
    return {"subscription_id": args.subscription_id, **named}


def subscription_tools(backoffice: Backoffice, clock: Callable[[], datetime]) -> list[Tool]:
    """`find_subscriptions`, `get_subscription`, `change_subscription`, `cancel_subscription`."""
    reader = _Reader(backoffice, clock)
    return [
        Lookup(
            name="find_subscriptions",
            summary="Find the customer's coffee plans.",
            system="backoffice",
            args=FindSubscriptions,
            result=Subscriptions,
            subject="subscriptions",
            run=reader.find,
        ),
        Lookup(
            name="get_subscription",
            summary="Look up one coffee plan of the customer: how often, at which price, and what is due.",
            system="backoffice",
            args=OneSubscription,
            result=Subscription,
            subject="subscription",
            run=reader.one,
        ),
        _action(
            "change_subscription",
            "Change how often coffee comes, or pause or resume it.",
            ChangeSubscription,
            _Change(backoffice, _planned),
            Undo("change_subscription", _as_before),
        ),
        _action("cancel_subscription", "End a coffee plan for good.", OneSubscription, _Change(backoffice, _ended)),
    ]


def _action(name: str, summary: str, args: type[OneSubscription], change: _Change, undo: Undo | None = None) -> Action:
    return Action(
        name=name,
        summary=summary,
        system="backoffice",
        args=args,
        risk=Risk.CUSTOMER_CONFIRMED,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda args: Target(kind="subscription", id=args.subscription_id),
        before=change.before,
        run=change.run,
        verify=change.verify,
        undo=undo,
    )
