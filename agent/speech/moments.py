"""Moments: the days and times that a text names, as marks that can be compared: "Thursday at half past two".

Nothing is reckoned here. "10" may be in the morning or at night, and "tomorrow" is a mark of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from re import fullmatch

from agent.speech.times import day_names, month_names, plain, short_of, times_of

NOON = 12


@dataclass(frozen=True)
class Marks:
    """What a text says of days and times, and the rest of it."""

    sought: list[frozenset[str]]
    """Each thing that was said, as the marks of which it may mean one."""
    rest: str
    """As long as the text, with spaces in the places of what was said."""
    spans: list[tuple[int, int]]


def marked(text: str, language: str) -> Marks:
    """The days and times of a text, each with all that it may mean."""
    sought, spans, rest = list[frozenset[str]](), list[tuple[int, int]](), plain(text)
    for pattern in _patterns(language):
        for match in pattern.finditer(rest):
            spans.append(match.span())
            sought += _meant({k: v for k, v in match.groupdict().items() if v}, language)
        rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    return Marks(sought, rest, spans)


def marks_of(text: str, language: str) -> frozenset[str]:
    """What a text means that is written with care: 10:00 is in the morning."""
    marks = {sorted(meant)[0] for meant in marked(text, language).sought}
    halves = {"half:am" if int(mark[2:4]) < NOON else "half:pm" for mark in marks if mark.startswith("t:")}
    return frozenset(marks | halves)


def _meant(said: dict[str, str], language: str) -> Iterator[frozenset[str]]:
    times = times_of(language)
    if "hour" in said:
        yield from _times(said, language)
    if "day" in said:
        names = month_names(language)
        month = next(n for n, name in enumerate(names, 1) if said["month"].startswith(short_of(name, names)))
        yield frozenset({f"d:{int(said['day'])}"})
        yield frozenset({f"m:{month}"})
    if "weekday" in said:
        yield frozenset({f"w:{said['weekday'][:2]}"})
    if "coming" in said:
        yield frozenset({"r:next"})
    if "relative" in said:
        yield frozenset({f"r:{said['relative']}"})
    if "half" in said:
        yield frozenset(
            {f"half:{next(half for words, half in times.halves.items() if fullmatch(words, said['half']))}"}
        )
    if "noon" in said:
        yield frozenset({"t:12:00"})


def _times(said: dict[str, str], language: str) -> Iterator[frozenset[str]]:
    times = times_of(language)
    numerals = times.numerals.split()
    hour = numerals.index(said["hour"]) + 1 if said["hour"] in numerals else int(said["hour"])
    minute = int(said.get("minute", "0"))
    for words, minutes in {**times.past, **times.after}.items():
        minute += minutes if fullmatch(words, said.get("past", said.get("after", ""))) else 0
    if hour < 24 and minute < 60:
        half = said.get("ampm", "")
        either = [hour] if hour > NOON or said["hour"].startswith("0") else [hour, (hour + NOON) % 24]
        second = re.search(times.second_half, half) is not None
        hours = ([hour % NOON + NOON] if second else [hour % NOON]) if half else either
        yield frozenset(f"t:{(h * 60 + minute) // 60 % 24:02}:{minute % 60:02}" for h in hours)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """From the surest shape to the loosest; what one has taken no other sees."""
    times, names = times_of(language), month_names(language)
    short = [short_of(name, names) for name in names]
    months = "|".join(rf"{cut}(?:{name[len(cut) :]})?" for cut, name in zip(short, names, strict=True))
    days = "|".join(rf"{name[:3]}(?:{name[3:]}|{name[3:4]}|{name[3:5]})?" for name in day_names(language))
    hour, half = rf"(?P<hour>\d{{1,2}}|{'|'.join(times.numerals.split())})", rf"(?P<ampm>{times.half})"
    past, after = "|".join(times.past) or "(?!)", "|".join(times.after) or "(?!)"
    digits = r"(?P<hour>\d{1,2})"
    shapes = (
        rf"(?P<past>{past})\s{hour}\b{half}?",
        rf"{hour}(?:{times.unit})?\s(?P<after>{after})\b{half}?",
        rf"\b(?P<day>\d{{1,2}}){times.nth}\s{times.of}(?P<month>{months})\b",
        rf"\b(?P<month>{months})\s(?:the\s)?(?P<day>\d{{1,2}}){times.nth}\b(?!:)",
        rf"(?<![\w.:]){digits}[:.](?P<minute>\d{{2}})(?![\w:]|\.\d)(?:{times.unit})?{half}?",
        rf"(?<![\w.:]){digits}{times.unit.removesuffix(chr(92) + 'b')}\s?(?P<minute>\d{{2}})(?!\w)",
        rf"(?<![\w.:]){hour}{half}",
        rf"(?<![\w.:]){hour}{times.unit}{half}?",
        rf"(?:{times.lead}){hour}(?![\w:.]\d|\w){half}?",
        rf"\b(?P<weekday>{days})s?\b",
        rf"\b(?P<noon>{times.noon})\b",
        rf"\b(?P<coming>{times.coming})\b",
        rf"\b(?P<relative>{'|'.join(times.relative.split())})\b",
        rf"\b(?P<half>{'|'.join(times.halves)})\b",
    )
    return tuple(re.compile(shape) for shape in shapes)
