"""A whole house for tests: the real server over real HTTP, with its own home, and people who use it."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt

import server
from agent.home import Home
from evals.talk import Case, Turn
from tests.backoffice import Oracle
from web.front import Front
from web.serving import free_port


@dataclass
class Door:
    """A Deskhand as people reach it from outside, and the oracle beside it."""

    base: str
    client: httpx.AsyncClient
    oracle: Oracle
    home: Path

    @property
    def staff(self) -> dict[str, str]:
        """A staff member's headers."""
        return {"Authorization": f"Bearer {Home.at(self.home).secret('staff_token')}"}

    def now(self) -> float:
        """Seconds since the epoch, by the desk's clock."""
        return time.time()

    async def open(self, **body: Any) -> Case:
        """A new case."""
        return await Case.opened(self.client, **body)

    def token_for(self, customer_id: str) -> str:
        """A token as the host site signs it."""
        claims = {"sub": customer_id, "aud": "deskhand", "exp": int(self.now()) + 600}
        return jwt.encode(claims, Home.at(self.home).secret("customer_secret"), algorithm="HS256")

    async def verified(self, customer_id: str) -> Case:
        """A case whose customer the host site vouches for."""
        return await self.open(customer_token=self.token_for(customer_id))

    async def approvals(self, case: Case) -> list[dict[str, Any]]:
        """The case's pending approvals."""
        answer = await self.client.get("/v1/approvals", params={"status": "pending"}, headers=self.staff)
        return [a for a in answer.raise_for_status().json() if a["case_id"] == case.id]

    async def decide(self, approval_id: str, **decision: Any) -> httpx.Response:
        """A person's decision."""
        body = {"reason": "Looked at it."} | decision
        return await self.client.post(f"/v1/approvals/{approval_id}", json=body, headers=self.staff)

    async def code_for(self, customer_id: str) -> str:
        """The code in the customer's newest mail."""
        mails = await self.oracle.rows("messages", customer_id=customer_id, kind="one_time_code")
        newest = max(mails, key=lambda mail: str(mail["at"]))
        found = re.search(r"\b\d{6}\b", str(newest["body"]))
        assert found is not None, newest
        return found.group()

    async def answer_asks(self, case: Case, turn: Turn, customer: dict[str, Any], order_id: str = "") -> Turn:
        """Answer as the customer would until something else than an identity, a code or an order is asked for."""
        for _ in range(6):
            wanted = [ask for ask in turn["asks"] if ask["kind"] in ("identity", "code") or ask["name"] == "order_id"]
            names = [ask["name"] for ask in wanted]
            if not names:
                return turn
            known = {name: customer[name] for name in ("email", "name", "postcode", "phone")} | {"order_id": order_id}
            if "code" in names:
                known["code"] = await self.code_for(customer["id"])
            turn = await case.say(", ".join(str(known[name]) for name in names))
        return turn


@dataclass
class House(Door):
    """A Deskhand that runs in this process."""

    front: Front

    def now(self) -> float:
        return self.front.desk.clock.now().timestamp()


@contextlib.asynccontextmanager
async def running(home: Path, *, models: server.Models | None = None, **settings: Any) -> AsyncIterator[House]:
    """The product on a free port, as `deskhand run` serves it; `models` stands in for the settings' model."""
    port = free_port()
    chosen = server.Settings(port=port, home=home, **settings)
    base = chosen.address
    async with (
        server.running(chosen, models=models) as (front, _),
        httpx.AsyncClient(base_url=base, timeout=60) as client,
        Oracle(f"{base}/backoffice") as oracle,
    ):
        yield House(base, client, oracle, home, front)
