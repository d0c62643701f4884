"""Choices: which of several options a customer's message takes, read by its words alone.

An option is taken by its place ("the first one") or by a word that only its title has ("cancel"). What names two of
them, or none, takes none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

PLACES = {"en": ("first former 1 1st one", "second latter 2 2nd two", "third 3 3rd three")}
"""ISO 639-1 → words for each place."""
NEITHER = {"en": "neither none nothing else no nope nah"}
DENIED = {"en": "not don't dont never cannot can't"}
"""Words that may turn whatever is named into its contrary."""
IDLE = {"en": "a an the of to it is in on or and your my me i i'd want would like please option number answer"}
LONGEST = 8
"""Words; a longer message says something of its own."""


def taken(text: str, options: Sequence[str], language: str) -> int | Literal["neither"] | None:
    """The place of the option that a message takes; None: it takes none, and does not say so."""
    said = [word for word in _words(text) if word not in _listed(IDLE, language)]
    if not 0 < len(said) <= LONGEST or not _listed(DENIED, language).isdisjoint(said):
        return None
    places = [set(words.split()) for words in PLACES.get(language, PLACES["en"])]
    # A place right after another is said of it: "the second one".
    placing = [word for before, word in pairwise(["", *_words(text)]) if not {before, word} <= set().union(*places)]
    titles = [set(_words(title)) - _listed(IDLE, language) for title in options]
    own = [title - set().union(*titles[:at], *titles[at + 1 :]) for at, title in enumerate(titles)]
    named = {at for at, words in enumerate(own) if any(_alike(word, one) for word in said for one in words)}
    placed = {at for at, words in enumerate(places[: len(options)]) if not words.isdisjoint(placing)}
    found = named or placed
    if len(found) == 1:
        return found.pop()
    return None if _listed(NEITHER, language).isdisjoint(said) else "neither"


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower().replace("’", "'"))


def _listed(lists: dict[str, str], language: str) -> set[str]:
    return set(lists.get(language, lists["en"]).split())


def _alike(word: str, other: str) -> bool:
    """Whether two words are one in different forms: "cancel", "cancelling"."""
    short, long = sorted((word, other), key=len)
    return word == other or (len(short) > 3 and long.startswith(short))
