"""Serving beside another server: only one of them may answer for signals."""

import asyncio
import signal

import httpx
import pytest
from fastapi import FastAPI

from agent.settings import HOST
from web.serving import claim, free_port, served


@pytest.mark.parametrize("stops", [True, False])
async def test_a_server_beside_another_one_leaves_signals_to_it(stops: bool) -> None:
    before, port = signal.getsignal(signal.SIGTERM), free_port()
    async with served(FastAPI(), port, stops_by_signal=stops):
        assert (signal.getsignal(signal.SIGTERM) is before) is not stops
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"http://{HOST}:{port}/docs")).status_code == 200
    assert signal.getsignal(signal.SIGTERM) is before


async def test_a_server_that_is_given_up_while_it_starts_leaves_its_port_free() -> None:
    port = free_port()

    async def serve() -> None:
        async with served(FastAPI(), port, stops_by_signal=False):
            await asyncio.Event().wait()

    for steps in range(6):
        serving = asyncio.create_task(serve())
        for _ in range(steps):
            await asyncio.sleep(0)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        claim(port)
