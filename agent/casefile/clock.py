"""The one clock: all times of the product come from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Clock:
    """The system's clock, moved by `offset_s` seconds so that due times can be tried."""

    offset_s: float = 0.0

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)

    def stamp(self) -> str:
        """The time as ISO 8601 with microseconds; stamps sort as times."""
        return iso(self.now())

    def after(self, seconds: float) -> str:
        """The stamp of a time that many seconds from now."""
        return iso(self.now() + timedelta(seconds=seconds))


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds, so that stamps compare as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
