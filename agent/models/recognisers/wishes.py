"""Wishes: how often something comes, where a parcel is left, and which things of an order are meant.

Places and things are given in the customer's own words; what they mean is for the carrier and the systems to find out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice

from agent.models.cues import Cues, numerals, phrase, phrases, words
from agent.models.recognisers.found import MANY, TAKEN, Context, Found
from agent.models.recognisers.reasons import trimmed, whole
from agent.models.segment import Span, segment


def plans(text: str, context: Context) -> Iterator[Found]:
    """How often something shall come: `weekly`, `biweekly`, `monthly`."""
    for match in islice(_plans(context.cues).finditer(text), MANY):
        yield Found("plan", str(match.lastgroup), *match.span())


def preferences(text: str, context: Context) -> Iterator[Found]:
    """Where a parcel shall be left, or what its driver shall do, if it is said in so many words."""
    cues = context.cues
    for start, end in segment(text, cues):
        wish = _wish(cues).search(text, start, end)
        if wish and (place := trimmed(text, _before_reasons(text, wish.start("said"), end, cues), cues)):
            yield _in_their_words("preference", place, context)


def wished(text: str, context: Context, found: Sequence[Found]) -> Iterator[Found]:
    """Where a parcel shall be left: what was answered when it was asked for, or what takes the place of a proposal."""
    cues = context.cues
    if any(value.name in ("preference", "address") for value in found):
        return
    place: Span | None = None
    if "preference" in context.slots and TAKEN not in text and "?" not in text:
        place = whole(text, cues)
    elif "preference" in context.proposed and (rather := _rather(cues).match(text)):
        place = trimmed(text, rather.span("said"), cues)
    if place:
        yield _in_their_words("preference", place, context)


def items(text: str, context: Context) -> Iterator[Found]:
    """Which things of an order shall come back, if they are named with the wish, or counted when it was asked for."""
    cues = context.cues
    named = [place for start, end in segment(text, cues) for place in _things(text, start, end, cues)]
    fewer = "items" in context.proposed and phrase(cues.only).search(text) is not None
    told = ("items" in context.choices | context.proposed and counts(text, cues)) or fewer
    if not named and told and not phrase(cues.besides).search(text):
        named = [place for place in [whole(text, cues)] if place]
    if named:
        yield _in_their_words("items", (named[0][0], named[-1][1]), context)


def _things(text: str, start: int, end: int, cues: Cues) -> Iterator[Span]:
    """The things that a part names beside a wish to send them back."""
    if (wish := _sent_back(cues).search(text, start, end)) is not None:
        place = wish.span("after" if wish["after"] else "between")
    elif (wish := phrase(cues.goes_back).search(text, start, end)) is not None:
        place = (start, wish.start())
    else:
        return
    stop = _besides(cues).search(text, *place)
    named = trimmed(text, (place[0], stop.start() if stop else place[1]), cues) or (0, 0)
    said = re.findall(r"[^\W\d_]['\w-]*", text[slice(*named)].lower())
    idle = words(cues.polite) | words(cues.glue) | words(cues.vague) | words(cues.common) | words(cues.objects)
    if any(word in words(cues.everything) or word not in idle for word in said):
        yield named


def counts(text: str, cues: Cues) -> bool:
    """Whether things are counted or left out: "one of the mugs", "all but the beans"."""
    numbers = "|".join(numerals(cues))
    counted = re.search(rf"(?<!\w)(?:\d{{1,3}}|{numbers})\s(?!{'|'.join(words(cues.joint))})[^\W\d_]", text.lower())
    return counted is not None or phrase(cues.but).search(text) is not None


def _in_their_words(name: str, place: Span, context: Context) -> Found:
    said = " ".join(context.text[slice(*place)].split())
    return Found(name, said, *place)


def _before_reasons(text: str, start: int, end: int, cues: Cues) -> Span:
    """Up to why, and up to the order that it is about."""
    why = rf"[,;]?\s(?:{phrases(cues.because)})(?!\w)|[,;]\s(?:{phrases(cues.tells)})(?!\w)"
    stop = re.compile(rf"{why}|\s(?:{'|'.join(words(cues.of_thing))})\s(?:\w+\s)?{TAKEN}|\?", re.IGNORECASE).search(
        text, start, end
    )
    return start, stop.start() if stop else end


@cache
def _plans(cues: Cues) -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{plan}>{phrases(said)})" for plan, said in cues.plans.items())
    return re.compile(rf"(?<!\w)(?:{kinds})(?!\w)", re.IGNORECASE)


@cache
def _wish(cues: Cues) -> re.Pattern[str]:
    place = rf"(?:{phrases(cues.where)})\s(?!{TAKEN})"
    of_what = rf"(?:(?:{'|'.join(words(cues.of_thing))}|{TAKEN}+)\s){{0,3}}"
    thing, aside = rf"(?:(?:{phrases(cues.thing)}|{TAKEN}+)\s{of_what})?", "|".join(words(cues.aside))
    left = rf"(?:{phrases(cues.leaves)})\s{thing}(?:(?:{aside})\s)?{place}"
    spot = rf"(?:{'|'.join(words(cues.spot_at))})\s(?:\w+\s){{0,3}}?(?:{phrases(cues.spots)})(?!\w)"
    handed = rf"(?:{phrases(cues.hands)})\s{thing}(?:(?:{aside})\s)?{spot}"
    return re.compile(rf"(?<!\w)(?P<said>{left}|{handed}|(?:{phrases(cues.rings)})(?!\w))", re.IGNORECASE)


@cache
def _rather(cues: Cues) -> re.Pattern[str]:
    corrected = rf"(?:{phrases(cues.corrects)}|{'|'.join(words(cues.better))})"
    return re.compile(rf"\W*(?:{corrected}[\s,.:;–-]+)+(?P<said>(?:{phrases(cues.where)})\s.+)", re.IGNORECASE)


@cache
def _sent_back(cues: Cues) -> re.Pattern[str]:
    after = rf"(?:{phrases(cues.back)})\s(?P<after>\S.*)"
    apart = phrases(cues.apart) or "(?!)"  # without a particle nothing stands before it
    between = rf"(?:{phrases(cues.brings)})\s(?P<between>\S(?:.{{0,80}}?\S)?)\s(?:{apart})(?!\w)"
    return re.compile(rf"(?<!\w)(?:{after}|{between})", re.IGNORECASE)


@cache
def _besides(cues: Cues) -> re.Pattern[str]:
    return re.compile(rf"[?!;{TAKEN}]|(?<!\w)(?:{phrases(cues.besides_that)})(?!\w)", re.IGNORECASE)
