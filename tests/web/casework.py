"""A console over a real store, without a model: cases written as events, a worker that answers decisions, and staff.

`work` is one console for all tests: each makes cases of its own. `staff` is somebody who has signed in to it.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC
from functools import cache, partial
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from langgraph.checkpoint.memory import InMemorySaver
from sqlalchemy import text as sql
from starlette.requests import Request
from starlette.responses import Response

from agent.backtest import Past, past_rulings
from agent.casefile import approvals, inbox, lease
from agent.casefile import events as e
from agent.casefile.canonical import proposal_digest
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.drafts import Drafts
from agent.casefile.events import Event
from agent.casefile.fold import fold
from agent.casefile.records import (
    Approval,
    Args,
    CaseStatus,
    Intent,
    Mood,
    Outcome,
    Proposal,
    Receipt,
    ReceiptState,
    Ruling,
    TargetRecord,
    Turn,
)
from agent.casefile.release_log import ReleaseLog
from agent.casefile.store import CaseFiles
from agent.desk import Desk
from agent.handoff import packed
from agent.models.port import Model
from agent.own import OwnSide
from agent.policy.facts import vocabulary
from agent.publishing import Publisher, Rehearsal
from agent.turns import Turns
from knowledge.embed import Vectors
from knowledge.release import Release, Releases
from knowledge.search import Search
from tests.knowledge.vocabulary import HARBOR_TOOLS
from tools.browser.action import Browsing
from tools.browser.chromium import Chromium
from tools.catalog import harbor_catalog
from tools.http import Backoffice
from web import console_session
from web.app import create_app
from web.canvas_company import Company, Stage, Tries
from web.canvas_testing import Testing
from web.front import Front

HARBOR = Path(__file__).parents[2] / "knowledge" / "harbor"
STAFF_TOKEN = "a-staff-token-that-only-tests-have"
REFUND: Args = {"order_id": "HG-100042", "amount": "128.50", "currency": "EUR", "reason": "The lantern came broken"}
WORDS = "The lantern came broken."
ORDER: Args = {
    "id": "HG-100042", "customer_id": "c-17", "status": "delivered", "total": 189.5, "currency": "EUR", "refunded": 0.0,
    "refundable": 189.5, "refunds_count": 0, "days_since_delivery": 4, "placed_at": "2026-11-10T09:12:00Z",
    "delivered_at": "2026-11-18T14:30:00Z", "carrier": "Northway", "tracking": "NW-5512", "eta": "", "preference": "",
    "address": "Quay 3, Harbortown",
    "items": [{"sku": "LAN-2", "name": "Pier lantern", "qty": 2, "price": 64.0},
              {"sku": "MUG-1", "name": "Tideline mug", "qty": 3, "price": 20.5}],
}  # fmt: skip


class NoEmbedder:
    """Nothing is searched here; an index that was asked for would say so."""

    id, dim = "none", 1

    def fits(self, text: str) -> bool:
        raise NotImplementedError

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError

    def words(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        raise NotImplementedError


def no_model(_release: Release) -> Model:
    """No turn runs here."""
    raise NotImplementedError


def no_stage(_folder: Path) -> AbstractAsyncContextManager[Company]:
    """No draft is tried here."""
    raise NotImplementedError


async def recorded(files: CaseFiles, _live: Path, cases: int) -> list[Past]:
    """Only what was recorded: nobody plays cases here."""
    return await past_rulings(files, cases)


async def played(draft: Path, _live: Path) -> Rehearsal:
    """The scenarios that fail here are those that a draft itself calls so."""
    return Rehearsal([path.stem for path in (draft / "scenarios").glob("failing*.yaml")])


class Clerk(Turns):
    """A worker without a graph: woken after a decision, it writes the turn that a rejection or an answer gets."""

    def wake(self, case_id: str) -> None:
        task = asyncio.create_task(self._answer(case_id))
        self._working[case_id] = task
        task.add_done_callback(lambda _: self._working.pop(case_id, None))

    async def _answer(self, case_id: str) -> None:
        async with self.desk.files.database.read() as db:
            due = await inbox.due(db, self.desk.clock, case_id)
        for wake in due:
            await write_turn(self.desk.files, case_id, await self._given(wake), "resolved", wake=wake.wake_id)
            self.desk.bell.ring(case_id)

    async def _given(self, wake: inbox.Wake) -> list[e.Body]:
        desk = self.desk
        async with desk.files.database.read() as db:
            won = await approvals.decision(db, wake.body)
            asked = await approvals.get(db, desk.tenant, desk.clock, wake.body)
        assert won is not None
        given = e.ApprovalGiven(
            approval_id=asked.id, intent="i1", status=won.status, decided_by=won.decided_by, reason=won.reason,
            proposal=Proposal(action=asked.action, args=asked.args, digest=asked.digest), text=won.text, args=won.args,
        )  # fmt: skip
        return [given, e.ReplySent(text=won.text or "A colleague has looked at it.", intent="i1")]


class Casework:
    """The console's server, and cases as tests need them."""

    def __init__(self, front: Front, url: str, live: Release) -> None:
        self.front, self.url, self.live = front, url, live
        self.files = front.desk.files

    async def opened(self, *bodies: e.Body, status: CaseStatus = "waiting_customer") -> str:
        """A case with one turn of these events."""
        release, locale = self.live.id, "en"
        case_id, _ = await self.files.open(e.CaseOpened(release=release, channel="web", locale=locale))
        if bodies:
            await write_turn(self.files, case_id, bodies, status)
        return case_id

    async def asked(
        self, words: str = WORDS, args: Args = REFUND, ttl_s: float = 86_400, action: str = "issue_refund"
    ) -> Approval:
        """A case that waits for an approval, as `submit` would leave it."""
        case_id = await self.opened(*received(words), *identified(), status="waiting_customer")
        digest = proposal_digest(case_id, "c-17", action, args)
        clauses = ["refunds/4.2"]
        clock = self.files.clock
        approval = Approval(
            id=str(uuid.uuid4()), case_id=case_id, action=action, args=args, digest=digest, clauses=clauses,
            reason="Large refunds wait for a person", evidence={"customer_said": words, "looked_up": {"order": ORDER}},
            status="pending", created_at=clock.stamp(), expires_at=clock.after(ttl_s),
        )  # fmt: skip
        proposal = Proposal(action=action, args=args, digest=digest)
        async with self.files.database.write() as tx:
            await approvals.ask(tx, self.files.tenant, clock, approval)
        bodies = [
            e.LookedUp(tool="get_order", args={"order_id": "HG-100042"}, result=ORDER),
            ruled(proposal, Outcome.APPROVE, clauses, "Large refunds wait for a person"),
            e.ApprovalAsked(intent="i1", approval=approval),
            e.ReplySent(text="A colleague has to look at it. I have passed it on.", intent="i1"),
        ]
        await write_turn(self.files, case_id, bodies, "waiting_approval")
        return approval

    async def handed_over(self, words: str = "I want to talk to a person!") -> str:
        """A case that went to a person after an effect of unknown fate."""
        case_id = await self.opened(*received(words), *identified(), *cancelled("unknown"))
        case, _ = await self.files.load(case_id)
        history = await self.files.events(case_id)
        packet = packed(case, self.live.playbook, history, "unknown_outcome", "T-1042")
        told = e.ReplySent(text="A colleague checks it and writes to you here.")
        handed = e.HandedOff(reason="unknown_outcome", packet=packet, ticket_id="T-1042")
        await write_turn(self.files, case_id, [told, handed], "waiting_person")
        return case_id

    async def approval(self, approval_id: str) -> Approval:
        """A question as it stands now."""
        async with self.files.database.read() as db:
            return await approvals.get(db, self.files.tenant, self.files.clock, approval_id)

    async def tamper(self, statement: str, **values: object) -> None:
        """Change the store behind the product's back."""
        async with self.files.database.write() as tx:
            await tx.execute(sql(statement), values)


