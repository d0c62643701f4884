"""The words that all kinds of documents share, and the base of their models."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

NAME, ID = r"^[a-z][a-z0-9_]{0,60}$", r"^[a-z][a-z0-9_-]{1,40}$"
CURRENCY, LIST = r"^[A-Z]{3}$", r"^[a-z_]+\.[a-z_]+$"
PATTERNS = {
    NAME: "use small letters, digits and _, beginning with a letter",
    ID: "use 2 to 41 small letters, digits, - and _, beginning with a letter",
    CURRENCY: "write three capital letters, such as EUR",
    LIST: "write SUBJECT.FIELD, such as order.items",
}
"""Pattern of a text → what to write where one does not fit."""
Name = Annotated[str, Field(pattern=NAME)]
RiskClass = Literal["low_risk", "customer_confirmed", "human_approved", "forbidden"]
IdentityLevel = Literal["anonymous", "claimed", "confirmed", "verified"]
RuleOutcome = Literal["confirm", "approve", "handoff", "forbid"]
Localised = dict[str, str]
"""A text per locale: `{en: …, de: …}`."""


class Document(BaseModel):
    """Base of everything that people write: exact and immutable; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
