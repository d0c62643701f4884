"""Agreement: how far what somebody says of themselves agrees with what is on record.

One way of comparing for what is typed and for what was heard: 1 means the same, whatever its form, and is reached by
nothing else; what merely comes near stays below. A check that wants certainty asks for `SAME`.

What was heard comes as attempts, each a list of what a recogniser may have heard, likeliest first. A caller spells
("m a x"), says a letter by a word ("t for Tommy", "tango") and digits by words, and a recogniser mishears; so what
counts is the best that was heard in any attempt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

from rapidfuzz.distance import JaroWinkler, Levenshtein
from rapidfuzz.fuzz import partial_ratio

from tools import facts

SAME = 1.0
NEAREST = 0.99
"""What is not the same comes no nearer."""
LATER = 0.01
"""What each likelier guess of a recogniser takes from the ones after it; at most ten times."""

Item = Literal["name", "postcode", "dob"]
Heard = Mapping[Item, Sequence[Sequence[str]]]
"""For each item the attempts to say it, each with what may have been heard, likeliest first."""

WEIGHTS: Mapping[Item, float] = {"name": 1.0, "dob": 1.0, "postcode": 0.5}
"""A postcode is shared by a street, and is misheard most."""

MONTHS = (
    ("jan", "jän", "ene", "sty"),
    ("feb", "fév", "fev", "lut"),
    ("mar", "mär"),
    ("apr", "avr", "abr", "kwi"),
    ("may", "mai", "maj"),
    ("jun", "juin", "cze"),
    ("jul", "juil", "lip"),
    ("aug", "aoû", "aou", "ago", "sie"),
    ("sep", "wrz"),
    ("oct", "okt", "paź", "paz"),
    ("nov", "lis"),
    ("dec", "déc", "dez", "dic", "gru"),
)
"""How the months begin in English, German, Spanish, French and Polish."""
COUNTED = (
    ("zero", "oh", "o", "null", "cero", "zéro"),
    ("one", "first", "won"),
    ("two", "second", "to", "too"),
    ("three", "third"),
    ("four", "fourth", "for"),
    ("five", "fifth"),
    ("six", "sixth"),
    ("seven", "seventh"),
    ("eight", "eighth", "ate"),
    ("nine", "ninth"),
    ("ten", "tenth"),
    ("eleven", "eleventh"),
    ("twelve", "twelfth"),
)
"""Numbers as words, and what they are misheard as."""
_MONTH = {word: f"{number:02}" for number, words in enumerate(MONTHS, 1) for word in words}
_NUMBER = {word: str(number) for number, words in enumerate(COUNTED) for word in words}
_SPELT_BY = re.compile(r"\b(\w) (?:for|as in|like|wie|comme|como|jak) \w+")
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def name(said: str, on_record: str) -> float:
    """How near each word of the name on record is to some word that was said, or to some that were spelt."""
    if facts.same_name(said, on_record):
        return SAME
    spoken, known = _letters(said), _letters(on_record)
    if not spoken or not known:
        return 0.0
    pairs = ["".join(two) for two in pairwise(spoken)]
    near = (max(JaroWinkler.similarity(word, one) for one in (*spoken, *pairs, "".join(spoken))) for word in known)
    return min(NEAREST, sum(near) / len(known))


def postcode(said: str, on_record: str) -> float:
    """How much of the code on record was said in one piece."""
    known = facts.postcode(on_record)
    if not known:
        return 0.0
    if facts.postcode(said) == known:
        return SAME
    plain = _SPELT_BY.sub(r"\1", said.lower())
    signs = "".join(_sign(word) for word in _WORDS.findall(plain))
    return min(NEAREST, partial_ratio(known.lower(), signs) / 100) if signs else 0.0


def born(said: str, on_record: str) -> float:
    """How near the digits that were said are to those of the day on record (ISO), day first or month first."""
    try:
        day = date.fromisoformat(on_record)
    except ValueError:
        return 0.0
    digits = "".join(_digits(word) for word in _WORDS.findall(said.lower()))
    forms = [
        f"{first}{second}{day.year}"
        for one, other in ((day.day, day.month), (day.month, day.day))
        for first in {f"{one:02}", str(one)}
        for second in {f"{other:02}", str(other)}
    ]
    if digits in forms:
        return SAME
    return min(NEAREST, max(Levenshtein.normalized_similarity(digits, form) for form in forms)) if digits else 0.0


COMPARED: Mapping[Item, Callable[[str, str], float]] = {"name": name, "postcode": postcode, "dob": born}


def heard(item: Item, attempts: Sequence[Sequence[str]], on_record: str) -> float:
    """The best that was heard of an item in any attempt; a guess that the recogniser ranks lower counts less."""
    return max(
        (
            COMPARED[item](guess, on_record) - LATER * min(rank, 10)
            for attempt in attempts
            for rank, guess in enumerate(attempt)
        ),
        default=0.0,
    )


def agreement(said: Heard, record: Mapping[str, str]) -> float:
    """How far all that was heard agrees with a record, 0 to 1; what nobody asked for counts neither way."""
    items = [item for item in WEIGHTS if item in said and record.get(item)]
    total = sum(WEIGHTS[item] for item in items)
    return sum(WEIGHTS[item] * heard(item, said[item], record[item]) for item in items) / total if total else 0.0


def _letters(text: str) -> list[str]:
    """The words in plain letters, without marks."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(facts.UNDECOMPOSED))
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign) and sign not in facts.APOSTROPHES)
    return re.findall(r"[^\W\d_]+", plain)


def _sign(word: str) -> str:
    """The letters or digits that a spoken word stands for: itself when it is short, else the letter it begins with."""
    return word if word.isdigit() or (len(word) <= 2 and word not in _NUMBER) else _NUMBER.get(word, word[0])


def _digits(word: str) -> str:
    """The digits of a spoken word; "" for one that is neither a number nor a month."""
    if word.isdigit():
        return word
    return _NUMBER.get(word) or next((_MONTH[word[:size]] for size in (4, 3) if word[:size] in _MONTH), "")
