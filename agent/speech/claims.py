"""The claim check: may this sentence of free wording be sent?

It stands between a model and the customer. A sentence taken word for word from a passage in force may pass. Any
other must be carried by a passage, may name no number, amount, date or id that does not stand in the evidence, and
may not tell of an outcome or make a promise: those are rendered from receipts, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

CARRIED = 0.6
"""The least share of a sentence's words that must stand in one passage."""
_NUMBERLIKE = re.compile(r"\w*\d[\w.,:/@-]*")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NEGATION = re.compile(r"\b(?:no|not|never|cannot|without|nor|none|\w+n't)\b")
# "I have refunded", "we've just sent", "I'll make sure", "we are cancelling": the speaker acts or promises.
_ACTS = re.compile(r"\b(?:i|we)(?:['’](?:ve|ll|m|re|d)\b|\s+(?:have|had|will|am|are|did|just|already|\w{2,}ed)\b)")
# "Your order has been cancelled", "your money is on its way", "that is now done": the state of a customer's matter.
_STATE = re.compile(
    r"\b(?:your|this|that|it|everything|all)\b[^.?!]{0,60}?"
    r"\b(?:has|have|had|was|were|is|are|will|should)\s+(?:\w+ly\s+)?"
    r"(?:now|been|be|set|done|on|already|\w{2,}(?:ed|en|nt|ne|ade|aid|ing))\b"
)


@dataclass(frozen=True)
class Evidence:
    """What a sentence may rest on: the passages that were found, and the customer's own words."""

    passages: Sequence[str]
    customer: Sequence[str]


def objection(sentence: str, evidence: Evidence) -> str | None:
    """Why the sentence may not be sent, or None."""
    text = _folded(sentence)
    passages = [_folded(passage) for passage in evidence.passages]
    if any(text.rstrip(".!? ") in passage for passage in passages):
        return None
    strange = numbers(text) - set().union(*map(numbers, [*passages, *map(_folded, evidence.customer)]))
    if strange:
        return f"names what stands in no evidence: {', '.join(sorted(strange))}"
    if _ACTS.search(text) or _STATE.search(text):
        return "tells of an outcome or a promise without a receipt"
    best = max(passages, key=lambda passage: _share(text, passage), default="")
    if _share(text, best) < CARRIED:
        return "is carried by no passage"
    if bool(_NEGATION.search(text)) and not _NEGATION.search(best):
        return "denies what the passage does not deny"
    return None


def numbers(text: str) -> set[str]:
    """Everything with a digit in it: amounts, dates, ids, addresses of mail; without the punctuation around."""
    return {found.rstrip(".,:/@-") for found in _NUMBERLIKE.findall(text)}


def _share(text: str, passage: str) -> float:
    words, there = set(_WORD.findall(text)), set(_WORD.findall(passage))
    return len(words & there) / len(words) if words else 0.0


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
