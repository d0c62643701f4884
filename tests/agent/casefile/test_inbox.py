"""A message is taken in once, in its order, and waits until a turn has dealt with it (G7)."""

import asyncio
import uuid

import pytest
from sqlalchemy import update

from agent.casefile import inbox
from agent.casefile.clock import Clock
from agent.casefile.inbox import Wake
from agent.casefile.store import CaseFiles
from agent.casefile.tables import cases
from agent.errors import CaseIsClosed, CaseUnknown, MessageDiffers
from tests.agent.conftest import OPENED


async def accept(files: CaseFiles, case_id: str, message_id: str, text: str, *, tenant: str = "harbor") -> None:
    async with files.database.write() as tx:
        await inbox.accept(tx, tenant, files.clock, case_id, message_id, text)


async def due(files: CaseFiles, case_id: str, *, offset_s: float = 0) -> list[str]:
    async with files.database.read() as db:
        return [wake.body for wake in await inbox.due(db, Clock(offset_s), case_id)]


async def waiting(files: CaseFiles, *, offset_s: float = 0, tenant: str = "harbor") -> list[str]:
    async with files.database.read() as db:
        return await inbox.waiting_cases(db, tenant, Clock(offset_s))


async def done(files: CaseFiles, case_id: str, wake_ids: list[str], seq: int = 9) -> None:
    async with files.database.write() as tx:
        await inbox.done(tx, case_id, wake_ids, seq)


async def close(files: CaseFiles, case_id: str) -> None:
    async with files.database.write() as tx:
        await tx.execute(update(cases).where(cases.c.case_id == case_id).values(status="closed"))


async def test_the_same_message_is_taken_in_once(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    posts = [accept(f, case_id, "m1", "Where is it?") for f in [files, elsewhere] * 5]
    await asyncio.gather(*posts)
    assert await due(files, case_id) == ["Where is it?"]
    await done(files, case_id, ["m1"])
    await accept(files, case_id, "m1", "Where is it?")
    assert await due(files, case_id) == [], "it was dealt with"


async def test_one_id_with_two_texts_is_refused(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    posts = [accept(f, case_id, "m1", text) for f, text in [(files, "yes"), (elsewhere, "no")]]
    came = await asyncio.gather(*posts, return_exceptions=True)
    assert sorted(type(result).__name__ for result in came) == ["MessageDiffers", "NoneType"]
    for text in ("", "yes ", "YES"):
        with pytest.raises(MessageDiffers):
            await accept(files, case_id, "m1", text)
    assert len(await due(files, case_id)) == 1


async def test_an_id_counts_within_its_case(files: CaseFiles, case_id: str) -> None:
    other, _ = await files.open(OPENED)
    await accept(files, case_id, "m1", "yes")
    await accept(files, other, "m1", "no")
    assert (await due(files, case_id), await due(files, other)) == (["yes"], ["no"])


async def test_a_closed_case_takes_nothing_new(files: CaseFiles, case_id: str) -> None:
    await accept(files, case_id, "m1", "Thanks")
    await close(files, case_id)
    await accept(files, case_id, "m1", "Thanks")
    with pytest.raises(MessageDiffers):
        await accept(files, case_id, "m1", "No thanks")
    with pytest.raises(CaseIsClosed):
        await accept(files, case_id, "m2", "One more thing")
    assert await due(files, case_id) == ["Thanks"], "what was accepted before is not lost"


async def test_nobody_writes_to_a_case_of_others(files: CaseFiles, case_id: str) -> None:
    with pytest.raises(CaseUnknown):
        await accept(files, case_id, "m1", "Hello", tenant="another")
    with pytest.raises(CaseUnknown):
        await accept(files, str(uuid.uuid4()), "m1", "Hello")
    await accept(files, case_id, "m1", "Hello")
    assert await waiting(files, tenant="another") == []
    assert await waiting(files) == [case_id]


async def test_a_burst_keeps_its_order(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    texts = [f"line {n}" for n in range(12)]
    for n, text in enumerate(texts):  # ids in no order
        await accept((files, elsewhere)[n % 2], case_id, str(uuid.uuid4()), text)
    assert await due(files, case_id) == texts
    assert await waiting(files) == [case_id]


async def test_what_is_due_later_waits_for_its_time(files: CaseFiles, case_id: str) -> None:
    reminder = Wake(case_id, "reminder:1", "expiry", "remind")
    async with files.database.write() as tx:
        await inbox.put(tx, "harbor", files.clock, reminder, due_at=files.clock.after(3600))
    await accept(files, case_id, "m1", "Hello")
    assert await due(files, case_id) == ["Hello"]
    await done(files, case_id, ["m1"])
    assert (await waiting(files), await waiting(files, offset_s=3500)) == ([], [])
    assert await waiting(files, offset_s=3601) == [case_id]
    assert await due(files, case_id, offset_s=3601) == ["remind"]


async def test_an_offset_clock_does_not_hide_what_came_before(files: CaseFiles, case_id: str) -> None:
    await accept(CaseFiles(files.database, Clock(7200), "harbor"), case_id, "m1", "from the future")
    assert await due(files, case_id) == []
    assert await due(files, case_id, offset_s=7201) == ["from the future"]


async def test_a_row_is_done_with_the_turn_that_names_it(files: CaseFiles, case_id: str) -> None:
    other, _ = await files.open(OPENED)
    for n in range(3):
        await accept(files, case_id, f"m{n}", f"text {n}")
    await accept(files, other, "m0", "of another case")
    await done(files, case_id, ["m0", "m2"], 17)
    assert (await due(files, case_id), await due(files, other)) == (["text 1"], ["of another case"])
    async with files.database.read() as db:
        found = [await inbox.find(db, case_id, f"m{n}") for n in range(4)]
    assert [wake and wake.turn_seq for wake in found] == [17, None, 17, None]
    assert found[0] is not None
    assert found[0] == Wake(case_id, "m0", "message", "text 0", 17, accepted_at=found[0].accepted_at)
    assert found[0].accepted_at <= files.clock.stamp()
    assert found[3] is None
