"""The verdict on a play: what the journal of the systems, an oracle past everything of ours, says of what was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import server
from agent.connected import tools_of
from agent.policy.facts import vocabulary
from agent.settings import HARBOR
from knowledge.load import load
from tests.backoffice import Record
from tests.cases.matrix.stories import Play
from tests.cases.witness import outcomes_told

TOLD = outcomes_told(load(HARBOR, vocabulary(tools_of(server.Settings()))))


@dataclass
class Verdict:
    """What is not as guaranteed; empty when everything is."""

    duplicates: list[str] = field(default_factory=list)
    """G2: effects that happened twice."""
    lost: list[str] = field(default_factory=list)
    """G2, G7: effects that did not happen, or not as wanted, and messages without a turn.

    A page does not recognise a repeat: what is not found there after a kill is never sent again, but a person's.
    """
    unproven: list[str] = field(default_factory=list)
    """G3: sentences that tell of an outcome without a verified receipt whose effect the journal has."""

    def __bool__(self) -> bool:
        return bool(self.duplicates or self.lost or self.unproven)


async def judged(play: Play) -> Verdict:
    """Hold a play that is over against the guarantees."""
    written, stands = await play.written(), await play.stands()
    applied = [row for row in written if row["applied"]]
    verdict = Verdict(unproven=list(_unproven(play, applied)))
    if len(applied) > 1:
        verdict.duplicates.append(f"{play.story.action}: {applied}")
    if not stands and not (play.story.browsed and not applied and await play.is_with_a_person()):
        verdict.lost.append(f"{play.story.action} is not in the system: {written}")
    verdict.lost += [f"no turn: {turn}" for turn in play.turns if "reply" not in turn]
    return verdict


def _unproven(play: Play, applied: list[Record]) -> Iterator[str]:
    """An outcome is told in the turn of its receipt; the journal knows the receipt's effect by its key."""
    for turn in play.turns:
        for action in told(turn):
            proofs = [one for one in turn["receipts"] if (one["action"], one["state"]) == (action, "verified")]
            known = action != play.story.action or any(play.knows(one, applied) for one in proofs)
            if not (proofs and known):
                yield f"{action} is announced: {turn['reply']!r}"


def told(turn: dict[str, Any]) -> set[str]:
    """The actions of which a turn tells that they were done."""
    return {action for action, words in TOLD.items() if words.search(turn.get("reply", ""))}
