"""Answers: what a customer's message says to a yes/no question, read by a closed grammar.

A yes sets an effect free, so it is never guessed: the whole message has to be explained by the phrases of
`agent/speech/grammars.py`. A word too many, a question, a quotation, a condition or a contradiction makes it
`unclear`, and the question is asked again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import cache
from typing import Literal

from agent.speech.grammars import GRAMMARS

Answer = Literal["yes", "no", "unclear"]
Phrase = tuple[str, ...]

_LONGEST = 200
"""In characters. No answer is longer; a longer message says something else besides."""
_QUESTION = re.compile("[?¿\u037e؟՞፧꘏⁇⁈⁉⸮？﹖]")
"""Looked for before normalising, which makes a semicolon of the Greek question mark (U+037E)."""
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ＇`´", "'"))
_MARKS = str.maketrans(dict.fromkeys("\u0300\u0301\u0302\u0303\u0308\u0327\ufe0f🏻🏼🏽🏾🏿"))
"""Accents and emoji variants, dropped after decomposing. Others stay and explain nothing: U+0336 strikes a word out."""
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9]+(?:[.,-][0-9]+)*|[^\s.,;:!¡–—)*-]")


def settle(text: str, language: str, echo: Collection[str] = ()) -> Answer:
    """Read the answer to a yes/no question.

    `language` is ISO 639-1. People answer in another language than they were asked in, so all grammars count, but a
    message must be explained by one of them alone, and no two may read it differently. `echo`
    are whole phrases that only repeat what was asked ("cancel it", "refund 12.50 EUR"): beside a yes they change
    nothing, alone or beside a no they make the answer unclear.
    """
    if len(text) > _LONGEST or _QUESTION.search(text):
        return "unclear"
    words = _tokens(text)
    repeated = {_tokens(phrase) for phrase in echo}
    spoken = GRAMMARS if language in GRAMMARS else ("en",)
    settled = {_within(known, words, repeated) for known in spoken} - {"unclear"}
    return settled.pop() if len(settled) == 1 else "unclear"


def language_of_answer(text: str, language: str, served: Collection[str]) -> str:
    """The language of a plain yes or no: that of before, unless only one other explains it."""
    if _within(language, _tokens(text), ()) != "unclear":
        return language
    own = [known for known in GRAMMARS if known in served and _within(known, _tokens(text), ()) != "unclear"]
    return own[0] if len(own) == 1 else language


def _within(language: str, words: Phrase, echo: Collection[Phrase]) -> Answer:
    """A yes or a no when this language's phrases explain every word and all say the same."""
    said = _said(words, dict.fromkeys(echo, "echo") | _phrases(language)) - {"polite"}
    if "agree" in said and said <= {"agree", "echo"}:
        return "yes"
    return "no" if said == {"refuse"} else "unclear"


def _said(words: Phrase, known: dict[Phrase, str]) -> frozenset[str]:
    """What the phrases of a message say, cut into as few as possible; `left over` when they do not explain it all."""
    longest = max(map(len, known), default=0)
    cuts = {0: (0, frozenset[str]())}
    for end in range(1, len(words) + 1):
        starts = [at for at in range(max(0, end - longest), end) if at in cuts and words[at:end] in known]
        if starts:
            fewest = min(cuts[at][0] for at in starts)
            said = [cuts[at][1] | {known[words[at:end]]} for at in starts if cuts[at][0] == fewest]
            cuts[end] = fewest + 1, frozenset.union(*said)
    return cuts[len(words)][1] if len(words) in cuts else frozenset({"left over"})


@cache
def _phrases(language: str) -> dict[Phrase, str]:
    """What each phrase of a language says; empty for a language without a grammar."""
    grammar = GRAMMARS.get(language)
    kinds = vars(grammar).items() if grammar else ()
    return {_tokens(phrase): kind for kind, phrases in kinds for phrase in phrases.split(",")}


def _tokens(text: str) -> Phrase:
    """The words of a text as the grammars know them; a sign that is no plain punctuation is a token of its own."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).translate(_MARKS).casefold()
    return tuple(token.replace("'", "") or token for token in _TOKEN.findall(_STRETCHED.sub(r"\1", plain)))
