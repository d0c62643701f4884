"""MCP: tools that a server offers, each of them forbidden until a declaration classifies it.

What the server offered when it was imported (`deskhand tools import`) stands in a lock file beside the declaration. The
catalog is built from that file alone, and a tool that is no longer what it was then is refused: a server that changes
its mind gains nothing. It is offered no sampling, no questions to the customer and no files, and what it answers is
data.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import anyio
import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CONNECTION_CLOSED, INVALID_PARAMS, METHOD_NOT_FOUND, CallToolResult, TextContent
from pydantic import AfterValidator, Field, JsonValue, TypeAdapter, ValidationError, model_validator

from tools.connectors.building import built
from tools.connectors.connection import (
    Connection,
    Kind,
    Needs,
    Secret,
    SystemSettings,
    Trouble,
    forbidden,
    tried,
)
from tools.connectors.declaring import ActionDeclaration, Auth, Tools, address, nested, operations_of
from tools.contract import Tool, ToolLost, ToolRefused
from tools.declared import DeclarationError, Declared, File, closest
from tools.schemas import Document, Schema

NEVER_RAN = frozenset({INVALID_PARAMS, METHOD_NOT_FOUND})
UNREACHED = (OSError, MCPError, httpx2.HTTPError, anyio.ClosedResourceError, anyio.BrokenResourceError, RuntimeError,
             ValueError, ExceptionGroup)  # fmt: skip
"""What opening a connection and asking for the list of tools may end in."""
MOST_PAGES = 50
ANY: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class Settings(SystemSettings):
    """`connector: mcp`."""

    connector: Literal["mcp"]
    declaration: Path


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


class _Pinned(Offer):
    """A tool in the lock file."""

    digest_: Annotated[str, Field(alias="digest")]

    def offer(self) -> Offer:
        return Offer.model_validate(self.model_dump(exclude={"digest_"}))


class _Lock(Declared):
    tools: dict[str, _Pinned]


class _Server:
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


class _Tools:
    """The operations of a server: its tools as they were when they were imported."""

    def __init__(self, pinned: Mapping[str, Offer], server: _Server, actions: set[str]) -> None:
        self._pinned, self._server, self._actions = pinned, server, actions

    def _offered(self, operation: str) -> Offer:
        if operation not in self._pinned:
            advice = closest(operation, self._pinned) if self._pinned else "import them first."
            raise DeclarationError(f"the server offered no tool '{operation}'; {advice}")
        return self._pinned[operation]

    def reads(self, operation: str) -> None:
        """See `Operations`; what a tool of a server does is for its declaration to say, in one way."""
        if operation in self._actions:
            raise DeclarationError(f"'{operation}' is declared as an action, so it proves and looks up nothing.")

    def writes(self, operation: str) -> None:
        """See `Operations`."""
        self._offered(operation)

    def summary(self, operation: str) -> str:
        """See `Operations`."""
        return _one_line(self._offered(operation).description) or operation

    def place(self, operation: str, place: str) -> Schema:
        """See `Operations`."""
        return Schema(*_document(self._offered(operation).input_schema)).at(place)

    def required(self, operation: str) -> set[str]:
        """See `Operations`."""
        return Schema(*_document(self._offered(operation).input_schema)).required

    def answer(self, operation: str) -> Schema:
        """See `Operations`."""
        return Schema(*_document(self._offered(operation).output_schema or {}))

    async def read(self, operation: str, sent: Mapping[str, JsonValue]) -> JsonValue:
        """See `Operations`."""
        await self._is_as_imported(operation)
        result = await self._server.call(operation, nested(sent))
        if result.is_error:
            raise ToolLost(f"The server says: {_said(result)}", answered=True)
        return _value(result)

    async def write(self, operation: str, sent: Mapping[str, JsonValue]) -> JsonValue:
        """See `Operations`. A result that the server itself calls an error is a refusal."""
        await self._is_as_imported(operation)
        result = await self._server.call(operation, nested(sent))
        if result.is_error:
            raise ToolRefused(f"The server says: {_said(result)}")
        return _value(result)

    async def _is_as_imported(self, operation: str) -> None:
        now = (await self._server.offers()).get(operation)
        if now is None or now.digest != self._pinned[operation].digest:
            raise ToolRefused(f"The server's tool '{operation}' is not what it was when it was classified.")

    async def changed(self) -> list[Trouble]:
        """What the server offers otherwise than when it was imported."""
        offers = dict[str, Offer]()

        async def read() -> None:
            offers.update(await self._server.offers())

        if trouble := await tried(read()):
            return trouble
        now, then = ({name: offer.digest for name, offer in known.items()} for known in (offers, self._pinned))
        other = sorted(name for name in now.keys() | then.keys() if now.get(name) != then.get(name))
        advice = "import its tools again, look at what is new, and classify it"
        return [Trouble(f"the server's tool '{_one_line(name)}' is not as it was imported", advice) for name in other]


def _document(schema: dict[str, Any]) -> tuple[Document, dict[str, Any]]:
    return Document(schema), schema


def _one_line(text: str) -> str:
    """A text of the server as one line that can be shown anywhere."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:200]


