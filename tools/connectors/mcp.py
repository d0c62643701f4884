"""MCP: tools that a server offers, each of them forbidden until a declaration classifies it.

What the server offered when it was imported (`deskhand tools import`) stands in a lock file beside the declaration. The
catalog is built from that file alone, and a tool that is no longer what it was then is refused: a server that changes
its mind gains nothing. It is offered no sampling, no questions to the customer and no files, and what it answers is
data.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from mcp_types import CallToolResult, TextContent
from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from tools.connectors.building import built
from tools.connectors.connection import (
    Connection,
    Kind,
    Needs,
    SystemSettings,
    Trouble,
    forbidden,
    tried,
)
from tools.connectors.declaring import ActionDeclaration, Version, nested, operations_of
from tools.connectors.mcp_server import Declaration, Offer, Server
from tools.contract import Tool, ToolLost, ToolRefused
from tools.declared import DeclarationError, Declared, File, closest
from tools.schemas import Document, Schema

ANY: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class Settings(SystemSettings):
    """`connector: mcp`."""

    connector: Literal["mcp"]
    declaration: Path


class _Pinned(Offer):
    """A tool in the lock file."""

    digest_: Annotated[str, Field(alias="digest")]

    def offer(self) -> Offer:
        return Offer.model_validate(self.model_dump(exclude={"digest_"}))


class _Lock(Declared):
    tools: dict[str, _Pinned]


class _Tools:
    """The operations of a server: its tools as they were when they were imported."""

    def __init__(self, pinned: Mapping[str, Offer], server: Server, actions: set[str]) -> None:
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

    def version(self, operation: str) -> Version:
        """See `Operations`."""
        raise DeclarationError(f"'{operation}' tells no version of what it reads; write another `key`.")

    def leads_on(self, operation: str) -> Callable[[str], dict[str, JsonValue]]:
        """See `Operations`."""
        raise DeclarationError(f"'{operation}' has no address that leads on; name the place of its cursor under `to`.")

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
    server, pinned = Server(declared, needs), _pinned(lock)
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
    server, lock = Server(File(declaration).shaped(Declaration), needs), lock_of(declaration)
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
