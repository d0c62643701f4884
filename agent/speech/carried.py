"""Carried: whether a passage carries a sentence of free wording, clause by clause.

Whole sentences of a passage in force may be said as they are, where the one before them was said. Any other sentence is
made of one passage's words: it may leave out and join, but who does what, and what is how, stand in the passage as they
are said. It denies only what the passage denies, names no number, amount, date or id that does not stand in the
evidence beside the same unit, and tells of no outcome. In doubt a sentence is held back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from agent.speech.figures import ids, strange
from agent.speech.telling import tells
from agent.speech.texts import JOINTS, Clause, Text, condition, stems, text_of

CARRIED = 0.6
"""The least share of a sentence's longer words that must stand in one passage, those that say little included."""
CLAUSE_CARRIED = 0.5
"""The same for each of its clauses, so that nothing rides along with what is carried."""
FEWEST = 3
"""Longer words in a sentence; a shorter one says too little to be held against a passage."""
SHORT = 3
"""Letters of a word that says little by itself."""

_NEGATIONS = {"no", "not", "never", "nor", "none", "neither", "nobody", "nothing", "without"}
_LIMITS = {"only", "unless", "except"}
_LEANS = {"it", "its", "they", "them", "their", "this", "that", "these", "those", "then", "so", "nothing"}
"""A sentence that begins so is about the one before it."""
_LINK = re.compile(r"\w+(?:://|@|[./:]\w)[\w@./:?=&#%-]*|\w+:(?=\s|$)")
"""Addresses of all kinds, and headings: "Refund: on your card"."""
_MARKUP = re.compile(r"[<>{}`*|\\]|\w+://\S*|\bwww\.\S+|\]\(")
_PAST = (
    r"\w{2,}(?<!e)ed|sent|paid|made|gave|given|took|taken|got|gotten|put|left|lost|found|kept|held|told|said|shown"
    r"|wrote|written|chose|chosen|brought|bought|sold|built|seen|came|come|went|ran|run|let|set|cut|begun|withdrawn"
)
_AS_WRITTEN = re.compile(
    rf"(?=\b(we \w+|your \w+|you (?!can\b|may\b|must\b|need\b|should\b|have to\b|do not\b)\w+|\w+ (?:{_PAST})"
    r"|(?:is|are|am|be|get|gets|stands?|remains?) (?:not )?\w+)\b)"
)
"""Of "we refund", "you get", "refund issued", "is cancelled" and "is through": only what the passage has so."""
_CERTAIN = {
    "we", "your", "yours", "the", "this", "that", "it", "these", "those", "they", "all", "everything", "both", "there",
    "here",
}  # fmt: skip
"""A clause about one certain thing begins as the passage has it: "your refund goes", "everything is fine"."""
_SMALL = frozenset(
    re.findall(
        r"\w+",
        """about after also although always another because before between both cannot could does doing down during each
    either else even every from have here however into itself like longer more most much must need needs once only onto
    other otherwise over please same should some still such than that their them then there these they this those though
    through under until upon very well what when whenever where whether which while with within without would your yours
    yes you""",
    )
)
"""Words that say nothing by themselves."""


def markup(text: Text, passages: Sequence[Text]) -> list[str]:
    """What may be markup or a link somewhere, and stands in no passage."""
    found = _MARKUP.findall(text.raw.casefold())
    return [sign for sign in found if not any(sign in passage.raw.casefold() for passage in passages)]


def is_quoted(text: Text, passages: Sequence[Text]) -> bool:
    """Whether it is made of whole sentences of the passages."""
    return bool(text.sentences) and {known for one in passages for known in one.sentences}.issuperset(text.sentences)


def out_of_place(text: Text, passages: Sequence[Text], said: Sequence[str]) -> str | None:
    """Why a quoted text may not stand here: "It is on its way at once." means something else without the one before."""
    before = Text(said[-1]).sentences[-1:] if said else []
    row = ["", *before, *text.sentences][-len(text.sentences) - 1 :]
    return "leans on what was not said" if any(_leans(*pair, passages) for pair in pairwise(row)) else None


def _leans(before: str, sentence: str, passages: Sequence[Text]) -> bool:
    if sentence.split()[0] not in _LEANS or any((before, sentence) in pairwise(one.sentences) for one in passages):
        return False
    begins = any(passage.sentences[0] == sentence for passage in passages)
    return not begins or any(tells(clause, []) for clause in Text(sentence).clauses)


def objection(text: Text, passages: Sequence[Text], asked: Text) -> str | None:
    """Why no passage carries the text, or None; `asked`: the customer's own words."""
    if text.clauses[0][0] in _LEANS:
        return "leans on what was not said"
    if any(tells(clause, passages) for clause in text.clauses):
        return "tells of an outcome or a promise without a receipt"
    if len(stems(text.in_a_row.split(), longer_than=SHORT)) < FEWEST:
        return "is too short to be carried by a passage"
    carrying = [passage for passage in passages if _carries(passage, text, asked)]
    reasons = [_foreign(text, p, asked) or _turned(text, p) or _reworded(text, p) for p in carrying]
    return min(reasons, key=bool, default="is carried by no passage") or None


def _carries(passage: Text, text: Text, asked: Text) -> bool:
    named = ids(" . ".join(asked.sentences))
    longer = [word for word in text.in_a_row.split() if len(word) > SHORT and word not in named]
    if stems(word for word in longer if word not in _SMALL and not word[0].isdigit()) - passage.stems:
        return False
    shares = [_share(stems(clause, longer_than=SHORT), passage) for clause in text.clauses]
    return _share(stems(longer), passage) >= CARRIED and min(shares) >= CLAUSE_CARRIED


def _share(said: set[str], passage: Text) -> float:
    return len(said & passage.stems) / len(said) if said else 1.0


def _foreign(text: Text, passage: Text, asked: Text) -> str:
    """Figures and links without evidence, and letters that nobody wrote: they are there to look like others."""
    said, proof, known = (" . ".join(t.sentences) for t in (text, passage, asked))
    named = ids(known)
    letters = {sign for sign in said if sign.isalpha() and not sign.isascii()} - {*proof} - {*known}
    links = {link for link in _LINK.findall(text.raw.casefold()) if link not in proof and link.rstrip(":") not in named}
    foreign = sorted({figure for figure in strange(said, proof) if figure not in named} | letters | links)
    return f"names what stands in no evidence: {', '.join(foreign)}" if foreign else ""


def _reworded(text: Text, passage: Text) -> str:
    """What is told of something certain and is not said so there, or is taken from the middle of a sentence."""
    bound = [found[1] for found in _AS_WRITTEN.finditer(text.in_a_row)]
    certain = [clause for clause in text.clauses if clause[0] in _CERTAIN and not _is_of_any(clause)]
    bound += [" ".join(clause[:3]) for clause in certain]
    if lacking := [said for said in bound if f" {said} " not in passage.in_a_row]:
        return f"says otherwise than its passage: {lacking[0]}"
    rows = [text_of(sentence).in_a_row for sentence in passage.sentences]
    opening = " ".join(text.clauses[0][:3])
    if text.clauses[0] in certain and not any(row.startswith(f" {opening} ") for row in rows):
        return f"takes from the middle of a sentence what begins its own: {opening}"
    if any(row.startswith(text.in_a_row) and row != text.in_a_row for row in rows):
        return "breaks off before its end"
    return ""


def _is_of_any(clause: Clause) -> bool:
    """Whether it says what can be done with any such thing: "the booking can be moved"."""
    return clause[0] == "the" and not {"can", "may", "must"}.isdisjoint(clause)


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
