"""The claim check: may this sentence be sent?

It stands between a model and the customer, and has to hold for a model that lies. Two things let a sentence pass. What
was done is told by receipts: every clause has to be borne out by one of them, in deed, target and values. What the
company says is told by passages in force: the sentence has to be carried by one. What neither bears is held back, with
the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.speech import borne, carried
from agent.speech.evidence import Evidence as Evidence
from agent.speech.texts import Text, text_of

LONGEST = 500
"""Characters; more than this is no sentence."""


@dataclass(frozen=True)
class Decision:
    """What is to become of a sentence."""

    why: str | None
    """Why it may not be sent, or None."""
    claims: bool = False
    """Whether it was held back for what it tells as done."""
    calls: tuple[int, ...] = ()
    """The calls that bear it out, by their places."""
    near: int | None = None
    """The call that it seems to tell of, and does not tell as it was."""


def decide(sentence: str, evidence: Evidence) -> Decision:
    """Whether a sentence may be sent."""
    text = Text(sentence)
    if len(sentence.strip()) > LONGEST or not text.is_readable:
        return Decision("is no sentence")
    passages = [text_of(passage) for passage in evidence.passages]
    if carried.is_quoted(text, passages):
        return Decision(carried.out_of_place(text, passages, evidence.said))
    if strange := carried.markup(text, passages):
        return Decision(f"holds what may be markup or a link: {', '.join(strange)}")
    told = borne.verdict(sentence, evidence.history, evidence.language, evidence.around)
    if told.why is None:
        return Decision(None, calls=told.calls)
    why = "is free wording in another language than the one that passages are read in"
    if evidence.language == "en":
        why = carried.objection(text, passages, Text("\n".join(evidence.customer))) or ""
    if told.claims and why:
        return Decision(told.why if evidence.history.calls else why, claims=True, near=told.near)
    return Decision(why or None)


def objection(sentence: str, evidence: Evidence) -> str | None:
    """Why the sentence may not be sent, or None."""
    return decide(sentence, evidence).why
