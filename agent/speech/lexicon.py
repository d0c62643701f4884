"""The lexicon of the claim check: what a word does in a sentence, for each language that is read.

A language is a file of `agent/speech/lexicon/`; with another file there is another language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "lexicon"
LONGEST_PHRASE = 5
"""Words."""


class Words:
    """Words and phrases, written as in the lexicon's files: `cancel*` has any ending, `pay*_back` is two words."""

    def __init__(self, listed: str) -> None:
        singles = [item for item in listed.split() if "_" not in item]
        self._places = {item: place for place, item in enumerate(singles) if not item.endswith("*")}
        self._whole = frozenset(self._places)
        self._stems = tuple(item[:-1] for item in singles if item.endswith("*"))
        self._phrases = tuple(tuple(item.split("_")) for item in listed.split() if "_" in item)
        self.first = tuple(phrase[0].removesuffix("*") for phrase in self._phrases)

    def __contains__(self, word: str) -> bool:
        return word in self._whole or (bool(self._stems) and word.startswith(self._stems))

    def place(self, word: str) -> int:
        """Where a word stands among them; -1 for none."""
        return self._places.get(word, -1)

    def at(self, words: Sequence[str], place: int) -> int:
        """How many words of it stand at this place."""
        for phrase in self._phrases if words[place].startswith(self.first) else ():
            found = words[place : place + len(phrase)]
            if len(found) == len(phrase) and all(map(_fits, found, phrase)):
                return len(phrase)
        return int(words[place] in self)

    def within(self, words: Sequence[str]) -> bool:
        """Whether any of it stands among these words."""
        return any(self.at(words, place) for place in range(len(words)))


def _fits(word: str, form: str) -> bool:
    return word.startswith(form[:-1]) if form.endswith("*") else word == form


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The words of one language by what they do."""

    deeds: Mapping[str, Words]
    things: Mapping[str, Words]
    named: Mapping[str, Words]
    """Deeds by words that only tools are named with."""
    groups: Mapping[str, Words]
    """`light function polite negation failing modal future sweeping asks confirms implied reads`."""

    @classmethod
    def of(cls, written: Mapping[str, str | Mapping[str, str]]) -> Lexicon:
        """From a file's contents."""
        named = {key: _sorts(value) for key, value in written.items() if not isinstance(value, str)}
        plain = {key: Words(value) for key, value in written.items() if isinstance(value, str)}
        return cls(named["deeds"], named["things"], named.get("named", {}), plain)

    def __getitem__(self, group: str) -> Words:
        return self.groups[group]

    def numeral(self, word: str) -> int:
        """The number that a word is; 0 for none."""
        return self.groups["numerals"].place(word) + 1

    @cache  # noqa: B019 - a lexicon lives as long as the process
    def deeds_of(self, word: str) -> frozenset[str]:
        """What a word says is done."""
        return frozenset(deed for deed, words in self.deeds.items() if word in words)

    def deeds_named(self, word: str) -> frozenset[str]:
        """What a tool does in whose name a word stands."""
        return self.deeds_of(word) | frozenset(deed for deed, words in self.named.items() if word in words)

    @cache  # noqa: B019
    def things_of(self, word: str) -> frozenset[str]:
        """What a word says it is done to."""
        return frozenset(thing for thing, words in self.things.items() if word in words)

    def deeds_at(self, words: Sequence[str], place: int) -> tuple[frozenset[str], int]:
        """What is said at this place to be done, and in how many words."""
        if not words[place].startswith(self._phrased):
            return self.deeds_of(words[place]), 1
        told = {deed: found.at(words, place) for deed, found in self.deeds.items()}
        longest = max(1, *told.values())
        return frozenset(deed for deed, length in told.items() if length == longest), longest

    @cached_property
    def _phrased(self) -> tuple[str, ...]:
        """What the first words of phrases begin with that name a deed."""
        return tuple(first for words in self.deeds.values() for first in words.first)


def _sorts(written: Mapping[str, str]) -> Mapping[str, Words]:
    return {name: Words(listed) for name, listed in written.items()}


@cache
def lexicon(language: str) -> Lexicon | None:
    """The lexicon of a language; None where there is none."""
    path = FOLDER / f"{language}.yaml"
    return Lexicon.of(yaml.safe_load(path.read_text("utf-8"))) if language in languages() else None


@cache
def languages() -> frozenset[str]:
    """The languages that are read."""
    return frozenset(path.stem for path in FOLDER.glob("*.yaml"))
