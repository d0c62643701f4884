"""Ways to reach someone: e-mail addresses, phone numbers, and postcodes that stand alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from agent.models.recognisers.found import MANY, Context, Found, announced

_FEW = 4
"""Phone numbers looked up in one message: it takes long where the country is not known."""
_EMAIL = re.compile(r"(?<![^\s<>()\[\],;:\"'|=])[^\s@<>()\[\],;:\"|=]{1,64}@[^\s@<>()\[\],;:\"'|=!?]{3,255}")
_PHONE = re.compile(r"(?<![\w.,#-])(?:\+\s?)?\(?\d[\d\s()/.-]{4,22}\d(?!\w|[.,]\d)")
_EUROPE = tuple(re.findall("..", "DEGBFRESITNLBEATCHPLPTIESEDKNOFICZSKHUROBGGRHRSIEELVLTLUMTCYISLI"))
"""Where a number without its country is looked for, the more populous first."""
_POSTCODES = (
    r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}",  # GB
    r"[a-z]\d[a-z] ?\d[a-z]\d",  # CA
    r"[a-z]\d[\dw] ?[a-z\d]{4}",  # IE
    r"\d{4} ?[a-z]{2}",  # NL
    r"\d{5}-\d{3,4}|\d{4}-\d{3}|\d{3}-\d{4}|\d{2}-\d{3}",  # BR US, PT, JP, PL
    r"\d{3} \d{2}",  # SE CZ SK GR
    r"(?:lv|lt|ad|[adl]|ch|md)-?\d{3,5}",  # with the country before it
    r"\d{4,6}",
)
POSTCODE = re.compile(rf"(?<![\w#+.,-])(?:{'|'.join(_POSTCODES)})(?!\w|-\d|[.,]\d)", re.IGNORECASE)
"""Whatever may be a postcode somewhere; the words around decide."""
_NATIONAL = phonenumbers.PhoneNumberFormat.NATIONAL
_PARTED = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})|([A-Z]\d[A-Z]) ?(\d[A-Z]\d)|(\d{4}) ?([A-Z]{2})")


def emails(text: str, _: Context) -> Iterator[Found]:
    """Addresses that are written as one, lower case; whether mail arrives there is not asked."""
    for match in islice(_EMAIL.finditer(text), MANY):
        said = match[0].strip("'").rstrip(".-_")
        start = match.start() + match[0].index(said)
        try:
            valid = validate_email(said, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            continue
        yield Found("email", valid.normalized.lower(), start, start + len(said))


def phones(text: str, context: Context) -> Iterator[Found]:
    """Numbers with their country, and others when they are announced. E.164."""
    return _phones(text, context, {"phone"})


def bare_phones(text: str, context: Context) -> Iterator[Found]:
    """Numbers that are neither, when one was asked for."""
    return _phones(text, context, {None} if context.asked("phone") else set())


def _phones(text: str, context: Context, kinds: Collection[str | None]) -> Iterator[Found]:
    """The numbers that are announced as one of these kinds, or have their country."""
    candidates = islice(_PHONE.finditer(text), MANY)
    wanted = (match for match in candidates if _is_dialled(text, match, context, kinds))
    for match in islice(wanted, _FEW):
        gaps = [match.start() + gap.start() for gap in re.finditer(r"\s", match[0])]
        for end in [match.end(), *reversed(gaps)]:
            said = text[match.start() : end].rstrip()
            elsewhere = _EUROPE if end == match.end() and context.asked("phone") else ()
            if (number := _dialled(said, (context.region, *elsewhere))) is not None:
                yield Found("phone", number, match.start(), match.start() + len(said))
                break


def postcodes(text: str, context: Context) -> Iterator[Found]:
    """Codes of many countries, when they are announced or asked for; upper case, parted as on an envelope."""
    seen = [(match, announced(text, *match.span(), context.cues)) for match in islice(POSTCODE.finditer(text), MANY)]
    cued = [match for match, kind in seen if kind == "postcode"]
    asked = [match for match, kind in seen if kind is None and context.asked("postcode")]
    for match in cued or asked:
        yield Found("postcode", envelope(match[0]), *match.span())


def envelope(said: str) -> str:
    """A postcode as an envelope has it: upper case, no country before it, British and Dutch ones parted."""
    code = re.sub(r"^(?:A|D|L|CH|MD)-?(?=\d{4,5}$)", "", " ".join(said.upper().split()))
    parted = _PARTED.fullmatch(code)
    return " ".join(part for part in parted.groups() if part) if parted else code


def _is_dialled(text: str, match: re.Match[str], context: Context, kinds: Collection[str | None]) -> bool:
    """Whether digits are a phone number by their shape or by what announces them."""
    return match[0].startswith(("+", "00")) or announced(text, *match.span(), context.cues) in kinds


def _dialled(said: str, regions: Iterable[str]) -> str | None:
    """The number in E.164, in the first region where it is valid, and dialled just so if there is one."""
    text = "+" + said.lstrip("0") if said.startswith("00") else said
    valid = []
    for region in [None] if text.startswith("+") else [region for region in regions if region]:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            valid.append(number)
            if region is None or _digits(text) == _digits(phonenumbers.format_number(number, _NATIONAL)):
                return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return phonenumbers.format_number(valid[0], phonenumbers.PhoneNumberFormat.E164) if valid else None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
