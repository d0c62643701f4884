"""The records of Harbor Goods, one model a collection.

What may be posted and what may be patched follows from the marks of `fields`; what a caller may not write is
ignored, like a field nobody knows. A customer's `address` is one line, street and town; the postcode stands beside
it. Notes, reasons, subjects and bodies are untrusted free text.
"""

from typing import Literal

from pydantic import Field

from tools.backoffice.fields import (
    Day,
    Email,
    Fixed,
    Kind,
    Line,
    Moment,
    Money,
    Part,
    Phone,
    PositiveMoney,
    ServerMade,
    Shape,
    Text,
)


class Customer(Shape):
    """A person with an account; `note` is untrusted free text."""

    id: ServerMade[str]
    name: Line
    email: Email
    phone: Phone
    postcode: Line
    address: Line
    locale: Literal["en", "de", "fr", "es"] = "en"
    tier: Literal["standard", "plus", "trade"] = "standard"
    note: Text = ""


class Item(Shape):
    """A line of an order; `price` is for one piece."""

    sku: Line
    name: Line
    qty: int = Field(ge=1, le=999)
    price: Money


class Delivery(Part):
    """How an order travels; `preference` is the customer's wish to the carrier, in their words."""

    carrier: Line | None = None
    tracking: Line | None = None
    eta: Day | None = None
    preference: Text | None = None
    address: Line | None = None


class Refund(Shape):
    """Money given back for an order. The amount is not held against the order's total: that is the caller's to know."""

    id: ServerMade[str]
    order_id: Fixed[Line]
    customer_id: ServerMade[str]
    amount: Fixed[PositiveMoney]
    reason: Text
    status: Literal["posted"] = "posted"
    created_at: ServerMade[Moment]


class Order(Shape):
    """What a customer bought; `refunds` follows the collection of that name."""

    id: ServerMade[str]
    customer_id: Fixed[Line]
    status: Literal["processing", "shipped", "delivered", "cancelled", "returned"] = "processing"
    items: list[Item] = Field(min_length=1, max_length=100)
    total: Money
    placed_at: ServerMade[Moment]
    delivered_at: Moment | None = None
    delivery: Delivery = Delivery()
    refunds: ServerMade[list[Refund]]
    note: Text = ""


class ReturnedItem(Shape):
    """A line of an order that comes back."""

    sku: Line
    qty: int = Field(default=1, ge=1, le=999)


class Return(Shape):
    """Goods on their way back; `label` is the address of the printable label, sent to the customer as a message."""

    id: ServerMade[str]
    order_id: Fixed[Line]
    customer_id: ServerMade[str]
    items: list[ReturnedItem] = Field(min_length=1, max_length=100)
    reason: Text
    status: Literal["registered", "received", "closed"] = "registered"
    label: ServerMade[str]
    created_at: ServerMade[Moment]


class Subscription(Shape):
    """A coffee plan. `price` is for one delivery, whatever the plan; `next_at` is the next one."""

    id: ServerMade[str]
    customer_id: Fixed[Line]
    plan: Literal["weekly", "biweekly", "monthly"]
    status: Literal["active", "paused", "cancelled"] = "active"
    price: Money
    next_at: Moment | None = None


class Slot(Shape):
    """A stretch of somebody's working day; taken and freed by appointments."""

    id: ServerMade[str]
    starts_at: Moment
    ends_at: Moment
    kind: Kind
    free: bool = True


class Appointment(Shape):
    """A slot somebody took. Only a `callback` may do without one: then it is as soon as anybody can."""

    id: ServerMade[str]
    customer_id: Fixed[Line]
    slot_id: Line | None = None
    kind: Kind
    status: Literal["booked", "done", "cancelled"] = "booked"
    created_at: ServerMade[Moment]


class Ticket(Shape):
    """Work for a person; a visitor without an account has no `customer_id`."""

    id: ServerMade[str]
    customer_id: Fixed[Line | None] = None
    case_id: Line | None = None
    kind: Kind
    subject: Line
    body: Text = ""
    status: Literal["open", "pending", "closed"] = "open"
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    created_at: ServerMade[Moment]


class OutgoingMessage(Shape):
    """What was sent to a customer. Without `to` it goes to the address on file for its channel."""

    id: ServerMade[str]
    customer_id: Fixed[Line | None] = None
    to: Line | None = None
    channel: Literal["email", "sms", "phone", "letter", "chat"] = "email"
    kind: Kind
    subject: Text = ""
    body: Text = ""
    code: Line | None = None
    at: ServerMade[Moment]


class Loyalty(Shape):
    """A customer's points. No API: corrected on the staff page alone."""

    id: ServerMade[str]
    points: int
    reason: Text = ""
