"""Items: which lines of an order some words mean, as many pieces of each, and how a choice of them is written.

A choice is one line of text that people can read and say yes to, `2 x Stoneware mug (KIT-MUG01); 1 x …`. It is made
from the order alone, so that any other text is no choice of that order's items.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

_WORD = re.compile(r"[^\W\d_]{3,}")
_CHOSEN = re.compile(r"(\d{1,3}) x [^;()]+ \(([^;()\s]+)\)")

ALL = re.compile(
    r"\b(?:all|everything|every ?one|both|the (?:whole|entire|complete|full) \w+|the lot|(?:my|the|this|that) order)\b"
)
BUT = re.compile(r"\b(?:except|excluding|but(?: for| not)?|apart from|other than|besides|without|not|keep(?:ing)?)\b")
BETWEEN = ("of", "the", "those", "these", "my", r"(?:pair|set|piece|bag|pack|box|boxe)s?", "two|three|four|five|six")
"""Words that may stand between a number and what it counts: "two of the four mugs"."""
NUMBERS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12,
}  # fmt: skip
IDLE = {"the", "and", "for", "with", "set", "one", "from", "piece", "pieces", "pack", "pair"}
"""Words of names that tell no item from another."""


class Line(Protocol):
    """A line of an order."""

    @property
    def sku(self) -> str:
        """What the system calls it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def qty(self) -> int:
        """Pieces bought."""


def written(lines: Sequence[Line], pieces: Mapping[str, int]) -> str:
    """A choice as people read it, in the order's own sequence; "" for none."""
    chosen = [(pieces[line.sku], line) for line in lines if pieces.get(line.sku)]
    return "; ".join(f"{qty} x {_plain(line.name)} ({line.sku})" for qty, line in chosen)


def chosen(text: str) -> dict[str, int] | None:
    """How many of each sku a written choice names; None where it is none."""
    found = [_CHOSEN.fullmatch(part) for part in text.split("; ")]
    pieces = {match[2]: int(match[1]) for match in found if match}
    return pieces if len(pieces) == len(found) and all(pieces.values()) else None


def meant(words: str, lines: Sequence[Line]) -> dict[str, int]:
    """How many of each sku the customer means; nothing where that cannot be told.

    Understood are names (`the two mugs`), skus, all, and all but some. A number above what was bought means nothing.
    """
    if len(lines) == 1 and lines[0].qty == 1 and not BUT.search(words.lower()):
        return {lines[0].sku: 1}
    said, _, kept = _parted(words.lower())
    without = _named(kept, lines) if kept else {}
    if without is None:
        return {}
    named = _named(said, lines)
    if named is None:
        return {}
    if not named and ALL.search(said):
        named = {line.sku: line.qty for line in lines}
    left = {sku: qty - without.get(sku, 0) for sku, qty in named.items()}
    return {sku: qty for sku, qty in left.items() if qty > 0}


def _parted(words: str) -> tuple[str, str, str]:
    """What is said before an "except", and after it."""
    cut = BUT.search(words)
    return (words[: cut.start()], cut[0], words[cut.end() :]) if cut else (words, "", "")


def _named(words: str, lines: Sequence[Line]) -> dict[str, int] | None:
    """The lines that words name, each with its pieces; None where a word may mean several, or too many are named."""
    places: dict[str, list[re.Match[str]]] = {}
    for line in lines:
        sku = re.compile(rf"(?<![\w-]){re.escape(line.sku.lower())}(?![\w-])")
        if sku.search(words):
            places[line.sku], words = [], sku.sub(lambda match: " " * len(match[0]), words)
    names = {line.sku: set(map(_stem, _content(line.name.lower()))) for line in lines}
    unclear: list[set[str]] = []
    for word in _WORD.finditer(words):
        fitting = {sku for sku, stems in names.items() if _stem(word[0]) in stems}
        if len(fitting) == 1:
            places.setdefault(fitting.pop(), []).append(word)
        elif fitting:
            unclear.append(fitting)
    if any(fitting.isdisjoint(places) for fitting in unclear):
        return None
    pieces = {line.sku: _how_many(words, places[line.sku], line) for line in lines if line.sku in places}
    return None if any(pieces[line.sku] > line.qty for line in lines if line.sku in pieces) else pieces


def _how_many(words: str, places: Sequence[re.Match[str]], line: Line) -> int:
    """The number before its name; else one where a single piece is named, else all."""
    own = "|".join([*BETWEEN, *_content(line.name.lower())])
    counted = re.compile(rf"(?<!\w)(\d{{1,3}}|{'|'.join(NUMBERS)})\s(?:(?:{own})\s){{0,3}}$")
    for place in places:
        if number := counted.search(words[: place.start()]):
            return NUMBERS.get(number[1]) or int(number[1])
    single = any(place[0] in line.name.lower() and not place[0].endswith("s") for place in places)
    return 1 if single and not ALL.search(words) else line.qty


def _content(name: str) -> list[str]:
    return [word for word in _WORD.findall(name) if word not in IDLE]


def _stem(word: str) -> str:
    """A word without its plural: `mugs`, `knives`, `boxes`."""
    for ending, instead in (("ies", "y"), ("ves", "f"), ("ses", "s"), ("xes", "x"), ("s", "")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + instead
    return word


def _plain(name: str) -> str:
    """A name that cannot be taken for the end of an item."""
    return " ".join(re.sub(r"[;()]", " ", name).split()) or "item"
