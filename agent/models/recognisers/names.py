"""People's names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from agent.models.cues import Cues, phrase, phrases, words
from agent.models.recognisers.found import MANY, TAKEN, Context, Found

_WORD = re.compile(r"[^\W\d_](?:\.(?=\s)|[\w'-]{0,40})")
_MOST = 5
"""Words in a name."""
_PARTICLES = words("van von der den de del della di da dos du el la le las los bin ibn al ten ter zu zur y e")
_CHUNK = re.compile(rf"[^\s,;:!?.()/|{TAKEN}](?:[^,;:!?\n()/|{TAKEN}.]|(?<=\b[A-Za-z])\.)*")


def names(text: str, context: Context) -> Iterator[Found]:
    """The name that is announced, signed with, or given beside other values because it was asked for."""
    cues = context.cues
    said = [_from(text, cue.end(), cues, typed_small=True) for cue in islice(phrase(cues.my_name).finditer(text), MANY)]
    least = 1 if context.asked("name") else 2
    said += [_from(text, cue.end(), cues, least=least) for cue in islice(phrase(cues.i_am).finditer(text), MANY)]
    signature = re.search(
        rf"(?<!\w)(?:{phrases(cues.sign_off)})[,.!]?\s*\n\s*(?=[^\n]{{1,60}}\s*$)", text, re.IGNORECASE
    )
    said += [_from(text, signature.end(), cues, least=2)] if signature else []
    if context.asked("name") and not any(said):
        said += _given(text, cues)
    for place in {place: None for place in said if place}:
        yield Found("name", " ".join(text[slice(*place)].split()), *place)


def _from(text: str, at: int, cues: Cues, *, least: int = 1, typed_small: bool = False) -> tuple[int, int] | None:
    """The name that begins here. `typed_small`: it may lack its capitals; `least`: how many words must have one."""
    end, start, taken = at, at, list[str]()
    for word in _WORD.finditer(text, at, at + 80):
        known = word[0].lower() in _PARTICLES
        capital = word[0][0].isupper() or (typed_small and not any(said[0].isupper() for said in taken))
        gap = text[end : word.start()].strip(" :\"'" if not taken else " ")
        if gap or not (known or (capital and _may_be(word[0], cues))) or len(taken) == _MOST:
            break
        start, end = (start if taken else word.start()), word.end()
        taken.append(word[0])
    capitals = sum(said[0].isupper() for said in taken)
    return (start, end) if taken and (capitals >= least or (typed_small and capitals == 0)) else None


def _given(text: str, cues: Cues) -> Iterator[tuple[int, int]]:
    """Stretches of an answer that are names; one without capitals, or of one word, only when nothing else is said."""
    chunks = islice(_CHUNK.finditer(text), MANY)
    pieces = [piece for chunk in chunks for piece in _pieces(text, *chunk.span(), cues)]
    for start, end in pieces:
        said = text[start:end].split()
        plain = len(pieces) == 1 and (len(said) > 1 or said[0][0].isupper())
        proper = len(said) > 1 and all(word[0].isupper() or word.lower() in _PARTICLES for word in said)
        if len(said) <= _MOST and (plain or proper) and all(_may_be(word, cues) for word in said):
            yield start, end


def _pieces(text: str, start: int, end: int, cues: Cues) -> Iterator[tuple[int, int]]:
    """What a chunk says between the idle words in it."""
    idle = words(cues.polite) | words(cues.glue)
    piece: tuple[int, int] | None = None
    for word in re.compile(r"\S+").finditer(text, start, end):
        if word[0].lower() in idle:
            yield from [piece] if piece else []
            piece = None
        else:
            piece = (piece[0] if piece else word.start(), word.end())
    yield from [piece] if piece else []


def _may_be(word: str, cues: Cues) -> bool:
    """Whether a word may be part of a name: letters, and none of the words that are no one's name."""
    small = word.lower().rstrip(".")
    known = words(cues.polite) | words(cues.glue) | words(cues.common) | words(cues.verbs)
    return re.fullmatch(r"[^\W\d_][\w'-]*\.?", word) is not None and (small in _PARTICLES or small not in known)
