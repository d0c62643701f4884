"""Numbers that have a shape: order ids, one-time codes, amounts of money and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice

from price_parser import Price

from agent.models.cues import Cues, months, numerals, phrase, phrases, words
from agent.models.recognisers.found import MANY, NEAR, Context, Found, announced, words_before

_ORDER_ID = re.compile(r"(?<!\w)(?:hg[\s#.:–-]{0,3}|#\s?)(\d{3})[\s-]?(\d{3})(?![\w]|[.,]\d)", re.IGNORECASE)
_SIX = re.compile(r"(?<![\w.,+/-])(\d{3})[\s-]?(\d{3})(?!\w|[.,/-]\d)")
_NUMBER = r"(?:\d{1,3}(?:[.,'\s]\d{3}){1,3}(?:[.,]\d{1,2})?|\d{1,7}(?:[.,]\d{1,2})?)"
_BARE = re.compile(rf"(?<![\w.,+#/-])(?<!\d:){_NUMBER}(?!\w|\s?%|[.,:/-]\d)")
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d{2})-(\d{2})(?![\w-])")
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?![\w/-])")
_MONTH_FIRST = ("US", "PH")
"""Regions that write the month before the day."""


def order_ids(text: str, context: Context) -> Iterator[Found]:
    """Ids as they are printed: `HG-123456`, and what people make of that."""
    return _orders(text, _ORDER_ID.finditer(text), context)


def codes(text: str, context: Context) -> Iterator[Found]:
    """Six digits, when a code was asked for and the words around do not say that they are something else."""
    if context.asked("code"):
        for match in islice(_SIX.finditer(text), MANY):
            if announced(text, *match.span(), context.cues) in {None, "code", "phone"}:
                yield Found("code", match[1] + match[2], *match.span())


def bare_order_ids(text: str, context: Context) -> Iterator[Found]:
    """Six digits alone, when an order is spoken of beside them, its id was asked for, or nothing else explains them."""
    wanted = {"order_id", *((None, "phone") if context.asked("order_id") else ())}
    kinds = ((match, announced(text, *match.span(), context.cues)) for match in islice(_SIX.finditer(text), MANY))
    unexplained = _is_of_orders(text, context)
    bare = (m for m, kind in kinds if kind in wanted or (unexplained and _is_unexplained(text, m, kind, context.cues)))
    return _orders(text, bare, context)


def amounts(text: str, context: Context) -> Iterator[Found]:
    """Money with its currency; one bare number when an amount was asked for. Two places: `12.50`."""
    said = list(islice(_money(context.cues, text), MANY))
    if not said:
        bare = [match for match in islice(_BARE.finditer(text), MANY) if _is_amount(text, match, context)]
        said = [(match[0], *match.span()) for match in bare] if len(bare) == 1 else []
    told = [place for place in said if words(context.cues.paid) & set(words_before(text, place[1])[:3])]
    for number, start, end in said:
        if (number, start, end) not in told or len(told) == len(said):
            yield Found("amount", f"{_figure(number, context.cues):.2f}", start, end)


def dates(text: str, context: Context) -> Iterator[Found]:
    """Days with their year: `2026-11-03`. Others mean nothing without knowing when they were written."""
    for match in islice(_ISO.finditer(text), MANY):
        yield from _day(match, int(match[1]), int(match[2]), int(match[3]))
    for match in islice(_NUMERIC.finditer(text), MANY):
        day, month = int(match[1]), int(match[3])
        if month > 12 or (context.region in _MONTH_FIRST and day <= 12):
            day, month = month, day
        yield from _day(match, int(match[4]), month, day)
    known = months(context.cues)
    of = rf"(?:(?:{'|'.join(words(context.cues.month_of)) or '(?!)'})\s)?"
    named = rf"(?P<m>{'|'.join(known)})[^\W\d_]{{0,8}}\.?"
    for order in (rf"(?P<d>\d{{1,2}})[a-zº.]{{0,2}}\s{of}{named}", rf"{named}\s(?P<d>\d{{1,2}})[a-z]{{0,2}}"):
        written = re.finditer(rf"(?<!\w){order},?\s{of}(?P<y>\d{{4}})(?!\w)", text, re.IGNORECASE)
        for match in islice(written, MANY):
            yield from _day(match, int(match["y"]), known[match["m"].lower()], int(match["d"]))


def _orders(text: str, matches: Iterator[re.Match[str]], context: Context) -> Iterator[Found]:
    """The orders of these ids, and of the six digits that are listed after one: "HG-123456, 123457 and 123458".

    Not when six digits may be something else that was asked for.
    """
    joint_word = rf"(?:{'|'.join(words(context.cues.joint))})\s"
    joined = re.compile(rf"\s*(?:[,&+/]\s*(?:{joint_word})?|{joint_word})(?={_SIX.pattern})")
    lists = not (context.asked("code") or context.asked("postcode"))
    done = 0
    for match in islice(matches, MANY):
        listed = match if match.start() >= done else None
        while listed:
            yield Found("order_id", f"HG-{listed[1]}{listed[2]}", *listed.span())
            done = listed.end()
            joint = joined.match(text, done) if lists else None
            listed = _SIX.match(text, joint.end()) if joint else None


def _is_of_orders(text: str, context: Context) -> bool:
    """Whether a message is about an order, and answers nothing that may be six digits itself."""
    asked = any(map(context.asked, ("code", "postcode", "phone", "amount")))
    about = (context.cues.of_orders, context.cues.defects)
    return not asked and any(phrase(listed).search(text) for listed in about)


def _is_unexplained(text: str, match: re.Match[str], kind: str | None, cues: Cues) -> bool:
    """Whether digits stand by themselves or among small words: no sum, no count of anything, no place's code."""
    start, end = match.span()
    sum_of_money = any(at < end and start < stop for _, at, stop in islice(_money(cues, text), MANY))
    before = re.compile(r"([^\W\d_][\w'-]*)\s$").search(text, max(0, start - NEAR), start)
    after = re.compile(r"\s([^\W\d_][\w'-]*)").match(text, end)
    beside = [re.sub(r"(?:n't|'s)$", "", word[1].lower()) for word in (before, after) if word]
    small = words(cues.common) | words(cues.polite) | words(cues.glue) | words(cues.verbs) | words(cues.joint)

    def may_stand(word: str) -> bool:
        return word in small or phrase(cues.of_orders).fullmatch(word) is not None

    counts = re.compile(
        rf"(?<!\w)(?:{phrases(cues.no_id)}|{'|'.join(words(cues.paid) - words(cues.glue))})\s$", re.IGNORECASE
    )
    explained = sum_of_money or counts.search(text, max(0, start - NEAR), start) is not None
    return kind in {None, "amount"} and not explained and all(map(may_stand, beside))