def _said(result: CallToolResult) -> str:
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    return _one_line(" ".join(texts)) or "that was an error."


def _value(result: CallToolResult) -> JsonValue:
    """The structured answer, or the one text that is JSON. Raises ToolLost."""
    if result.structured_content is not None:
        return ANY.validate_python(result.structured_content)
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    try:
        return ANY.validate_json(texts[0]) if len(texts) == 1 else None
    except ValidationError as error:
        raise ToolLost("The server answered with something that is not a record.", answered=True) from error


def connect(settings: Settings, needs: Needs) -> Connection:
    """The classified tools, and the others as forbidden. Raises DeclarationError."""
    file = File(needs.at(settings.declaration))
    declared = file.shaped(Declaration)
    lock = lock_of(file.path)
    if not lock.is_file():
        raise file.wrong(f"its tools are not imported yet; run `deskhand tools import {settings.declaration}`.")
    for secret in declared.server.secrets:
        needs.secret(secret)
    server, pinned = _Server(declared, needs), _pinned(lock)
    actions = {tool.action for tool in declared.tools.values() if isinstance(tool, ActionDeclaration)}
    operations, tools = _Tools(pinned, server, actions), list[Tool]()
    for name, tool in declared.tools.items():
        try:
            tools.append(built(operations, name, tool, declared.system))
        except DeclarationError as error:
            raise file.wrong(f"{name}: {error}", ("tools", name)) from None
    used = {operation for tool in declared.tools.values() for operation in operations_of(tool)}
    for name in sorted(pinned.keys() - used):
        tools.append(forbidden(f"{declared.system}.{name}", _one_line(pinned[name].description), declared.system))
    return Connection(system=declared.system, tools=tools, close=server.close, probe=operations.changed)


def lock_of(declaration: Path) -> Path:
    """Where the imported tools of a declaration stand."""
    return declaration.with_suffix(".lock.json")


def _pinned(lock: Path) -> dict[str, Offer]:
    file = File(lock)
    pinned = {name: (tool.offer(), tool.digest_) for name, tool in file.shaped(_Lock).tools.items()}
    for name, (offer, digest) in pinned.items():
        if offer.digest != digest:
            raise file.wrong(f"'{name}' was changed by hand; run `deskhand tools import` again.")
    return {name: offer for name, (offer, _) in pinned.items()}


async def import_tools(declaration: Path, needs: Needs) -> list[str]:
    """Ask the server what it offers and write that down; gives what is new or other than before.

    Raises DeclarationError, ToolLost.
    """
    server, lock = _Server(File(declaration).shaped(Declaration), needs), lock_of(declaration)
    try:
        offers = await server.offers()
    finally:
        await server.close()
    before = _pinned(lock) if lock.is_file() else {}
    tools = {name: offer.model_dump(mode="json") | {"digest": offer.digest} for name, offer in sorted(offers.items())}
    beside = lock.with_suffix(".new")
    beside.write_text(json.dumps({"tools": tools}, indent=2) + "\n")
    os.replace(beside, lock)
    known = {name: offer.digest for name, offer in before.items()}
    return [
        *(f"{_one_line(name)}: {'changed' if name in before else 'new'}" for name in sorted(offers)
          if offers[name].digest != known.get(name)),
        *(f"{_one_line(name)}: gone" for name in sorted(before.keys() - offers.keys())),
    ]  # fmt: skip


KIND = Kind(Settings, connect)
