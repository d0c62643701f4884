"""A desk that keeps the HTTP contract over real HTTP and says what a test has scripted; its faults have names.

A turn runs on its own, whether or not anybody listens, as in the real server: a cut line or a reload loses nothing.
"""

import asyncio
import json
import socket
import uuid
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import HTMLResponse, JSONResponse, StreamingResponse

from agent.casefile.records import Ask, CaseStatus, Citation, Proposal, Turn
from web import shop

ASKED = Ask(
    kind="confirmation",
    name="yes_no",
    proposal=Proposal(
        action="issue_refund",
        args={"order_id": "HG-104233", "amount": "12.5", "currency": "EUR", "fee": {"amount": 2, "currency": "EUR"}},
        digest="d",
        expires_at="2026-11-22T12:15:00Z",
    ),
)
"""A confirmation, as a reply may carry it."""


class Refusal(Exception):
    """Becomes an RFC 9457 answer."""

    def __init__(self, status: int, **why: str) -> None:
        super().__init__(status)
        self.status, self.why = status, why


class LineCut(Exception):
    """Ends a stream in the middle of its body, as a lost connection does."""


@dataclass(kw_only=True)
class Reply:
    """What the next new message is answered with."""

    sentences: list[str]
    reply: str | None = None
    """The turn's whole text; None: the sentences, joined."""
    role: Literal["agent", "staff"] = "agent"
    """Whose words stand in the transcript."""
    status: CaseStatus = "resolved"
    asks: list[Ask] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    waits_after: int | None = None
    """The turn stops after so many sentences until `go` is set."""
    cut_after: int | None = None
    """The first stream of the turn is cut after so many sentences."""
    silent: bool = False
    """The first stream of the turn says nothing and stays open."""
    lag: asyncio.Event | None = None
    """The first stream of the turn hears nothing after the first sentence until this is set; others do."""
    go: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Running:
    """A turn at work: the messages it answers, what it has said, and the turn once it is done."""

    texts: dict[str, str]
    said: list[str] = field(default_factory=list)
    turn: Turn | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)


@dataclass
class Case:
    """One case of the desk."""

    token: str
    opened_with: dict[str, Any]
    status: CaseStatus = "open"
    transcript: list[dict[str, str]] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    running: dict[str, Running] = field(default_factory=dict)

    def add_turn(self, reply: Reply, message_id: str | None = None) -> Turn:
        """Append a turn, also one that no message caused."""
        text = " ".join(reply.sentences) if reply.reply is None else reply.reply
        turn = Turn(
            seq=10 * len(self.turns) + 10, message_id=message_id, reply=text, language="en", status=reply.status,
            intents=[], ruling=None, citations=reply.citations, receipts=[], asks=reply.asks, handoff=None,
            model="offline",
        )  # fmt: skip
        self.turns.append(turn)
        self.status = reply.status
        for paragraph in text.split("\n\n") if text else []:
            self.transcript.append({"role": reply.role, "text": paragraph, "at": "2026-11-22T12:00:00Z"})
        return turn


