"""Moments: the days and times that a text names, as marks that can be compared: "Thursday at half past two".

Nothing is reckoned here. "10" may be in the morning or at night, and "tomorrow" is a mark of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from knowledge.moments import DAYS, MONTHS, named

NUMERALS = {"en": "one two three four five six seven eight nine ten eleven twelve"}
RELATIVE = {"en": "today tomorrow tonight yesterday next week weekend weeks days month"}
"""ISO 639-1 → words for a time that is told from now on."""
HALVES = {"en": {"morning": "am", "mornings": "am", "afternoon": "pm", "afternoons": "pm", "evening": "pm"}}
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
    sought, spans, rest = list[frozenset[str]](), list[tuple[int, int]](), text.lower().replace("’", "'")
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
    if "hour" in said:
        yield from _times(said, language)
    if "day" in said:
        month = next(n for n, name in enumerate(named(MONTHS, language), 1) if name.startswith(said["month"][:3]))
        yield frozenset({f"d:{int(said['day'])}"})
        yield frozenset({f"m:{month}"})
    if "weekday" in said:
        yield frozenset({f"w:{said['weekday'][:2]}"})
    if "relative" in said:
        yield frozenset({f"r:{said['relative']}"})
    if "half" in said:
        yield frozenset({f"half:{HALVES.get(language, HALVES['en'])[said['half']]}"})
    if "noon" in said:
        yield frozenset({"t:12:00"})


def _times(said: dict[str, str], language: str) -> Iterator[frozenset[str]]:
    numerals = named(NUMERALS, language)
    hour = numerals.index(said["hour"]) + 1 if said["hour"] in numerals else int(said["hour"])
    minute = {"half past": 30, "quarter past": 15, "quarter to": -15}.get(said.get("past", ""), 0)
    minute += int(said.get("minute", "0"))
    if hour < 24 and minute < 60:
        half = said.get("ampm", "")[:1]
        either = [hour] if hour > NOON or said["hour"].startswith("0") else [hour, (hour + NOON) % 24]
        hours = {"a": [hour % NOON], "p": [hour % NOON + NOON]}.get(half, either)
        yield frozenset(f"t:{(h * 60 + minute) // 60 % 24:02}:{minute % 60:02}" for h in hours)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    """From the surest shape to the loosest; what one has taken no other sees."""
    months = "|".join(rf"{name[:3]}(?:{name[3:]})?" for name in named(MONTHS, language))
    days = "|".join(rf"{name[:3]}(?:{name[3:]}|{name[3:4]}|{name[3:5]})?" for name in named(DAYS, language))
    written = "|".join(named(NUMERALS, language))
    half = r"(?:\s?(?P<ampm>[ap]\.?m\b\.?))"
    shapes = (
        rf"(?P<past>half past|quarter past|quarter to)\s(?P<hour>\d{{1,2}}|{written})\b{half}?",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{months})\b",
        rf"\b(?P<month>{months})\s(?:the\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)",
        rf"(?<![\w.:])(?P<hour>\d{{1,2}})[:.](?P<minute>\d{{2}})(?![\w:]|\.\d){half}?",
        rf"(?<![\w.:])(?P<hour>\d{{1,2}}|{written})(?:{half}|\so'?clock\b)",
        rf"(?:\bat|@)\s?(?P<hour>\d{{1,2}}|{written})(?![\w:.]\d|\w)",
        rf"\b(?P<weekday>{days})s?\b",
        r"\b(?P<noon>noon|midday)\b",
        rf"\b(?P<relative>{'|'.join(named(RELATIVE, language))})\b",
        rf"\b(?P<half>{'|'.join(HALVES.get(language, HALVES['en']))})\b",
    )
    return tuple(re.compile(shape) for shape in shapes)
