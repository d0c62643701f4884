"""Moments, days and money as people write them in their language: "Thursday 3 December 2026 at 10:00", "12,50 €".

Moments are in the company's time zone. The names are those of the Unicode locale data, as Babel carries them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import groupby

from babel.dates import format_date, format_datetime, get_day_names, get_month_names
from babel.numbers import format_currency

from knowledge.company import BusinessHours

SPOKEN = {
    "en": "EEEE d MMMM y 'at' HH:mm",
    "de": "EEEE, d. MMMM y 'um' HH:mm 'Uhr'",
    "es": "EEEE d 'de' MMMM 'de' y 'a las' HH:mm",
    "fr": "EEEE d MMMM y 'à' HH:mm",
}
DATED = {"en": "d MMMM y", "de": "d. MMMM y", "es": "d 'de' MMMM 'de' y", "fr": "d MMMM y"}
TO = {"en": "to", "de": "bis", "es": "a", "fr": "à"}
"""ISO 639-1 → how a moment and a day are told, and the word between two ends."""


def spoken(moment: str, language: str) -> str:
    """`2026-12-03T10:00` in words; with the year, so that nobody agrees to one far away by mistake.

    Raises ValueError for a text that is none.
    """
    return format_datetime(datetime.fromisoformat(moment), SPOKEN[_known(language)], locale=_known(language))


def dated(moment: str, language: str) -> str:
    """The day of a date or of a moment in words. Raises ValueError for a text that is none."""
    return format_date(date.fromisoformat(moment[:10]), DATED[_known(language)], locale=_known(language))


def money(amount: object, currency: str, language: str) -> str:
    """A sum as it is written in this language. Raises ValueError for what is no number."""
    try:
        return (
            format_currency(Decimal(str(amount)), currency, locale=_known(language))
            .replace("\xa0", " ")
            .replace("\u202f", " ")
        )
    except InvalidOperation:
        raise ValueError(f"'{amount}' is no sum of money") from None


def hours_spoken(hours: BusinessHours, language: str) -> str:
    """When people are there: "Monday to Friday 9:00 to 18:00, Saturday 10:00 to 14:00"; days alike are told as one."""
    if hours.said:
        return hours.said
    days, to = [*_names(get_day_names(locale=_known(language))).values()], TO[_known(language)]
    told, number = [], 0
    for times, alike in groupby(hours.week):
        last = number + len(list(alike)) - 1
        span = days[number] if number == last else f"{days[number]} {to} {days[last]}"
        told += [f"{span} {times.replace(' to ', f' {to} ')}"] if times else []
        number = last + 1
    return ", ".join(told)


@cache
def days_of(language: str) -> list[str]:
    """The names of the days in lower case, Monday first; English where a language is not known."""
    return [name.lower() for name in _names(get_day_names(locale=_known(language))).values()]


@cache
def months_of(language: str) -> list[str]:
    """The names of the months in lower case."""
    return [name.lower() for name in _names(get_month_names(locale=_known(language))).values()]


def _names(found: Mapping[int, str]) -> dict[int, str]:
    return {number: found[number] for number in sorted(found)}


def _known(language: str) -> str:
    return language if language in SPOKEN else "en"
