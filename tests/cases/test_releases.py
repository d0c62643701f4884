"""Releases over running cases: who began under one ends under it, and a change takes effect at once."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from agent.backtest import ruled_beside
from agent.casefile import events as e
from agent.casefile.release_log import Published, Shadowed
from agent.publishing import Rehearsal
from evals.talk import Case, Turn
from knowledge.release import Release
from tests.backoffice import Record
from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.cases.people import People, newcomers
from tests.knowledge.conftest import HARBOR

WHY = "The limit is too low."


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def at_home(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(copied(built_home, tmp_path_factory.mktemp("releases") / "home")) as house:
        await newcomers(house.oracle, 20)
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def crowd(at_home: House) -> People:
    return await People.of(at_home.oracle)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def loose(at_home: House, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release under which large refunds need no approval: tested, and somebody answers for it."""
    folder = shutil.copytree(HARBOR, tmp_path_factory.mktemp("loose") / "harbor")
    policy = folder / "policies" / "refunds.md"
    text = policy.read_text(encoding="utf-8")
    assert "amount > 50.0" in text
    policy.write_text(text.replace("amount > 50.0", "amount > 900.0"), encoding="utf-8")
    publisher = at_home.front.publisher
    release = await publisher.submit(folder, by="Mara", why=WHY)
    await publisher.test(release.id, [], Rehearsal(), by="Mara", why=WHY)
    await publisher.accept(release.id, by="Ida", why=WHY)
    return release


@pytest_asyncio.fixture(loop_scope="session")
async def house(at_home: House, loose: Release) -> AsyncIterator[House]:
    """With Harbor's own release live, whatever a test does."""
    harbor = (await at_home.front.publisher.log.board()).releases()[-1]
    yield at_home
    publisher = at_home.front.publisher
    board = await publisher.log.board()
    if board.live != harbor:
        await publisher.roll_back(by="Ben", why="The test is over.", to=harbor)
        await publisher.test(loose.id, [], Rehearsal(), by="Mara", why=WHY)
        await publisher.accept(loose.id, by="Ida", why=WHY)
    await publisher.slice(loose.id, 0, by="Ben", why="The test is over.")
    await publisher.shadow(loose.id, False, by="Ben", why="The test is over.")


async def asking(house: House, crowd: People) -> tuple[Case, Record]:
    """A verified customer's new case, and an order of theirs whose refund is large by Harbor's policy."""
    customer, order = crowd.refundable(60, 400)
    return await house.verified(customer["id"]), order


async def refund(case: Case, order: Record) -> Turn:
    return await case.say(f"refund for {order['id']} please because it is damaged")


async def pinned(house: House, case: Case) -> str:
    shown = await house.client.get(f"/v1/cases/{case.id}", headers=case.headers)
    return str(shown.raise_for_status().json()["release"])


async def test_who_began_before_a_publication_ends_under_the_old_release_and_who_begins_after_under_the_new(
    house: House, crowd: People, loose: Release
) -> None:
    early, first = await asking(house, crowd)
    await early.say("hello")
    await house.front.publisher.publish(loose.id, by="Ben", why=WHY)
    assert (await house.client.get("/healthz")).json()["release"] == loose.id
    turn = await refund(early, first)
    assert (turn["ruling"]["outcome"], turn["status"]) == ("approve", "waiting_approval")
    late, second = await asking(house, crowd)
    turn = await refund(late, second)
    assert (turn["ruling"]["outcome"], turn["asks"][0]["kind"]) == ("confirm", "confirmation")
    turn = await late.say("yes")
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"]
    assert [await pinned(house, case) == loose.id for case in (early, late)] == [False, True]
    (approval,) = await house.approvals(early)
    decided = await house.decide(approval["id"], decision="approve")
    assert [receipt["state"] for receipt in decided.json()["turn"]["receipts"]] == ["verified"]


async def test_a_rollback_in_the_middle_of_a_conversation_loses_nothing(
    house: House, crowd: People, loose: Release
) -> None:
    publisher = house.front.publisher
    await publisher.publish(loose.id, by="Ben", why=WHY)
    case, order = await asking(house, crowd)
    assert (await refund(case, order))["asks"][0]["kind"] == "confirmation"
    await publisher.roll_back(by="Ben", why="Too generous.")
    before = await house.oracle.seq()
    turn = await case.say("yes")
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"], "what was begun under it is finished"
    assert len(await house.oracle.written(before, resource="refunds")) == 1
    assert await pinned(house, case) == loose.id
    later, another = await asking(house, crowd)
    assert (await refund(later, another))["ruling"]["outcome"] == "approve"


