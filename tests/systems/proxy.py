"""A proxy that stands before a real system and breaks calls in named ways; its log is what really reached the system.

| fault | what happens to the call |
|---|---|
| `cut_before` | the connection is cut, and the system never hears of it |
| `cut_after` | the system does it, and the connection is cut |
| `hang` | the system does it, and no answer comes |
| `truncate` | the system does it, and half of its answer comes before the connection is cut |
| `double` | it reaches the system twice |
| `silent` | it is answered 200 with its own body, and the system never hears of it |
| `error` | it is answered 500, and the system never hears of it |
| `busy` | it is answered 429, and the system never hears of it |
| `empty` | the system does it, and its answer comes without a body |
| `garbage` | the system does it, and half of its answer comes as if it were whole |
| `stale` | (a read) it is answered as it was the first time |
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import httpx

WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})
UNHEARD = {"silent": 200, "error": 500, "busy": 429}
"""Faults that answer in the system's place, and with which status."""
HOP = frozenset({"host", "connection", "accept-encoding", "content-length", "transfer-encoding", "content-encoding"})
LONGEST_S = 30.0


class Call(NamedTuple):
    """A call that reached the system, and how it was answered."""

    method: str
    path: str
    status: int


class _Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class _Answer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class FaultProxy:
    """The proxy at `base`. One fault at a time."""

    base: str
    target: httpx.AsyncClient
    log: list[Call] = field(default_factory=list)
    _fault: str = ""
    _left: int = 0
    _where: str = ""
    _first: dict[str, _Answer] = field(default_factory=dict)

    def arm(self, fault: str, *, times: int | None = None, where: str = "") -> None:
        """The next write with `where` in its path meets it, or so many; `stale` meets the two reads after a write.

        The log begins anew.
        """
        self._fault, self._left, self._where = fault, times or (2 if fault == "stale" else 1), where
        self.log.clear()

    def clear(self) -> None:
        """Let everything through again, and forget the answers that `stale` would give."""
        self._fault = ""
        self._first.clear()

    @property
    def met(self) -> bool:
        """Whether the fault has happened at all."""
        return bool(self._fault) and self._left <= 0

    @property
    def writes(self) -> list[Call]:
        """The calls that changed something, or tried to."""
        return [call for call in self.log if call.method in WRITES]

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one call."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _read(reader)
            fault = self._struck(request)
            answer = await self._answered(request, fault)
            if answer is not None:
                await _write(writer, answer, whole=fault != "truncate")
            elif fault == "hang":
                await asyncio.wait_for(reader.read(), LONGEST_S)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    def _struck(self, request: _Request) -> str:
        reads = self._fault == "stale"
        applies = bool(self.writes) and request.path in self._first if reads else request.method in WRITES
        if not self._fault or self._left <= 0 or not applies or self._where not in request.path:
            return ""
        self._left -= 1
        return self._fault

    async def _answered(self, request: _Request, fault: str) -> _Answer | None:
        if fault == "stale":
            return self._first[request.path]
        if fault in UNHEARD:
            return _Answer(UNHEARD[fault], request.body if fault == "silent" else b'{"detail": "Not now."}')
        if fault == "cut_before":
            return None
        answer = await self._forward(request)
        if fault == "double":
            answer = await self._forward(request)
        if request.method == "GET":
            self._first.setdefault(request.path, answer)
        if fault in ("cut_after", "hang"):
            return None
        kept = {"empty": 0, "garbage": len(answer.body) // 2}.get(fault, len(answer.body))
        return _Answer(answer.status, answer.body[:kept], answer.headers)

    async def _forward(self, request: _Request) -> _Answer:
        made = await self.target.request(
            request.method, request.path, headers=request.headers, content=request.body or None
        )
        self.log.append(Call(request.method, request.path, made.status_code))
        return _Answer(made.status_code, made.content, {k: v for k, v in made.headers.items() if k not in HOP})


async def _read(reader: asyncio.StreamReader) -> _Request:
    head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    method, path, _ = head.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return _Request(method, path, {name: value for name, value in headers.items() if name not in HOP}, body)


async def _write(writer: asyncio.StreamWriter, answer: _Answer, *, whole: bool) -> None:
    headers = {**answer.headers, "content-length": str(len(answer.body)), "connection": "close"}
    lines = [f"HTTP/1.1 {answer.status} -", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    writer.write(answer.body if whole else answer.body[: len(answer.body) // 2])
    await writer.drain()


@contextlib.asynccontextmanager
async def fault_proxy(target: str) -> AsyncIterator[FaultProxy]:
    """A proxy before the system at `target`, on a free port."""
    async with httpx.AsyncClient(base_url=target, timeout=60, trust_env=False) as client:
        proxy = FaultProxy("", client)
        server = await asyncio.start_server(proxy.handle, "127.0.0.1", 0)
        proxy.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield proxy
