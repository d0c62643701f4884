"""A system as a process of its own: started, waited for, and ended by its pid."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE_S = 60
"""For a start; a busy machine takes its time."""


@dataclass(frozen=True)
class System:
    """A running system and how to get in."""

    base: str
    """Its address, without a slash at the end."""
    user: str
    password: str
    token: str = ""
    """For its REST API."""
    home: Path = Path()
    """Its own data, gone after the run."""


@contextlib.asynccontextmanager
async def serving(
    command: Sequence[str], *, url: str, home: Path, env: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a server in `home` until the block ends; it is up when `url` answers with anything but a 5xx.

    Raises RuntimeError with the end of its log when it stops or does not come up.
    """
    log = home / "log"
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(*command, cwd=home, env=env, stdout=out, stderr=out)
    try:
        if not await _up(url, process):
            raise RuntimeError(f"`{' '.join(command)}` does not answer at {url}:\n{log.read_text()[-4000:]}")
        yield process
    finally:
        await _ended(process)


async def _up(url: str, process: asyncio.subprocess.Process) -> bool:
    give_up = time.monotonic() + PATIENCE_S
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        while process.returncode is None and time.monotonic() < give_up:
            with contextlib.suppress(httpx.HTTPError):
                if not (await client.get(url)).is_server_error:
                    return True
            await asyncio.sleep(0.1)
    return False


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