async def write_turn(
    files: CaseFiles, case_id: str, bodies: Sequence[e.Body], status: CaseStatus, wake: str | None = None
) -> None:
    """Append one turn of these events, as a worker would."""
    case, head = await files.load(case_id)
    wakes = [wake or str(uuid.uuid4())]
    turn = Turn(
        seq=case.seq + len(bodies) + 2, message_id=None, language="en", status=status, intents=[], ruling=None,
        reply="\n\n".join(body.text for body in bodies if isinstance(body, e.ReplySent)), citations=[], asks=[],
        receipts=[body.receipt for body in bodies if isinstance(body, e.Verified)], handoff=None, model="offline",
    )  # fmt: skip
    whole = [e.TurnStarted(wakes=wakes, cause="message"), *bodies, e.TurnDone(turn=turn, wakes=wakes)]
    new = [Event(case.seq + place, files.clock.stamp(), body) for place, body in enumerate(whole, 1)]  # type: ignore[arg-type]
    async with files.database.write() as tx:
        held = await lease.acquire(tx, files.clock, case_id, "tests", by_force=True)
        assert held is not None
        await files.append(tx, held, head, new, fold(case, new))
        await inbox.done(tx, case_id, wakes, turn.seq)
        await lease.release(tx, held)


def received(words: str, intent: str = "refund") -> list[e.Body]:
    """A message that opens one intent."""
    slots = {"i1": {"order_id": "HG-100042"}}
    wish = Intent(id="i1", name=intent, confidence=0.93, text=words)
    mood, facts = Mood(sentiment="negative", urgency="high"), {"email": "a@b.test"}
    return [
        e.MessageReceived(message_id=str(uuid.uuid4()), text=words),
        e.IntakeRead(model="offline", language="en", mood=mood, intents=[wish], slots=slots, facts=facts),
    ]


