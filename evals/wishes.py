"""Wishes: what people want of Harbor, with records of theirs that make it possible, or deliberately do not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Self

from evals.customer import Goal
from evals.oracle import Oracle, Record
from evals.phrases import LANGUAGES, Phrases, phrases_in
from knowledge.playbook import Playbook

Weights = Mapping[str, int]
ANY: Weights = {"processing": 3, "shipped": 3, "delivered": 4, "cancelled": 1, "returned": 1}
ORDERS: Mapping[str, Weights] = {
    "order_status": ANY,
    "cancel_order": {"processing": 8, "shipped": 2, "delivered": 1, "cancelled": 1, "returned": 1},
    "refund": {"delivered": 18, "processing": 1, "shipped": 1, "cancelled": 1, "returned": 1},
    "change_delivery": {"processing": 7, "shipped": 2, "delivered": 1, "cancelled": 1},
    "delivery_day": {"processing": 3, "shipped": 2},
    "change_order": {"processing": 4, "shipped": 1},
    "lost_parcel": {"shipped": 2, "delivered": 2},
    "return_parcel": {"delivered": 8, "processing": 1, "shipped": 1, "cancelled": 1, "returned": 1},
    "faulty_item": {"delivered": 1},
    "payment_problem": ANY,
    "special_terms": ANY,
    "loyalty_points": {"delivered": 8, "shipped": 1},
}
"""Intents about an order, and how often it is in which state."""
SUBSCRIPTIONS: Mapping[str, Weights] = {
    "change_subscription": {"active": 8, "paused": 1, "cancelled": 1},
    "pause_subscription": {"active": 8, "paused": 1, "cancelled": 1},
    "resume_subscription": {"paused": 6, "active": 1, "cancelled": 1},
    "skip_coffee": {"active": 8, "paused": 1},
    "cancel_subscription": {"active": 6, "paused": 2, "cancelled": 1},
}
BOOKED = ("move_appointment", "cancel_appointment")
OFTEN: Weights = {"refund": 22, "order_status": 14, "cancel_order": 12, "question": 7, "return_parcel": 9}
"""What most people want, in shares of which everything else has 2."""
SELDOM = ("greeting", "thanks", "goodbye")
_LIMIT = re.compile(r"action\.args\.amount\s*[<>]=?\s*(\d+(?:\.\d+)?)")


def limits_of(playbook: Playbook) -> list[float]:
    """The sums that rules of this playbook hold an amount against."""
    found = {float(number) for rule in playbook.rules for number in _LIMIT.findall(rule.when)}
    return sorted(found - {0.0}) or [50.0]


@dataclass
class Books:
    """The records of a freshly seeded company, and who has written today."""

    today: date
    customers: Mapping[str, Record]
    orders: Sequence[Record]
    subscriptions: Sequence[Record]
    appointments: Sequence[Record]
    used: set[str] = field(default_factory=set)

    @classmethod
    async def of(cls, oracle: Oracle, today: date) -> Self:
        """Read them."""
        customers = {row["id"]: row for row in await oracle.rows("customers")}
        orders, subscriptions = await oracle.rows("orders"), await oracle.rows("subscriptions")
        return cls(today, customers, orders, subscriptions, await oracle.rows("appointments"))

    def of_customer(self, customer_id: str) -> list[Record]:
        """Their orders."""
        return [order for order in self.orders if order["customer_id"] == customer_id]


@dataclass(frozen=True)
class Wisher:
    """Draws wishes."""

    books: Books
    playbook: Playbook
    dice: Random

    def intent(self) -> str:
        """What somebody wants, drawn by how often it is wanted, of what there are words for."""
        known = (name for name in self.playbook.intents if all(phrases_in(one).wants(name) for one in LANGUAGES))
        weights = {name: OFTEN.get(name, 0 if name in SELDOM else 2) for name in known}
        return self._drawn(weights)

    def somebody(self, intent: str) -> tuple[Record, Record | None]:
        """A customer whose records fit the intent, not yet heard of today if there is one; and that record."""
        rows = self._rows(intent)
        if not rows:
            fresh = [one for one in self.books.customers.values() if one["id"] not in self.books.used]
            customer, row = self.dice.choice(fresh or list(self.books.customers.values())), None
        else:
            row = self.dice.choice([row for row in rows if row["customer_id"] not in self.books.used] or rows)
            customer = self.books.customers[str(row["customer_id"])]
        self.books.used.add(str(customer["id"]))
        return customer, row

    def goal(self, intent: str, customer: Record, phrases: Phrases, row: Record | None = None) -> Goal:
        """The intent with what this customer can say of it, about this record if one is named."""
        if intent == "question":
            return Goal(intent, {"question": phrases.value("question", self.dice)})
        values = self._common(customer, phrases)
        if intent in ORDERS:
            order = row or self.dice.choice(self.books.of_customer(str(customer["id"])))
            values |= {"order_id": str(order["id"])} | (self._money(order) if intent == "refund" else {})
        return Goal(intent, values | self._of(intent, phrases))

    def elsewhere(self, customer: Record) -> str:
        """An order that is somebody else's, or nobody's."""
        others = [order["id"] for order in self.books.orders if order["customer_id"] != customer["id"]]
        return str(self.dice.choice([*self.dice.sample(others, 3), "HG-100007"]))

    def slip(self, goal: Goal, customer: Record) -> str:
        """Another order of the customer's, which they name by mistake; "" when they have no other."""
        mine = [order["id"] for order in self.books.of_customer(customer["id"])]
        others = [name for name in mine if name != goal.values.get("order_id")]
        return str(self.dice.choice(others)) if others and "order_id" in goal.values else ""

    def _rows(self, intent: str) -> list[Record]:
        if intent in ORDERS:
            rows = _in(self.books.orders, self._drawn(ORDERS[intent]))
            rows = self._mostly(rows, 0.8, [row for row in rows if self._arrived_lately(row)])
            above = [row for row in rows if intent == "refund" and self._sum(row) > limits_of(self.playbook)[0]]
            return self._mostly(rows, 0.6, above)
        if intent in SUBSCRIPTIONS:
            return _in(self.books.subscriptions, self._drawn(SUBSCRIPTIONS[intent]))
        return _in(self.books.appointments, "booked") if intent in BOOKED else []

    def _mostly(self, rows: list[Record], share: float, better: list[Record]) -> list[Record]:
        return better if better and self.dice.random() < share else rows

    @staticmethod
    def _sum(order: Record) -> float:
        return float(order["total"]["amount"])

    def _arrived_lately(self, order: Record) -> bool:
        """Delivered in the last weeks, when most people write about it."""
        since = (self.books.today - timedelta(days=28)).isoformat()
        return str(order["delivered_at"] or "")[:10] >= since

    def _money(self, order: Record) -> dict[str, str]:
        """How much they want back: the whole, a part, more than there is, or about as much as a rule allows."""
        total, limit = self._sum(order), self.dice.choice(limits_of(self.playbook))
        near = limit * self.dice.choice((0.5, 0.8, 0.95, 0.99, 1.0, 1.01, 1.05, 1.2, 1.6))
        kinds: list[tuple[float | None, int]] = [
            (None, 8), (min(near, total), 8), (total * self.dice.uniform(0.05, 0.6), 4), (total + 7.5, 1),
        ]  # fmt: skip
        amount = self.dice.choices([kind for kind, _ in kinds], [share for _, share in kinds])[0]
        return {} if amount is None else {"amount": f"{amount:.2f}"}

    def _common(self, customer: Record, phrases: Phrases) -> dict[str, str]:
        plan, number = self.dice.choice(("weekly", "biweekly", "monthly")), self.dice.randint(1, 140)
        day = phrases.value("day", self.dice)
        later = self.books.today + timedelta(days=self.dice.choice((5, 12, 20, 40, 70, 85, 120)))
        return {
            "reason": phrases.value("reason", self.dice),
            "plan": plan,
            "plan_words": phrases.plan(plan),
            "day": day,
            "date": self.dice.choice((day, f"{later.day} {later:%B} {later.year}")),
            "address": f"{number} {self.dice.choice(('Quay Street', 'Harbour Lane', 'Deichweg'))}, Husum",
            "postcode": f"{self.dice.randrange(10_000, 99_999)}",
            "phone": f"+4420794602{self.dice.randrange(10, 100)}",
            "email": f"{customer['id']}.{number}@newpost.example",
            "preference": phrases.value("preference", self.dice),
        }

    def _of(self, intent: str, phrases: Phrases) -> dict[str, str]:
        """What only this intent needs, or needs in another way."""
        made: dict[str, Callable[[], dict[str, str]]] = {
            "technical_problem": lambda: _both("bug", phrases.value("bug", self.dice)),
            "send_article": lambda: _both("topic", phrases.value("topic", self.dice)),
            "set_reminder": lambda: self._reminder(phrases),
            "change_delivery": self._place,
        }
        return made[intent]() if intent in made else {}

    def _reminder(self, phrases: Phrases) -> dict[str, str]:
        day, time = phrases.value("day", self.dice), phrases.value("time", self.dice)
        return {"day": day, "time": time, "date": f"{day} {time}"} | _both("task", phrases.value("task", self.dice))

    def _place(self) -> dict[str, str]:
        return {"address": "PO Box 17, Husum"} if self.dice.random() < 0.1 else {}

    def _drawn(self, weights: Weights) -> str:
        return self.dice.choices(list(weights), list(weights.values()))[0]


def _in(rows: Iterable[Record], status: str) -> list[Record]:
    return [row for row in rows if row["status"] == status]


def _both(name: str, value: str) -> dict[str, str]:
    """What the phrases name so is the description that is asked for."""
    return {name: value, "description": value}
