"""Carried: whether a passage carries a sentence of free wording, clause by clause; the last part of the claim check.

A sentence taken word for word from a passage in force may pass. Any other must be carried by one, and deny only what
it denies; may name no number, amount, date or id that does not stand in the evidence beside the same unit; and may
not tell of an outcome or make a promise. In doubt a sentence is held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.speech.figures import ids, strange
from agent.speech.telling import tells
from agent.speech.texts import JOINTS, Clause, Text, condition, stems

CARRIED = 0.6
"""The least share of a sentence's longer words that must stand in one passage."""
CLAUSE_CARRIED = 0.5
"""The same for each of its clauses, so that nothing rides along with what is carried."""
FEWEST = 3
"""Longer words in a sentence; a shorter one says too little to be held against a passage."""
SHORT = 3
"""Letters of a word that says little by itself."""

_NEGATIONS = {"no", "not", "never", "nor", "none", "neither", "nobody", "nothing", "without"}
_LIMITS = {"only", "unless", "except"}


@dataclass(frozen=True)
class Evidence:
    """What a sentence may rest on."""

    passages: Sequence[str]
    customer: Sequence[str] = ()
    """The customer's own words: ids in them may be named, their amounts and dates prove nothing."""
    said: Sequence[str] = ()
    """The sentences of this answer that were sent already."""
    language: str = "en"
    """ISO 639-1; `en` is the one that the patterns read."""


def objection(sentence: str, evidence: Evidence) -> str | None:
    """Why the sentence may not be sent, or None."""
    text, passages = Text(sentence), [Text(passage) for passage in evidence.passages]
    if text.sentences and {known for passage in passages for known in passage.sentences}.issuperset(text.sentences):
        return None
    if evidence.language != "en":
        return "is free wording in a language whose claims cannot be told"
    if any(tells(clause, passages) for clause in text.clauses):
        return "tells of an outcome or a promise without a receipt"
    carrying = [passage for passage in passages if _carries(passage, text)]
    asked = Text("\n".join(evidence.customer))
    reasons = [_foreign(text, passage, asked) or _turned(text, passage) for passage in carrying]
    return min(reasons, key=bool, default="is carried by no passage") or None


def _carries(passage: Text, text: Text) -> bool:
    said = stems(text.in_a_row.split(), longer_than=SHORT)
    shares = [_share(stems(clause, longer_than=SHORT), passage) for clause in text.clauses]
    return len(said) >= FEWEST and _share(said, passage) >= CARRIED and min(shares) >= CLAUSE_CARRIED


def _share(said: set[str], passage: Text) -> float:
    return len(said & passage.stems) / len(said) if said else 1.0


def _foreign(text: Text, passage: Text, asked: Text) -> str:
    """Figures without evidence, and letters that nobody wrote: they are there to look like others."""
    said, proof, known = (" . ".join(t.sentences) for t in (text, passage, asked))
    letters = {sign for sign in said if sign.isalpha() and not sign.isascii()} - {*proof} - {*known}
    foreign = sorted({figure for figure in strange(said, proof) if figure not in ids(known)} | letters)
    return f"names what stands in no evidence: {', '.join(foreign)}" if foreign else ""


def _turned(text: Text, passage: Text) -> str:
    """Whether it says no where the passage says yes, or the other way round; or leaves out when something holds."""
    denied = any(_denies(clause) != _denies(_nearest(clause, passage)) for clause in text.clauses)
    if denied or (not any(map(_denies, text.clauses)) and text.stems & _only_denied(passage)):
        return "denies what its passage does not, or the other way round"
    source = max(map(Text, passage.sentences), key=lambda sentence: _likeness(text.stems, sentence.stems))
    limited = _limits(text) == _limits(source) and (_is_conditional(text) or not _is_conditional(source))
    return "" if limited else "leaves out or puts in when something holds"


def _limits(text: Text) -> bool:
    return any(not _LIMITS.isdisjoint(clause) for clause in text.clauses)


def _is_conditional(text: Text) -> bool:
    return any(map(condition, text.clauses))


def _denies(clause: Clause) -> bool:
    return not _NEGATIONS.isdisjoint(clause)


def _only_denied(passage: Text) -> set[str]:
    """The longer words that the passage has in what it denies, and nowhere else."""
    denied, other = set[str](), set[str]()
    for sentence in passage.sentences:
        denying = False
        for clause in Text(sentence).clauses:
            denying = denying and clause[0] not in JOINTS
            for word in clause:
                denying = denying or word in _NEGATIONS
                (denied if denying else other).update(stems([word], longer_than=SHORT))
    return denied - other


def _nearest(clause: Clause, passage: Text) -> Clause:
    """The passage's clause with the most words in common, for what both say."""
    return max(passage.clauses, key=lambda known: _likeness(stems(clause), stems(known)))


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)
