"""Figures: the amounts, dates, times, counts, ids and addresses of a text, each with what it counts.

A figure is taken with the word or sign beside it, so that 30 days do not vouch for 30 EUR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

_SIGNS = {"€": "eur", "euro": "eur", "euros": "eur", "$": "usd", "£": "gbp", "%": "per", "percent": "per"}
_TOKEN = re.compile(r"\w+(?:[.,:/@'-]\w+)*|[€$£%]")
_JOINED = re.compile(r"(?<![\w.,:/-])(\d[\d.,]*)-?(?=[^\W\d_]+(?!\w*\d))")
"""`14-day`, `500g`: a number and its unit; not the beginning of an id."""
_ADDRESS = re.compile(r"\S+@\S+|\w+://\S+|\w+(?:\.[^\W\d_]{2,})+(?:/\S*)?")
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred"
_NUMERALS = {
    **{word: str(number) for number, word in enumerate(_SMALL.split())},
    **{word: str(10 * number) for number, word in enumerate(_TENS.split(), 2)},
    **{word: word for word in ("thousand", "million", "half", "dozen", "twice", "double")},
}


def strange(text: str, evidence: str) -> list[str]:
    """The figures and addresses of a folded text that the evidence does not have, or has of something else."""
    known: dict[str, set[str]] = {}
    for figure, before, after in _beside(evidence):
        known.setdefault(figure, set()).update((before, after))
    found = [f for f, before, after in _beside(text) if f not in known or not _counts(before, after) <= known[f]]
    return found + sorted({*_ADDRESS.findall(text)} - {*_ADDRESS.findall(evidence)})


def ids(text: str) -> set[str]:
    """What names one thing: tokens of digits and letters, and long numbers."""
    return {token for token in _TOKEN.findall(text) if _is_id(token)}


def _is_id(token: str) -> bool:
    digits = sum(sign.isdigit() for sign in token)
    return digits > 4 or (digits > 0 and token[0].isalpha())


def _beside(text: str) -> Iterator[tuple[str, str, str]]:
    tokens = [_SIGNS.get(token, token) for token in _TOKEN.findall(_JOINED.sub(r"\1 ", text))]
    for before, token, after in zip(chain([""], tokens), tokens, chain(tokens[1:], [""]), strict=False):
        parts = token.split("-")
        if any(sign.isdigit() for sign in token) or not _NUMERALS.keys().isdisjoint(parts):
            yield "-".join(_NUMERALS.get(part, part) for part in parts), before[:3], after[:3]


def _counts(before: str, after: str) -> set[str]:
    """What says most about a figure: a sign on either side, else the word after it, else the one before."""
    signs = {sign for sign in (before, after) if sign in _SIGNS.values()}
    return signs or {unit for unit in [after or before] if unit}
