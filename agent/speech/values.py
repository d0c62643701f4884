"""Values: the words and figures by which a value may be told in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import JsonValue

from agent.speech.texts import Text

_WORDS = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[^\W_]+(?:[@._'/:-][^\W_]+)*")


def words(text: str) -> list[str]:
    """The words and numbers of a text, folded, without signs."""
    return _WORDS.findall(" ".join(Text(text).sentences))


def stem(word: str) -> str:
    """A word without an ending that English, Spanish, French or German may bend it by."""
    return re.sub(r"(?:ing|ies|ied|ed|es|s|y|e|en)$", "", word) if len(word) > 3 else word


def tokens(text: str) -> list[str]:
    """The words of a text with what joins them: ids, times, addresses of mail stay whole."""
    return _TOKEN.findall(text.casefold().replace("_", "-"))


def shape_of(token: str) -> str:
    """How an id is written: each digit a 0, letters before and after it as they are; "" for what is no id."""
    if sum(sign.isdigit() for sign in token) < 4:
        return ""
    return re.sub(r"[^\W\d_]{4,}", "a", re.sub(r"\d", "0", token))


def is_id(value: JsonValue) -> bool:
    """Whether a value names one thing, as far as its form tells."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return False
    text = str(value)
    return len(text) > 3 and " " not in text and any(sign.isdigit() for sign in text) and "@" not in text


def plain(value: JsonValue) -> str:
    """A value as text, to be compared."""
    return " ".join(str(value).casefold().split())


def value_words(value: JsonValue) -> list[str]:
    """The words that a value may be said in."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, (int, float)):
        return [amount(str(value))]
    text = str(value)
    whole = [amount(part) for part in re.findall(r"\d[\d.,]*\d|\d", text)]
    return [*words(text.replace("_", " ")), *whole]


def figures_of(value: JsonValue) -> list[str]:
    """The figures by which a value may be told: whole, a number in one form, and the long number at an id's end."""
    if isinstance(value, bool) or value is None:
        return []
    found = [token for token in tokens(str(value)) if any(sign.isdigit() or sign == "@" for sign in token)]
    ends = [part for token in found for part in token.split("-") if len(part) > 4 and part.isdigit()]
    return [
        *found,
        *ends,
        *(f"{float(token):.2f}" for token in found if re.fullmatch(r"\d+\.\d{3,}", token)),
        *(amount(token) for token in found if re.fullmatch(r"[\d.,]+", token)),
    ]


def numbers(values: Sequence[JsonValue]) -> frozenset[str]:
    """Those that may be sums of money: numbers, or texts that are nothing else and no id."""
    found = set[str]()
    for value in values:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found.update((amount(str(value)), amount(f"{abs(value):.2f}")))
        elif isinstance(value, str) and re.fullmatch(r"-?\d{1,7}(?:[.,]\d{1,2})?", value):
            found.add(amount(value))
    return frozenset(found)


def amount(number: str) -> str:
    """A number in one form: `1,234.50`, `1.234,50` and `1234.5` are the same."""
    parts = re.split(r"[.,]", number)
    if len(parts) == 1:
        return number
    if not parts[-1]:
        return amount(number[:-1])
    cents = parts[-1] if len(parts[-1]) != 3 or number.startswith("0") else ""
    whole = "".join(parts[:-1] if cents else parts)
    return f"{whole}.{cents}".rstrip("0").rstrip(".") if cents else whole
