"""Texts as the claim check compares them: folded, in sentences, clauses and words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

Clause = tuple[str, ...]
"""The words of a clause, in order."""

CONDITIONS = (
    "if",
    "unless",
    "until",
    "once",
    "while",
    "when",
    "before",
    "after",
    "whether",
    "as long as",
    "as soon as",
)
JOINTS = (*CONDITIONS, "because", "since", "that", "which", "who", "but", "so")
_CLAUSE_ENDS = re.compile(rf"[,;:()–—]|\s-\s|(?<!\bat)\s(?=(?:{'|'.join(JOINTS)}|and)\s)")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_ORNAMENTS = re.compile(r"^\s*[-*•]\s+|\*\*|`|_{2,}")
_WORD = re.compile(r"'s|[^\W\d_]+|\d[\w.,:/-]*\w|\d")
_CONTRACTIONS = {
    "cannot": "can not", "can't": "can not", "won't": "will not", "n't": " not", "'re": " are", "'ve": " have",
    "'ll": " will", "'m": " am", "'d": " would",
}  # fmt: skip
_ENDING = re.compile(r"(?:ing|ed|es|s|e|y)$")
_PLURAL = re.compile(r"(ing)s$")
_DOUBLED = re.compile(r"([^\W\d_])\1$")


@dataclass(frozen=True)
class Text:
    """A text, taken apart when it is asked for."""

    raw: str

    @cached_property
    def sentences(self) -> list[str]:
        """Folded, without what ends them."""
        return [folded for part in _SENTENCE_ENDS.split(self.raw) if (folded := _folded(part))]

    @property
    def is_readable(self) -> bool:
        """Whether it has a word, and nothing in it that cannot be shown."""
        return bool(self.clauses) and all(sign.isprintable() or sign.isspace() for sign in self.raw)

    @cached_property
    def clauses(self) -> list[Clause]:
        """What its commas and conjunctions divide; a conjunction opens its clause."""
        parts = [part for sentence in self.sentences for part in _CLAUSE_ENDS.split(sentence)]
        return [found for part in parts if (found := tuple(_WORD.findall(part)))]

    @cached_property
    def in_a_row(self) -> str:
        """All its words, with one space around each."""
        return f" {' '.join(word for clause in self.clauses for word in clause)} "

    @cached_property
    def stems(self) -> set[str]:
        """All its words without their endings."""
        return stems(self.in_a_row.split())


@lru_cache(maxsize=512)
def text_of(passage: str) -> Text:
    """A passage, taken apart once: it is held against every sentence of an answer."""
    return Text(passage)


def condition(clause: Clause) -> int:
    """How many words the conjunction has by which a clause says when something holds; 0: it does not."""
    said = f"{' '.join(clause)} "
    return next((len(opening.split()) for opening in CONDITIONS if said.startswith(f"{opening} ")), 0)


def stems(words: Iterable[str], *, longer_than: int = 0) -> set[str]:
    """The words without the endings that English bends them by, cut to six letters."""
    return {_stem(word) for word in words if len(word) > longer_than}


def _stem(word: str) -> str:
    """`bookings` has two of them."""
    return _DOUBLED.sub(r"\1", _ENDING.sub("", _PLURAL.sub(r"\1", word)))[:6] if len(word) > 4 else word


def _folded(text: str) -> str:
    """Small letters, one form of each sign, no ornaments, nothing invisible, contractions written out."""
    seen = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    plain = _ORNAMENTS.sub("", seen).casefold().translate(str.maketrans("’‘ʼ`´“”«»‐‑", "'''''\"\"\"\"--"))
    for short, long in _CONTRACTIONS.items():
        plain = plain.replace(short, long)
    return " ".join(plain.split()).strip(" .!?…\"'")
