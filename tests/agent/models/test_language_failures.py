"""The language model in trouble, over real HTTP: nothing but `ModelFailed` comes out, in time, and nothing leaks."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph.graph import END, START, StateGraph
from langsmith.utils import get_env_var
from typing_extensions import TypedDict

from agent.models.calls import CallStats, ModelDown
from agent.models.language import Language
from agent.models.port import Model, ModelFailed
from evals.scripted_model import Answer, Body, Fault, ScriptedModel
from tests.agent.models.cases import (
    CALLS,
    FRAME,
    PASSAGES,
    SENTENCES,
    WORDS,
    anything,
    connected,
    propose,
    read,
    word,
)

TOO_LATE_S = 15
"""Far later than any deadline here, and sooner than an endpoint that is slow."""
FAULTS: list[Fault] = [fault for fault in get_args(Fault) if fault != "no_json_schema"]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_every_fault_is_a_model_failed_in_time(
    scripted: ScriptedModel, fault: Fault, call: Callable[[Model], Awaitable[object]]
) -> None:
    language = connected(scripted, timeout_s=0.5 if fault == "slow" else 5)
    scripted.follows(anything)
    scripted.suffers(fault, seconds=20)
    with pytest.raises(ModelFailed) as failure:
        async with asyncio.timeout(TOO_LATE_S):
            await call(language)
    assert len(str(failure.value)) < 80
    assert isinstance(failure.value, ModelDown) is (fault not in {"empty", "truncated", "refuses"})
    scripted.recovers()
    assert await call(language), "the next call is not hurt by it"
    await language.close()


@pytest.mark.parametrize("call", CALLS)
async def test_nobody_at_the_address(call: Callable[[Model], Awaitable[object]]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        language = Language.connect("m", f"http://127.0.0.1:{taken.getsockname()[1]}/v1", "", timeout_s=5)
        with pytest.raises(ModelDown):
            await call(language)
        await language.close()


@pytest.mark.parametrize("call", CALLS)
async def test_a_wrong_key_is_told_by_its_status(
    scripted: ScriptedModel, call: Callable[[Model], Awaitable[object]]
) -> None:
    language = Language.connect(scripted.name, scripted.base_url, "another", timeout_s=5)
    with pytest.raises(ModelDown, match="401"):
        await call(language)
    await language.close()


@pytest.mark.parametrize("url", ["", "localhost:8000", "ftp://host/v1", "http://", "/v1"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="OPENAI_BASE_URL must be"):
        Language.connect("m", url, "", timeout_s=1)


async def test_a_stream_that_drips_ends_in_time_and_a_slow_reader_does_not_count(scripted: ScriptedModel) -> None:
    language = connected(scripted, timeout_s=0.6)
    scripted.answers("word", Answer(text=WORDS, pause_s=0.1))
    with pytest.raises(ModelDown, match="in time"):
        await word(language)

    scripted.answers_words(WORDS)
    said = []
    async for sentence in language.word("Coffee?", FRAME, PASSAGES):
        time.sleep(0.35)  # noqa: ASYNC251 - checking a sentence may take a while
        said.append(sentence)
    assert said == SENTENCES
    await language.close()


KEYS = [
    *("choices", "message", "delta", "content", "tool_calls", "function", "name", "arguments"),
    *("usage", "finish_reason", "role", "refusal", "error", "index", "id"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["assistant", "stop", "length"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def raw_of(body: Body, value: object) -> str:
    if body.get("stream"):
        return f"data: {json.dumps(value)}\n\ndata: [DONE]\n\n"
    return json.dumps(value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON, depth=st.integers(0, 3))
async def test_whatever_json_comes_back_only_model_failed_comes_out(
    scripted: ScriptedModel, language: Language, value: object, depth: int
) -> None:
    def wrapped(body: Body) -> Answer:
        part = "delta" if body.get("stream") else "message"
        layers: list[Callable[[object], object]] = [
            lambda inner: inner,
            lambda inner: {"choices": inner},
            lambda inner: {"choices": [inner]},
            lambda inner: {"choices": [{part: inner, "finish_reason": "stop"}]},
        ]
        return Answer(raw=raw_of(body, layers[depth](value)))

    scripted.follows(wrapped)
    for call in CALLS:
        try:
            await call(language)
        except ModelFailed:
            continue


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "raw",
    [
        "",
        "data: \n\n",
        "data: {\n\n",
        ": keepalive\n\n",
        "data: [DONE]\n\n",
        "[" * 50_000,
        'data: {"error": {"message": "boom"}}\n\n',
        '{"choices": [{"message": {"role": "user", "content": "hi"}, "finish_reason": "stop"}]}',
        'data: {"choices": [{"delta": {"content": "A word. And half a"}}]}\n\n',
    ],
)
async def test_garbage_is_a_model_failed(
    scripted: ScriptedModel, language: Language, raw: str, call: Callable[[Model], Awaitable[object]]
) -> None:
    scripted.follows(lambda _: Answer(raw=raw))
    with pytest.raises(ModelFailed):
        await call(language)


# Where the words go


class Net:
    """Hears of each connection that this process opens, from the interpreter itself."""

    def __init__(self) -> None:
        self.addresses: list[tuple[str, int]] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(args[1], tuple):
            self.addresses.append(args[1][:2])


async def test_nothing_goes_anywhere_but_to_the_endpoint(
    scripted: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "OPENAI_PROXY"):
        monkeypatch.setenv(name, elsewhere)
    monkeypatch.setenv("OPENAI_BASE_URL", elsewhere)
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", elsewhere)
    monkeypatch.setenv("LANGSMITH_GATEWAY", elsewhere)
    monkeypatch.setenv("LANGSMITH_API_KEY", "none")
    monkeypatch.setenv("LC_OUTPUT_VERSION", "responses/v1")
    get_env_var.cache_clear()  # type: ignore[attr-defined]
    net, language = Net(), connected(scripted)
    scripted.follows(anything)
    for call in CALLS:
        await call(language)
    await language.close()
    get_env_var.cache_clear()  # type: ignore[attr-defined]
    port = int(scripted.base_url.split(":")[2].split("/")[0])
    assert set(net.addresses) == {("127.0.0.1", port)}


async def test_a_redirect_is_not_followed(scripted: ScriptedModel, language: Language) -> None:
    scripted.follows(lambda _: Answer(raw="", status=307))
    for call in CALLS:
        with pytest.raises(ModelDown, match="307"):
            await call(language)


class Turn(TypedDict):
    said: str


async def test_a_graph_that_streams_its_messages_does_not_hear_the_model(
    scripted: ScriptedModel, language: Language
) -> None:
    async def node(state: Turn) -> Turn:
        await read(language)
        return {"said": state["said"] + " ".join(await word(language))}

    graph = StateGraph(Turn).add_node("node", node).add_edge(START, "node").add_edge("node", END).compile()
    scripted.follows(anything)
    heard = [part async for part in graph.astream({"said": ""}, stream_mode=["messages", "values"])]
    assert [mode for mode, _ in heard] == ["values", "values"]
    assert [body.get("stream", False) for body in scripted.requests] == [False, True]


async def test_calls_are_counted_with_their_tokens(scripted: ScriptedModel) -> None:
    heard: list[CallStats] = []
    language = connected(scripted, on_call=heard.append)
    scripted.follows(anything)
    for call in CALLS:
        await call(language)
    scripted.suffers("http_500")
    with pytest.raises(ModelFailed):
        await propose(language)
    assert [stats.kind for stats in heard] == ["read", "propose", "word", "propose"]
    assert [bool(stats.prompt_tokens and stats.completion_tokens) for stats in heard] == [True, True, True, False]
    assert [stats.failure for stats in heard] == [None, None, None, "the endpoint broke (500)"]
    await language.close()


async def test_a_wording_that_nobody_hears_to_its_end_lets_go_of_the_connection(
    scripted: ScriptedModel, language: Language
) -> None:
    scripted.follows(lambda _: Answer(text=WORDS * 20, pause_s=0.01))
    sentences = language.word("Coffee?", FRAME, PASSAGES)
    assert await anext(sentences) == SENTENCES[0]
    await sentences.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(sentences)
