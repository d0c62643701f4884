from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.cases.house import House, running
from tests.cases.people import People


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with running(tmp_path_factory.mktemp("house") / "home") as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def house(one_house: House) -> AsyncIterator[House]:
    await one_house.oracle.clear()
    yield one_house
    await one_house.oracle.clear()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def people(one_house: House) -> People:
    return await People.of(one_house.oracle)
