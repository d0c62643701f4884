"""A case as models see it, in a small shop; what a good model answers, and how each call of the port is made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from agent.casefile.records import Ask, Intent, Passage
from agent.models.calls import CallStats
from agent.models.language import Language
from agent.models.port import Frame, IntentChoice, Line, Model, Reading, ToolOffer
from evals.scripted_model import Answer, Body, ScriptedModel, kind_of

CHOICES = [
    IntentChoice(
        name="order_status",
        means="The customer wants to know where an order is or when it comes.",
        examples=["Where is my order?", "Has HG-123456 left yet?"],
    ),
    IntentChoice(
        name="refund",
        means="The customer wants money back for an order.",
        examples=["I want my money back", "Refund the broken lamp"],
    ),
    IntentChoice(
        name="change_email",
        means="The customer wants another e-mail address on file.",
        examples=["Please change my e-mail", "I have a new address"],
    ),
]
FRAME = Frame(
    locale="en",
    window=[
        Line(role="customer", text="Hello, my lamp arrived in pieces."),
        Line(role="agent", text="I am sorry to hear that. Which order is it?"),
    ],
    asks=[Ask(kind="slot", name="order_id")],
    intents=[Intent(id="i1", name="refund", confidence=0.9, text="in pieces")],
)
PASSAGES = [
    Passage(
        id=name,
        kind="clause",
        title=title,
        text=text,
        release="r1",
        locale="en",
        support=0.8,
    )
    for name, title, text in [
        ("returns/2.1", "Coffee", "Unopened coffee can be returned within 14 days of delivery."),
        ("returns/2.2", "Postage", "Return postage is 4.90 EUR and is taken off the refund."),
    ]
]
TOOLS = [
    ToolOffer(
        name="get_order",
        summary="Read an order.",
        kind="lookup",
        schema_={"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    ),
    ToolOffer(
        name="cancel_order",
        summary="Cancel an order.",
        kind="action",
        schema_={"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]},
    ),
]

MESSAGE = "I want my money back for hg 123456, 12,50 € please."
REPORT: Body = {
    "language": "en",
    "intents": [{"name": "refund", "confidence": 0.9, "text": "money back", "runner_up": None}],
    "values": [{"name": "order_id", "text": "hg 123456", "value": "HG-123456", "new": None}],
    "mood": {"sentiment": "negative", "urgency": "normal", "confused": False},
}
WORDS = "Unopened coffee can be returned within 14 days. Return postage is 4.90 EUR. It is taken off the refund."
SENTENCES = [
    "Unopened coffee can be returned within 14 days.",
    "Return postage is 4.90 EUR.",
    "It is taken off the refund.",
]


def connected(
    scripted: ScriptedModel, *, timeout_s: float = 5.0, on_call: Callable[[CallStats], None] | None = None
) -> Language:
    """The model behind a scripted endpoint."""
    return Language.connect(
        scripted.name, scripted.base_url, scripted.api_key, timeout_s=timeout_s, region="DE", on_call=on_call
    )


async def read(language: Model) -> Reading:
    return await language.read(MESSAGE, FRAME, CHOICES)


async def propose(language: Model) -> object:
    return await language.propose(MESSAGE, FRAME, TOOLS, PASSAGES)


async def word(language: Model) -> list[str]:
    return [sentence async for sentence in language.word("Can I send coffee back?", FRAME, PASSAGES)]


CALLS: list[Callable[[Model], Awaitable[object]]] = [read, propose, word]


def anything(body: Body) -> Answer:
    """A good answer to whatever is asked."""
    return {
        "read": Answer(report=REPORT),
        "propose": Answer(calls=(("get_order", '{"order_id": "HG-123456"}'),)),
        "word": Answer(text=WORDS),
    }[kind_of(body)]
