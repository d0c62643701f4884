"""Retrieve: find the passages in force that may carry the answers to what was asked."""

from __future__ import annotations

import asyncio

from agent.casefile.events import PassagesFound
from agent.casefile.records import Passage
from agent.state import State, Update
from agent.turn import OpenTurn


async def retrieve(state: State, turn: OpenTurn) -> Update:
    """Search once for each open question, in the case's release and language."""
    searched = {found.question for found in turn.all_noted(PassagesFound)}
    for intent in turn.case.open_intents:
        is_question = turn.playbook.intents[intent.name].kind == "question"
        if is_question and intent.text not in searched:
            turn.note(PassagesFound(question=intent.text, passages=await find(turn, intent.text)))
    return {"route": "propose"}


async def find(turn: OpenTurn, question: str) -> list[Passage]:
    """The passages of the case's release that are nearest to a question, best first."""
    desk, release = turn.desk, turn.release
    at = desk.clock.now().date()
    found = await asyncio.to_thread(desk.search.find, question, release.id, turn.case.language, at)
    return [
        Passage(
            id=hit.id,
            kind=hit.kind,
            title=hit.title,
            text=hit.text,
            release=release.id,
            locale=hit.locale,
            support=hit.support,
        )
        for hit in found
    ]
