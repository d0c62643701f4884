"""What a language model costs: calls, how many wait for each other, and prompt tokens, for each kind of turn.

A cycle of five turns is said again and again in one conversation, with an endpoint that counts and takes no time: the
state of an order, a question about policy, a wish to change something, the yes to it, and thanks.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from agent.models.choice import models_for
from evals.bench import QUESTION, THANKS, served, vouched
from evals.scripted_model import Answer, Body, ScriptedModel
from evals.served import Served
from evals.talk import Case
from knowledge.embedders import Embedders
from knowledge.learnt import Languages
from knowledge.release import Release

KINDS = ("status", "question", "ask", "confirm", "thanks")
CYCLES = 10
TOKENIZER = "bpe_openai"
"""The package that counts tokens as OpenAI's models do (o200k); of the development packages."""


@dataclass(frozen=True)
class Call:
    """One request that the endpoint got."""

    began: float
    ended: float
    tokens: int | None
    """Of its messages, tools and schema; None: no tokenizer is installed."""


@dataclass
class Counting:
    """A script that answers as another one does and keeps what each request cost."""

    script: Served
    calls: list[Call] = field(default_factory=list)

    async def __call__(self, body: Body) -> Answer:
        """The other script's answer."""
        began = time.perf_counter()
        answer = await self.script(body)
        self.calls.append(Call(began, time.perf_counter(), self._tokens(body)))
        return answer

    def _tokens(self, body: Body) -> int | None:
        asked = [message["content"] for message in body["messages"]]
        asked += [json.dumps(body[part]) for part in ("tools", "response_format") if part in body]
        return sum(len(self._encoding.encode(text)) for text in asked) if self._encoding else None

    @cached_property
    def _encoding(self) -> Any:
        if find_spec(TOKENIZER) is None:
            return None
        import bpe_openai

        return bpe_openai.get_encoding("o200k_base")


@dataclass(frozen=True)
class Spent:
    """What one turn cost."""

    kind: str
    cycle: int
    calls: Sequence[Call]
    ms: float

    @property
    def depth(self) -> int:
        """The longest chain of calls that each began after the one before had ended."""
        chain, free = 0, 0.0
        for call in sorted(self.calls, key=lambda call: call.ended):
            if call.began >= free:
                chain, free = chain + 1, call.ended
        return chain


async def model_cost(home: Path, port: int, release: Release) -> list[Spent]:
    """Every turn of one long conversation; `home` has been started under this release before."""
    honest = models_for(Languages(home, Embedders.load()), None, budget_s=10.0)
    async with ScriptedModel() as endpoint:
        counting = Counting(Served(lambda: honest(release)))
        endpoint.follows(counting)
        at = {"OPENAI_BASE_URL": endpoint.base_url, "OPENAI_API_KEY": endpoint.api_key, "DESKHAND_MODEL": endpoint.name}
        base = f"http://127.0.0.1:{port}"
        async with served(home, port, **at), httpx.AsyncClient(base_url=base, timeout=60) as client:
            found = await client.get("/backoffice/api/orders", params={"status": "shipped", "limit": 1})
            [order] = found.raise_for_status().json()
            case = await Case.opened(client, customer_token=vouched(home, order["customer_id"]))
            return [await _spent(case, counting, kind, cycle, order["id"]) for cycle in range(CYCLES) for kind in KINDS]


async def _spent(case: Case, counting: Counting, kind: str, cycle: int, order_id: str) -> Spent:
    says = {
        "status": f"Where is my order {order_id}?",
        "question": f"{QUESTION} ({cycle})",
        "ask": f"Please change my phone number to +49 30 9018{cycle:04d}",
        "confirm": "yes",
        "thanks": THANKS,
    }
    before, began = len(counting.calls), time.perf_counter()
    await case.say(says[kind])
    return Spent(kind, cycle, counting.calls[before:], (time.perf_counter() - began) * 1000)


def shown(turns: Sequence[Spent], out: Console) -> None:
    """The table of one conversation."""
    cycles = {"turns 1-5": 0, "turns 16-20": 3, "turns 46-50": CYCLES - 1}
    table = Table(
        "turn", "calls", "one after the other", *(f"prompt tokens, {name}" for name in cycles), "ms",
        title=f"What a language model costs, {len(turns)} turns of one conversation (calls and ms: medians)",
    )  # fmt: skip
    for kind in KINDS:
        same = [turn for turn in turns if turn.kind == kind]
        calls, depth = statistics.median(len(turn.calls) for turn in same), max(turn.depth for turn in same)
        tokens = [_tokens([turn for turn in same if turn.cycle == cycle]) for cycle in cycles.values()]
        table.add_row(kind, f"{calls:.0f}", str(depth), *tokens, f"{statistics.median(turn.ms for turn in same):.0f}")
    mean = statistics.mean(len(turn.calls) for turn in turns)
    whole = [_tokens([turn for turn in turns if turn.cycle == cycle]) for cycle in cycles.values()]
    table.add_row("all", f"{mean:.1f} (mean)", "", *whole, "")
    out.print(table)


def _tokens(turns: Sequence[Spent]) -> str:
    """Of all calls of these turns, and of the largest one."""
    told = [call.tokens for turn in turns for call in turn.calls]
    if not told:
        return "0"
    counted = [tokens for tokens in told if tokens is not None]
    return f"{sum(counted)}, at most {max(counted)} a call" if counted else f"not counted: {TOKENIZER} is not installed"