def identified() -> list[e.Body]:
    """The customer's facts matched."""
    return [e.IdentityChecked(facts=["email", "postcode"], matched=True, customer_id="c-17")]


def ruled(proposal: Proposal, outcome: Outcome, clauses: list[str], reason: str) -> e.Ruled:
    """A ruling on a proposal of the first intent."""
    ruling = Ruling(
        outcome=outcome, action=proposal.action, clauses=clauses, risk="customer_confirmed", identity_needed="verified",
        reason=reason,
    )  # fmt: skip
    return e.Ruled(intent="i1", proposal=proposal, ruling=ruling, facts={"action.name": proposal.action}, release="r")


def cancelled(state: ReceiptState, reason: str = "no answer within 1 s") -> list[e.Body]:
    """An order was cancelled, and this is what could be said of it afterwards."""
    args: Args = {"order_id": "HG-100042"}
    target = TargetRecord(kind="order", id="HG-100042")
    seen = {"state": "mismatch", "seen": {"status": "processing"}, "differences": []}
    evidence = {"answer": {"outcome": "lost", "reason": reason}, "read_back": seen}
    receipt = Receipt(
        effect="f" * 64, action="cancel_order", target=target, args=args, state=state, evidence=evidence,
        at="2026-11-22T12:00:00.000000+00:00",
    )  # fmt: skip
    started = e.EffectStarted(
        effect="f" * 64, intent="i1", action="cancel_order", args=args, target=target, before={}, yes="confirmation:1:2"
    )
    back = e.EffectReturned(effect="f" * 64, outcome="lost", answered=False, reason=reason)
    return [started, back, e.Verified(intent="i1", receipt=receipt)]


