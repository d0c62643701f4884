"""Postal addresses, and the postcodes in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from agent.models.cues import numerals, phrase, phrases, words
from agent.models.recognisers.contact import POSTCODE, envelope
from agent.models.recognisers.found import MANY, TAKEN, Context, Found
from agent.models.segment import divided, sentences

_LONGEST = 200
"""In characters."""
_YEAR = re.compile(r"(?:19|20)\d\d")


def addresses(text: str, context: Context) -> Iterator[Found]:
    """The postal address that is announced or asked for, on one line, and the postcode in it; then what corrects it."""
    found = list(_address(text, _places(text, context), context))
    while found:
        yield from found
        found = list(_address(text, _corrections(text, found[0].end, context), context))


def _address(text: str, places: Iterable[tuple[int, int, bool | None]], context: Context) -> Iterator[Found]:
    """The address at the first of these places that has one, and the postcode in it."""
    for start, end, new in places:
        said = text[start:end]
        codes = [match for match in POSTCODE.finditer(said) if not _is_house(said, match, context)]
        if _is_address(said, codes[-1:], context):
            lines = [" ".join(line.split()).strip(" ,") for line in said.splitlines()]
            yield Found("address", ", ".join(line for line in lines if line), start, end, new)
            for code in codes[-1:]:
                yield Found("postcode", envelope(code[0]), start + code.start(), start + code.end(), new)
            return


def _places(text: str, context: Context) -> Iterator[tuple[int, int, bool | None]]:
    """Where an address may stand, best place first, and whether it is said to be a new one."""
    cues, asked = context.cues, context.asked("address") or context.asked("preference")
    ends = [end for _, end in sentences(text, cues, lines=False)]
    starts: list[tuple[int, bool | None]] = [(cue.end(), True) for cue in _first(cues.new_address, text)]
    starts += [(cue.end(), asked or None) for cue in _first(cues.an_address, text)]
    for start, new in [*starts, *([(0, True)] if asked else [])]:
        stops = [start, *[end for end in ends if end > start][:2]]
        for begin, stop in pairwise(stops):
            yield *_trimmed(text, begin, stop, context), new


def _corrections(text: str, after: int, context: Context) -> Iterator[tuple[int, int, None]]:
    """Where an address may stand that takes the place of the one before."""
    marks = re.compile(rf"(?<!\w)(?:(?:{phrases(context.cues.corrects)})[\s,.:;-]+)+", re.IGNORECASE)
    for cue in islice(marks.finditer(text, after, after + _LONGEST), MANY):
        stop = next(
            end for _, end in [*sentences(text, context.cues, lines=False), (0, len(text))] if end > cue.start()
        )
        yield *_trimmed(text, cue.end(), stop, context), None


def _first(cues: str, text: str) -> Iterator[re.Match[str]]:
    return islice(phrase(cues).finditer(text), MANY)


def _trimmed(text: str, start: int, stop: int, context: Context) -> tuple[int, int]:
    """What of a sentence may be the address: not the polite words at its ends, nor another matter begun in it."""
    stop = min(stop, start + _LONGEST)
    begin = re.compile(rf"[\s,;:&{TAKEN}]*").match(text, start, stop)
    start = begin.end() if begin else start
    if (taken := text.find(TAKEN, start, stop)) >= 0:
        joint = re.compile(rf".*(?P<cut>[,;/]|\s(?:{'|'.join(words(context.cues.joint))})\s)").match(text, start, taken)
        stop = joint.start("cut") if joint else taken
    stop = next((end for _, end in divided(text, start, stop, context.cues)), stop)
    corrected = re.compile(rf"[,;–—-]+\s*(?:\w+\s){{0,2}}?(?:{phrases(context.cues.corrects)})(?!\w)", re.IGNORECASE)
    stop = cut.start() if (cut := corrected.search(text, start, stop)) else stop
    pieces = [(match.start(), match.end()) for match in re.compile(r"[^\s,.:;!]+").finditer(text, start, stop)]
    cues = context.cues
    idle = (words(cues.polite) | words(cues.between) | words(cues.rather)) - numerals(cues).keys()
    inner = [(at, end) for at, end in pieces if text[at:end].lower() not in idle]
    begun = [at for at, end in inner if _begins(text[at:end], context)]
    return ((begun or [inner[0][0]])[0], inner[-1][1]) if inner else (start, start)


def _begins(word: str, context: Context) -> bool:
    """Whether an address may begin with this word: a capital, a number, a street."""
    return word[0].isupper() or word[0].isdigit() or phrase(context.cues.street).match(word) is not None


def _is_house(said: str, match: re.Match[str], context: Context) -> bool:
    """Whether digits at the head of an address are the house's: "1204 Elm Street, Springfield 62704"."""
    street = phrase(context.cues.street).search(said.split(",")[0])
    return match.start() == 0 and match[0].isdigit() and street is not None


def _is_address(said: str, code: list[re.Match[str]], context: Context) -> bool:
    """A place with a number: in a street, or beside a postcode that is no year, or on several lines."""
    numbers = re.findall(r"\d+", said)
    street = phrase(context.cues.street).search(said)
    coded = bool(code) and len(numbers) > len(re.findall(r"\d+", code[0][0])) and not _YEAR.fullmatch(code[0][0])
    named = re.search(r"[^\W\d_]{3,}", said)
    return bool(named and numbers) and (coded or street is not None or "\n" in said)
