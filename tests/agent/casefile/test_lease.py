"""One worker has a case; who comes late is told apart (G8)."""

import asyncio

import pytest

from agent.casefile import lease
from agent.casefile.clock import Clock
from agent.casefile.lease import LEASE_S, RENEW_S, Lease
from agent.casefile.store import CaseFiles
from agent.errors import LateWriter
from tests.agent.conftest import OPENED, held

NOW = Clock()
EXPIRED = Clock(LEASE_S + 1)


async def acquire(files: CaseFiles, case_id: str, owner: str, clock: Clock = NOW) -> Lease | None:
    async with files.database.write() as tx:
        return await lease.acquire(tx, clock, case_id, owner)


async def renew(files: CaseFiles, mine: Lease, clock: Clock = NOW) -> bool:
    async with files.database.write() as tx:
        return await lease.renew(tx, clock, mine)


async def release(files: CaseFiles, mine: Lease) -> None:
    async with files.database.write() as tx:
        await lease.release(tx, mine)


async def check(files: CaseFiles, mine: Lease) -> None:
    async with files.database.write() as tx:
        await lease.check(tx, mine)


async def test_of_racing_workers_one_gets_the_case(files: CaseFiles, elsewhere: CaseFiles) -> None:
    for _ in range(5):
        case_id, _token = await files.open(OPENED)
        tried = [acquire(f, case_id, f"worker-{n}") for n, f in enumerate([files, elsewhere] * 4)]
        got = [mine for mine in await asyncio.gather(*tried) if mine is not None]
        assert len(got) == 1
        await check(elsewhere, got[0])


async def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_is_fenced_off(
    files: CaseFiles, elsewhere: CaseFiles, case_id: str
) -> None:
    late = await held(files, case_id)
    assert await acquire(elsewhere, case_id, "another") is None
    mine = await acquire(elsewhere, case_id, "another", EXPIRED)
    assert mine is not None
    assert mine.epoch > late.epoch
    with pytest.raises(LateWriter):
        await check(files, late)
    assert not await renew(files, late)
    await release(files, late)
    assert await acquire(files, case_id, "a third", EXPIRED) is None, "a late worker frees nothing"
    await check(elsewhere, mine)


async def test_the_same_worker_is_fenced_off_from_its_own_past(files: CaseFiles, case_id: str) -> None:
    late = await held(files, case_id)
    mine = await acquire(files, case_id, late.owner, EXPIRED)
    assert mine is not None
    with pytest.raises(LateWriter):
        await check(files, late)


async def test_a_lease_that_is_renewed_is_kept(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    mine = await held(files, case_id)
    for late_by in (LEASE_S - 1, 2 * LEASE_S - 2, 3 * LEASE_S - 3):
        assert await renew(files, mine, Clock(late_by))
        assert await acquire(elsewhere, case_id, "another", Clock(late_by + LEASE_S - 1)) is None
    assert RENEW_S < LEASE_S / 2, "one renewal may be missed"


async def test_a_lease_that_was_given_up_is_free_at_once(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    mine = await held(files, case_id)
    await release(files, mine)
    assert await acquire(elsewhere, case_id, "another") is not None
    with pytest.raises(LateWriter):
        await check(files, mine)


async def test_a_renewal_under_way_does_not_undo_the_release(
    files: CaseFiles, elsewhere: CaseFiles, case_id: str
) -> None:
    mine = await held(files, case_id)
    await release(files, mine)
    assert not await renew(files, mine)
    assert await acquire(elsewhere, case_id, "another") is not None


async def test_a_person_does_not_wait(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    late = await held(files, case_id)
    staff = await held(elsewhere, case_id, "staff", by_force=True)
    with pytest.raises(LateWriter):
        await check(files, late)
    await check(elsewhere, staff)


async def test_a_case_that_is_not_there_has_no_lease(files: CaseFiles) -> None:
    assert await acquire(files, "nowhere", "worker") is None
