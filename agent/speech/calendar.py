"""Calendar: which day or time a customer means, reckoned from when they wrote, in the company's time zone.

What is understood in one way only is taken: two days, a day that is past or a date that is none give nothing, and the
customer is asked. "At two" is taken as within waking hours; whatever is done with it is confirmed with the exact day
and time first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from agent.speech.moments import marked
from agent.speech.times import day_names, plain, times_of

WAKING = range(8, 20)
"""The hours that "at two" means, where it does not say which half of the day."""
_ISO = re.compile(r"(?<![\w-])(?P<iso>\d{4}-\d{2}-\d{2})(?![\w-])")
_MINUTE = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class When:
    """What a text says of when."""

    value: str
    """A day (`2026-12-03`), a moment (`2026-12-03T10:00`), or two of either with `/` between."""
    text: str
    """The words that say it."""


def when(text: str, now: datetime, language: str) -> When | None:
    """The one day or time from `now` on that a text names; `now` is local."""
    said = _Said(text, now, language)
    value = None if re.search(said.words.gone, said.rest) else said.hours_ahead() or said.on_days()
    if value is None or not said.spans or _is_over(value, now):
        return None
    return When(value, text[min(said.spans)[0] : max(end for _, end in said.spans)])


def _is_over(value: str, now: datetime) -> bool:
    last = value.split("/")[-1]
    return (last if "T" in last else f"{last}T23:59") <= f"{now:{_MINUTE}}"


class _Said:
    """A text on its way to be understood: what was understood is taken out of `rest`."""

    def __init__(self, text: str, now: datetime, language: str) -> None:
        self.rest, self.now, self.language = plain(text), now, language
        self.words = times_of(language)
        self.spans: list[tuple[int, int]] = []
        self.days: list[date | None] = []
        """None: a day that the calendar has not."""
        self.times: list[frozenset[str]] = []
        self.part: tuple[str, str] | None = None
        self._parts()

    def take(self, pattern: str | re.Pattern[str]) -> list[dict[str, str]]:
        """What the matches of a pattern name."""
        found = list(re.finditer(pattern, self.rest))
        for match in found:
            self.spans.append(match.span())
            self.rest = self.rest[: match.start()] + " " * len(match[0]) + self.rest[match.end() :]
        return [match.groupdict() for match in found]

    def hours_ahead(self) -> str | None:
        """So many minutes or hours from now; a count of days or weeks is kept as the day that it leads to."""
        found = self.take(self.words.ahead)
        numerals = self.words.numerals.split()
        for one in found:
            count = one["count"]
            n = int(count) if count.isdigit() else numerals.index(count) + 1 if count in numerals else 1
            unit = self.words.units[one["unit"]]
            after = self.now + timedelta(**{unit: n})
            if unit in ("minutes", "hours"):
                return f"{after:{_MINUTE}}"
            self.days.append(after.date())
        return None

    def on_days(self) -> str | None:
        """On the one day that is named, at the time that is."""
        days, week = [*self.days, *self._told_from_now()], self._week()
        marks = marked(self.rest, self.language)
        self.rest, self.spans = marks.rest, [*self.spans, *marks.spans]
        for first, second in pairwise([*marks.sought, frozenset[str]()]):
            kind, _, what = sorted(first)[0].partition(":")
            if kind == "d":
                days.append(self._next(int(what), int(min(second)[2:])))
            elif kind == "w":
                days.append(self._weekday(what, week))
            elif kind == "r" and what != "next":
                return None
            elif kind == "t":
                self.times.append(first)
        if None in days or len(set(days)) > 1 or len(self.times) > 1:
            return None
        if not days and week is not None:
            return f"{max(week, self.now.date())}/{week + timedelta(6)}"
        return self._at(days[0] if days else None)

    def _told_from_now(self) -> list[date | None]:
        days = [_date(iso["iso"]) for iso in self.take(_ISO)]
        days += [self._next(int(nth["nth"])) for nth in self.take(self.words.on_the)]
        for words, ahead in self.words.days_ahead.items():
            days += [self.now.date() + timedelta(ahead) for _ in self.take(rf"\b(?:{words})\b")]
        return days

    def _week(self) -> date | None:
        """The Monday of the week that is named."""
        monday = self.now.date() - timedelta(self.now.weekday())
        weeks = self.words.weeks_ahead.items()
        found = [monday + timedelta(7 * ahead) for words, ahead in weeks for _ in self.take(rf"\b(?:{words})\b")]
        return found[0] if len(found) == 1 else None

    def _weekday(self, short: str, week: date | None) -> date:
        at = [name[:2] for name in day_names(self.language)].index(short)
        if week is not None:
            return week + timedelta(at)
        return self.now.date() + timedelta((at - self.now.weekday() - 1) % 7 + 1)

    def _next(self, day: int, month: int | None = None) -> date | None:
        """The first such day from today on, within a year."""
        coming = (self.now.date() + timedelta(ahead) for ahead in range(366))
        return next((one for one in coming if one.day == day and month in (None, one.month)), None)

    def _parts(self) -> None:
        """The part of the day that is named."""
        for words, part in self.words.parts.items():
            if re.search(rf"\b(?:{words})\b", self.rest):
                self.part = part

    def _at(self, day: date | None) -> str | None:
        """The day, with the time or the part of it that was said."""
        if self.times:
            time = _likely(self.times[0], self.part)
            today = f"{self.now.date()}T{time}" > f"{self.now:{_MINUTE}}"
            return f"{day or self.now.date() + timedelta(0 if today else 1)}T{time}"
        if self.part is not None:
            return f"{day or self.now.date()}T{self.part[0]}/{day or self.now.date()}T{self.part[1]}"
        return day.isoformat() if day is not None else None


def _likely(times: frozenset[str], part: tuple[str, str] | None) -> str:
    """Of the times that may be meant, the one in the part of the day that was said, or in waking hours."""
    told = sorted(mark[2:] for mark in times)
    within = [at for at in told if part is not None and part[0] <= at <= part[1]]
    waking = [at for at in told if int(at[:2]) in WAKING]
    return (within or waking or told)[0]


def _date(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
