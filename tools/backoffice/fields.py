"""What the fields of a record are made of, and who may write them.

`ServerMade` fields are never taken from a caller, `Fixed` ones are given once, with POST; the rest may be patched.
Money is `{"amount": "12.50", "currency": "EUR"}`; a bare `"12.50"` or `12.5` is taken as euros.
Moments are ISO 8601 in UTC, to the second: `2026-03-01T09:30:00Z`.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Row = dict[str, Any]
"""A record as JSON holds it."""

T = TypeVar("T")
ServerMade = Annotated[T, Field(json_schema_extra={"readOnly": True})]
Fixed = Annotated[T, Field(json_schema_extra={"x-fixed": True})]


class Shape(BaseModel):
    """What all records have in common: exact types, and deafness to what they do not know."""

    model_config = ConfigDict(strict=True, extra="ignore")


class Part(Shape):
    """A nested object that PATCH merges field by field."""


def moment(at: datetime) -> str:
    """A moment as records write it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(text: str) -> str:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment(at)


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", text):
        raise ValueError("not an e-mail address")
    return text


def _decimal(amount: object) -> object:
    return str(amount) if isinstance(amount, int | float) and not isinstance(amount, bool) else amount


Line = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(max_length=20_000)]
Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Moment = Annotated[str, AfterValidator(_moment)]
Day = Annotated[str, AfterValidator(_day)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_email)]
Phone = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
Amount = Annotated[
    str,
    BeforeValidator(_decimal),
    Field(pattern=r"^\d{1,7}(\.\d{1,2})?$"),
    AfterValidator(lambda text: f"{Decimal(text):.2f}"),
]


class Money(Shape):
    """An amount of at least nothing, to the cent; Harbor Goods trades in euros."""

    amount: Amount
    currency: Literal["EUR"] = "EUR"

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return value if isinstance(value, dict | Money) else {"amount": value}


def _positive(money: Money) -> Money:
    if not Decimal(money.amount):
        raise ValueError("an amount above 0.00 is needed")
    return money


PositiveMoney = Annotated[Money, AfterValidator(_positive)]
