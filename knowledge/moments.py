"""Moments as people write them, in the company's time zone: "Thursday 3 December 2026 at 10:00"."""

from __future__ import annotations

from datetime import datetime

DAYS = {"en": "monday tuesday wednesday thursday friday saturday sunday"}
MONTHS = {"en": "january february march april may june july august september october november december"}
SPOKEN = {"en": "{weekday} {day} {month} {year} at {time}"}
"""ISO 639-1 → the names, and how a moment is told."""


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


def named(lists: dict[str, str], language: str) -> list[str]:
    """The names of a language, in their order; English where it has none."""
    return lists.get(language, lists["en"]).split()
