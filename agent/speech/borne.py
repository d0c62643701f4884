"""Borne out: whether what a sentence tells as done is what a call did, to that target and with those arguments.

The sentence is taken apart into clauses, and of each every word has to be accounted for: it says nothing by itself,
or it names the deed, the target or a value of one call that took effect. What is left over, denies, limits or doubts is
borne out by nothing. So a lie has no word to stand on, whatever language it is told in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.speech.bearing import Bearing
from agent.speech.clause import GENERAL, Clause, clauses, is_figure
from agent.speech.evidence import History
from agent.speech.tool import Tool, deeds_of
from agent.speech.values import amount, figures_of, shape_of, stem, tokens

_READING = frozenset({"find", "verify"})
"""What is done by looking alone."""
KIN = (
    {"exchange", "change"}, {"move", "change"}, {"cancel", "close"}, {"book", "create"}, {"book", "buy"},
    {"refund", "credit"}, {"remove", "cancel"}, {"add", "create"}, {"file", "dispute"}, {"file", "create"},
)  # fmt: skip
"""Deeds of which people say the one and mean the other; a tool that does what was said comes first."""


@dataclass(frozen=True)
class Verdict:
    """What is to be said of a sentence's claims."""

    why: str | None
    """Why it is not borne out, or None."""
    calls: tuple[int, ...] = ()
    """The calls that bear it out, by their places."""
    claims: bool = True
    """Whether it tells of something as done."""
    near: int | None = None
    """The call that does what it tells, where that does not bear out the rest."""


def verdict(sentence: str, history: History, language: str, around: str = "") -> Verdict:
    """Whether each clause of a sentence is borne out; `around`: what is said in the same breath."""
    told = clauses(sentence, language)
    if not told:
        return Verdict("is free wording in a language whose claims cannot be told")
    if "?" in sentence:
        return Verdict("asks something", claims=False)
    bearing, beside, about = list[int](), list[Clause](), frozenset[str]()
    for clause in told:
        if reason := _unfit(clause):
            return Verdict(reason, near=_near(clause, history))
        if not clause.is_told and not clause.nouns and not history.verbs & set(map(stem, clause.said)):
            beside.append(clause)
            continue
        found = _borne_by(clause, history, around, about)
        if isinstance(found, int):
            bearing.append(found)
            about = history.bearing(found).names if _names(clause, history.bearing(found)) else about
        elif clause.is_heading:
            beside.append(clause)
        else:
            return Verdict(found, near=_near(clause, history))
    if not bearing:
        return Verdict("tells of nothing that was done", claims=False)
    if not all(_is_idle(clause) or _adds_nothing(clause, history, bearing) for clause in beside):
        return Verdict("says what no receipt shows", near=bearing[-1])
    return Verdict(None, tuple(bearing))


def _near(clause: Clause, history: History) -> int | None:
    """The last call that does what a clause tells."""
    does = (at for at in history.changes() if clause.deeds and _does(clause, history.bearing(at), history))
    return next(does, None)


def _unfit(clause: Clause) -> str | None:
    known = clause.lexicon
    for group, reason in (
        ("negation", "denies"),
        ("failing", "tells of a failure"),
        ("modal", "is no plain statement"),
    ):
        if known[group].within(clause.said):
            return f"{reason}, which no receipt bears out"
    return None


def _is_idle(clause: Clause) -> bool:
    known = clause.lexicon
    return all(word in known["function"] or word in known["polite"] or word in known["joint"] for word in clause.said)


def _adds_nothing(clause: Clause, history: History, bearing: Sequence[int]) -> bool:
    return any(_is_beside(clause, history.bearing(at), history) for at in bearing)


def _is_beside(clause: Clause, bearing: Bearing, history: History) -> bool:
    """Whether a clause that tells of nothing done is about the same call."""
    told = clause.attributes | {word: deeds for _, word, deeds in clause.told_verbs}
    if any(not _is_so(word, deeds, bearing) for word, deeds in told.items()):
        return False
    return _unaccounted(clause, bearing, history, anchored=True) is None


