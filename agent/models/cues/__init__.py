"""The words that tell what a part of a message is: data, one `Cues` a language, each in a file of its own."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

from agent.models.cues.de import GERMAN
from agent.models.cues.en import ENGLISH as ENGLISH
from agent.models.cues.es import SPANISH
from agent.models.cues.fr import FRENCH
from agent.models.cues.shape import Cues as Cues

CUES = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}
"""ISO 639-1 → cues; a language without an entry is read with the English ones, which know ids and numbers at least."""

_SPELT = {
    "'": ("'", "’"),
    "ä": ("ä", "ae", "a"), "ö": ("ö", "oe", "o"), "ü": ("ü", "ue", "u"), "ß": ("ß", "ss"), "œ": ("œ", "oe"),
    "á": ("á", "a"), "à": ("à", "a"), "â": ("â", "a"), "ç": ("ç", "c"), "é": ("é", "e"), "è": ("è", "e"),
    "ê": ("ê", "e"), "ë": ("ë", "e"), "í": ("í", "i"), "î": ("î", "i"), "ï": ("ï", "i"), "ñ": ("ñ", "n"),
    "ó": ("ó", "o"), "ô": ("ô", "o"), "ú": ("ú", "u"), "ù": ("ù", "u"), "û": ("û", "u"),
}  # fmt: skip
"""A letter → how it is written, with care and in a hurry."""


def phrases(listed: str) -> str:
    """A list of phrases as one alternation, to be put in a group."""
    return "|".join(_loose(" ".join(one.split()).replace(" ", r"\s")) for one in listed.split(","))


@cache
def phrase(listed: str) -> re.Pattern[str]:
    """A pattern for any of these phrases as whole words."""
    return re.compile(rf"(?<!\w)(?:{phrases(listed)})(?!\w)", re.IGNORECASE)


@cache
def words(listed: str) -> frozenset[str]:
    """The words of a list, in each way in which they are written."""
    return frozenset(form for word in listed.split() for form in _forms(word))


@cache
def numerals(cues: Cues) -> dict[str, int]:
    """What the written numbers mean."""
    pairs = (numeral.split("=") for numeral in cues.numerals.split())
    return {form: int(value) for word, value in pairs for form in _forms(word)}


def months(cues: Cues) -> dict[str, int]:
    """The beginnings of the names of the months, each with its number."""
    named = enumerate(cues.months.split(), 1)
    return {form: number for number, name in named for form in _forms(name)}


def _forms(word: str) -> list[str]:
    return ["".join(letters) for letters in product(*(_SPELT.get(letter, (letter,)) for letter in word))]


def _loose(pattern: str) -> str:
    """A pattern that takes letters as they are written in a hurry."""
    return "".join(f"(?:{'|'.join(_SPELT[sign])})" if sign in _SPELT else sign for sign in pattern)
