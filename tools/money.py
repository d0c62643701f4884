"""Amounts of money: `Decimal` to the cent in arguments and systems, never a rounded guess."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

CENT = Decimal("0.01")
NOISE = Decimal("1e-6")
"""How far a float may be from the cents it stands for: rules reckon with doubles."""
UNREADABLE = "an amount is a number or text such as 12.50"


def to_the_cent(value: object) -> Decimal:
    """The amount in exact cents. Raises ValueError for anything else, so that nobody's cents are rounded away."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(UNREADABLE)  # noqa: TRY004 - Pydantic reports only ValueError
    try:
        amount = Decimal(str(value).strip())
        cents = amount.quantize(CENT)
        near = abs(amount - cents) <= (NOISE if isinstance(value, float) else 0)
    except ArithmeticError as error:
        raise ValueError(UNREADABLE) from error
    if not near:
        raise ValueError("an amount has at most two decimal places")
    return cents


Amount = Annotated[Decimal, BeforeValidator(to_the_cent), Field(gt=0, lt=Decimal(10_000_000))]
"""Of an argument: above nothing, JSON "12.50"."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""


class Money(BaseModel):
    """An amount as records hold it."""

    amount: Decimal
    currency: str
