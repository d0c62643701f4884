from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from agent.settings import HOST
from tests.backoffice import Oracle
from tests.cases.conftest import copied
from tests.cases.matrix.lane import Lane
from web.serving import free_port

Lanes = Callable[..., contextlib.AbstractAsyncContextManager[list[Lane]]]
SIDE_BY_SIDE = (os.cpu_count() or 1) + 1
"""A desk that was killed mostly waits: for its start, and for the lease of the dead one to run out."""


@pytest_asyncio.fixture(loop_scope="session")
async def systems(tmp_path: Path) -> AsyncIterator[str]:
    """The company's systems as a process of their own, which outlives every desk."""
    port = free_port()
    arguments = ["--port", str(port), "--database", str(tmp_path / "backoffice.db")]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tools.backoffice", *arguments)
    address = f"http://{HOST}:{port}"
    try:
        async with Oracle(address) as oracle:
            await oracle.until_up()
            yield address
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
def lanes(built_home: Path, tmp_path: Path, systems: str) -> Lanes:
    """Desks that are killed side by side, over the same systems; each has its own home."""

    @contextlib.asynccontextmanager
    async def opened(how_many: int = SIDE_BY_SIDE, *, embedded: bool = False) -> AsyncIterator[list[Lane]]:
        async with contextlib.AsyncExitStack() as stack:
            homes = [copied(built_home, tmp_path / f"home{number}") for number in range(how_many)]
            made = [Lane.made(home, None if embedded else systems, number) for number, home in enumerate(homes)]
            yield list(await asyncio.gather(*(stack.enter_async_context(one) for one in made)))

    return opened
