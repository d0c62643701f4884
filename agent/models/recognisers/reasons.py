"""Reasons, in the customer's own words, and descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from agent.models.cues import Cues, phrase, phrases, words
from agent.models.recognisers.found import MANY, Context, Found
from agent.models.segment import Span, divided, is_request, segment, sentences

_WORD = re.compile(r"[^\W\d_][\w'-]*")


_TOLD = ("order_id", "amount", "date")
"""Values that a reason may hold; all others say who someone is, or what shall become of it."""


def reasons(text: str, context: Context, found: Sequence[Found]) -> Iterator[Found]:
    """What comes after a because; else all that was said when it was asked for; else what is said to be wrong.

    Else, beside a wish for money, what is told at all. `found`: the values that the text has no more.
    """
    cues = context.cues
    asked = [name for name in ("reason", "description") if context.asked(name)]
    place = _because(text, cues) or (whole(text, cues) if asked else _defect(text, cues))
    place = place or (None if asked else _told(text, context, _others(found)))
    if place:
        said = " ".join(context.text[slice(*place)].split())
        yield from (Found(name, said, *place) for name in asked or ["reason"])


def _others(found: Sequence[Found]) -> list[Found]:
    """The values that no reason holds; an order too, where there are several."""
    several = len({value.value for value in found if value.name == "order_id"}) > 1
    return [value for value in found if value.name not in _TOLD or (several and value.name == "order_id")]


def _because(text: str, cues: Cues) -> Span | None:
    """The clause that a because begins, to the end of its sentence or of the request in it."""
    for cue in islice(phrase(cues.because).finditer(text), MANY):
        if phrase(cues.not_reasons).match(text, cue.start()) is None:
            stop = next((end for start, end in sentences(text, cues) if end > cue.end()), len(text))
            for part in divided(text, cue.end(), stop, cues):
                return trimmed(text, part, cues)
    return None


def whole(text: str, cues: Cues) -> Span | None:
    """From the first sentence that says something to the last; questions and courtesies are no reasons."""
    said = [span for span in sentences(text, cues) if not _says_nothing(text[slice(*span)], cues)]
    return trimmed(text, (said[0][0], said[-1][1]), cues) if said else None


def _defect(text: str, cues: Cues) -> Span | None:
    """The first clause that says what is wrong, and asks for nothing."""
    defects = phrase(cues.defects)
    for start, end in segment(text, cues) if defects.search(text) else []:
        if "?" not in text[start:end]:
            for clause in re.compile(r"[^,;–—]+").finditer(text, start, end):
                if defects.search(clause[0]):
                    return trimmed(text, clause.span(), cues)
    return None


def _told(text: str, context: Context, others: Sequence[Found]) -> Span | None:
    """What is told beside a wish for money, in one stretch: no request, no courtesy and no other matter."""
    cues, about, told = context.cues, True, list[Span]()
    wish = phrase(cues.money_back)
    for start, end in _clauses(text, context) if wish.search(context.text) else []:
        said = context.text[start:end]
        if wish.search(said) or is_request(said, cues):
            about = wish.search(said) is not None
        elif about and _tells(text[start:end], cues) and not any(start <= value.start < end for value in others):
            told.append((start, end))
            continue
        if told:
            break
    return trimmed(text, (told[0][0], told[-1][1]), cues) if told else None


def _clauses(text: str, context: Context) -> Iterator[Span]:
    """The sentences; one that asks for something falls into its clauses: "refund it, I don't want it any more"."""
    cues = context.cues
    clause = re.compile(rf"[;:–—]|\s-\s|,\s*(?=(?:{phrases(cues.tells)})(?!\w))", re.IGNORECASE)
    for start, end in segment(text, cues):
        asks = is_request(context.text[start:end], cues) or phrase(cues.money_back).search(context.text, start, end)
        for cut in clause.finditer(text, start, end) if asks else []:
            yield start, cut.start()
            start = cut.end()
        yield start, end


def _tells(said: str, cues: Cues) -> bool:
    """Whether a statement is more than courtesy and no matter of its own."""
    other = phrase(f"{cues.besides}, {cues.courtesies}").search(said) is not None
    return not other and not _says_nothing(said, cues, words(cues.paid))


def _says_nothing(sentence: str, cues: Cues, more: frozenset[str] = frozenset()) -> bool:
    """Whether a sentence is a question, or has only idle words. `more`: others that are idle."""
    idle = words(cues.polite) | words(cues.glue) | more
    return sentence.endswith("?") or all(word in idle for word in _WORD.findall(sentence.lower()))


def trimmed(text: str, span: Span, cues: Cues) -> Span | None:
    """The place without polite words and stops at its ends."""
    said = [(word.start(), word.end()) for word in re.compile(r"[^\s,.;:!–—]+").finditer(text, *span)]
    courteous = words(cues.polite) - words(cues.numbered) - {"you", "so", "very", "much", "a", "there", "here", "many"}
    kept = [place for place in said if text[slice(*place)].lower() not in courteous]
    return (kept[0][0], kept[-1][1]) if kept else None
