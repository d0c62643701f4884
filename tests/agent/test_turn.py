"""An open turn is written whole, whatever cuts it short, and leaves asked what it does not answer."""

from __future__ import annotations

import asyncio

import pytest

from agent.casefile import events as e
from agent.casefile import inbox
from agent.casefile.inbox import Wake
from agent.casefile.records import Ask
from agent.casefile.store import CaseFiles
from agent.undo import take_back
from tests.agent.desks import desk_over, new_case, open_turn
from tests.agent.shop import Shop


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_a_turn_that_is_cancelled_in_a_commit_leaves_it_whole_and_the_database_free(
    files: CaseFiles, steps: int
) -> None:
    desk = desk_over(files, Shop())
    case_id = await new_case(desk)
    turn = await open_turn(desk, case_id)
    turn.note(e.ReplySent(text="Hello."))
    committing = asyncio.create_task(turn.commit())
    for _ in range(steps):
        await asyncio.sleep(0)
    committing.cancel()
    cancelled = (await asyncio.gather(committing, return_exceptions=True))[0]
    assert cancelled is None or isinstance(cancelled, asyncio.CancelledError)
    written = [event.body for event in await files.events(case_id)]
    assert steps == 0 or e.ReplySent(text="Hello.") in written
    async with asyncio.timeout(2):
        turn.note(e.ReplySent(text="Hello again."))
        await turn.commit()
    assert [event.seq for event in await files.events(case_id)] == list(range(1, turn.case.seq + 1))


async def test_what_was_asked_stays_asked_over_a_turn_beside_the_conversation(files: CaseFiles) -> None:
    desk = desk_over(files, Shop())
    turn = await open_turn(desk, await new_case(desk))
    asks = [Ask(kind="slot", name="order_id")]
    turn.note(e.ReplySent(text="Which order?", asks=asks))
    assert (await turn.finish()).status == "waiting_customer"
    beside = Wake(turn.case.case_id, "undo:0:0", "undo", '{"effect": "0", "by": "Mara", "reason": ""}')
    async with desk.files.database.write() as tx:
        await inbox.put(tx, desk.tenant, desk.clock, beside)
    later = await open_turn(desk, turn.case.case_id)
    await take_back(later)
    assert (later.case.status, later.case.asks, later.case.repeats) == ("waiting_customer", asks, 0)
