"""Moments as people write them, in the company's time zone: "Thursday 3 December 2026 at 10:00"."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from knowledge.company import BusinessHours

DAYS = {"en": "monday tuesday wednesday thursday friday saturday sunday"}
MONTHS = {"en": "january february march april may june july august september october november december"}
SPOKEN = {"en": "{weekday} {day} {month} {year} at {time}"}
TO = {"en": "to"}
"""ISO 639-1 → the names, how a moment is told, and the word between two ends."""


def spoken(moment: str, language: str) -> str:
    """`2026-12-03T10:00` in words; with the year, so that nobody agrees to one far away by mistake.

    Raises ValueError for a text that is none.
    """
    at = datetime.fromisoformat(moment)
    return SPOKEN.get(language, SPOKEN["en"]).format(
        weekday=named(DAYS, language)[at.weekday()].title(),
        day=at.day,
        month=named(MONTHS, language)[at.month - 1].title(),
        year=at.year,
        time=f"{at:%H:%M}",
    )


def hours_spoken(hours: BusinessHours, language: str) -> str:
    """When people are there: "Monday to Friday 9:00 to 18:00, Saturday 10:00 to 14:00"; days alike are told as one."""
    if hours.said:
        return hours.said
    days, to = [day.title() for day in named(DAYS, language)], TO.get(language, TO["en"])
    told, number = [], 0
    for times, alike in groupby(hours.week):
        last = number + len(list(alike)) - 1
        span = days[number] if number == last else f"{days[number]} {to} {days[last]}"
        told += [f"{span} {times.replace(' to ', f' {to} ')}"] if times else []
        number = last + 1
    return ", ".join(told)


def named(lists: dict[str, str], language: str) -> list[str]:
    """The names of a language, in their order; English where it has none."""
    return lists.get(language, lists["en"]).split()
