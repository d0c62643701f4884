"""`company.yaml`: who the company is, how customers show who they are, and what may be spent."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, model_validator

from knowledge.terms import CURRENCY, ID, Document


class Fact(Document):
    """A fact that proves who someone is when it matches the record."""

    name: Literal["order_id", "email", "name", "postcode", "phone"]
    in_order_mail: bool
    """True: anyone who saw an order mail knows it, so it proves nothing alone."""


class IdentityMethods(Document):
    """How customers show who they are."""

    facts: list[Fact]
    facts_needed: int = 2
    code_minutes: int = 10
    code_tries: int = 5
    failed_proofs: int = 5
    """After so many failed proofs a person takes over."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone '{name}'; write one like Europe/Amsterdam")
    return name


class Budget(Document):
    """How much may be spent; when it is used up, a person takes over."""

    tool_calls: Annotated[int, Field(ge=1)]
    """Calls to the company's systems, proofs included."""
    model_calls: Annotated[int, Field(ge=1)]
    effects: Annotated[int, Field(ge=1)]
    """Changes that are sent."""


class Budgets(Document):
    """What a turn, a case (since a person gave it back last) and a customer's day (UTC) may spend."""

    per_turn: Budget = Budget(tool_calls=60, model_calls=20, effects=10)
    per_case: Budget = Budget(tool_calls=1000, model_calls=2000, effects=60)
    per_customer_day: Budget = Budget(tool_calls=1000, model_calls=2000, effects=40)


def _spans(text: str) -> str:
    """Raises ValueError for what is no list of spans of one day, each later than the one before."""
    fits = re.fullmatch(_SPAN, text)
    minutes = [_minute(at) for span in text.split(", ") for at in span.split(" to ")] if fits else []
    if text and (sorted(set(minutes)) != minutes or not minutes or minutes[-1] > _minute("24:00")):
        raise ValueError(f"'{text}' is no opening time; write it like 9:00 to 12:30, 13:00 to 18:00")
    return text


def _minute(at: str) -> int:
    hour, _, minute = at.partition(":")
    return int(hour) * 60 + int(minute)


_SPAN = r"\d{1,2}:[0-5]\d to \d{1,2}:[0-5]\d(?:, \d{1,2}:[0-5]\d to \d{1,2}:[0-5]\d)*"
Open = Annotated[str, AfterValidator(_spans)]
"""When people are there on a day: `9:00 to 12:30, 13:00 to 18:00`."""


class BusinessHours(Document):
    """When people are there, by the company's zone; on a day that is not named nobody is."""

    said: str = ""
    """What customers are told; without it, the days and times below."""
    monday: Open = ""
    tuesday: Open = ""
    wednesday: Open = ""
    thursday: Open = ""
    friday: Open = ""
    saturday: Open = ""
    sunday: Open = ""

    @model_validator(mode="before")
    @classmethod
    def _or_a_text(cls, given: Any) -> Any:
        """A text is only said: nothing can depend on it."""
        return {"said": given} if isinstance(given, str) else given

    @property
    def week(self) -> list[str]:
        """Each day's spans, Monday first; "" for none."""
        return [self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday]

    def are_open(self, now: datetime) -> bool | None:
        """Whether people are there at a moment of the company's zone; None where no day is named."""
        if not any(self.week):
            return None
        spans = [span.split(" to ") for span in self.week[now.weekday()].split(", ") if span]
        return any(_minute(opens) <= now.hour * 60 + now.minute < _minute(closes) for opens, closes in spans)


class Company(Document):
    """`company.yaml`."""

    id: Annotated[str, Field(pattern=ID)]
    name: str
    locales: Annotated[list[str], Field(min_length=1)]
    """Those served; documents without a translation stand in the first."""
    currency: Annotated[str, Field(pattern=CURRENCY)]
    channels: list[str]
    identity: IdentityMethods
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """IANA's name of the zone in which times are read and told: Europe/Amsterdam."""
    business_hours: BusinessHours
    tone: str
    support_threshold: Annotated[float, Field(ge=0, le=1)]
    """Passages below this carry no answer."""
    nearest_threshold: Annotated[float, Field(ge=0, le=1)] = 1.0
    """A passage from here up to `support_threshold` is quoted as the nearest there is, never as the answer."""
    escalate_when: list[str] = []
    """CEL over the customer's state: a case for which one holds goes to a person."""
    budgets: Budgets = Budgets()
