"""Moments: times as arguments have them, in the company's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

MORNING = "09:00"
"""When a day begins for what is to be done on it."""


def begins(value: object) -> object:
    """The moment with which a day, a stretch between two (`…/…`) or a moment itself begins."""
    if not isinstance(value, str):
        return value
    first = value.split("/")[0]
    return first if "T" in first else f"{first}T{MORNING}"


Local = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")]
"""A moment, `2026-12-03T10:00`."""
Beginning = Annotated[Local, BeforeValidator(begins)]
"""The same, where a day or a stretch of time stands for its beginning."""


def local(at: datetime, zone: tzinfo) -> str:
    """An aware time as the company's clock has it."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"


def stamp(moment: str, zone: tzinfo) -> str:
    """A local moment as ISO 8601 in UTC, with microseconds, so that stamps compare as text. Raises ValueError."""
    at = datetime.fromisoformat(moment).replace(tzinfo=zone)
    return at.astimezone(UTC).isoformat(timespec="microseconds")
