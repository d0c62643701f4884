"""Backtest: what another playbook would have ruled in past cases, from the facts that were recorded.

Rulings are pure, so nothing is called, asked or said again: each past ruling's facts go through the draft's `decide`
and through the live one's, and where the two differ, that is a flip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from agent.casefile.events import Ruled, RuledBeside
from agent.casefile.records import Frozen, Level, Outcome, Proposal, Ruling
from agent.casefile.store import CaseFiles
from agent.casefile.tables import events
from agent.policy.decide import decide
from knowledge.playbook import ActionDef, Playbook
from knowledge.release import Release
from knowledge.rules import RuleError, Vocabulary, evaluate

Told = tuple[str, str, str]
"""The case, the digest of the proposal, and the kind of flip."""


class Past(Frozen):
    """One ruling that was made."""

    case_id: str
    seq: int
    at: str
    ruled: Ruled


class Flip(Frozen):
    """One past ruling that would be another one; told once for a proposal, however often that was ruled."""

    case_id: str
    seq: int
    at: str
    action: str
    was: Ruling
    now: Ruling
    touches: str | None
    """`money`, `identity` or `access`, by the word of either playbook."""
    money: float | None
    """How much the action would have moved, in the company's currency; None where that is not known."""

    @property
    def kind(self) -> str:
        """`approve → confirm`, with the identity where that is what changes."""
        sides = [r.outcome + (f" ({r.identity_needed})" if self._only_identity else "") for r in (self.was, self.now)]
        return " → ".join(sides)

    @property
    def _only_identity(self) -> bool:
        return self.was.outcome == self.now.outcome

    @property
    def is_less_strict(self) -> bool:
        """Whether it would have been let through more easily, or for one who is known less well."""
        lets = self.now.outcome.strictness < self.was.outcome.strictness
        if self.now.outcome in (Outcome.HANDOFF, Outcome.FORBID):
            return lets
        return lets or Level.named(self.now.identity_needed) < Level.named(self.was.identity_needed)

    @property
    def blocks(self) -> bool:
        """Whether somebody has to answer for it before it is published."""
        return self.touches is not None and self.is_less_strict

    @property
    def clauses(self) -> list[str]:
        """The clauses that did it: those of one ruling and not of the other, or else all."""
        either = [*self.was.clauses, *self.now.clauses]
        one = [clause for clause in either if (clause in self.was.clauses) != (clause in self.now.clauses)]
        return list(dict.fromkeys(one or either))


class Sum(Frozen):
    """All flips of one kind."""

    kind: str
    flips: int
    cases: int
    money: float
    blocks: int


class Backtest(Frozen):
    """What a draft would have done to past cases."""

    release: str
    against: str
    cases: int
    rulings: int
    flips: list[Flip]

    @property
    def sums(self) -> list[Sum]:
        """The flips by kind, the most frequent first."""
        kinds: defaultdict[str, list[Flip]] = defaultdict(list)
        for flip in self.flips:
            kinds[flip.kind].append(flip)
        found = [
            Sum(
                kind=kind,
                flips=len(flips),
                cases=len({flip.case_id for flip in flips}),
                money=round(sum(flip.money or 0.0 for flip in flips), 2),
                blocks=sum(flip.blocks for flip in flips),
            )
            for kind, flips in kinds.items()
        ]
        return sorted(found, key=lambda one: (-one.flips, one.kind))

    @property
    def blocking(self) -> list[Flip]:
        """Those for which somebody has to answer."""
        return [flip for flip in self.flips if flip.blocks]


async def past_rulings(files: CaseFiles, cases: int) -> list[Past]:
    """All rulings of the newest cases that have any, oldest first."""
    mine = (events.c.tenant == files.tenant) & (events.c.kind == Ruled.__name__)
    newest = select(events).where(mine).order_by(events.c.at.desc())
    seen: set[str] = set()
    found: list[Past] = []
    async with files.database.read() as db:
        async for row in (await db.stream(newest)).mappings():
            if row["case_id"] not in seen and len(seen) >= cases:
                continue
            seen.add(row["case_id"])
            ruled = Ruled.model_validate_json(row["body"])
            found.append(Past(case_id=row["case_id"], seq=row["seq"], at=row["at"], ruled=ruled))
    return found[::-1]


def backtest(past: Iterable[Past], live: Release, draft: Release, vocabulary: Vocabulary) -> Backtest:
    """What the draft would have ruled instead of the live release."""
    flips, cases, rulings = dict[Told, Flip](), set[str](), 0
    for one in past:
        cases.add(one.case_id)
        rulings += 1
        facts, made = one.ruled.facts, one.ruled
        was = made.ruling if made.release == live.id else decide(facts, live.playbook, vocabulary)
        now = decide(facts, draft.playbook, vocabulary)
        if _differ(was, now):
            _add(flips, _flip(one, was, now, [live.playbook, draft.playbook], vocabulary), made.proposal)
    return Backtest(release=draft.id, against=live.id, cases=len(cases), rulings=rulings, flips=list(flips.values()))


async def ruled_beside(files: CaseFiles, shadow: Release, vocabulary: Vocabulary, most: int = 10_000) -> Backtest:
    """What a release in the shadow ruled otherwise than the releases that were at work, in its newest rulings."""
    beside, at_work = events.alias("beside"), events.alias("at_work")
    just_before = (at_work.c.case_id == beside.c.case_id) & (at_work.c.seq == beside.c.seq - 1)
    mine = (beside.c.tenant == files.tenant) & (beside.c.kind == RuledBeside.__name__)
    wanted = select(at_work, beside.c.body.label("beside")).join(beside, just_before).where(mine)
    flips, cases, rulings = dict[Told, Flip](), set[str](), 0
    async with files.database.read() as db:
        async for row in (await db.stream(wanted.order_by(beside.c.at.desc()).limit(most))).mappings():
            told = RuledBeside.model_validate_json(row["beside"])
            if told.release != shadow.id:
                continue
            made = Ruled.model_validate_json(row["body"])
            cases.add(row["case_id"])
            rulings += 1
            one = Past(case_id=row["case_id"], seq=row["seq"], at=row["at"], ruled=made)
            if _differ(made.ruling, told.ruling):
                _add(flips, _flip(one, made.ruling, told.ruling, [shadow.playbook], vocabulary), made.proposal)
    found = list(flips.values())
    return Backtest(release=shadow.id, against="those at work", cases=len(cases), rulings=rulings, flips=found)


def _add(flips: dict[Told, Flip], flip: Flip, proposal: Proposal) -> None:
    flips.setdefault((flip.case_id, proposal.digest, flip.kind), flip)


def _differ(was: Ruling, now: Ruling) -> bool:
    return (was.outcome, was.identity_needed) != (now.outcome, now.identity_needed)


def _flip(one: Past, was: Ruling, now: Ruling, books: Sequence[Playbook], vocabulary: Vocabulary) -> Flip:
    action = one.ruled.proposal.action
    defined = [book.actions[action] for book in books if action in book.actions]
    return Flip(
        case_id=one.case_id,
        seq=one.seq,
        at=one.at,
        action=action,
        was=was,
        now=now,
        touches=next((entry.touches for entry in defined if entry.touches), None),
        money=next((m for entry in defined if (m := _money(entry, one.ruled, vocabulary)) is not None), None),
    )


def _money(action: ActionDef, ruled: Ruled, vocabulary: Vocabulary) -> float | None:
    try:
        return float(evaluate(vocabulary.expression(action.money, "double"), ruled.facts)) if action.money else None
    except RuleError:
        return None