def _money(cues: Cues, text: str) -> Iterator[tuple[str, int, int]]:
    """The numbers that stand beside a currency, and where both stand."""
    written, currency = "|".join(numerals(cues)), phrases(cues.currency)
    number = rf"{_NUMBER}|(?:{written})(?:[\s-](?:{written}))?"
    money = rf"(?:{currency})\s?(?P<after>{_NUMBER})(?![\d%]|[.,]\d)|(?P<before>{number})\s?(?:{currency})(?!\w)"
    for match in re.finditer(rf"(?<![\w.,])(?<!\d-)(?:{money})", text, re.IGNORECASE):
        yield match["after"] or match["before"], *match.span()


def _is_amount(text: str, match: re.Match[str], context: Context) -> bool:
    """A bare number counts when it was asked for, or is announced, and does not count something else."""
    kind = announced(text, *match.span(), context.cues)
    following = re.compile(r"\s*([^\W\d_][\w']*)").match(text, match.end())
    known = words(context.cues.polite) | words(context.cues.glue)
    counted = following is not None and following[1].lower() not in known
    return not counted and (kind == "amount" or (context.asked("amount") and kind is None))


def _figure(said: str, cues: Cues) -> Decimal:
    """A number as it is written, in either way of grouping, or spelled out: "twenty five", "two hundred"."""
    amount = Price.fromstring(said).amount if said[0].isdigit() else None
    if amount is not None:
        return amount
    first, *second = (numerals(cues)[word] for word in re.split(r"[\s-]", said.lower()))
    return Decimal(first * second[0] if second and second[0] > first else first + sum(second))


def _day(match: re.Match[str], year: int, month: int, day: int) -> Iterator[Found]:
    """The day, unless the calendar has none such."""
    try:
        yield Found("date", date(year, month, day).isoformat(), *match.span())
    except ValueError:
        return
