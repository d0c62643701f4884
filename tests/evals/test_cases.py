"""Generated cases: of all kinds, alike for the same seed, and with nothing left that anybody could act on."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

import cli
from agent.casefile import approvals, inbox
from agent.casefile import events as e
from agent.casefile.chain import first_broken
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.store import CaseFiles
from evals.cases import Opening, generate, is_generated, play
from evals.phrases import phrases_in
from evals.scratch import Scratch
from evals.wishes import Books, Wisher, limits_of
from knowledge.playbook import Clause, Rule
from tests.cases.conftest import copied
from tests.knowledge.conftest import HARBOR

N = 40


@asynccontextmanager
async def files_at(file: Path) -> AsyncIterator[CaseFiles]:
    database = await Database.open(f"sqlite+aiosqlite:///{file}")
    try:
        yield CaseFiles(database, Clock(), "harbor")
    finally:
        await database.close()


async def told(files: CaseFiles, case_id: str) -> list[object]:
    """What was said and ruled in a case, without what the graph draws for itself."""
    found: list[object] = []
    for event in await files.events(case_id):
        match event.body:
            case e.MessageReceived(text=text):
                found.append(text)
            case e.Ruled(proposal=proposal, ruling=ruling) if proposal.action not in (
                "create_ticket",
                "cancel_reminder",
            ):
                found.append((proposal.action, ruling.outcome, ruling.clauses))
            case e.HandedOff(reason=reason):
                found.append(reason)
    return found


@pytest.fixture(scope="session")
async def kept(opening: Opening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CaseFiles]:
    """Forty cases, played by two processes."""
    home, seen = tmp_path_factory.mktemp("cases"), list[int]()
    async with files_at(home / "kept.db") as files:
        tally = await generate(opening, files, N, 3, home, workers=2, told=seen.append)
        assert tally.failed == 0
        assert sum(tally.statuses.values()) == seen[-1] == N
        yield files


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_they_are_of_many_kinds(kept: CaseFiles) -> None:
    bodies = [event.body for case_id in await kept.ids() for event in await kept.events(case_id)]
    intents = {intent.name for body in bodies if isinstance(body, e.IntakeRead) for intent in body.intents}
    rulings = {body.ruling.outcome.value for body in bodies if isinstance(body, e.Ruled) and body.intent}
    assert len(intents) >= 12
    assert rulings >= {"confirm", "forbid", "identify", "approve"}
    assert any(isinstance(body, e.HandedOff) for body in bodies)
    assert any(isinstance(body, e.Verified) and body.receipt.state == "verified" for body in bodies)
    statuses = {listed.status for listed in await kept.listed()}
    assert statuses >= {"resolved", "closed", "waiting_person"}
    assert len({listed.opened_at[:10] for listed in await kept.listed()}) > 1


@pytest.mark.slow
async def test_each_is_whole_and_marked_and_nothing_of_it_waits(kept: CaseFiles) -> None:
    ids = await kept.ids()
    assert len(ids) == N
    async with kept.database.read() as db:
        assert await approvals.listed(db, kept.tenant, kept.clock, status="pending") == []
        for case_id in ids:
            assert is_generated(case_id)
            assert await inbox.waiting(db, case_id) == []
    for case_id in ids:
        head, rows = await kept.head(case_id), await kept.rows(case_id)
        assert first_broken(rows, head=(head.seq, head.hash)) is None
        await kept.load(case_id)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_same_seed_tells_the_same_cases_whoever_plays_them(
    kept: CaseFiles, opening: Opening, tmp_path: Path
) -> None:
    await play(opening, tmp_path, [1], N, 3, lambda _: None)
    async with files_at(tmp_path / "cases.db") as again:
        ids = await again.ids()
        assert len(ids) == N - 25
        for case_id in ids:
            assert await told(again, case_id) == await told(kept, case_id)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_cases_that_are_there_already_are_not_added_again(
    kept: CaseFiles, opening: Opening, tmp_path: Path
) -> None:
    before = await kept.size()
    await generate(opening, kept, 3, 3, tmp_path)
    assert (len(await kept.ids()), await kept.size()) == (N, before)


@pytest.fixture
def looser(tmp_path: Path) -> Path:
    """Harbor with a higher limit for refunds that need nobody."""
    folder = shutil.copytree(HARBOR, tmp_path / "looser")
    policy = folder / "policies" / "refunds.md"
    policy.write_text(policy.read_text().replace("action.args.amount > 50.0", "action.args.amount > 90.0"))
    return folder


async def test_sums_lie_on_both_sides_of_a_limit_so_that_a_changed_one_shows(company: Scratch) -> None:
    company.begin()
    books = await Books.of(company.oracle, company.clock.now().date())
    sums = list[float]()
    for number in range(200):
        wisher = Wisher(books, company.live.playbook, Random(number))
        customer, order = wisher.somebody("refund")
        goal = wisher.goal("refund", customer, phrases_in("en"), order)
        sums.append(float(goal.values.get("amount") or (order or {})["total"]["amount"]))
    assert sum(40 <= one <= 50 for one in sums) >= 15
    assert sum(50 < one <= 65 for one in sums) >= 15
    assert sum(one > 65 for one in sums) >= 15


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_backtest_has_cases_made_where_there_are_too_few(command_home: Path, looser: Path) -> None:
    env = {"DESKHAND_HOME": str(command_home)}
    shown = CliRunner().invoke(cli.app, ["playbook", "backtest", str(looser), "--cases", "2", "--json"], env=env)
    assert shown.exit_code == 1
    assert "2 cases were played" in shown.stderr
    assert json.loads(shown.stdout)["cases"] > 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_command_keeps_them_in_the_store_once(built_home: Path, tmp_path: Path) -> None:
    env = {"DESKHAND_HOME": str(copied(built_home, tmp_path / "home"))}
    for _ in range(2):
        shown = CliRunner().invoke(cli.app, ["eval", "cases", "--n", "2", "--workers", "1"], env=env)
        assert shown.exit_code == 0, shown.output
        assert "statuses: " in shown.stdout
    verified = CliRunner().invoke(cli.app, ["audit", "verify"], env=env).stdout.splitlines()
    assert len(verified) == 3, "two cases, and the log of releases"
    assert all(line.endswith("whole") for line in verified)


def test_a_store_with_cases_of_customers_is_left_alone(tmp_path: Path) -> None:
    async def write() -> None:
        async with files_at(tmp_path / "cases.db") as files:
            await files.open(e.CaseOpened(release="r", channel="web", locale="en"))

    asyncio.run(write())
    refused = CliRunner().invoke(cli.app, ["eval", "cases", "--n", "5"], env={"DESKHAND_HOME": str(tmp_path)})
    assert refused.exit_code == 1
    assert "cases of customers (1)" in refused.stderr


async def test_the_sums_that_rules_know_are_those_that_are_tried(company: Scratch) -> None:
    book = company.live.playbook
    assert limits_of(book) == [50.0]
    rule = Rule(clause="x/1", when="action.args.amount >= 75.5", then="approve", source="x")
    clause = next(iter(book.clauses.values()))
    more = Clause(**(clause.model_dump() | {"id": "x/1", "rules": [rule]}))
    assert limits_of(book.model_copy(update={"clauses": {**book.clauses, "x/1": more}})) == [50.0, 75.5]
