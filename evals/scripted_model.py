"""A scripted model: an OpenAI-compatible HTTP server on a free loopback port that answers as a test says.

It speaks `POST /v1/chat/completions` with structured output, tool calls, streaming and usage, keeps every request,
and has faults with names. It runs in a thread of its own, so that a test which blocks does not block the model. A whole
model of the port answers through `evals/served.py`.

    async with ScriptedModel() as model:
        model.answers_reading({"language": "en", "intents": [], "values": []})
        model.answers_call("get_order", {"order_id": "HG-123456"})
        model.answers_words("Coffee can be returned. It has to be unopened.")
        model.suffers("slow", seconds=0.5, times=1)
        Language.connect(model.name, model.base_url, model.api_key, timeout_s=3)

Answers of a kind are given in their order, each once. A request without one is answered with 500, kept in
`unscripted`, and fails the test at the end.
"""

from __future__ import annotations

import asyncio
import json
import math
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from itertools import chain
from typing import Any, Literal, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

Kind = Literal["read", "propose", "word"]
Fault = Literal[
    "down",  # the connection is dropped without an answer
    "slow",  # the answer waits for `seconds`
    "garbage",  # 200 with something that is no answer
    "http_500",
    "rate_limited",  # 429 with Retry-After
    "cut_stream",  # the connection is dropped in the middle of the answer
    "empty",  # an answer without content
    "truncated",  # half an answer, `finish_reason` length
    "refuses",  # the model declines
    "no_json_schema",  # 400 for `response_format: json_schema`, as endpoints say it that do not know it
]
Body = dict[str, Any]
PIECE = 5
"""Characters in one chunk of a stream."""


