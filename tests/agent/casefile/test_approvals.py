"""A question to a person has one answer, in its time, for the proposal that was shown (G1, G2)."""

import asyncio
import uuid

import pytest

from agent.casefile import approvals, inbox
from agent.casefile.approvals import Decision
from agent.casefile.clock import Clock
from agent.casefile.records import Approval
from agent.casefile.store import CaseFiles
from agent.errors import ApprovalStale, ApprovalUnknown

TTL_S = 60.0
YES = Decision(status="approved", decided_by="ann", reason="fine")


async def asked(files: CaseFiles, case_id: str) -> Approval:
    """A pending approval."""
    approval = Approval(
        id=str(uuid.uuid4()), case_id=case_id, action="issue_refund", args={"amount": "60.00"}, digest="d" * 64,
        clauses=["refunds/4.2"], reason="large", evidence={"order": {"total": 60}}, status="pending",
        created_at=files.clock.stamp(), expires_at=files.clock.after(TTL_S),
    )  # fmt: skip
    async with files.database.write() as tx:
        await approvals.ask(tx, files.tenant, files.clock, approval)
    return approval


async def decide(
    files: CaseFiles,
    approval_id: str,
    decision: Decision = YES,
    *,
    digest: str | None = None,
    offset_s: float = 0,
    tenant: str = "harbor",
) -> Approval:
    async with files.database.write() as tx:
        return await approvals.decide(tx, tenant, Clock(offset_s), approval_id, decision, digest)


async def lapse(files: CaseFiles, approval_id: str) -> bool:
    async with files.database.write() as tx:
        return await approvals.lapse(tx, approval_id)


async def status(files: CaseFiles, approval_id: str, *, offset_s: float = 0) -> str:
    async with files.database.read() as db:
        return (await approvals.get(db, files.tenant, Clock(offset_s), approval_id)).status


async def won(files: CaseFiles, approval_id: str) -> Decision | None:
    async with files.database.read() as db:
        return await approvals.decision(db, approval_id)


async def causes(files: CaseFiles, case_id: str, *, offset_s: float = 0) -> list[str]:
    async with files.database.read() as db:
        return [wake.cause for wake in await inbox.due(db, Clock(offset_s), case_id)]


async def test_of_racing_decisions_exactly_one_wins(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    for _ in range(5):
        approval = await asked(files, case_id)
        answers = [
            Decision(status=s, decided_by=f"p{n}", reason="") for n in range(10) for s in ("approved", "rejected")
        ]
        tried = [decide((files, elsewhere)[n % 2], approval.id, answer) for n, answer in enumerate(answers)]
        came = await asyncio.gather(*tried, return_exceptions=True)
        wins = [(n, result) for n, result in enumerate(came) if isinstance(result, Approval)]
        assert len(wins) == 1
        assert sum(isinstance(result, ApprovalStale) for result in came) == 19
        number, shown = wins[0]
        assert await won(elsewhere, approval.id) == answers[number]
        assert (shown.status, shown.decided_by) == (answers[number].status, answers[number].decided_by)
        assert await status(elsewhere, approval.id) == answers[number].status
    assert await causes(files, case_id) == ["decision"] * 5, "each question wakes its case once"


async def test_a_decision_is_for_the_proposal_that_was_shown(files: CaseFiles, case_id: str) -> None:
    approval = await asked(files, case_id)
    with pytest.raises(ApprovalStale, match="read it again"):
        await decide(files, approval.id, digest="e" * 64)
    assert await status(files, approval.id) == "pending"
    assert (await won(files, approval.id), await causes(files, case_id)) == (None, [])
    assert (await decide(files, approval.id, digest=approval.digest)).status == "approved"


async def test_when_the_time_has_passed_nobody_decides(files: CaseFiles, case_id: str) -> None:
    approval = await asked(files, case_id)
    assert await status(files, approval.id, offset_s=TTL_S - 5) == "pending"
    assert await status(files, approval.id, offset_s=TTL_S + 1) == "expired"
    with pytest.raises(ApprovalStale, match="expired"):
        await decide(files, approval.id, offset_s=TTL_S + 1)
    assert await won(files, approval.id) is None
    assert await causes(files, case_id) == []
    assert await causes(files, case_id, offset_s=TTL_S + 1) == ["expiry"], "the case is told"


async def test_it_is_decided_or_it_lapses_but_never_both(files: CaseFiles, elsewhere: CaseFiles, case_id: str) -> None:
    for one, other in [(files, elsewhere), (elsewhere, files)] * 5:
        approval = await asked(files, case_id)
        race = asyncio.gather(lapse(one, approval.id), decide(other, approval.id), return_exceptions=True)
        lapsed, decided = await race
        assert lapsed is isinstance(decided, ApprovalStale)
        assert await status(files, approval.id) == ("expired" if lapsed else "approved")
        assert await won(files, approval.id) == (None if lapsed else YES)


async def test_what_has_lapsed_stays_so(files: CaseFiles, case_id: str) -> None:
    approval = await asked(files, case_id)
    assert await lapse(files, approval.id)
    assert not await lapse(files, approval.id)
    with pytest.raises(ApprovalStale):
        await decide(files, approval.id)


async def test_what_is_decided_stays_so(files: CaseFiles, case_id: str) -> None:
    approval = await asked(files, case_id)
    edited = Decision(status="edited", decided_by="ann", reason="less", args={"amount": "50.00"})
    await decide(files, approval.id, edited)
    assert not await lapse(files, approval.id)
    with pytest.raises(ApprovalStale, match="edited"):
        await decide(files, approval.id)
    assert await won(files, approval.id) == edited
    assert await status(files, approval.id, offset_s=TTL_S + 1) == "edited", "its time no longer counts"


async def test_tenants_decide_on_their_own(files: CaseFiles, case_id: str) -> None:
    approval = await asked(files, case_id)
    for missing, tenant in ((approval.id, "another"), (str(uuid.uuid4()), "harbor")):
        with pytest.raises(ApprovalUnknown):
            await decide(files, missing, tenant=tenant)
    async with files.database.read() as db:
        assert await approvals.listed(db, "another", files.clock) == []
    assert await status(files, approval.id) == "pending"


async def test_they_are_listed_by_what_they_are_now(files: CaseFiles, case_id: str) -> None:
    first, second, third = [await asked(files, case_id) for _ in range(3)]
    await decide(files, second.id)
    async with files.database.read() as db:
        every = await approvals.listed(db, "harbor", files.clock)
        pending = await approvals.listed(db, "harbor", files.clock, status="pending")
        expired = await approvals.listed(db, "harbor", Clock(TTL_S + 1), status="expired")
    assert [a.id for a in every] == [first.id, second.id, third.id]
    assert pending == [first, third]
    assert [a.id for a in expired] == [first.id, third.id]
    assert every[1] == second.model_copy(update={"status": "approved", "decided_by": "ann"})
