"""The gate, attacked: a page of an allowed site that tries to reach elsewhere in every way we know."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.async_api import Browser, Error, Page

from tests.backoffice import serving
from tests.figures import publish
from tests.tools.browser.hostile import ATTACKS, SILENT, Elsewhere, elsewhere, hostile, tries
from tools.browser.chromium import Chromium
from tools.browser.gate import KEPT, Gate, origin

LINGER_S = 0.3
"""How long a page has to take effect."""
PATIENCE_MS = 2000


@pytest.fixture
async def outside() -> AsyncIterator[Elsewhere]:
    async with elsewhere() as counting:
        yield counting


@pytest.fixture
async def site(outside: Elsewhere) -> AsyncIterator[str]:
    async with serving(hostile(outside.port)) as base:
        yield base


async def attacked(page: Page, site: str) -> None:
    """Open every attack, one page after the other, and give each the time to take effect."""
    for path in tries():
        with contextlib.suppress(Error):
            await page.goto(f"{site}{path}", wait_until="load", timeout=PATIENCE_MS)
        await asyncio.sleep(LINGER_S)
    with contextlib.suppress(Error):
        await page.goto("about:blank")
    await asyncio.sleep(1)


@pytest.mark.slow
async def test_no_attack_of_a_page_reaches_elsewhere(pages: Chromium, site: str, outside: Elsewhere) -> None:
    saved: list[str] = []
    async with pages.visit([site]) as (page, gate):
        page.context.on("download", lambda download: saved.append(download.url))
        with gate.sending(most=1000):  # also while forms may be sent, they are sent to its own sites alone
            await attacked(page, site)
        assert len(page.context.pages) == 1
        assert page.context.service_workers == []
        assert len(gate.refused) == KEPT
    assert dict(outside.arrived) == {}
    assert saved == []
    publish("the gate", "behind the gate", {"ways tried": len(ATTACKS), "arrived elsewhere": outside.arrived.total()})


@pytest.mark.slow
async def test_without_the_gate_the_same_attacks_arrive(chromium: Browser, site: str, outside: Elsewhere) -> None:
    context = await chromium.new_context()
    await attacked(await context.new_page(), site)
    await context.close()
    missing = ATTACKS.keys() - outside.arrived.keys() - SILENT - {"web-rtc", "preconnect"}
    assert not missing, outside.arrived
    assert outside.arrived["datagram"] > 0
    assert outside.arrived["connection"] > 0
    publish("the gate", "without it", {"ways tried": len(ATTACKS), "arrived elsewhere": outside.arrived.total()})


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    async with Gate(["http://127.0.0.1:8000/backoffice", "https://desk.example"]) as gate:
        yield gate


@pytest.mark.parametrize(
    ("url", "admitted"),
    [
        ("http://127.0.0.1:8000/backoffice", True),
        ("http://127.0.0.1:8000/backoffice/customers?q=a", True),
        ("http://127.0.0.1:8000/backoffices", False),
        ("http://127.0.0.1:8000/console", False),
        ("http://127.0.0.1:8001/backoffice", False),
        ("http://localhost:8000/backoffice", False),
        ("https://127.0.0.1:8000/backoffice", False),
        ("https://desk.example/any/where", True),
        ("https://desk.example:443/", True),
        ("https://desk.example:444/", False),
        ("http://desk.example/", False),
        ("https://desk.example.evil.example/", False),
        ("https://desk.example@evil.example/", False),
        ("https://evil.example@desk.example/", False),
        ("wss://desk.example/", False),
        ("data:text/html,hello", False),
        ("blob:https://desk.example/1", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
        ("about:blank", False),
        ("", False),
    ],
)
async def test_only_the_sites_and_what_lies_beneath_them_pass(gate: Gate, url: str, admitted: bool) -> None:
    assert gate.admits(url) is admitted
    assert not gate.admits(url, "POST")
    with gate.sending():
        assert gate.admits(url, "POST") is admitted
    assert not gate.admits(url, "POST")


@given(url=st.one_of(st.text(), st.from_regex(r"https?://[^\s]{0,40}", fullmatch=True)))
def test_whatever_passes_is_of_a_site(url: str) -> None:
    gate = Gate(["http://127.0.0.1:8000/backoffice", "https://desk.example"])
    if gate.admits(url):
        assert origin(url) in {("http", "127.0.0.1", 8000), ("https", "desk.example", 443)}


@pytest.mark.parametrize(
    "said",
    [
        b"GET http://127.0.0.1:{out}/from/raw HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /from/raw HTTP/1.1\r\nHost: 127.0.0.1:{out}\r\n\r\n",
        b"CONNECT 127.0.0.1:{out} HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT 127.0.0.1:{site} HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST http://127.0.0.1:{site}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"GET http://127.0.0.1:{site}@127.0.0.1:{out}/ HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"\xff\xfe \xff x\r\n\r\n",
        b"A" * 200_000,
    ],
)
async def test_the_proxy_itself_lets_nothing_else_through(site: str, outside: Elsewhere, said: bytes) -> None:
    async with Gate([site]) as gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.address.rpartition(":")[2]))
        port = site.rpartition(":")[2]
        writer.write(said.replace(b"{out}", str(outside.port).encode()).replace(b"{site}", port.encode()))
        with contextlib.suppress(ConnectionResetError):  # it may hang up before it has heard everything
            assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    assert outside.arrived.total() == 0


async def test_a_second_request_on_a_connection_goes_to_no_other_place(site: str, outside: Elsewhere) -> None:
    async with Gate([site]) as gate:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(gate.address.rpartition(":")[2]))
        head = f"GET {site}/one HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n"
        second = f"GET http://127.0.0.1:{outside.port}/from/second HTTP/1.1\r\nHost: x\r\n\r\n"
        writer.write((head + second).encode())
        answer = await asyncio.wait_for(reader.read(), 5)
        assert answer.startswith(b"HTTP/1.1 200")
        writer.close()
    assert outside.arrived.total() == 0
