"""An OpenAI-compatible endpoint: one shared client, calls that end in time, and every failure a `ModelFailed`.

Slow to import (it brings langchain-openai); `Language.connect` imports it when a model is wanted.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager, nullcontext
from typing import Any, cast

import openai
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langsmith.run_helpers import tracing_context
from pydantic import SecretStr

from agent.models.calls import CallKind, CallStats, RequestRefused
from agent.models.failures import check_ending, failures_named, usable
from agent.models.patience import Patience
from agent.models.port import ModelFailed
from agent.models.prompt import Prompt

MOST_TOKENS = 2000
"""Of one answer; reasoning counts."""

_UNLISTENED = RunnableConfig(callbacks=[], tags=["nostream"])
"""A graph that streams its messages must not hear of these: nothing is shown before it was checked."""

_OPTIONAL = ("temperature", "parallel_tool_calls", "max_completion_tokens", "stream_options")
"""What some endpoints do not know; each is left out once an endpoint has refused it by name."""


class Endpoint:
    """One model at one address."""

    def __init__(
        self,
        name: str,
        base_url: str,
        api_key: str,
        *,
        timeout_s: float,
        tracing: bool = False,
        on_call: Callable[[CallStats], None] | None = None,
    ) -> None:
        self.name = name
        self._tracing = tracing
        self._on_call = on_call
        self._options: dict[str, Any] = {"temperature": 0, "max_completion_tokens": MOST_TOKENS}
        self._refused: set[str] = set()
        self._chat = _chat(name, base_url, api_key, timeout_s)

    async def close(self) -> None:
        """Close the connections."""
        await self._chat.root_async_client.close()

    async def ask(self, kind: CallKind, prompt: Prompt, patience: Patience, **options: Any) -> AIMessage:
        """One whole answer: with text or a tool call, neither refused nor cut. Raises `ModelFailed`."""
        while True:
            try:
                return await self._ask_once(kind, prompt, patience, options)
            except RequestRefused as refusal:
                self._learn_from(refusal)

    async def stream(self, prompt: Prompt, patience: Patience) -> AsyncGenerator[str]:
        """The pieces of a wording. Raises `ModelFailed`, also after some pieces when the stream does not end well."""
        options = {"stream_options": {"include_usage": True}} if self._on_call else {}
        while True:
            try:
                async with aclosing(self._stream_once(prompt, patience, options)) as pieces:
                    async for piece in pieces:
                        yield piece
            except RequestRefused as refusal:
                self._learn_from(refusal)
            else:
                return

    async def _ask_once(self, kind: CallKind, prompt: Prompt, patience: Patience, options: dict[str, Any]) -> AIMessage:
        with self._recorded(kind) as usage, failures_named():
            async with patience.waiting():
                with self._traced():
                    answer = await self._chat.ainvoke(prompt.messages, _UNLISTENED, **self._allowed(options))
            usage.take(answer)
            return usable(answer)

    async def _stream_once(self, prompt: Prompt, patience: Patience, options: dict[str, Any]) -> AsyncGenerator[str]:
        ending: object = None
        with self._recorded("word") as usage, failures_named():
            chunks = self._chat.astream(prompt.messages, _UNLISTENED, **self._allowed(options))
            async with aclosing(cast("AsyncGenerator[AIMessageChunk]", chunks)) as stream:
                while (chunk := await self._next(stream, patience)) is not None:
                    usage.take(chunk)
                    ending = chunk.response_metadata.get("finish_reason") or ending
                    if text := str(chunk.text):
                        yield text
            check_ending(ending)

    async def _next(self, stream: AsyncGenerator[AIMessageChunk], patience: Patience) -> AIMessageChunk | None:
        async with patience.waiting():
            with self._traced():
                return await anext(stream, None)

    def _allowed(self, options: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in (self._options | options).items() if key not in self._refused}

    def _learn_from(self, refusal: RequestRefused) -> None:
        """Leave out what the endpoint refused by name; raises the refusal when there is nothing more to leave out."""
        named = {option for option in _OPTIONAL if option in refusal.told} - self._refused
        if not named:
            raise refusal
        self._refused |= named

    def _traced(self) -> AbstractContextManager[None]:
        """A stray variable in the environment must not send a customer's words to a tracing service."""
        return nullcontext() if self._tracing else tracing_context(enabled=False)

    @contextmanager
    def _recorded(self, kind: CallKind) -> Iterator[_Usage]:
        usage, failure, began = _Usage(), None, time.monotonic()
        try:
            yield usage
        except ModelFailed as error:
            failure = str(error)
            raise
        finally:
            if self._on_call:
                self._on_call(
                    CallStats(
                        kind=kind,
                        seconds=time.monotonic() - began,
                        prompt_tokens=usage.prompt,
                        completion_tokens=usage.completion,
                        failure=failure,
                    )
                )


class _Usage:
    """The tokens that an endpoint counted for one call."""

    prompt: int | None = None
    completion: int | None = None

    def take(self, message: BaseMessage) -> None:
        """From an answer, or from the one chunk of a stream that carries them."""
        if isinstance(message, AIMessage) and message.usage_metadata:
            self.prompt = message.usage_metadata["input_tokens"]
            self.completion = message.usage_metadata["output_tokens"]


def _chat(name: str, base_url: str, api_key: str, timeout_s: float) -> ChatOpenAI:
    """Whatever the environment could change is said here. No retries: the turn has a fallback and little time."""
    return ChatOpenAI(
        model=name,
        base_url=base_url,
        api_key=SecretStr(api_key),
        timeout=timeout_s,
        max_retries=0,
        # Proxies, redirects and .netrc could carry a customer's words elsewhere.
        http_async_client=openai.DefaultAsyncHttpxClient(timeout=timeout_s, trust_env=False, follow_redirects=False),
        http_socket_options=(),
        openai_proxy=None,
        use_responses_api=False,
        output_version="v0",
        stream_usage=False,
        stream_chunk_timeout=None,
        cache=False,
    )
