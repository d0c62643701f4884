"""What the words around a value say of it: that it is new or on file, or not the right one after all."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from agent.models.changes import listed
from agent.models.cues import Cues, phrase, phrases, words
from agent.models.recognisers.found import TAKEN, Context, Found, leads, words_before

_CHANGEABLE = ("email", "phone", "address", "postcode", "name", "plan")
"""Only these are on file and may become something else; `new` stays None for all others."""


def meant(text: str, found: Sequence[Found], context: Context) -> list[Found]:
    """The values that the customer means, with `new` as far as the message or what was asked tells it.

    Those that were taken back are left out: "HG-100001, sorry, HG-100002", "not 10115".
    """
    kinds = [value.name for value in found]
    told = [replace(value, new=_is_new(text, value, context, several=kinds.count(value.name) > 1)) for value in found]
    kept = _corrected(text, told, context.cues)
    kept = [_within(value, kept) for value in kept]
    return [_beside(value, kept) for value in kept]


def _corrected(text: str, told: Sequence[Found], cues: Cues) -> list[Found]:
    """The values without those that were taken back; what takes the place of one is as new as that was."""
    right, wrong = list[Found](), [value for value in told if _is_denied(text, value, cues)]
    for name in {value.name for value in told}:
        one: Found | None = None
        for value in sorted((value for value in told if value.name == name), key=lambda value: value.start):
            other = value
            if one and (one.new, value.new) != (False, True) and _takes_back(text[one.end : value.start], cues):
                wrong.append(one)
                other = replace(value, new=value.new if one.new is None else one.new)
            wrong += [other] if value in wrong else []
            right.append(other)
            one = other
    return [value for value in right if value not in wrong and not _inside(value, wrong)]


def _is_denied(text: str, value: Found, cues: Cues) -> bool:
    """Whether a "not" leads to a value, or "is wrong" follows it; "instead of" too, where nothing may be on file."""
    denials = words(cues.denied) if value.name in _CHANGEABLE else words(cues.denied) | words(cues.rather)
    after = re.compile(rf"\s(?:{phrases(cues.rejected)})(?!\w)", re.IGNORECASE).match(text, value.end)
    return after is not None or _reached(text, value, cues, denials) is not None


def _is_new(text: str, value: Found, context: Context, *, several: bool) -> bool | None:
    """What is said right before a value counts first, then what was asked, then a verb of changing.

    Of several values of a kind the verb tells which is the new one, whatever was asked.
    """
    cues = context.cues
    if value.name not in _CHANGEABLE or value.new is not None:
        return value.new
    into = rf"[\s,]{{1,3}}(?:{'|'.join(map(re.escape, words(cues.into)))})\s[{TAKEN}]"
    if re.compile(into).match(text, value.end):
        return False
    if re.compile(rf"[{TAKEN}]{into}").search(text, max(0, value.start - 10), value.start + 1):
        return True
    strong = words(cues.new) | words(cues.toward) | words(cues.old)
    if said := _reached(text, value, cues, strong):
        ceases = said in words(cues.toward) and not words(cues.ceases).isdisjoint(words_before(text, value.start))
        return said not in words(cues.old) and not ceases
    if re.compile(rf"\s(?:{phrases(cues.new_after)})(?!\w)", re.IGNORECASE).match(text, value.end):
        return True
    changes = _reached(text, value, cues, words(cues.change)) is not None or _is_listed(text, value, cues)
    if (value.name in context.slots) != (value.name in context.proofs) and not (changes and several):
        return value.name in context.slots
    return changes or None


def _is_listed(text: str, value: Found, cues: Cues) -> bool:
    """Whether a list of what shall change stands before a value: "update my address and phone: …"."""
    before = listed(text[: value.start], cues)
    return before is not None and value.name in before.kinds


def _within(value: Found, told: Sequence[Found]) -> Found:
    """A postcode is as new as the address that it stands in."""
    around = [one for one in told if one.name == "address" and one.start <= value.start and value.end <= one.end]
    return replace(value, new=around[0].new) if around else value


def _beside(value: Found, told: Sequence[Found]) -> Found:
    """A value of which nothing is said, beside one that is new, is the one on file."""
    others = [other for other in told if other.name == value.name and other.value != value.value]
    return replace(value, new=False) if value.new is None and any(other.new for other in others) else value


def _reached(text: str, value: Found, cues: Cues, sought: frozenset[str]) -> str | None:
    """The nearest of the sought words before a value, with nothing but small words between."""
    for word in words_before(text, value.start):
        if word in sought:
            return word
        if word not in words(cues.between) | words(cues.than):
            return None
    return None


def _takes_back(stretch: str, cues: Cues) -> bool:
    """Whether what stands between two values of a kind puts the second in the place of the first."""
    last = re.split(r"[.!?]\s", stretch)[-1]
    if len(stretch) > 120 or phrase(cues.joins).search(last):
        return False
    marks = list(phrase(cues.corrects).finditer(stretch))
    return bool(marks) and leads(re.sub(rf"[{TAKEN}]", "", stretch[marks[-1].end() :]), cues)


def _inside(value: Found, wrong: Collection[Found]) -> bool:
    """Whether a value stands within one that was taken back: the postcode of an address."""
    return any(one.start <= value.start and value.end <= one.end for one in wrong)
