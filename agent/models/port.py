"""The port to a model, in words of the domain: it reads, it proposes, it words, and it decides nothing.

Whatever stands behind it, what comes back is data: intents are checked against the playbook, values must stand in
the customer's own words, a yes is read elsewhere, sentences are checked before they are sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol

from pydantic import JsonValue

from agent.casefile.fold import Line as Line
from agent.casefile.records import Ask, Frozen, Intent, Mood, Passage


class IntentChoice(Frozen):
    """An intent of the playbook that a message may carry."""

    name: str
    means: str
    examples: list[str]


class Frame(Frozen):
    """What a model may see of a case: bounded, and nothing of other customers."""

    locale: str
    """The case's language so far."""
    window: list[Line]
    """The last lines, without the message at hand."""
    asks: list[Ask]
    """What the customer was asked for in the last turn."""
    intents: list[Intent]
    """Those still open."""
    likely: list[str] = []
    """Intents that a first look at the message finds likeliest; a model may find otherwise."""
    told: dict[str, list[str]] = {}
    """Name → values that the customer gave earlier in this case, newest last: what a line long past may have said."""
    done: list[str] = []
    """What became of the matters that were settled last: `cancel_order HG-123456: verified`."""
    found: list[dict[str, JsonValue]] = []
    """What was looked up this turn: `{tool, result}`."""
    guidance: list[str] = []
    """What the company wants kept in mind in the matters that are open. It helps to judge and allows nothing."""


class IntentSeen(Frozen):
    """An intent read from a message; `name` is one of the playbook's, or None: out of scope."""

    name: str | None
    confidence: float
    text: str
    """The part of the message that carries it, verbatim."""
    runner_up: str | None = None
    """Set when another intent was nearly as likely: the customer is asked which."""


class ValueSeen(Frozen):
    """A value found in a message."""

    name: str
    """A name of the contract's asks: `order_id`, `email`, `postcode`, `amount` …"""
    value: str
    """Canonical: `HG-123456`, lower-case e-mail, E.164 phone, `12.50` …"""
    text: str
    """As it stands in the message, verbatim."""
    new: bool | None = None
    """True: the value that something shall become; False: one that is on file; None: the message does not tell."""


class Reading(Frozen):
    """What a message says."""

    language: str
    """ISO 639-1."""
    intents: list[IntentSeen]
    """In the order of the message; empty when it only answers what was asked."""
    values: list[ValueSeen]
    mood: Mood
    likely: list[str] = []
    """Intents that any of it may be, likeliest first: a hint for whoever looks again."""
    plain: bool = False
    """True: nothing is left to understand. The message gives what was asked for, or is a courtesy, and no more."""
    unread: bool = False
    """True: it wants something in a language that cannot be read now, or is not served."""


class LookupStep(Frozen):
    """Read a system."""

    kind: Literal["lookup"] = "lookup"
    tool: str
    args: dict[str, JsonValue]


class ActionStep(Frozen):
    """Propose a change."""

    kind: Literal["action"] = "action"
    tool: str
    args: dict[str, JsonValue]


class AnswerStep(Frozen):
    """Answer from the passages that were found."""

    kind: Literal["answer"] = "answer"
    passages: list[str]
    """Ids of the passages that carry the answer, best first; empty: not answerable from them."""
    text: str = ""
    """The answer in words, where it came with them; it is checked like any wording."""


class PersonStep(Frozen):
    """A person should take this."""

    kind: Literal["person"] = "person"
    reason: str


Step = LookupStep | ActionStep | AnswerStep | PersonStep


class ToolOffer(Frozen):
    """A tool as a model sees it: only those that the guards let it see are offered."""

    name: str
    summary: str
    kind: Literal["lookup", "action"]
    schema_: dict[str, JsonValue]


class ModelFailed(Exception):
    """The model gave no usable answer: down, slow, refusing, or not in the agreed shape."""


class Model(Protocol):
    """What the graph asks of a model. Every method raises `ModelFailed`, and nothing else."""

    @property
    def name(self) -> str:
        """As it stands in turns: `offline`, or the model's name."""

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """Read one message (a burst is one message) in the light of what went before."""

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """Say what to do next for something that no workflow covers."""

    def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncIterator[str]:
        """Word an answer from these passages, sentence by sentence, in the frame's language."""
