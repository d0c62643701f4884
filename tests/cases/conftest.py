from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import server
from tests.cases.house import House, running
from tests.cases.people import People, newcomers
from tests.cases.theatre import Theatre, broadcasting, playing

SHARED = ("told", "examples.db")
"""Kept by what it says: nothing in it belongs to one home."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def built_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its index built, to be copied: building takes longer than most tests. One for all workers."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with (folder / "built.lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        if not (folder / "built").exists():
            async with server.opened(server.Settings(home=folder / "building")):
                pass
            (folder / "building").rename(folder / "built")
    return folder / "built"


@pytest.fixture
def ready_home(built_home: Path, tmp_path: Path) -> Path:
    """A home of one's own whose first start is quick."""
    return copied(built_home, tmp_path / "home")


def copied(built: Path, home: Path) -> Path:
    """What is the same in every home of this playbook; no case, no secret. What texts tell is shared by all homes."""
    for part in ("index", "releases"):
        shutil.copytree(built / part, home / part, ignore=shutil.ignore_patterns(*SHARED))
    for name in SHARED:
        (home / "index" / name).symlink_to(built / "index" / name)
    return home


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_house(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(copied(built_home, tmp_path_factory.mktemp("house") / "home")) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def house(one_house: House) -> AsyncIterator[House]:
    await one_house.oracle.clear()
    yield one_house
    await one_house.oracle.clear()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(one_house: House) -> People:
    await newcomers(one_house.oracle, 40)
    return await People.of(one_house.oracle)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def theatre(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    async with playing(copied(built_home, tmp_path_factory.mktemp("theatre") / "home")) as theatre:
        yield theatre


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broadcast(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    async with broadcasting(copied(built_home, tmp_path_factory.mktemp("broadcast") / "home")) as theatre:
        yield theatre


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_quick_house(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(copied(built_home, tmp_path_factory.mktemp("quick") / "home"), retry_s=0.2) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def quick(one_quick_house: House) -> AsyncIterator[House]:
    """A house that tries again after a moment what it could not settle."""
    yield one_quick_house
    await one_quick_house.oracle.clear()
