"""A desk of small real parts: a release in memory, the tools of a shop, case files in a database."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

from agent.casefile import events as e
from agent.casefile import inbox, lease
from agent.casefile.records import Approval, Args, Intent, Mood, Proposal
from agent.casefile.release_log import ReleaseLog
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.dispatch import rule
from agent.models.port import ModelFailed
from agent.policy.facts import vocabulary
from agent.turn import OpenTurn
from knowledge.playbook import Clause
from knowledge.release import Release, Releases
from knowledge.search import Found, Search
from tests.agent.companies import company
from tests.agent.shop import Shop, catalog


class OneRelease(Releases):
    """A release that was never a folder."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def get(self, release_id: str) -> Release:
        assert release_id == self._release.id
        return self._release


class NothingFound(Search):
    """A search without documents."""

    def __init__(self) -> None: ...

    def build(self, release: Release, locale: str | None = None) -> None: ...

    def find(self, *_: object, **__: object) -> list[Found]:
        return []


class Mute:
    """A model that has nothing to say."""

    name = "mute"

    async def read(self, *_: Any) -> Any:
        raise ModelFailed("mute")

    async def propose(self, *_: Any) -> Any:
        raise ModelFailed("mute")

    def word(self, *_: Any) -> AsyncIterator[str]:
        raise ModelFailed("mute")


def desk_over(files: CaseFiles, shop: Shop, *clauses: Clause) -> Desk:
    """A desk whose company has these clauses."""
    tools, release = catalog(shop), Release("rel", company(*clauses))
    return Desk(
        files=files, catalog=tools, vocabulary=vocabulary(tools), releases=OneRelease(release),
        log=ReleaseLog(files.database, files.clock, files.tenant),
        search=NothingFound(), model_for=lambda _: Mute(), code_secret=b"",
    )  # fmt: skip


async def new_case(desk: Desk, *, customer_id: str | None = "cus_1") -> str:
    """A case of a customer whom the host site vouched for, with a message that waits."""
    opened = e.CaseOpened(release="rel", channel="web", locale="en", customer_id=customer_id)
    case_id, _ = await desk.files.open(opened)
    async with desk.files.database.write() as tx:
        await inbox.accept(tx, desk.tenant, desk.clock, case_id, str(uuid.uuid4()), "Cancel it")
    return case_id


async def open_turn(desk: Desk, case_id: str, *, owner: str = "worker") -> OpenTurn:
    """The case's turn as a worker opens it, whatever became of the last worker."""
    async with desk.files.database.write() as tx:
        held = await lease.acquire(tx, desk.clock, case_id, owner, by_force=True)
    assert held is not None
    case, head = await desk.files.load(case_id)
    async with desk.files.database.read() as db:
        wakes = await inbox.due(db, desk.clock, case_id)
    turn = OpenTurn(desk, await desk.release(case.release), held, case, head, wakes)
    if turn.noted(e.IntakeRead) is None:
        wants = Intent(id="i1", name="cancel_order", confidence=0.9, text="Cancel it")
        turn.note(e.IntakeRead(model="mute", language="en", mood=Mood(), intents=[wants]))
    return turn


def say_yes(turn: OpenTurn, proposal: Proposal, *, lapses_after_s: float = 900) -> None:
    """The customer is asked and says yes."""
    asked = proposal.model_copy(update={"expires_at": turn.desk.clock.after(lapses_after_s)})
    turn.note(e.ConfirmationAsked(intent="i1", proposal=asked))
    message = turn.wakes[0].wake_id
    turn.note(e.ConfirmationSettled(digest=asked.digest, proposal=asked, answer="yes", message_id=message))


def approve(turn: OpenTurn, proposal: Proposal, *, edited: Args | None = None) -> None:
    """A person is asked and approves."""
    approval = Approval(
        id=str(uuid.uuid4()), case_id=turn.case.case_id, action=proposal.action, args=proposal.args,
        digest=proposal.digest, clauses=[], reason="", evidence={}, status="pending",
        created_at=turn.desk.clock.stamp(), expires_at=turn.desk.clock.after(3600),
    )  # fmt: skip
    turn.note(e.ApprovalAsked(intent="i1", approval=approval))
    status: Any = "edited" if edited else "approved"
    given = e.ApprovalGiven(approval_id=approval.id, intent="i1", proposal=proposal, status=status, args=edited)
    turn.note(given)


def authorised(turn: OpenTurn, tool: str, args: Args) -> Proposal:
    """Ruled, with the yes that its class asks for."""
    proposal = rule(turn, tool, args, intent="i1", found={}).proposal
    if tool in ("cancel_order", "label_order"):
        say_yes(turn, proposal)
    if tool == "issue_refund":
        approve(turn, proposal)
    return proposal
