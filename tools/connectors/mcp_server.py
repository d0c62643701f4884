"""The way to an MCP server: one connection, and what it offers.

It is offered no sampling, no questions to the customer and no files, and what it answers is data.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from typing import Annotated, Any, Self

import anyio
import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS, METHOD_NOT_FOUND, CallToolResult
from pydantic import AfterValidator, Field, JsonValue, ValidationError, model_validator

from tools.connectors.connection import (
    Needs,
)
from tools.connectors.declaring import Auth, Tools, address
from tools.contract import ToolLost, ToolRefused
from tools.declared import Declared, Secret

NEVER_RAN = frozenset({INVALID_PARAMS, METHOD_NOT_FOUND})
UNREACHED = (OSError, MCPError, httpx2.HTTPError, anyio.ClosedResourceError, anyio.BrokenResourceError, RuntimeError,
             ValueError, ExceptionGroup)  # fmt: skip
"""What opening a connection and asking for the list of tools may end in."""
MOST_PAGES = 50


class ServerAddress(Declared):
    """A command that starts the server and talks to it over its standard streams, or the address where it is."""

    command: Annotated[list[str], Field(min_length=1)] | None = None
    env: dict[str, Secret] = {}
    """Beside PATH, HOME and the like, nothing of our environment reaches the command."""
    url: Annotated[str, AfterValidator(address)] | None = None
    auth: Auth | None = None

    @property
    def secrets(self) -> list[Secret]:
        """All that it needs."""
        return [*self.env.values(), *([self.auth.secret] if self.auth else [])]

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.command is None) == (self.url is None):
            raise ValueError("a server is reached in one way: write `command: [...]` or `url: …`.")
        return self


class Declaration(Declared):
    """The file that classifies a server's tools."""

    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
    server: ServerAddress
    timeout_s: Annotated[float, Field(gt=0, le=10)] = 2.0
    start_timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    """How long the server may take to start."""
    tools: Tools = {}


class Offer(Declared):
    """A tool as the server offered it."""

    description: str = ""
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None

    @property
    def digest(self) -> str:
        """What shows that it is still the same."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Server:
    """The way to a server: one connection, opened when it is needed and again after it broke.

    A task of its own holds it, since a connection has to be closed where it was opened.
    """

    def __init__(self, declared: Declaration, needs: Needs) -> None:
        self._declared, self._needs = declared, needs
        self._lock = asyncio.Lock()
        self._stop: asyncio.Event | None = None
        self._ready: asyncio.Future[Client] | None = None
        self._keepers: set[asyncio.Task[None]] = set()

    async def offers(self) -> dict[str, Offer]:
        """All that it offers now. A broken connection is opened again, once. Raises ToolLost."""
        try:
            return await self._listed()
        except ToolLost:
            return await self._listed()

    async def call(self, tool: str, arguments: Mapping[str, JsonValue]) -> CallToolResult:
        """Call a tool, once. Raises ToolLost, ToolRefused."""
        client = await self._client()
        try:
            async with asyncio.timeout(self._declared.timeout_s):
                return await client.call_tool(tool, dict(arguments))
        except TimeoutError as error:
            self._drop()
            raise ToolLost(f"The server gave no answer within {self._declared.timeout_s:g} s.") from error
        except MCPError as error:
            if error.code in NEVER_RAN:
                raise ToolRefused(f"The server refused the call: {error.message[:300]}") from error
            if error.code == CONNECTION_CLOSED:
                self._drop()
            raise ToolLost(f"The server answered with an error: {error.message[:300]}") from error
        except (OSError, httpx2.HTTPError, anyio.ClosedResourceError, anyio.BrokenResourceError) as error:
            self._drop()
            raise ToolLost(f"The call was cut off ({type(error).__name__}).") from error
        except (RuntimeError, ValidationError) as error:  # the client's own words for a result that is not as offered
            raise ToolLost(f"The server's answer is not as offered: {str(error)[:300]}", answered=True) from error

    async def close(self) -> None:
        """Let go of the server."""
        self._drop()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    async def _listed(self) -> dict[str, Offer]:
        client, found, cursor = await self._client(), dict[str, Offer](), None
        try:
            async with asyncio.timeout(self._declared.timeout_s):
                for _ in range(MOST_PAGES):
                    page = await client.list_tools(cursor=cursor, cache_mode="bypass")
                    found |= {tool.name: _offer(tool) for tool in page.tools}
                    cursor = page.next_cursor
                    if cursor is None:
                        return found
        except (TimeoutError, *UNREACHED) as error:
            self._drop()
            raise ToolLost(f"The server does not list its tools ({_why(error)}).", answered=True) from error
        raise ToolLost("The server's list of tools has no end.", answered=True)

    async def _client(self) -> Client:
        async with self._lock:
            if self._ready is None:
                self._ready, self._stop = asyncio.get_running_loop().create_future(), asyncio.Event()
                keeper = asyncio.create_task(self._keep(self._ready, self._stop))
                self._keepers.add(keeper)
                keeper.add_done_callback(self._keepers.discard)
            ready = self._ready
        try:
            async with asyncio.timeout(self._declared.start_timeout_s):
                return await asyncio.shield(ready)
        except TimeoutError as error:
            self._drop()
            raise ToolLost("The server does not start in time.", answered=True) from error

    async def _keep(self, ready: asyncio.Future[Client], stop: asyncio.Event) -> None:
        """Hold a connection until it is to be let go of."""
        try:
            async with self._opened() as client:
                ready.set_result(client)
                await stop.wait()
        except UNREACHED as error:
            if not ready.done():
                advice = "see that the command or the address in the declaration is right"
                ready.set_exception(
                    ToolLost(f"The server is out of reach ({_why(error)}).", answered=True, advice=advice)
                )
                ready.exception()  # whoever waited may be gone
        finally:
            if self._ready is ready:
                self._ready = None

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Client]:
        server, needs = self._declared.server, self._needs
        async with (
            httpx2.AsyncClient(
                headers=server.auth.headers(needs) if server.auth else {},
                trust_env=False,
                timeout=httpx2.Timeout(self._declared.timeout_s, read=None),  # `call` has the time limit
            )
            if server.url
            else nullcontext() as http
        ):
            if server.url:
                transport = streamable_http_client(server.url, http_client=http)
            else:
                command, *args = server.command or [""]
                env = {name: needs.secret(secret) for name, secret in server.env.items()}
                started = StdioServerParameters(command=command, args=args, env=env, cwd=needs.folder)
                transport = stdio_client(started, errlog=sys.__stderr__ or sys.stderr)
            async with Client(transport, cache=None) as client:
                yield client

    def _drop(self) -> None:
        """Give the connection up; whoever comes next opens another."""
        if self._stop is not None:
            self._stop.set()
        self._ready = self._stop = None


def _offer(tool: Any) -> Offer:
    return Offer(description=tool.description or "", input_schema=tool.input_schema, output_schema=tool.output_schema)


def _why(error: BaseException) -> str:
    """The innermost reason, in a few words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:200] if str(error) else type(error).__name__