class ScriptedDesk:
    """The server. `posts` are the messages that reached it, each time they did: `(case_id, message_id, text)`."""

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.replies: deque[Reply] = deque()
        self.refusals: deque[tuple[int, dict[str, str]]] = deque()
        self.posts: list[tuple[str, str, str]] = []
        self.looks = 0
        self.joins_next = False
        """The next new message joins the turn that is running instead of getting one of its own."""
        self.bad_customer_tokens: set[str] = set()
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self._news = asyncio.Condition()
        self._turns: set[asyncio.Task[None]] = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = FastAPI()
        self.app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        self.app.add_exception_handler(Refusal, as_problem)
        self.app.include_router(shop.router)
        self.app.get("/pages/{name}")(self._page)
        self.app.post("/v1/cases", status_code=201)(self._open)
        self.app.post("/v1/cases/{case_id}/messages")(self._message)
        self.app.get("/v1/cases/{case_id}")(self._view)
        self.app.get("/v1/cases/{case_id}/turns")(self._list)
        self.app.get("/v1/cases/{case_id}/turns/{message_id}")(self._turn)

    async def comes_up(self) -> None:
        """Serve, on the same port each time."""
        config = uvicorn.Config(self.app, log_level="critical", ws="none", lifespan="off", timeout_graceful_shutdown=0)
        listening = socket.create_server(("127.0.0.1", self.port))
        self.server = uvicorn.Server(config)
        self.serving = asyncio.create_task(self.server.serve([listening]))

    async def goes_down(self) -> None:
        """Stop serving; what is under way is cut, and what is known stays known."""
        self.server.should_exit = True
        await self.serving

    def forgets_all(self) -> None:
        """The server's home was wiped."""
        self.cases.clear()

    async def has_got(self, posts: int) -> None:
        """Wait until so many posts have reached the server."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.posts) >= posts)

    @property
    def case(self) -> Case:
        """The newest case."""
        return list(self.cases.values())[-1]

    async def _page(self, name: str) -> HTMLResponse:
        body, headers = self.pages[name]
        return HTMLResponse(body, headers=headers)

    async def _open(self, request: Request) -> JSONResponse:
        body = await request.json()
        if body.get("customer_token") in self.bad_customer_tokens:
            raise Refusal(401, title="This customer_token is not valid")
        case_id, case = str(uuid.uuid4()), Case(token=uuid.uuid4().hex, opened_with=body)
        self.cases[case_id] = case
        return JSONResponse({"case_id": case_id, "token": case.token}, 201)

    def _found(self, case_id: str, request: Request) -> Case:
        case = self.cases.get(case_id)
        if case is None:
            raise Refusal(404, title="There is no such case")
        if request.headers.get("authorization") != f"Bearer {case.token}":
            raise Refusal(401, title="This token is not for this case")
        return case

    async def _message(self, case_id: str, request: Request) -> Response:
        body = await request.json()
        message_id, text = body["id"], body["text"]
        self.posts.append((case_id, message_id, text))
        async with self._news:
            self._news.notify_all()
        case = self._found(case_id, request)
        if self.refusals:
            status, why = self.refusals.popleft()
            raise Refusal(status, **why)
        reply = Reply(sentences=[])
        if message_id not in case.running:
            reply = self._begin(case, message_id, text)
        running = case.running[message_id]
        assert running.texts[message_id] == text, "another text under a used id"
        return StreamingResponse(stream(running, reply), media_type="text/event-stream")

    def _begin(self, case: Case, message_id: str, text: str) -> Reply:
        case.transcript.append(
            {"role": "customer", "text": text, "at": "2026-11-22T12:00:00Z", "message_id": message_id}
        )
        if self.joins_next:
            running = case.running[message_id] = list(case.running.values())[-1]
            running.texts[message_id] = text
            self.joins_next = False
            return Reply(sentences=[])
        running = case.running[message_id] = Running({message_id: text})
        reply = self.replies.popleft() if self.replies else Reply(sentences=["Noted."])
        task = asyncio.create_task(work(case, running, message_id, reply))
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)
        return reply

    async def _view(self, case_id: str, request: Request) -> Response:
        case = self._found(case_id, request)
        return JSONResponse({"status": case.status, "transcript": case.transcript})

    async def _list(self, case_id: str, request: Request, after: int = 0) -> Response:
        case = self._found(case_id, request)
        self.looks += 1
        return JSONResponse([turn.model_dump() for turn in case.turns if turn.seq > after])

    async def _turn(self, case_id: str, message_id: str, request: Request) -> Response:
        case = self._found(case_id, request)
        running = case.running.get(message_id)
        if running is None:
            raise Refusal(404, title="There is no such message")
        return JSONResponse(running.turn.model_dump(), 200) if running.turn else JSONResponse({}, 202)


async def as_problem(_request: Request, refusal: Exception) -> JSONResponse:
    """An RFC 9457 answer."""
    assert isinstance(refusal, Refusal)
    body = {"status": refusal.status, **refusal.why}
    return JSONResponse(body, refusal.status, media_type="application/problem+json")


async def work(case: Case, running: Running, message_id: str, reply: Reply) -> None:
    """Say the sentences, waiting where the script waits, then add the turn."""
    for index, sentence in enumerate(reply.sentences):
        if index == reply.waits_after:
            await reply.go.wait()
        running.said.append(sentence)
        await tell(running)
    if reply.waits_after == len(reply.sentences):
        await reply.go.wait()
    running.turn = case.add_turn(reply, message_id)
    await tell(running)


async def tell(running: Running) -> None:
    """Wake whoever streams this turn."""
    async with running.news:
        running.news.notify_all()


async def stream(running: Running, faults: Reply) -> AsyncIterator[bytes]:
    """The turn as server-sent events, from its first sentence."""
    told = 0
    while faults.silent:
        yield b": waiting\r\n\r\n"
        await asyncio.Event().wait()
    while True:
        async with running.news:
            while not (len(running.said) > told or running.turn):
                await running.news.wait()
        for sentence in running.said[told:]:
            if told == faults.cut_after:
                await asyncio.sleep(0.1)  # what was written before must leave the machine first
                raise LineCut
            yield event("sentence", {"text": sentence})
            told += 1
            if faults.lag:
                await faults.lag.wait()
        if running.turn and told == len(running.said):
            if told == faults.cut_after:
                raise LineCut
            yield event("turn", running.turn.model_dump())
            return


def event(name: str, data: dict[str, Any]) -> bytes:
    """One server-sent event, with the line ends that servers commonly write."""
    return f"event: {name}\r\ndata: {json.dumps(data)}\r\n\r\n".encode()
