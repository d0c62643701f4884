"""Values: found in the customer's own words, and brought into one form here, so that no model can slip one in.

A value counts when its text stands in the message as a whole word (not as a piece of a longer id, number or address)
and the canonical form that the model gave is the one that its text has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import get_args

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from price_parser import Price

from agent.casefile.records import AskName
from agent.models.prompt import disarmed

VALUE_NAMES: tuple[str, ...] = tuple(name for name in get_args(AskName) if name != "yes_no")
"""What a model may report; a yes is read elsewhere."""

_WORD = "0-9A-Za-zÀ-ɏ"
_JOINT = r"[.,\-@+_/']"
_BEFORE = rf"(?<![{_WORD}])(?<![{_WORD}]{_JOINT})"
_AFTER = rf"(?![{_WORD}])(?!{_JOINT}[{_WORD}])"
_LONE_DIGITS = (r"(?<![\d+][\s.\-/()])(?<![\d+][\s.\-/()]{2})(?<!\+)", r"(?![\s.\-/()]{1,2}\d)")
_LONE_AMOUNT = (r"(?<!\d\s)", r"(?!\s\d{3}(?!\d))")
_ALONE = {"phone": _LONE_DIGITS, "code": _LONE_DIGITS, "amount": _LONE_AMOUNT}
_ORDER_ID = re.compile(r"#?\s*([A-Za-z]{1,5})?[\s\-–#]*(\d{3,12})")


def stands_in(message: str, text: str, name: str | None = None) -> str | None:
    """The text as the message has it, None where it does not stand there whole. Case and white space are folded."""
    words = [re.escape(word) for word in disarmed(_composed(text)).split()]
    if not words:
        return None
    pattern = r"\s+".join(words).replace("‹", "[<‹]").replace("⟦", r"[\[⟦]")
    before, after = _ALONE.get(name or "", ("", ""))
    found = re.search(f"{_BEFORE}{before}{pattern}{_AFTER}{after}", _composed(message), re.IGNORECASE)
    return found.group() if found else None


def settled(name: str, text: str, value: str, message: str, region: str | None) -> tuple[str, str] | None:
    """The canonical value and its text in the message; None where they do not belong together or do not parse.

    `region` (ISO 3166) is where a phone number without a country code is from.
    """
    for words in (text, value):
        found = stands_in(message, words, name)
        if found is None:
            continue
        if name not in _FORMS:
            return " ".join((stands_in(found, value) or found).split()), found
        canonical = _canonical(name, found, region)
        if canonical is not None and canonical == _canonical(name, value, region):
            return canonical, found
    return None


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _canonical(name: str, text: str, region: str | None) -> str | None:
    return _phone(text, region) if name == "phone" else _FORMS[name](text)


def _order_id(text: str) -> str | None:
    match = _ORDER_ID.fullmatch(text.strip())
    if match is None:
        return None
    letters, digits = match.groups()
    return f"{letters.upper()}-{digits}" if letters else digits


def _email(text: str) -> str | None:
    try:
        # Whether an address can be reached is not ours to ask; one of a test domain is as good as any.
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return None


def _phone(text: str, region: str | None = None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _amount(text: str) -> str | None:
    price = Price.fromstring(text)
    if price.amount is None or price.amount_text is None or price.amount >= 10**9:
        return None
    around = text.replace(price.amount_text, "", 1)
    exact = price.amount.quantize(Decimal("0.01"))
    if exact != price.amount or "-" in around or any(char.isdigit() for char in around):
        return None
    return f"{exact:f}"


def _code(text: str) -> str | None:
    digits = re.sub(r"[\s\-]", "", text)
    return digits if re.fullmatch(r"[0-9]{4,8}", digits) else None


def _postcode(text: str) -> str | None:
    return " ".join(text.upper().split()) or None


_FORMS: dict[str, Callable[[str], str | None]] = {
    "order_id": _order_id,
    "email": _email,
    "phone": _phone,
    "amount": _amount,
    "code": _code,
    "postcode": _postcode,
}
"""Names whose value has one form; the others are taken in the customer's own words."""