def _borne_by(clause: Clause, history: History, around: str, about: frozenset[str]) -> int | str:
    """The call that bears a clause out, or why none does; `about`: what was named before it in the same sentence."""
    why, first = "tells of an outcome without a receipt", ""
    if clause.deeds and all(deeds & _READING for deeds in clause.deeds):
        looked = (at for at in history.looks() if _unaccounted(clause, history.bearing(at), history) is None)
        return next(looked, why)
    named = any(_names(clause, history.bearing(at)) for at in history.changes())
    for at in history.changes():
        bearing = history.bearing(at)
        if not _does(clause, bearing, history):
            continue
        if bearing.why_not is not None:
            first = first or f"tells of an outcome, but {bearing.why_not}"
            if not named:  # it means the last call of its kind
                break
            continue
        reason = _unaccounted(clause, bearing, history)
        if reason is None and bearing.is_part_of_what_was_agreed:
            reason = "tells of more than was done"
        if reason is None and any(figures.isdisjoint(clause.figures) for figures in bearing.unheard):
            reason = "tells of a call with figures that nobody named"
        if reason is None and not _names(clause, bearing):
            reason = _not_meant(bearing, at, history, around, about)
        if reason is None:
            return at
        first = first or reason
    return first or why


def _does(clause: Clause, bearing: Bearing, history: History) -> bool:
    """Whether the call does what the clause tells."""
    verbs = bearing.tool.verbs
    if not clause.deeds:
        said = set(map(stem, clause.said))
        return (
            clause.is_bare
            or bearing.tool.verb in said
            or (len(bearing.tool.subject) > 1 and bearing.tool.subject <= said)
        )
    if any(not _is_so(word, deeds, bearing) for word, deeds in clause.attributes.items()):
        return False
    shown = deeds_of(bearing.shown)
    if any(not deeds & (verbs | shown) for deeds in clause.deeds):
        beside = not clause.verbs and any(deeds & verbs for deeds in clause.deeds)
        shown |= bearing.consequences(frozenset(clause.said) if beside else clause.figures)
    if any(not deeds & (verbs | shown) and not _kin(deeds) & verbs for deeds in clause.deeds):
        return False
    if any(not deeds & verbs for deeds in clause.verbs) and clause.things & bearing.tool.subjects - GENERAL:
        return bool(clause.figures & bearing.amounts)  # what came with it is told of a sum, not of the target itself
    if clause.verbs and any(not _is_about(word, deeds, clause, bearing) for word, deeds in clause.nouns.items()):
        return False
    primary = [deeds | _kin(deeds) for deeds in clause.deeds if not deeds & shown or deeds & verbs]
    rivals = [tool for tool in history.tools.values() if tool.changes and any(d & tool.verbs for d in primary)]
    if not primary:
        return True
    pinned = bool(clause.figures & frozenset(figure for value in bearing.ids for figure in figures_of(value)))
    rest = max((_closeness(clause, tool, pinned=pinned) for tool in rivals), default=0.0)
    return _closeness(clause, bearing.tool, pinned=pinned) >= rest


def _kin(deeds: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(pair for pair in KIN if pair & deeds))


def _is_so(word: str, deeds: frozenset[str], bearing: Bearing) -> bool:
    return bool(deeds & bearing.tool.verbs) or word in bearing.borne or stem(word) in bearing.vocabulary


def _is_about(word: str, deeds: frozenset[str], clause: Clause, bearing: Bearing) -> bool:
    """Whether a noun beside the verb names what the tool is for."""
    same = deeds & bearing.tool.verbs or clause.lexicon.things_of(word) & bearing.tool.things
    return bool(same) or stem(word) in bearing.tool.stems


def _closeness(clause: Clause, tool: Tool, *, pinned: bool) -> float:
    """How much of what a clause is about the tool's name and its declaration speak of."""
    score = sum(2.0 if thing in tool.subjects else 1.0 if thing in tool.things else 0.0 for thing in clause.things)
    plain = {stem(word) for word in clause.said if not clause.lexicon.things_of(word)}
    idle = {stem(w) for w in clause.said if w in clause.lexicon["function"] or (pinned and clause.lexicon.deeds_of(w))}
    score += 2.0 * (not pinned and any(deeds & tool.verbs for deeds in clause.deeds))
    return score + len((plain - idle) & tool.stems)


def _names(clause: Clause, bearing: Bearing) -> bool:
    """Whether the clause itself names the call's target, or a value that tells it from others."""
    return bool(bearing.names & clause.figures)


def _not_meant(bearing: Bearing, at: int, history: History, around: str, about: frozenset[str]) -> str | None:
    """Why a call is not the one that a clause without a target means."""
    if about and not about & bearing.names:
        return "is about another thing than was named"
    if at < history.since and not about:
        return "does not say of what it tells, and nothing was done since the customer wrote"
    if not about and bearing.is_unheard_of:
        return "is about something else than what was spoken of"
    for value in bearing.target:
        token = "-".join(tokens(value))
        alike = {found for found in tokens(around) if shape_of(found) == shape_of(token) and shape_of(token)}
        if alike and token not in alike:
            return "is about something else than what was done"
    return "tells of more than was done" if _is_part(bearing, around, history) else None


