"""What each answer of a system means to a tool, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from tools.contract import ToolLost, ToolRefused
from tools.http import Backoffice

ORDER = b'{"id": "HG-1", "status": "processing"}'


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def problem(status: str) -> bytes:
    return answer(status, b'{"detail": "so it is"}', "content-type: application/problem+json")


class Scripted:
    """A system that answers with the bytes it was told to, one after the other, the last one for ever."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.heard: list[bytes] = []
        self.url = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heard.append(head)
        said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if said is not None:
            writer.write(said)
            await writer.drain()
        else:
            await reader.read()
        writer.close()

    @asynccontextmanager
    async def client(self, timeout_s: float = 2.0) -> AsyncIterator[Backoffice]:
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        async with server, Backoffice(self.url, timeout_s=timeout_s) as backoffice:
            yield backoffice


CUT = b"HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n" + ORDER
LOST, LOST_FOR_GOOD, REFUSED = (ToolLost, False), (ToolLost, True), (ToolRefused, None)
ANSWERS = {
    "bad request": (problem("400 Bad Request"), REFUSED),
    "unauthorised": (problem("401 Unauthorized"), REFUSED),
    "missing": (problem("404 Not Found"), REFUSED),
    "unprocessable": (problem("422 Unprocessable"), REFUSED),
    "key in flight": (problem("409 Conflict"), LOST),
    "too many": (problem("429 Too Many Requests"), LOST_FOR_GOOD),
    "server error": (problem("500 Internal Server Error"), LOST_FOR_GOOD),
    "busy": (answer("503 Service Unavailable", b"<html>"), LOST_FOR_GOOD),
    "bad gateway": (answer("502 Bad Gateway"), LOST),
    "gateway too late": (answer("504 Gateway Timeout"), LOST),
    "elsewhere": (answer("307 Temporary Redirect", b"", "location: http://127.0.0.1:9/api"), LOST_FOR_GOOD),
    "cut off": (CUT, LOST),
    "closed": (b"", LOST),
    "no HTTP": (b"hello\r\n\r\n", LOST),
    "no JSON": (answer("200 OK", b"<html>done</html>"), LOST),
    "half a JSON": (answer("200 OK", ORDER[:20]), LOST),
    "no record": (answer("200 OK", b"[1]"), LOST),
    "no encoding": (answer("200 OK", b"\xff\xfe"), LOST),
    "broken gzip": (answer("200 OK", ORDER, "content-encoding: gzip"), LOST),
    "nothing": (answer("204 No Content"), LOST),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_write_is_sent_once_and_its_answer_taken_for_what_it_is(name: str) -> None:
    raw, (error, answered) = ANSWERS[name]
    system = Scripted(raw)
    async with system.client() as backoffice:
        with pytest.raises(error) as raised:
            await backoffice.patch("orders", "HG-1", {"status": "cancelled"}, "key")
    assert len(system.heard) == 1
    if isinstance(raised.value, ToolLost):
        assert raised.value.answered is answered
    else:
        assert "so it is" in str(raised.value)


async def test_a_read_that_fails_is_lost_and_leaves_nothing_behind() -> None:
    async def read(raw: bytes) -> ToolLost:
        async with Scripted(raw).client() as backoffice:
            with pytest.raises(ToolLost) as raised:
                await backoffice.item("orders", "HG-1")
        return raised.value

    lost = await asyncio.gather(*(read(raw) for name, (raw, _) in ANSWERS.items() if name != "missing"))
    assert all(error.answered for error in lost)


@pytest.mark.parametrize(
    ("first", "tries"), [("server error", 3), ("closed", 3), ("busy", 3), ("unauthorised", 1), ("elsewhere", 1)]
)
async def test_a_read_is_tried_again_where_that_may_help(first: str, tries: int) -> None:
    system = Scripted(ANSWERS[first][0])
    async with system.client() as backoffice:
        with pytest.raises(ToolLost):
            await backoffice.item("orders", "HG-1")
    assert len(system.heard) == tries


async def test_a_read_succeeds_after_a_passing_failure() -> None:
    system = Scripted(problem("500 Internal Server Error"), b"", answer("200 OK", ORDER))
    async with system.client() as backoffice:
        assert await backoffice.item("orders", "HG-1") == {"id": "HG-1", "status": "processing"}


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
async def test_no_item_is_none_and_no_collection_is_lost(status: str) -> None:
    async with Scripted(problem(status)).client() as backoffice:
        assert await backoffice.item("orders", "HG-1") is None
        with pytest.raises(ToolLost):
            await backoffice.rows("orders", customer_id="cus_1")


@pytest.mark.parametrize("said", [None, b"HTTP/1.1 200 OK\r\n"])
async def test_a_system_that_says_nothing_or_only_half_is_given_up_in_time(said: bytes | None) -> None:
    system = Scripted(said)
    async with system.client(timeout_s=0.1) as backoffice:
        async with asyncio.timeout(1):
            with pytest.raises(ToolLost) as raised:
                await backoffice.post("tickets", {}, "key")
    assert not raised.value.answered


async def test_a_system_that_is_not_there_cannot_have_done_anything() -> None:
    system = Scripted(b"")
    async with system.client():
        pass
    async with Backoffice(system.url) as backoffice:
        with pytest.raises(ToolLost) as raised:
            await backoffice.post("tickets", {}, "key")
    assert raised.value.answered


async def test_it_says_who_writes_and_under_which_key_and_never_claims_to_be_the_oracle() -> None:
    system = Scripted(answer("200 OK", ORDER))
    async with system.client() as backoffice:
        await backoffice.item("orders", "HG-1")
        await backoffice.patch("orders", "HG-1", {}, "the key")
    read, write = (head.lower() for head in system.heard)
    assert b"x-actor: agent" in read
    assert b"idempotency-key" not in read
    assert b"x-actor: agent" in write
    assert b"idempotency-key: the key" in write
    assert b"x-oracle" not in read + write


@pytest.mark.parametrize("id", ["../customers/cus_1", "HG-1?x=1", "HG-1#", "a/b", "ä b", "..", "%2e%2e"])
async def test_an_id_never_leads_to_another_place(id: str) -> None:  # noqa: A002 - the field's name
    system = Scripted(problem("404 Not Found"))
    async with system.client() as backoffice:
        assert await backoffice.item("orders", id) is None
    line = system.heard[0].split(b" ")[1]
    assert line.startswith(b"/api/orders/")
    assert line.count(b"/") == 3
    assert b"?" not in line


async def test_another_record_than_the_one_asked_for_is_no_answer() -> None:
    async with Scripted(answer("200 OK", ORDER)).client() as backoffice:
        with pytest.raises(ToolLost):
            await backoffice.item("orders", "HG-2")


async def test_a_list_that_was_not_filtered_is_no_answer() -> None:
    everybody = answer("200 OK", b'[{"id": "1", "case_id": "mine"}, {"id": "2", "case_id": "other"}]')
    async with Scripted(everybody).client() as backoffice:
        with pytest.raises(ToolLost):
            await backoffice.rows("tickets", case_id="mine")


async def test_a_long_list_is_read_to_its_end() -> None:
    def page(first: int, count: int) -> bytes:
        rows = ",".join(f'{{"id": "{n}", "kind": "x"}}' for n in range(first, first + count))
        return answer("200 OK", f"[{rows}]".encode())

    system = Scripted(page(0, 1000), page(1000, 1000), page(2000, 7))
    async with system.client() as backoffice:
        rows = await backoffice.rows("tickets", kind="x")
    assert [row["id"] for row in rows] == [str(n) for n in range(2007)]
    assert [b"offset=%d" % offset in head for offset, head in zip((0, 1000, 2000), system.heard, strict=True)] == [
        True
    ] * 3


async def test_a_system_that_ignores_paging_is_not_read_for_ever() -> None:
    same = answer("200 OK", b"[" + b",".join(b'{"id": "%d"}' % n for n in range(1000)) + b"]")
    system = Scripted(same)
    async with system.client() as backoffice:
        with pytest.raises(ToolLost):
            await backoffice.rows("slots")
    assert len(system.heard) == 20


async def test_a_client_that_was_lent_stays_open() -> None:
    async with httpx.AsyncClient() as lent:
        await Backoffice("http://127.0.0.1:9", client=lent).aclose()
        assert not lent.is_closed
