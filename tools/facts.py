"""What customers say of themselves, brought into one form so that it can be compared with a record.

Each function gives "" (or nothing) for what cannot be such a fact; "" is like nothing.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters that Unicode does not take apart into a plain letter and a mark."""
SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""How the same letters are written where they are missing from the keyboard."""

APOSTROPHES = "'’ʼ`´"


def email(text: str) -> str:
    """The address in small letters; "" when it is none. Whether it exists is for a mail to show."""
    try:
        # Reserved names such as `.test` are addresses like any other to a shop that uses them.
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return ""


def phone(text: str, *, beside: str = "") -> str:
    """The number as E.164; "" when it is none. A national number is read in the country of `beside` (E.164)."""
    try:
        country = phonenumbers.parse(beside).country_code if beside else None
        region = phonenumbers.region_code_for_country_code(country) if country else None
        number = phonenumbers.parse(re.sub(r"^\s*00", "+", text), region)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def postcode(text: str) -> str:
    """Its letters and digits alone, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def same_name(left: str, right: str) -> bool:
    """The same full name, whatever its case, accents, hyphens and order: `Møller, Åse` is `aase moeller`."""
    return bool(_spellings(left) & _spellings(right))


def _spellings(name: str) -> set[tuple[str, ...]]:
    folded = unicodedata.normalize("NFC", name).casefold()
    spelt = (_words(folded), _words(folded.translate(SPELT_OUT)))
    return {words for words in spelt if words}


def _words(folded: str) -> tuple[str, ...]:
    apart = unicodedata.normalize("NFKD", folded.translate(UNDECOMPOSED))
    plain = (sign for sign in apart if not unicodedata.combining(sign) and sign not in APOSTROPHES)
    return tuple(sorted("".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in plain).split()))


def line(text: str) -> str:
    """The text as one line without a sign that steers anything, so that it can stand in a header or a title."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