async def test_a_rollback_by_another_process_takes_effect_without_a_restart(
    house: House, crowd: People, loose: Release
) -> None:
    await house.front.publisher.publish(loose.id, by="Ben", why=WHY)
    command = [sys.executable, "-m", "cli", "playbook", "rollback", "--by", "Ben", "--why", "Too generous."]
    process = await asyncio.create_subprocess_exec(
        *command, env=os.environ | {"DESKHAND_HOME": str(house.home)}, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    assert (process.returncode, b"is live again" in told) == (0, True)
    case, order = await asking(house, crowd)
    assert (await refund(case, order))["ruling"]["outcome"] == "approve"
    assert (await house.client.get("/healthz")).json()["release"] != loose.id


async def test_a_slice_is_for_new_cases_alone(house: House, crowd: People, loose: Release) -> None:
    publisher = house.front.publisher
    early, _ = await asking(house, crowd)
    await publisher.slice(loose.id, 100, by="Ben", why=WHY)
    inside = await house.open()
    await publisher.slice(loose.id, 0, by="Ben", why="Seen enough.")
    after = await house.open()
    live = (await house.client.get("/healthz")).json()["release"]
    assert [await pinned(house, case) for case in (early, inside, after)] == [live, loose.id, live]


async def test_a_release_in_the_shadow_rules_and_does_nothing(house: House, crowd: People, loose: Release) -> None:
    publisher, files = house.front.publisher, house.front.desk.files
    await publisher.shadow(loose.id, True, by="Mara", why="To see it at work.")
    case, order = await asking(house, crowd)
    before = await house.oracle.seq()
    turn = await refund(case, order)
    assert (turn["ruling"]["outcome"], turn["status"]) == ("approve", "waiting_approval"), "the live one decides"
    assert await house.oracle.written(before, resource="refunds") == []
    ruled = [event.body for event in await files.events(case.id) if isinstance(event.body, e.Ruled | e.RuledBeside)]
    assert [type(body) for body in ruled] == [e.Ruled, e.RuledBeside] * (len(ruled) // 2)
    found = await ruled_beside(files, loose, publisher.vocabulary)
    assert [(f.case_id, f.action, f.kind, f.blocks) for f in found.flips] == [
        (case.id, "issue_refund", "approve → confirm", True)
    ]
    assert found.flips[0].money == float(order["total"]["amount"])
    assert found.rulings >= len(ruled) // 2
    await publisher.shadow(loose.id, False, by="Mara", why="Seen enough.")
    other, another = await asking(house, crowd)
    await refund(other, another)
    assert "RuledBeside" not in {event.kind for event in await files.events(other.id)}


async def test_a_shadow_that_is_gone_disturbs_nobody(house: House, crowd: People) -> None:
    log = house.front.publisher.log
    await log.append(await log.board(), Shadowed(release="f00f00f00f00", on=True), by="Mara", why="It was deleted.")
    case, order = await asking(house, crowd)
    assert (await refund(case, order))["ruling"]["outcome"] == "approve"


async def test_what_a_log_of_releases_says_is_live_outlives_a_restart(built_home: Path, tmp_path: Path) -> None:
    home = copied(built_home, tmp_path / "home")
    folder = shutil.copytree(HARBOR, tmp_path / "harbor")
    async with running(home, playbook=folder) as house:
        first = (await house.client.get("/healthz")).json()["release"]
        log = house.front.publisher.log
        board = await log.append(await log.board(), Published(release="f00f00f00f00", was=first), by="Ben", why=WHY)
        await log.append(board, Published(release=first, was="f00f00f00f00", back=True), by="Ben", why=WHY)
    with (folder / "articles" / "shops.md").open("a", encoding="utf-8") as article:
        article.write("\nA new shop opens in spring.\n")
    async with running(home, playbook=folder) as house:
        assert (await house.client.get("/healthz")).json()["release"] == first
        await house.front.desk.stand_by()  # the one to go back to is gone, which stops nobody
