"""What all recognisers share: a value where it was found, what was asked, and what words stand around a place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from agent.models.cues import Cues, phrases, words

TAKEN = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for each character of a value that an earlier recogniser took."""
MANY = 20
"""Candidates looked at for one kind of value; a message with more of them is noise."""
NEAR = 48
"""How far away, in characters, an announcement may stand."""


@dataclass(frozen=True)
class Found:
    """A value and its place in the message."""

    name: str
    value: str
    start: int
    end: int
    new: bool | None = None
    """As in `ValueSeen`."""


@dataclass(frozen=True)
class Context:
    """What a message is read in the light of."""

    text: str
    """The whole message; recognisers are given it without what others took."""
    slots: frozenset[str]
    """Names asked for as new values."""
    proofs: frozenset[str]
    """Names asked for to show who someone is, the one-time code among them."""
    choices: frozenset[str]
    """Names for which a choice was offered."""
    proposed: frozenset[str]
    """Names of the arguments of a proposal that waits for a yes."""
    region: str
    """ISO 3166, or empty: not known."""
    cues: Cues

    def asked(self, name: str) -> bool:
        """Whether the customer was asked for this in the last turn."""
        return name in self.slots or name in self.proofs


def blank(text: str, found: Iterable[Found]) -> str:
    """The text with these values taken out; places stay as they are."""
    for value in found:
        text = text[: value.start] + TAKEN * (value.end - value.start) + text[value.end :]
    return text


def words_before(text: str, at: int) -> list[str]:
    """The words right before a place, nearest first, up to a comma, an end or another value; at most eight."""
    stretch = re.split(rf"[!?,;{TAKEN}]|\.\s+(?=[A-Z])|\n\s*\n", text[max(0, at - 2 * NEAR) : at])[-1]
    return [word.strip("'").lower() for word in re.findall(r"[^\W_][\w'-]*", stretch)][:-9:-1]


def announced(text: str, start: int, end: int, cues: Cues) -> str | None:
    """The kind of number that the words around a place announce; those before it count first."""
    before = list(_announcements(cues).finditer(text[:start], max(0, start - NEAR)))
    if before and leads(text[before[-1].end() : start], cues):
        return _spoken_of(before)
    equals, owned = "|".join(words(cues.equals)), "|".join(words(cues.owned))
    gap = re.compile(rf"\s{{1,3}}(?:(?:{equals}|=)\s)?(?:(?:{owned})\s)?", re.IGNORECASE).match(text, end)
    cue = _announcements(cues).match(text, gap.end()) if gap else None
    if (
        cue
        and cue.lastgroup != "number"
        and not re.compile(rf"\W{{0,3}}(?:(?:{equals})\b\s?)?[\d{TAKEN}]").match(text, cue.end())
    ):
        return cue.lastgroup
    return None


def _spoken_of(announcements: list[re.Match[str]]) -> str | None:
    """The kind of the last announcement; a mere "number" is of the kind spoken of before, or a phone's."""
    kinds = [cue.lastgroup for cue in announcements if cue.lastgroup != "number"]
    return kinds[-1] if kinds else "phone"


def leads(stretch: str, cues: Cues) -> bool:
    """Whether a stretch of text leads from a cue to a value: a few small words, or other values of a list."""
    joined = "|".join(words(cues.joint) | words(cues.either))
    last = re.split(rf"[\d{TAKEN}](?=\s*(?:[,/&+]|(?:{joined})\b))", stretch)[-1]
    between = re.findall(rf"[^\W\d_][\w']*|[\d{TAKEN}!?]", last.lower())
    return len(between) <= 4 and all(word in words(cues.between) or word in words(cues.joint) for word in between)


@cache
def _announcements(cues: Cues) -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{kind}>{phrases(listed)})" for kind, listed in cues.announce.items())
    return re.compile(rf"(?<!\w)(?:{kinds})(?!\w)", re.IGNORECASE)
