"""Talking to a running Deskhand over its own API: a client for terminals, tests and benches."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any, Self

import httpx
from rich.console import Console
from rich.prompt import Prompt

from agent.errors import NotUsable

Turn = dict[str, Any]


class Case:
    """One case, from the customer's side."""

    def __init__(self, client: httpx.AsyncClient, case_id: str, token: str) -> None:
        self.client, self.id = client, case_id
        self.headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    async def opened(cls, client: httpx.AsyncClient, **body: Any) -> Self:
        """Open a case; `body` as in the contract. Raises httpx.HTTPStatusError."""
        made = (await client.post("/v1/cases", json=body)).raise_for_status().json()
        return cls(client, made["case_id"], made["token"])

    async def say(self, text: str, message_id: str | None = None) -> Turn:
        """Send a message and wait for its turn. Raises httpx.HTTPStatusError."""
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        answer = await self.client.post(f"/v1/cases/{self.id}/messages", json=body, headers=self.headers)
        turn: Turn = answer.raise_for_status().json()
        return turn

    async def stream(self, text: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Send a message and give its events as they come: `(sentence, {text})` …, `(turn, {…})`."""
        body = {"id": str(uuid.uuid4()), "text": text}
        headers = self.headers | {"Accept": "text/event-stream"}
        path = f"/v1/cases/{self.id}/messages"
        async with self.client.stream("POST", path, json=body, headers=headers) as answer:
            answer.raise_for_status()
            kind = ""
            async for line in answer.aiter_lines():
                name, _, value = line.partition(":")
                if name == "event":
                    kind = value.strip()
                elif name == "data":
                    yield kind, json.loads(value)

    async def view(self) -> dict[str, Any]:
        """The case as its file says. Raises httpx.HTTPStatusError."""
        answer = await self.client.get(f"/v1/cases/{self.id}", headers=self.headers)
        view: dict[str, Any] = answer.raise_for_status().json()
        return view

    async def turns(self, after: int = 0) -> list[Turn]:
        """The turns after a seq. Raises httpx.HTTPStatusError."""
        answer = await self.client.get(f"/v1/cases/{self.id}/turns", params={"after": after}, headers=self.headers)
        turns: list[Turn] = answer.raise_for_status().json()
        return turns


async def talk(url: str, out: Console) -> None:
    """A conversation in the terminal, sentence by sentence; an empty line or Ctrl-D ends it.

    Raises NotUsable when no Deskhand answers there.
    """
    try:
        await _talk(url, out)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        advice = "Start one with `deskhand run`, or leave the address out."
        raise NotUsable(f"No Deskhand answers at {url} ({error}). {advice}") from error


async def _talk(url: str, out: Console) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        case = await Case.opened(client, channel="terminal")
        out.print(f"Case {case.id}. Order numbers to try are at {url}/backoffice/. An empty line ends the talk.\n")
        seen = 0
        while text := await _typed(out):
            async for kind, data in case.stream(text):
                if kind == "sentence":
                    out.print(data["text"])
                else:
                    seen = data["seq"]
                    out.print(_footer(data), style="dim")
            for turn in await case.turns(after=seen):
                out.print(turn["reply"])
                seen = turn["seq"]


async def _typed(out: Console) -> str:
    with contextlib.suppress(EOFError):
        return (await asyncio.to_thread(Prompt.ask, "you", console=out)).strip()
    return ""


def _footer(turn: Turn) -> str:
    receipts = [f"{receipt['action']}: {receipt['state']}" for receipt in turn["receipts"]]
    cited = [citation["id"] for citation in turn["citations"]]
    return " · ".join([turn["status"], *receipts, *cited])