def _is_part(bearing: Bearing, around: str, history: History) -> bool:
    """Whether what is said around it names, beside things that the call lists, others of their kind."""
    listed = {"-".join(tokens(str(value))) for value in bearing.listed}
    shapes = {shape_of(value) for value in listed} - {""}
    done = {figure for at in history.changes() for figure in history.bearing(at).figures}
    alike = {token for token in tokens(around) if shape_of(token) in shapes} - done
    return bool(alike) and bool(listed & set(tokens(around)))


def _unaccounted(clause: Clause, bearing: Bearing, history: History, *, anchored: bool = False) -> str | None:
    """What of the clause the call does not account for, or None; `anchored`: what it is about is known already."""
    strange: list[str] = []
    for place, word in enumerate(clause.said):
        if is_figure(word):
            accounted = _has_figure(word, bearing, money=clause.is_money(place))
            anchored = anchored or accounted
        elif word in clause.lexicon["sweeping"] and word not in bearing.borne:
            accounted = clause.is_implied(place) or _is_complete(word, clause, bearing, history)
        elif clause.is_empty(place):
            accounted = True
        elif _is_said_of(word, clause, bearing):
            accounted = True
            anchored = anchored or not clause.lexicon.things_of(word)
        else:
            accounted = anchored and (_was_said(place, clause, history) or _describes(place, clause))
        if not accounted:
            strange.append(word)
    return f"names what its receipt does not show: {', '.join(strange)}" if strange else None


def _describes(place: int, clause: Clause) -> bool:
    """Whether a word only describes what is accounted for: "the cheapest options"."""
    before = clause.said[place - 1] if place else ""
    return clause.said[place] in clause.lexicon["qualities"] and before not in clause.lexicon["adding"]


def _was_said(place: int, clause: Clause, history: History) -> bool:
    if place and clause.said[place - 1] in clause.lexicon["adding"]:
        return False
    return all(part in history.talked for part in re.split(r"[-'/.:,]", clause.said[place]) if part)


def _has_figure(word: str, bearing: Bearing, *, money: bool) -> bool:
    parts = word.split("/") if "/" in word else re.split(r"(?<=\d)-(?=[^\W\d]{2,}$)", word)
    if len(parts) > 1 and not money:
        return all(part in bearing.borne or part in bearing.figures for part in parts)
    number = amount(word) if re.fullmatch(r"[\d.,]+", word) else word
    if money:
        return number in bearing.amounts
    return number in bearing.figures or word in bearing.figures


def _is_complete(word: str, clause: Clause, bearing: Bearing, history: History) -> bool:
    """Whether "both" and "all" are true: of what one call lists, or of all that was tried since the customer wrote."""
    if word not in clause.lexicon["whole"]:
        return False
    pair = word in clause.lexicon["pair"]
    if bearing.is_whole and (not pair or "2" in bearing.counts):
        return True
    tried = [history.bearing(at) for at in history.changes() if at >= history.since]
    done = [one for one in tried if one.why_not is None]
    reached = {one.target for one in done}
    if any(one.why_not is not None and one.target not in reached for one in tried):
        return False
    alike = {one.target for one in done if one.tool.name == bearing.tool.name}
    return 2 in {len(done), len(alike)} if pair else len(alike) > 1


def _is_said_of(word: str, clause: Clause, bearing: Bearing) -> bool:
    """Whether a word stands for something that the call is about."""
    if word in clause.lexicon["numerals"]:
        return str(clause.lexicon.numeral(word)) in bearing.counts
    parts = [part for part in re.split(r"[-–'/.:,]", word) if part]
    return all(_is_part_said(part, clause, bearing, compound=len(parts) > 1) for part in parts)


def _is_part_said(part: str, clause: Clause, bearing: Bearing, *, compound: bool) -> bool:
    known = clause.lexicon
    if compound and part in known["negation"]:  # "non-resistant", of a record that says "not resistant"
        return any(word in known["negation"] for word in bearing.borne)
    return (
        part in known["function"]
        or part in known["numerals"]
        or not known.things_of(part).isdisjoint(bearing.things)
        or part in bearing.borne
        or part in bearing.fields
        or stem(part) in bearing.vocabulary
        or stem(part) in bearing.borne
    )
