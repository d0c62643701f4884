"""Segment: the parts of a message that may each carry a request of its own.

A part is a place in the message, so that its text stays verbatim. Full stops in ids, decimals and abbreviations end
nothing. A message has at most `MOST` parts; a longer one is cut into so many groups of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from agent.models.cues import Cues, phrase, phrases, words

Span = tuple[int, int]
"""Start and end within the message."""
MOST = 16
_MANY = 400
"""Ends looked at; what comes after them is one sentence."""

_END = re.compile(r"[.!?…]+[\"'”’)]*(?=\s|$)|\n\s*\n|\n")


def sentences(text: str, cues: Cues, *, lines: bool = True) -> list[Span]:
    """The sentences of a text, without the space around them. `lines`: a line's end ends a sentence too."""
    places, start = [], 0
    for end in islice(_END.finditer(text), _MANY):
        if end[0].startswith("\n") and not lines and end[0].count("\n") == 1:
            continue
        if not (end[0] == "." and _abbreviates(text, start, end.start(), cues)):
            places.append((start, end.end()))
            start = end.end()
    return [span for place in [*places, (start, len(text))] if (span := _stripped(text, *place))]


def segment(text: str, cues: Cues) -> list[Span]:
    """The parts of a message: sentences, divided where another request begins within one."""
    parts = [part for start, end in sentences(text, cues) for part in divided(text, start, end, cues)]
    size = -(-len(parts) // MOST) or 1
    groups = [parts[at : at + size] for at in range(0, len(parts), size)]
    return [(group[0][0], group[-1][1]) for group in groups]


def is_request(text: str, cues: Cues) -> bool:
    """Whether a part asks for something by its form; "my parcel is late" asks too, but does not say so."""
    return text.rstrip().endswith("?") or _opens(text, cues) or _within(cues).search(text) is not None


def is_general(text: str, cues: Cues) -> bool:
    """Whether a part asks something that has nothing to do with an order or a thing of the customer's."""
    idle = words(cues.polite) | words(cues.joint)
    first = next((word for word in re.findall(r"[\w']+", text.lower()) if word not in idle), "")
    return first in words(cues.asks) and phrase(cues.own).search(text) is None


def leans(text: str, cues: Cues) -> bool:
    """Whether a question refers to what was said before it: "and how much is it?"."""
    return trails(text, cues) or phrase(cues.refers).search(text) is not None


def trails(text: str, cues: Cues) -> bool:
    """Whether a part only adds to the one before and says too little by itself: "and to Spain?"."""
    first = re.match(r"\s*([\w']+)", text)
    added = first is not None and first[1].lower() in words(cues.joint)
    return phrase(cues.what_of).match(text) is not None or (added and not _opens(text, cues))


def divided(text: str, start: int, end: int, cues: Cues) -> Iterator[Span]:
    """The parts of one sentence. What says nothing yet stays with what follows: "hi", "can you"."""
    for joint in _joints(cues).finditer(text, start, end):
        before = text[start : joint.start()]
        if _says_something(before, cues) and (joint["comma"] is None or _opens(before, cues)):
            if span := _stripped(text, start, joint.start()):
                yield span
            start = joint.end()
    if span := _stripped(text, start, end):
        yield span


@cache
def _joints(cues: Cues) -> re.Pattern[str]:
    """Where one request ends and the next begins; the joining words belong to neither."""
    asks, wants = (rf"(?=(?:{opening})(?!\w))" for opening in (_request(cues), _want(cues)))
    another = rf"(?:{phrases(cues.another)})(?!\w)[,:]?"
    joined = rf"[,.]?\s(?:{'|'.join(words(cues.joint))})\s(?:{another}|{asks})"
    parted = rf"[,;]\s{another}|;\s|\s(?=\(?[1-9]\)\s)|\s{another}\s{asks}"
    return re.compile(rf"{joined}|{parted}|,\s{wants}|(?P<comma>,\s){asks}", re.IGNORECASE)


@cache
def _within(cues: Cues) -> re.Pattern[str]:
    """Where a request begins after an opening clause: "two things: cancel it", "if it is late please cancel it"."""
    please = "|".join(words(cues.please))
    return re.compile(rf"(?:(?:[:,]|\b(?:{please}))\s(?:{_want(cues)})|:\s(?:{_request(cues)}))(?!\w)", re.IGNORECASE)


@cache
def _request(cues: Cues) -> str:
    """The beginnings of a request as one alternation."""
    return rf"{phrases(cues.questions)}|{_want(cues)}"


@cache
def _want(cues: Cues) -> str:
    """The beginnings of a request that is no question."""
    verbs, objects = "|".join(sorted(words(cues.verbs))), "|".join(sorted(words(cues.objects)))
    return rf"{phrases(cues.wants)}|(?:{verbs})\s(?:{objects}|\d+)"


def _says_something(before: str, cues: Cues) -> bool:
    """Whether words were said that are neither polite nor the mere beginning of a request."""
    idle = words(cues.polite) | words(cues.openers)
    return any(word not in idle for word in re.findall(r"[^\W_][\w'-]*", before.lower()))


def _opens(text: str, cues: Cues) -> bool:
    """Whether a request begins here, polite words aside."""
    idle = words(cues.polite) | words(cues.joint)
    said = re.findall(r"[^\s,.!:;]+", text[:200])
    first = next((place for place, word in enumerate(said) if word.lower() not in idle), len(said))
    plain = [word for word in said if word.lower() not in idle]
    opening = re.compile(rf"(?:{_request(cues)})(?!\w)", re.IGNORECASE)
    return any(opening.match(" ".join(words[:4])) for words in (said[first:], plain))


def _abbreviates(text: str, start: int, stop: int, cues: Cues) -> bool:
    """Whether the full stop at this place belongs to a word: "no. 12", "Mr. Berg", "1. cancel it"."""
    before = text[max(start, stop - 24) : stop].lower().split()
    last = before[-1].lstrip("(") if before else ""
    if last in words(cues.numbered) or last.endswith("str"):
        return re.compile(r"\.\s*(?:\d|#|hg)", re.IGNORECASE).match(text, stop) is not None
    return last in words(cues.abbreviations) or (len(before) == 1 and re.fullmatch(r"[a-z]|\d{1,2}", last) is not None)


def _stripped(text: str, start: int, end: int) -> Span | None:
    """The place without space, bullets and joining signs at its ends; None when no word is left."""
    inner = re.compile(r"(?:[\s,;:–—•*>-]|\(?[1-9][.)]\s)*").match(text, start, end)
    start = inner.end() if inner else start
    kept = len(text[start:end].rstrip(" \t\r\n,;:–—•*-"))
    return (start, start + kept) if re.search(r"\w", text[start : start + kept]) else None
