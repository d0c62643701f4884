"""Language: a model behind any OpenAI-compatible endpoint, through langchain-openai.

It reads by structured output, proposes by tool calling and words by streaming. What comes back is believed only as
far as `reading`, `steps` and `sentences` say; all that can go wrong is a `ModelFailed`, within `timeout_s` a call.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from agent.casefile.records import Passage
from agent.models import prompt
from agent.models.calls import CallStats
from agent.models.patience import Patience
from agent.models.port import AnswerStep, Frame, IntentChoice, ModelFailed, Reading, Step, ToolOffer
from agent.models.reading import ReadingWire, reading_of, reading_schema
from agent.models.sentences import Sentences
from agent.models.steps import step_of, tool_calls_for
from agent.models.structured import Structured
from agent.models.values import VALUE_NAMES

if TYPE_CHECKING:
    from agent.models.endpoint import Endpoint

MOST_SENTENCES = 8


class Language:
    """The port to one endpoint. Share one; it keeps its connections and what it learnt about the endpoint."""

    def __init__(self, endpoint: Endpoint, *, timeout_s: float, region: str | None = None) -> None:
        self._endpoint = endpoint
        self._structured = Structured(endpoint)
        self._timeout_s = timeout_s
        self._region = region

    @classmethod
    def connect(
        cls,
        name: str,
        base_url: str,
        api_key: str,
        *,
        timeout_s: float,
        region: str | None = None,
        tracing: bool = False,
        on_call: Callable[[CallStats], None] | None = None,
    ) -> Self:
        """The model `name` at `base_url`; nothing is sent yet. Takes seconds the first time, for its libraries.

        `timeout_s` bounds each call of the port as a whole, not counting what a reader of `word` does in between.
        `region` (ISO 3166) is where phone numbers without a country code are from; None: such numbers are not read.
        `tracing` lets LangSmith's own variables decide, otherwise nothing is traced. `on_call` hears of each HTTP call.
        Raises ValueError for an address that is none.
        """
        if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).hostname:
            raise ValueError(f"OPENAI_BASE_URL must be an http or https address, such as https://host/v1: {base_url!r}")
        # Slow to import: only who wants a model pays for it.
        from agent.models.endpoint import Endpoint

        # Local endpoints want no key, but the client does.
        key = api_key.strip() or "none"
        endpoint = Endpoint(name, base_url, key, timeout_s=timeout_s, tracing=tracing, on_call=on_call)
        return cls(endpoint, timeout_s=timeout_s, region=region)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._endpoint.name

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoint.close()

    async def read(self, message: str, frame: Frame, choices: Sequence[IntentChoice]) -> Reading:
        """See the port. Unknown intents are out of scope; a value that is not in the message is none."""
        asked = prompt.for_reading(message, frame, choices, VALUE_NAMES)
        wire = await self._structured.ask(asked, ReadingWire, reading_schema(), Patience(self._timeout_s))
        return reading_of(wire, message, frame, choices, self._region)

    async def propose(
        self, question: str, frame: Frame, tools: Sequence[ToolOffer], passages: Sequence[Passage]
    ) -> Step:
        """See the port. The first tool call counts; without one see `steps.step_of`."""
        asked = prompt.for_proposing(question, frame, passages)
        answer = await self._endpoint.ask(
            "propose", asked, Patience(self._timeout_s), tools=tool_calls_for(tools), parallel_tool_calls=False
        )
        step = step_of(answer, tools, passages)
        return (
            step.model_copy(update={"text": _without(asked.boundary, step.text)})
            if isinstance(step, AnswerStep)
            else step
        )

    async def word(self, question: str, frame: Frame, passages: Sequence[Passage]) -> AsyncGenerator[str]:
        """See the port. At most `MOST_SENTENCES`, then it stops; raises `ModelFailed` when there is not even one."""
        if not passages:
            raise ModelFailed("there are no passages to word from")
        asked, sentences, said = prompt.for_wording(question, frame, passages), Sentences(), 0
        async with aclosing(self._endpoint.stream(asked, Patience(self._timeout_s))) as pieces:
            async for piece in pieces:
                for sentence in sentences.feed(piece):
                    yield _without(asked.boundary, sentence)
                    said += 1
                    if said == MOST_SENTENCES:
                        return
        for sentence in sentences.rest():
            yield _without(asked.boundary, sentence)
            said += 1
        if not said:
            raise ModelFailed("the model worded nothing")


def _without(boundary: str, sentence: str) -> str:
    if boundary in sentence:
        raise ModelFailed("the wording repeats the prompt")
    return sentence
