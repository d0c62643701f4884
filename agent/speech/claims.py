"""The claim check: may this sentence be sent?

It stands between a model and the customer, and has to hold for a model that lies. Two things let a sentence pass. What
was done is told by receipts: every clause has to be borne out by one of them, in deed, target and values. What the
company says is told by passages in force: the sentence has to be carried by one. What neither bears is held back, with
the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.speech import borne, carried
from agent.speech.acts import own
from agent.speech.evidence import Evidence as Evidence
from agent.speech.texts import Text, text_of

LONGEST = 500
"""Characters; more than this is no sentence."""
SURE = 2.5
"""By so much, in logits, a sentence has to look like a report of success to need a receipt though a passage carries it.
One of a hundred sentences of Harbor's documents comes to it, and none of the wordings that the check is tuned on."""


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
        why = carried.objection(text, passages, Text("\n".join(evidence.customer))) or _reported(sentence)
    if told.claims and why:
        return Decision(told.why if evidence.history.calls else why, claims=True, near=told.near)
    return Decision(why or None)


def _reported(sentence: str) -> str:
    """Why a sentence may not be sent that a passage carries: it reads as what is said when something was done."""
    scores = own().scores(sentence)
    margin = scores["claims_success"] - max(score for act, score in scores.items() if act != "claims_success")
    return "reads as a report of success, without a receipt" if margin > SURE else ""


def objection(sentence: str, evidence: Evidence) -> str | None:
    """Why the sentence may not be sent, or None."""
    return decide(sentence, evidence).why
