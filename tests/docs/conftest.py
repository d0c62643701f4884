"""Houses for the pages: one as it is, and one that a reader of the walk-throughs has built on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.backoffice import Oracle
from tests.cases.conftest import built_home as built_home
from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.docs.reader import Copy

TOOL, WORKFLOW = "docs/add-a-tool.md", "docs/add-a-workflow.md"
HALFWAY = "## 3. What is missing now"


@dataclass(frozen=True)
class Followed:
    """A copy in which a page was followed, and what `playbook check` gave: its exit code and what it said."""

    copy: Copy
    halfway: tuple[int, str]
    check: tuple[int, str]


@dataclass(frozen=True)
class Built:
    """What the reader has built, running."""

    printed: str
    base: str
    client: httpx.AsyncClient
    oracle: Oracle


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def one_house(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(copied(built_home, tmp_path_factory.mktemp("docs") / "home")) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def house(one_house: House) -> AsyncIterator[House]:
    """The product as `deskhand run` serves it, with no fault armed."""
    await one_house.oracle.clear()
    yield one_house
    await one_house.oracle.clear()


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def with_tool(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """After "Add a tool"."""
    copy = Copy.at(tmp_path_factory.mktemp("reader"))
    copy.follow(TOOL, until=HALFWAY)
    halfway = await copy.python("cli", "playbook", "check")
    copy.follow(TOOL, after=HALFWAY)
    return Followed(copy, halfway, await copy.python("cli", "playbook", "check"))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def with_workflow(with_tool: Followed) -> Followed:
    """After "Add a workflow"."""
    with_tool.copy.follow(WORKFLOW)
    return Followed(with_tool.copy, with_tool.check, await with_tool.copy.python("cli", "playbook", "check"))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def built(with_workflow: Followed, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Built]:
    """`deskhand run` in the copy."""
    async with (
        with_workflow.copy.running(tmp_path_factory.mktemp("built") / "home") as (base, printed),
        httpx.AsyncClient(base_url=base, timeout=60) as client,
        Oracle(f"{base}/backoffice") as oracle,
    ):
        yield Built(printed, base, client, oracle)
