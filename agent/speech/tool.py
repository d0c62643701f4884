"""Tool: what a tool does and to what, read from its name, summary and arguments; no certain tool is known here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.speech.lexicon import lexicon
from agent.speech.values import stem, words

NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
"""The words of a name in code: `get_order_details`, `getOrder`, `HTTPRequest`."""
_LIGHT = ("light", "carrying", "function", "reads")


@dataclass(frozen=True)
class Tool:
    """A tool as its declaration describes it."""

    name: str
    summary: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """By name, what each means."""
    changes: bool = True

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What it does: the deeds that its name and its summary begin with; a light verb leaves that to its nouns."""
        name, summary = self._name, self._first_sentence
        deeds = _named(name[:1]) | _named(summary[:1])
        return deeds or deeds_of(name) | deeds_of(summary[:6])

    @cached_property
    def subject(self) -> frozenset[str]:
        """The words of its name without those that say little: what a tool is about whose verb is a light one."""
        known = lexicon("en")
        little = [known[group] for group in _LIGHT] if known else []
        return frozenset(stem(word) for word in self._name if not any(word in group for group in little))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The words that it is described by."""
        return frozenset(map(stem, [*self._name, *self._first_sentence, *self.keys]))

    @cached_property
    def things(self) -> frozenset[str]:
        """What it does that to."""
        return things([*self._name, *self._first_sentence, *self.keys])

    @cached_property
    def verb(self) -> str:
        """The word that its name begins with, where that is one that the lexicon does not know: "refuel"."""
        known, name = lexicon("en"), self._name
        if known is None or len(name) < 2 or known.deeds_of(name[0]) or any(known[g].at(name, 0) for g in _LIGHT):
            return ""
        return stem(name[0])

    @cached_property
    def named(self) -> frozenset[str]:
        """The words of its name."""
        return frozenset(map(stem, self._name))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The kinds of things that its name speaks of."""
        return things(self._name)

    @property
    def _name(self) -> list[str]:
        return [word.lower() for word in NAME.findall(self.name) if not word.isdigit()]

    @property
    def _first_sentence(self) -> list[str]:
        return words(re.split(r"(?<=[.;])\s", " ".join(self.summary.split()))[0])

    @property
    def keys(self) -> list[str]:
        """The words of its arguments' names."""
        return [word.lower() for key in self.arguments for word in NAME.findall(key) if not word.isdigit()]


def things(said: Sequence[str], language: str = "en") -> frozenset[str]:
    """The kinds of things that these words name."""
    known = lexicon(language)
    return frozenset(thing for word in said for thing in (known.things_of(word) if known else ()))


def deeds_of(said: Iterable[str]) -> frozenset[str]:
    """What these words of a declaration say is done."""
    known = lexicon("en")
    return frozenset(deed for word in said for deed in (known.deeds_of(word) if known else ()))


def _named(said: Sequence[str]) -> frozenset[str]:
    known = lexicon("en")
    return frozenset(deed for word in said for deed in (known.deeds_named(word) if known else ()))


def says_little(word: str) -> bool:
    """Whether it is a word of the language rather than of the matter: it may deny or doubt."""
    known = lexicon("en")
    return known is not None and any(word in known[group] for group in ("function", "negation", "modal", "sweeping"))