class Staff(httpx.AsyncClient):
    """A browser of somebody who works at the console; forms are sent as its pages wrote them."""

    async def sign_in(self, token: str = STAFF_TOKEN, name: str = "Mara", wanted: str = "") -> httpx.Response:
        """Send the login form."""
        return await self.send_form("/console/login", "/console/login", staff_token=token, name=name, next=wanted)

    async def send_form(self, page: str, action: str, /, **fields: str) -> httpx.Response:
        """Open a page, and send a form of it with its hidden fields and these."""
        shown = (await self.get(page)).text
        form = shown[shown.index(f'action="{action}"') :].split("</form>")[0]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return await self.post(action, data=hidden | fields)

    async def decides(self, approval: Approval, **fields: str) -> httpx.Response:
        """Send the form of a question; without other values, with the arguments as they are proposed."""
        page = f"/console/approvals/{approval.id}"
        args = {f"arg.{name}": str(value) for name, value in approval.args.items()}
        return await self.send_form(page, page, **{**args, "reason": "Seen the photos.", **fields})


@pytest.fixture(scope="session")
async def work(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Casework]:
    async with console_over(tmp_path_factory.mktemp("console"), Clock()) as work:
        yield work


@pytest.fixture
async def staff(work: Casework) -> AsyncIterator[Staff]:
    async with Staff(base_url=work.url, trust_env=False) as staff:
        await staff.sign_in()
        yield staff


@pytest.fixture
async def guest(work: Casework) -> AsyncIterator[Staff]:
    """Somebody with a session that lacks the author role."""
    answer = Response()
    request = Request({"type": "http", "scheme": "http", "server": ("127.0.0.1", 80), "path": "/", "headers": []})
    console_session.seal(console_session.begin(work.front, "Gus"), request, work.front, answer)
    name, value = answer.headers["set-cookie"].split(";")[0].split("=", 1)
    async with Staff(base_url=work.url, trust_env=False, headers={"Cookie": f"{name}={value}"}) as guest:
        yield guest


@cache
def _kept() -> tempfile.TemporaryDirectory[str]:
    """Harbor's documents as a release: checking them takes longer than most tests."""
    folder = tempfile.TemporaryDirectory(prefix="deskhand-kept-")
    Releases(Path(folder.name), HARBOR_TOOLS).keep(HARBOR)
    return folder


@asynccontextmanager
async def console_over(
    home: Path, clock: Clock, staff_token: str = STAFF_TOKEN, stage: Stage = no_stage
) -> AsyncIterator[Casework]:
    """The console over the store in `home`, on a free port of loopback, in this loop."""
    database = await Database.open(f"sqlite+aiosqlite:///{home / 'cases.db'}")
    backoffice = Backoffice("http://127.0.0.1:9/api")
    browsing = Browsing(Chromium(), home, {"backoffice": "http://127.0.0.1:9"})
    catalog = harbor_catalog(backoffice, b"secret", clock.now, UTC, OwnSide(), browsing)
    words = vocabulary(catalog)
    if not (home / "releases").exists():
        shutil.copytree(_kept().name, home, dirs_exist_ok=True)
    releases = Releases(home, words)
    log = ReleaseLog(database, clock, "harbor")

    async def prepare(_: Release) -> None:
        return None

    publisher = Publisher(releases, log, words, clock, prepare)
    live = await publisher.begin(HARBOR)
    desk = Desk(
        files=CaseFiles(database, clock, "harbor"), catalog=catalog, vocabulary=words, releases=releases,
        log=log,
        search=Search(home, lambda _: NoEmbedder()), model_for=no_model, code_secret=b"secret",
    )  # fmt: skip
    drafts = Drafts(database, clock, "harbor")
    testing = Testing(publisher, played, partial(recorded, desk.files))
    front = Front(
        desk,
        Clerk(desk, InMemorySaver()),
        staff_token,
        "customer-secret",
        "sqlite",
        publisher,
        drafts,
        testing,
        Tries(stage),
    )
    app = create_app()
    app.state.front = front
    try:
        async with _served(app) as url:
            yield Casework(front, url, live)
    finally:
        await testing.stop()
        await front.tries.stop()
        await front.turns.stop()
        await backoffice.aclose()
        await database.close()


@asynccontextmanager
async def _served(app: FastAPI) -> AsyncIterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who calls before the server is up waits a moment
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none", timeout_graceful_shutdown=1))
        serving = asyncio.create_task(server.serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
