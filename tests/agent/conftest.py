"""Case files in a database of their own, and a second view of it as another process has."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from agent.casefile import lease
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.events import CaseOpened
from agent.casefile.lease import Lease
from agent.casefile.store import CaseFiles

OPENED = CaseOpened(release="rel", channel="web", locale="en")


def pytest_configure() -> None:
    """A busy machine makes no test fail: an example may take its time."""
    settings.register_profile("busy", deadline=None)
    settings.load_profile("busy")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
async def files(url: str) -> AsyncIterator[CaseFiles]:
    database = await Database.open(url)
    yield CaseFiles(database, Clock(), "harbor")
    await database.close()


@pytest.fixture
async def elsewhere(url: str, files: CaseFiles) -> AsyncIterator[CaseFiles]:
    """The same files as another process sees them: its own connections, its own locks."""
    database = await Database.open(url)
    yield CaseFiles(database, files.clock, files.tenant)
    await database.close()


@pytest.fixture
async def case_id(files: CaseFiles) -> str:
    """An open case."""
    case_id, _ = await files.open(OPENED)
    return case_id


async def held(files: CaseFiles, case_id: str, owner: str = "worker", *, by_force: bool = False) -> Lease:
    """The lease of a case that is free, or taken."""
    async with files.database.write() as tx:
        got = await lease.acquire(tx, files.clock, case_id, owner, by_force=by_force)
    assert got is not None
    return got
