"""Reasons, in the customer's own words, and descriptions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from agent.models.cues import Cues, phrase, words
from agent.models.recognisers.found import MANY, Context, Found
from agent.models.segment import Span, divided, segment, sentences

_WORD = re.compile(r"[^\W\d_][\w'-]*")


def reasons(text: str, context: Context) -> Iterator[Found]:
    """What comes after a because; else all that was said when it was asked for; else what is said to be wrong."""
    cues = context.cues
    asked = [name for name in ("reason", "description") if context.asked(name)]
    place = _because(text, cues) or (_whole(text, cues) if asked else _defect(text, cues))
    if place:
        said = " ".join(context.text[slice(*place)].split())
        yield from (Found(name, said, *place) for name in asked or ["reason"])


def _because(text: str, cues: Cues) -> Span | None:
    """The clause that a because begins, to the end of its sentence or of the request in it."""
    for cue in islice(phrase(cues.because).finditer(text), MANY):
        if phrase(cues.not_reasons).match(text, cue.start()) is None:
            stop = next((end for start, end in sentences(text, cues) if end > cue.end()), len(text))
            for part in divided(text, cue.end(), stop, cues):
                return _trimmed(text, part, cues)
    return None


def _whole(text: str, cues: Cues) -> Span | None:
    """From the first sentence that says something to the last; questions and courtesies are no reasons."""
    said = [span for span in sentences(text, cues) if not _says_nothing(text[slice(*span)], cues)]
    return _trimmed(text, (said[0][0], said[-1][1]), cues) if said else None


def _defect(text: str, cues: Cues) -> Span | None:
    """The first clause that says what is wrong, and asks for nothing."""
    defects = phrase(cues.defects)
    for start, end in segment(text, cues) if defects.search(text) else []:
        if "?" not in text[start:end]:
            for clause in re.compile(r"[^,;–—]+").finditer(text, start, end):
                if defects.search(clause[0]):
                    return _trimmed(text, clause.span(), cues)
    return None


def _says_nothing(sentence: str, cues: Cues) -> bool:
    """Whether a sentence is a question, or has only idle words."""
    idle = words(cues.polite) | words(cues.glue)
    return sentence.endswith("?") or all(word in idle for word in _WORD.findall(sentence.lower()))


def _trimmed(text: str, span: Span, cues: Cues) -> Span | None:
    """The place without polite words and stops at its ends."""
    said = [(word.start(), word.end()) for word in re.compile(r"[^\s,.;:!–—]+").finditer(text, *span)]
    courteous = words(cues.polite) - words(cues.numbered) - {"you", "so", "very", "much", "a", "there", "here", "many"}
    kept = [place for place in said if text[slice(*place)].lower() not in courteous]
    return (kept[0][0], kept[-1][1]) if kept else None