@dataclass(frozen=True)
class Answer:
    """What one request gets. `raw` goes out as it is, with `status`."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """Tools with their arguments, as the text that a model would give."""
    finish: str | None = None
    """None: `stop`, or `tool_calls` where there are calls."""
    refusal: str | None = None
    report: Body | None = None
    """A reading: becomes text or a tool call, by what the request asks for."""
    raw: str | None = None
    status: int = 200
    pause_s: float = 0.0
    """Between the chunks of a stream."""

    @property
    def ending(self) -> str:
        """The `finish_reason`."""
        return self.finish or ("tool_calls" if self.calls else "stop")

    def fitting(self, body: Body) -> Answer:
        """With the report in the form that was asked for."""
        if self.report is None:
            return self
        text = json.dumps(self.report)
        if "response_format" in body:
            return replace(self, text=text, report=None)
        return replace(self, calls=((body["tools"][0]["function"]["name"], text),), report=None)


Script = Callable[[Body], Answer | Awaitable[Answer | None] | None]


@dataclass
class Trouble:
    """A fault at work."""

    fault: Fault
    times: int | None
    """None: until it recovers."""
    seconds: float


def kind_of(body: Body) -> Kind:
    """Which call of the port a request belongs to."""
    if body.get("stream"):
        return "word"
    return "read" if "response_format" in body or body.get("tool_choice") else "propose"


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@dataclass
class ScriptedModel:
    """Use it as an async context manager."""

    name: str = "scripted-1"
    api_key: str = "key-of-a-test"
    requests: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    unscripted: list[Body] = field(default_factory=list)
    _answers: dict[Kind, deque[Answer]] = field(default_factory=dict)
    _script: Script | None = None
    _trouble: Trouble | None = None

    async def __aenter__(self) -> Self:
        listener = socket.socket(proto=socket.IPPROTO_TCP)  # as it is, small answers would wait for 40 ms
        listener.bind(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        app = Starlette(routes=[Route("/v1/chat/completions", self._complete, methods=["POST"])])
        self._server = _Server(uvicorn.Config(app, lifespan="off", ws="none", loop="asyncio", log_config=None))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        await asyncio.to_thread(self._server.ready.wait)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = self._server.force_exit = True
        await asyncio.to_thread(self._thread.join)
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after a start; raises AssertionError as the end would."""
        unscripted, self.unscripted = self.unscripted, []
        self.requests.clear()
        self.headers.clear()
        self._answers.clear()
        self._script = self._trouble = None
        if unscripted:
            raise AssertionError(f"the script has no answer for {[kind_of(body) for body in unscripted]}")

    def answers(self, kind: Kind, *answers: Answer) -> None:
        """Queue answers for requests of a kind."""
        self._answers.setdefault(kind, deque()).extend(answers)

    def answers_reading(self, *reports: Body) -> None:
        """Queue readings: `{language, intents, values, mood?}`."""
        self.answers("read", *(Answer(report=report) for report in reports))

    def answers_call(self, tool: str, args: Body) -> None:
        """Queue one proposal: a call of this tool."""
        self.answers("propose", Answer(calls=((tool, json.dumps(args)),)))

    def answers_words(self, *texts: str) -> None:
        """Queue wordings."""
        self.answers("word", *(Answer(text=text) for text in texts))

    def follows(self, script: Script) -> None:
        """Ask this function first; where it says None, the queued answers follow."""
        self._script = script

    def suffers(self, fault: Fault, *, times: int | None = None, seconds: float = 1.0) -> None:
        """Meet the next `times` requests (None: all, until `recovers`) with this fault."""
        self._trouble = Trouble(fault, times, seconds)

    def recovers(self) -> None:
        """No fault any more."""
        self._trouble = None

    async def _complete(self, request: Request) -> Response:
        body: Body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            return _error(401, "Incorrect API key provided.")
        trouble = self._meet(body)
        if trouble and trouble.fault == "slow":
            await self._linger(trouble.seconds, request)
            if await request.is_disconnected():
                return Response()
        elif trouble and (failure := self._failure(trouble.fault, request)):
            return failure
        answer = await self._next(body)
        if answer is None:
            return _error(500, "the script has no answer for this")
        return self._send(_spoilt(answer, trouble.fault if trouble else None), body, request, trouble)

    def _meet(self, body: Body) -> Trouble | None:
        trouble = self._trouble
        schema_asked = body.get("response_format", {}).get("type") == "json_schema"
        if trouble is None or (trouble.fault == "no_json_schema" and not schema_asked):
            return None
        if trouble.times is not None:
            trouble.times -= 1
            if trouble.times <= 0:
                self._trouble = None
        return trouble

    def _failure(self, fault: Fault, request: Request) -> Response | None:
        if fault == "down":
            self._hang_up(request)
            return Response()
        if fault == "garbage":
            return Response("<html>Service is up, no model here", media_type="text/html")
        if fault == "http_500":
            return _error(500, "The server had an error while processing your request.")
        if fault == "rate_limited":
            return _error(429, "Rate limit reached.", {"Retry-After": "30"})
        if fault == "no_json_schema":
            return _error(400, "'response_format' of type 'json_schema' is not supported with this model")
        return None

    async def _next(self, body: Body) -> Answer | None:
        told = self._script(body) if self._script else None
        answer = await told if isawaitable(told) else told
        queued = self._answers.get(kind_of(body))
        if answer is None and queued:
            answer = queued.popleft()
        if answer is None:
            self.unscripted.append(body)
        return answer and answer.fitting(body)

    def _send(self, answer: Answer, body: Body, request: Request, trouble: Trouble | None) -> Response:
        cut = trouble is not None and trouble.fault == "cut_stream"
        if answer.raw is not None:
            kind = "text/event-stream" if body.get("stream") else "application/json"
            return Response(answer.raw, answer.status, media_type=kind)
        if body.get("stream"):
            lines = chain((f"data: {json.dumps(chunk)}\n\n" for chunk in _chunks(answer, body)), ["data: [DONE]\n\n"])
            parts = self._sending(lines, cut, request, answer.pause_s)
            return StreamingResponse(parts, media_type="text/event-stream")
        text = json.dumps(_completion(answer, body))
        return StreamingResponse(self._sending([text[:40], text[40:]], cut, request), media_type="application/json")

    async def _sending(
        self, parts: Iterable[str], cut: bool, request: Request, pause_s: float = 0.0
    ) -> AsyncIterator[str]:
        """Made as they are read: who has had enough of a text without end stops it."""
        if cut:
            whole = list(parts)
            parts = whole[: len(whole) // 2]
        for part in parts:
            yield part
            await asyncio.sleep(pause_s)
        if cut:
            await asyncio.sleep(0.02)
            self._hang_up(request)

    async def _linger(self, seconds: float, request: Request) -> None:
        """Wait, unless nobody waits for it any more."""
        for _ in range(math.ceil(seconds / 0.02)):
            if self._server.should_exit or await request.is_disconnected():
                return
            await asyncio.sleep(min(0.02, seconds))

    def _hang_up(self, request: Request) -> None:
        for connection in list(self._server.server_state.connections):
            if getattr(connection, "client", None) == request.client and connection.transport is not None:
                connection.transport.abort()


def _spoilt(answer: Answer, fault: Fault | None) -> Answer:
    if fault == "empty":
        return Answer()
    if fault == "refuses":
        return Answer(refusal="I'm sorry, I can't help with that.")
    if fault == "truncated":
        half = tuple((tool, args[: len(args) // 2]) for tool, args in answer.calls)
        return replace(answer, text=answer.text[: len(answer.text) // 2], calls=half, finish="length")
    return answer


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"message": message, "type": "error", "code": None}}, status, headers)


def _completion(answer: Answer, body: Body) -> Body:
    message: Body = {"role": "assistant", "content": answer.text or None, "refusal": answer.refusal}
    if answer.calls:
        message["tool_calls"] = [_call(index, tool, args) for index, (tool, args) in enumerate(answer.calls)]
    choice = {"index": 0, "message": message, "finish_reason": answer.ending}
    return _envelope("chat.completion", body) | {"choices": [choice], "usage": _usage(answer, body)}


def _chunks(answer: Answer, body: Body) -> Iterator[Body]:
    yield _chunk(body, {"role": "assistant", "content": ""})
    if answer.refusal:
        yield _chunk(body, {"refusal": answer.refusal})
    for at in range(0, len(answer.text), PIECE):
        yield _chunk(body, {"content": answer.text[at : at + PIECE]})
    for index, (tool, args) in enumerate(answer.calls):
        yield _chunk(body, {"tool_calls": [{"index": index} | _call(index, tool, "")]})
        for at in range(0, len(args), PIECE):
            yield _chunk(body, {"tool_calls": [{"index": index, "function": {"arguments": args[at : at + PIECE]}}]})
    yield _chunk(body, {}, answer.ending)
    if (body.get("stream_options") or {}).get("include_usage"):
        yield _envelope("chat.completion.chunk", body) | {"choices": [], "usage": _usage(answer, body)}


def _chunk(body: Body, delta: Body, ending: str | None = None) -> Body:
    choice = {"index": 0, "delta": delta, "finish_reason": ending}
    return _envelope("chat.completion.chunk", body) | {"choices": [choice]}


def _call(index: int, tool: str, args: str) -> Body:
    return {"id": f"call_{index}", "type": "function", "function": {"name": tool, "arguments": args}}


def _envelope(kind: str, body: Body) -> Body:
    return {"id": "chatcmpl-1", "object": kind, "created": int(time.time()), "model": body["model"]}


def _usage(answer: Answer, body: Body) -> Body:
    """About four characters a token."""
    asked = sum(len(message["content"]) for message in body["messages"]) // 4
    given = (len(answer.text) + sum(len(args) for _, args in answer.calls)) // 4
    return {"prompt_tokens": asked, "completion_tokens": given, "total_tokens": asked + given}
