"""Days and times are reckoned from when they were written, in the company's zone, or not at all."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speech.calendar import when
from tools.moments import begins

NOW = datetime(2026, 11, 27, 15, 10, tzinfo=ZoneInfo("Europe/Amsterdam"))
"""A Friday."""


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("remind me on Friday at 9 to send the parcel back", "2026-12-04T09:00"),
        ("in two weeks", "2026-12-11"),
        ("in a week at 10", "2026-12-04T10:00"),
        ("in an hour", "2026-11-27T16:10"),
        ("in 20 minutes please", "2026-11-27T15:30"),
        ("tomorrow afternoon", "2026-11-28T12:00/2026-11-28T17:59"),
        ("tomorrow at half past two", "2026-11-28T14:30"),
        ("at 2 tomorrow", "2026-11-28T14:00"),
        ("the day after tomorrow", "2026-11-29"),
        ("tonight at 8", "2026-11-27T20:00"),
        ("on Monday at 8 in the evening", "2026-11-30T20:00"),
        ("monday morning", "2026-11-30T00:00/2026-11-30T11:59"),
        ("next monday", "2026-11-30"),
        ("monday next week", "2026-11-30"),
        ("next week", "2026-11-30/2026-12-06"),
        ("this week", "2026-11-27/2026-11-29"),
        ("on 3 December", "2026-12-03"),
        ("Dec 3rd at 14:30", "2026-12-03T14:30"),
        ("3 November", "2027-11-03"),
        ("on the 5th", "2026-12-05"),
        ("2026-12-24", "2026-12-24"),
        ("at 5pm", "2026-11-27T17:00"),
        ("at 9", "2026-11-28T09:00"),
        ("today at 9", None),
        ("yesterday", None),
        ("two weeks ago", None),
        ("2026-11-01", None),
        ("31 February", None),
        ("2026-02-31", None),
        ("Thursday or Friday", None),
        ("Thursday 5 December", None),
        ("my order HG-123456 from May", None),
        ("hello", None),
        ("", None),
    ],
)
def test_what_is_said_is_one_time_or_none(said: str, value: str | None) -> None:
    found = when(said, NOW, "en")
    assert (found.value if found is not None else None) == value
    assert found is None or found.text in said


@given(st.text(alphabet="0123456789 :./-mondayfrinextweekatpmdecth"), st.datetimes(timezones=st.just(NOW.tzinfo)))
def test_no_time_that_is_understood_is_past(said: str, now: datetime) -> None:
    found = when(said, now, "en")
    assert found is None or max(found.value.split("/")[-1], f"{now:%Y-%m-%d}") >= f"{now:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-12-03", "2026-12-03T09:00"),
        ("2026-12-03T14:30", "2026-12-03T14:30"),
        ("2026-12-03T12:00/2026-12-03T17:59", "2026-12-03T12:00"),
    ],
)
def test_a_day_or_a_stretch_of_time_has_a_beginning(value: str, moment: str) -> None:
    assert begins(value) == moment
