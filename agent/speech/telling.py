"""Telling: whether a clause tells of an outcome or makes a promise, read from its auxiliaries and pronouns.

Policies speak of what is, may be and must be, of anybody's orders. Who tells of an outcome speaks of the past or the
future, of themselves, of what is so by now, or of how things are with what belongs to this customer. The words for
that are few; they are known here for English. What a passage says in the very same words is never held back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.speech.texts import JOINTS, Clause, Text, condition, stems

_OTHER_TIMES = {"will", "shall", "should", "would", "going", "had", "was", "were", "did", "went", "came", "got"}
_BY_NOW = {"now", "already", "just", "today", "tomorrow", "tonight", "shortly", "soon"}
_BE = {"is", "are", "am", "'s"}
_HAVE = {"has", "have"}
_MODALS = {"can", "may", "must", "need"}
_MEANT = {"do", "not", "also", "still"}
_NO_PERFECT = {"a", "an", "the", "to", "no", "not", "any", "your", "our", "at", "more", "less"}
"""What follows a `have` that only owns something."""
_OWN = {"your", "yours"}
_PRONOUNS = {"you", "it", "this", "that", "they", "these", "those", "who", "which"}
_DEFINITE = {*_OWN, *_PRONOUNS, "everything", "all", "the", "there"}
_STATES = {"on", "back", "through", "under", "underway", "in", "out", "there", "here", "complete"}
"""Beside `is`: on its way, back on a card, in, through, there."""
_DONE = {"sent", "paid", "made", "done", "gone", "put", "set", "left", "held", "kept", "lost", "found", "sold"}
"""Participles that do not end in -ed."""
_UNSTRESSED = {*_BE, *_HAVE, "your", "the", "a", "an", "it", "they", "them", "this", "that", "its", "their"}
_NO_NOUNS = {*_UNSTRESSED, *_OTHER_TIMES, "been", "being", "gets"}


def tells(clause: Clause, passages: Sequence[Text]) -> bool:
    """Whether it tells of an outcome or promises one, in other words than a passage's."""
    if any(clause in passage.clauses for passage in passages):
        return False
    conditional = _is_condition(clause, passages)
    told = [at for at in _telling(clause, passages) if not conditional or clause[at] in _OTHER_TIMES | {"i", "we"}]
    return any(not _stands_so(clause, at, passages) for at in told)


def _telling(clause: Clause, passages: Sequence[Text]) -> Iterator[int]:
    """The places of the words that tell."""
    if {*clause}.isdisjoint(_MODALS) and clause[0] in _OWN:
        yield 0
    if {*clause}.isdisjoint(_MODALS | _BE) and (clause[0].endswith("ing") or _is_done(clause[0])):
        yield 0
    ours = _what_we_do(passages)
    for at, word in enumerate(clause):
        before, after = clause[at - 1] if at else "", _after(clause, at)
        told = word in _OTHER_TIMES | _BY_NOW or _is_event(word, {*clause[:at]}, after)
        promised = word == "we" and after not in _HAVE | ours
        if told or promised or (_is_done(word) and _is_subject(before) and not _stand((before, word), passages)):
            yield at


def _what_we_do(passages: Sequence[Text]) -> set[str]:
    """The words that follow a `we` in the passages."""
    clauses = [clause for passage in passages for clause in passage.clauses]
    return {_after(clause, at) for clause in clauses for at, word in enumerate(clause) if word == "we"}


def _after(clause: Clause, at: int) -> str:
    """The next word that says something: no adverb, no `do`, no modal."""
    return next((w for w in clause[at + 1 :] if not w.endswith("ly") and w not in _BY_NOW | _MODALS | _MEANT), "")


def _is_event(word: str, subject: set[str], after: str) -> bool:
    """Whether this word and the one it goes with say what is so by now, or that the speaker acts."""
    if word in _HAVE:
        return after not in _NO_PERFECT and not after[:1].isdigit()
    if word in _BE:
        done = _is_done(after) or after.endswith("en")
        return after in _STATES or after.endswith("ing") or (done and bool(subject & _DEFINITE)) or bool(subject & _OWN)
    return word == "i" or (word in {"let", "allow"} and after in {"me", "us", "'s"})


def _is_done(word: str) -> bool:
    return word.endswith("ed") or word in _DONE


def _is_subject(word: str) -> bool:
    """As far as its form tells: "refund issued" and "it shipped" tell; "is issued" and "fully issued" do not."""
    return word in _PRONOUNS or (len(word) > 3 and not word.endswith("ly") and word not in _NO_NOUNS)


def _is_condition(clause: Clause, passages: Sequence[Text]) -> bool:
    """Whether it only says when something holds, in the words of a passage."""
    begins = condition(clause)
    rest = stems(word for word in clause[begins:] if word not in _UNSTRESSED)
    return begins > 0 and any(rest <= passage.stems for passage in passages)


def _stands_so(clause: Clause, at: int, passages: Sequence[Text]) -> bool:
    """Whether a passage has the word as it stands here: after three words or a clause's opening, and before one."""
    row = clause[max(0, at - 3) : at + 2]
    return (len(row) == 5 or (at > 0 and clause[0] in JOINTS)) and _stand(row, passages)


def _stand(row: Clause, passages: Sequence[Text]) -> bool:
    return any(f" {' '.join(row)} " in passage.in_a_row for passage in passages)
