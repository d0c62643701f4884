"""Clause: the clauses of a sentence and what each word does in them, in each language that has a lexicon."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from agent.speech.lexicon import Lexicon, Words, lexicon
from agent.speech.texts import Text
from agent.speech.tool import things
from agent.speech.values import amount

_ENDS = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")
_JOINTS = re.compile(r",(?!\d)|[;()\[\]—•|{}\"]|:\s|:$|\s[-–]\s|^[-–]\s")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_TOKEN = re.compile(r"[€$£¥%]|→|->|=>|[^\W_]+(?:[@._'/:,–-](?=[^\W_])[^\W_]+)*")
_MONEY = frozenset(
    {"€", "$", "£", "¥", "eur", "usd", "gbp", "chf", "euro", "euros", "dollar", "dollars", "dólares", "pounds"}
)
_SIGNS = frozenset({"→", "->", "=>", "%"})
_ENUMERATION = re.compile(r"^\s*\(?\d{1,2}[).]\s+", re.MULTILINE)
GENERAL = frozenset({"request", "details"})
"""Things that stand for whatever was asked for."""


@dataclass(frozen=True)
class Clause:
    """A clause, its words by what they do."""

    said: tuple[str, ...]
    language: str

    @cached_property
    def lexicon(self) -> Lexicon:
        """Of its language."""
        known = lexicon(self.language)
        if known is None:
            raise LookupError(self.language)
        return known

    @cached_property
    def _parts(self) -> list[tuple[str, frozenset[str], int]]:
        """Each word or phrase with the deeds that it names."""
        found, at = [], 0
        while at < len(self.said):
            deeds, length = self.lexicon.deeds_at(self.said, at)
            found.append((self.said[at], deeds, length))
            at += length
        return found

    @cached_property
    def told_verbs(self) -> list[tuple[int, str, frozenset[str]]]:
        """Its verbs, with their places; not what the customer is said to have done: "the change you approved"."""
        return [
            (place, word, deeds)
            for place, (word, deeds, _) in enumerate(self._parts)
            if deeds and not self._is_noun(word) and not self._is_theirs(place)
        ]

    def _is_theirs(self, place: int) -> bool:
        before = [word for word, _, _ in self._parts[:place] if word not in self.lexicon["adverbs"]]
        if len(before) < 2 or before[-1] not in self.lexicon["customers"]:
            return False
        return self._is_noun(before[-2]) or before[-2] in self.lexicon["relating"]

    @cached_property
    def verbs(self) -> list[frozenset[str]]:
        """What it says is done, by a verb."""
        return [deeds for place, _, deeds in self.told_verbs if not self._is_attribute(place)]

    @cached_property
    def attributes(self) -> dict[str, frozenset[str]]:
        """What it says of a thing beside that: "your delivered order"."""
        return {word: deeds for place, word, deeds in self.told_verbs if self._is_attribute(place)}

    @property
    def is_heading(self) -> bool:
        """Whether all that it tells is a participle before a thing, which may only describe it: "Delivered order"."""
        first = self.told_verbs[0][0] if len(self.told_verbs) == 1 else None
        return first == 0 and len(self._parts) > 1 and self._is_noun(self._parts[1][0]) and not self._has_light

    def _is_attribute(self, place: int) -> bool:
        """Whether a participle stands between what points at a thing and the thing."""
        before = self._parts[place - 1][0] if place else ""
        after = self._parts[place + 1][0] if place + 1 < len(self._parts) else ""
        return before in self.lexicon["pointing"] and self._is_noun(after)

    @cached_property
    def nouns(self) -> dict[str, frozenset[str]]:
        """The same by a noun."""
        return {word: deeds for word, deeds, _ in self._parts if deeds and self._is_noun(word)}

    @cached_property
    def figures(self) -> frozenset[str]:
        """Its numbers and ids."""
        found = [word for word in self.said if is_figure(word)]
        return frozenset(found) | {amount(word) for word in found if re.fullmatch(r"[\d.,]+", word)}

    @cached_property
    def things(self) -> frozenset[str]:
        """The kinds of things that it names."""
        return things(self.said, self.language)

    @cached_property
    def is_told(self) -> bool:
        """Whether something is done in it at all."""
        return bool(self.verbs) or self._has_light

    @cached_property
    def _has_light(self) -> bool:
        known = self.lexicon
        return any(
            not self._is_noun(word) and (known["light"].at(self.said, place) or word in known["carrying"])
            for place, word in enumerate(self.said)
        )

    @property
    def is_state(self) -> bool:
        """Whether it says how something is."""
        return any(word in self.lexicon["copula"] for word in self.said)

    @property
    def is_bare(self) -> bool:
        """Whether it says that it is done, and not what: "it has been processed"."""
        carrying = any(word in self.lexicon["carrying"] and not self._is_noun(word) for word in self.said)
        return not self.deeds and not carrying and self.things <= GENERAL

    @cached_property
    def deeds(self) -> list[frozenset[str]]:
        """What it says is done."""
        return self.verbs or list(self.nouns.values())

    def is_empty(self, place: int) -> bool:
        """Whether the word at this place says nothing of a target or a value: the deed is held against the call."""
        word, known = self.said[place], self.lexicon
        if word in known["numerals"]:
            return word in known["pointing"]
        groups = ("function", "polite", "light", "carrying", "joint", "future", "adverbs")
        return (
            word in _MONEY
            or word in _SIGNS
            or self.is_implied(place)
            or self._is_within(place, known["light"])
            or any(word in known[group] for group in groups)
            or bool(known.deeds_of(word))
        )

    def is_money(self, place: int) -> bool:
        """Whether the figure at this place is a sum: a sign before it is its own, one behind it if no other follows."""
        before, after = self.said[place - 1 : place], self.said[place + 1 : place + 3]
        if (
            before
            and before[0] in _MONEY
            and not (place > 1 and is_figure(self.said[place - 2]) and before[0].isalpha())
        ):
            return True
        return bool(after) and after[0] in _MONEY and (after[0].isalpha() or not any(map(is_figure, after[1:])))

    def is_implied(self, place: int) -> bool:
        """Whether a phrase stands there that only says that all is well: "all set"."""
        return self._is_within(place, self.lexicon["implied"])

    def _is_within(self, place: int, phrases: Words) -> bool:
        """Whether the word at this place belongs to a phrase of several words."""
        starts = range(max(0, place - 2), place + 1)
        return any(start + phrases.at(self.said, start) > max(place, start + 1) for start in starts)

    def _is_noun(self, word: str) -> bool:
        return bool(self.lexicon.things_of(word))


def clauses(sentence: str, language: str) -> list[Clause]:
    """The clauses of a sentence: a new one begins where something else is told as done."""
    known = lexicon(language)
    if known is None:
        return []
    found: list[tuple[str, ...]] = []
    for part in _ENDS.split(sentence):
        open_: tuple[str, ...] = ()
        for piece in _pieces(part, known):
            current, new = Clause(open_, language), Clause(piece, language)
            if (current.is_told and (new.is_told or new.nouns)) or (current.is_state and new.is_told):
                found.append(open_)
                open_ = piece
            else:
                open_ += piece
        if open_:
            found.append(open_)
    return [Clause(said, language) for said in found]


def _pieces(part: str, known: Lexicon) -> Iterator[tuple[str, ...]]:
    part = _ENUMERATION.sub("", part)
    folded = " ".join(Text(part).sentences) or part.casefold()
    if known is not lexicon("en"):
        folded = folded.replace("'", " ")
    for piece in _JOINTS.split(_THOUSANDS.sub("", folded)):
        said = tuple(_TOKEN.findall(piece.replace("_", "-")))
        start = 0
        for at, word in enumerate(said):
            if at > start and word in known["joint"]:
                yield said[start:at]
                start = at
        if said[start:]:
            yield said[start:]


def is_figure(word: str) -> bool:
    """Whether a word is a number, an id or an address of mail."""
    return any(sign.isdigit() or sign == "@" for sign in word)
