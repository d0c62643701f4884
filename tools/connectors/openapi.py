"""OpenAPI: tools over a system that describes its HTTP API in a file (3.0 or 3.1), as a declaration says.

Values go to `path.NAME`, `query.NAME`, `header.NAME` and `body.NAME` of an operation. Only the address of the
declaration is ever asked: the servers that the description names count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

import httpx
from pydantic import AfterValidator, Field, JsonValue, TypeAdapter

from tools.calls import Calls, path_of, understood
from tools.connectors.building import built
from tools.connectors.connection import Connection, Kind, Needs, SystemSettings, Trouble, tried
from tools.connectors.declaring import Auth, Tools, Version, address, nested
from tools.contract import ToolLost, ToolRefused
from tools.declared import DeclarationError, Declared, File, closest
from tools.schemas import Document, Schema

METHODS = ("get", "put", "post", "patch", "delete")
ANY: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


class Settings(SystemSettings):
    """`connector: openapi`."""

    connector: Literal["openapi"]
    declaration: Path


class Probe(Declared):
    """A cheap read that shows whether the system is there."""

    read: str
    send: dict[str, str | int | float | bool] = {}


class Declaration(Declared):
    """The file beside a company's description of its API."""

    system: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,40}$")]
    spec: Path
    url: Annotated[str, AfterValidator(address)]
    auth: Auth | None = None
    timeout_s: Annotated[float, Field(gt=0, le=10)] = 1.0
    probe: Probe | None = None
    tools: Annotated[Tools, Field(min_length=1)]


@dataclass(frozen=True)
class _Operation:
    method: str
    path: str
    document: Document
    summary: str
    parameters: Mapping[str, Mapping[str, Any]]
    """Place → the parameter."""
    body: Schema | None
    body_required: bool
    answer: Schema

    def place(self, place: str) -> Schema:
        """The schema of a place. Raises DeclarationError."""
        kind, _, name = place.partition(".")
        if kind == "body" and name and self.body is not None:
            return self.body.at(name)
        if place in self.parameters:
            return Schema(self.document, self.parameters[place].get("schema", {}))
        if kind == "header" and name:
            return Schema(self.document, {"type": "string"})  # descriptions leave headers out, those of keys above all
        raise DeclarationError(f"there is no place '{place}'; {closest(place, self._places())}")

    @property
    def required(self) -> set[str]:
        """The places that have to have a value."""
        named = {place for place, told in self.parameters.items() if told.get("required") or place.startswith("path.")}
        return named | {f"body.{name}" for name in (self.body.required if self.body and self.body_required else ())}

    def _places(self) -> list[str]:
        return [*self.parameters, *(["body.…"] if self.body is not None else [])]


class _Api:
    """The operations of a description, over HTTP."""

    def __init__(self, spec: Mapping[str, Any], calls: Calls) -> None:
        """Raises DeclarationError for what is no OpenAPI 3.0 or 3.1."""
        version = str(spec.get("openapi", ""))
        if not version.startswith(("3.0", "3.1")):
            raise DeclarationError("it is no OpenAPI 3.0 or 3.1; convert it first.")
        self._document = Document(spec, draft4=version.startswith("3.0"))
        self._calls = calls
        self._operations = dict(_operations(self._document))

    def operation(self, name: str) -> _Operation:
        """Raises DeclarationError when there is none of that name, or none that we could call."""
        if name not in self._operations:
            raise DeclarationError(f"there is no operation '{name}'; {closest(name, self._operations)}")
        return self._operations[name]()

    def reads(self, operation: str) -> None:
        """See `Operations`."""
        if (method := self.operation(operation).method) != "get":
            raise DeclarationError(f"'{operation}' is a {method.upper()}; only a GET is sure to change nothing.")

    def writes(self, operation: str) -> None:
        """See `Operations`."""
        if self.operation(operation).method == "get":
            raise DeclarationError(f"'{operation}' is a GET, which changes nothing; declare it as a lookup.")

    def version(self, operation: str) -> Version:
        """See `Operations`; HTTP tells it in the header `ETag`."""
        return partial(self._version, self.operation(operation))

    def leads_on(self, operation: str) -> Callable[[str], dict[str, JsonValue]]:
        """See `Operations`; only its query counts, so that nothing else can be asked."""
        self.operation(operation)
        return lambda address: {f"query.{name}": value for name, value in parse_qsl(urlsplit(address).query)}

    async def _version(self, operation: _Operation, sent: Mapping[str, JsonValue]) -> str:
        _, path, params, headers, _ = _request(operation, sent)
        response = await self._calls.read(path, params, headers=headers)
        if response is None:
            return ""  # there is no such record, as the look that follows says
        if "ETag" not in response.headers:
            raise ToolLost("The system does not say which version of the record it has.", answered=True)
        return str(response.headers["ETag"])

    def summary(self, operation: str) -> str:
        """See `Operations`."""
        return self.operation(operation).summary

    def place(self, operation: str, place: str) -> Schema:
        """See `Operations`."""
        return self.operation(operation).place(place)

    def required(self, operation: str) -> set[str]:
        """See `Operations`."""
        return self.operation(operation).required

    def answer(self, operation: str) -> Schema:
        """See `Operations`."""
        return self.operation(operation).answer

    def cheapest(self) -> str | None:
        """A read that needs nothing."""
        cheap = (name for name in self._operations if self.operation(name).method == "get" and not self.required(name))
        return next(cheap, None)

    async def held_against_its_description(self, operation: str, sent: Mapping[str, JsonValue]) -> None:
        """Make a read. Raises ToolLost when it fails, and when the answer is not as described."""
        answer = await self.read(operation, sent)
        if answer is None:
            raise ToolLost(f"The system has no '{operation}'.", advice="see that its address is right")
        if (wrong := self.answer(operation).objection(answer)) is not None:
            raise ToolLost(f"'{operation}' does not answer as described: {wrong}.", advice="renew the description")

    async def read(self, operation: str, sent: Mapping[str, JsonValue]) -> JsonValue:
        """See `Operations`."""
        _, path, params, headers, _ = _request(self.operation(operation), sent)
        response = await self._calls.read(path, params, headers=headers)
        return None if response is None else understood(ANY, response)

    async def write(self, operation: str, sent: Mapping[str, JsonValue]) -> JsonValue:
        """See `Operations`."""
        method, path, params, headers, body = _request(self.operation(operation), sent)
        response = await self._calls.write(method, path, body, params=params, headers=headers)
        return understood(ANY, response, answered=False) if _has_body(response) else {}


def _has_body(response: httpx.Response) -> bool:
    return response.status_code != httpx.codes.NO_CONTENT and bool(response.content)


def _operations(document: Document) -> Iterator[tuple[str, Callable[[], _Operation]]]:
    """All that have a name, with it; what they refer to is looked at when one of them is wanted."""
    for path, item in document.contents.get("paths", {}).items():
        shared = document.resolved(item)
        for method in METHODS:
            operation = shared.get(method)
            if isinstance(operation, dict) and "operationId" in operation:
                told = [*shared.get("parameters", ()), *operation.get("parameters", ())]
                described = partial(_described, document, method, path, told, operation)
                yield str(operation["operationId"]), described


def _described(
    document: Document, method: str, path: str, parameters: Sequence[Any], operation: Mapping[str, Any]
) -> _Operation:
    told = [document.resolved(one) for one in parameters]
    body = document.resolved(operation.get("requestBody", {}))
    responses = {str(code): document.resolved(one) for code, one in operation.get("responses", {}).items()}
    success = next((responses[code] for code in sorted(responses) if code.startswith("2")), {})
    schema = _json(body)
    return _Operation(
        method=method,
        path=path,
        document=document,
        summary=str(operation.get("summary") or operation.get("description") or operation["operationId"])[:300],
        parameters={f"{one.get('in')}.{one.get('name')}": one for one in told if one.get("in") != "cookie"},
        body=None if schema is None else Schema(document, schema),
        body_required=bool(body.get("required")),
        answer=Schema(document, _json(success) or {}),
    )


def _json(part: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The schema of the JSON among the kinds of content."""
    content = part.get("content", {})
    return next((told.get("schema", {}) for kind, told in content.items() if "json" in kind), None)


_Request = tuple[str, str, dict[str, str], dict[str, str], JsonValue]


def _request(operation: _Operation, sent: Mapping[str, JsonValue]) -> _Request:
    """Method, path, query, headers and body. Raises ToolRefused for a part of the path that is empty."""
    places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    body: dict[str, JsonValue] = {}
    for place, value in sent.items():
        kind, _, name = place.partition(".")
        if kind == "body":
            body[name] = value
        else:
            places[kind][name] = _text(value)
    if not all(places["path"].values()):
        raise ToolRefused("A part of the address is empty, so there is no such record.")
    parts = (_filled(part, places["path"]) for part in operation.path.strip("/").split("/"))
    path = "/".join(parts) + ("/" if operation.path.endswith("/") else "")
    return operation.method.upper(), path, places["query"], places["header"], nested(body) or None


def _filled(part: str, values: Mapping[str, str]) -> str:
    """One part of a path with its values, which cannot lead out of it."""
    for name, value in values.items():
        part = part.replace(f"{{{name}}}", path_of(value))
    return part


def _text(value: JsonValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def connect(settings: Settings, needs: Needs) -> Connection:
    """The tools that the declaration names. Raises DeclarationError."""
    file = File(needs.at(settings.declaration))
    declared = file.shaped(Declaration)
    headers = declared.auth.headers(needs) if declared.auth else {}
    calls = Calls(declared.url, headers=headers, timeout_s=declared.timeout_s)
    spec = File(file.path.parent / declared.spec)
    try:
        api = _Api(spec.data, calls)
    except DeclarationError as error:
        raise spec.wrong(str(error)) from None
    tools = []
    for name, tool in declared.tools.items():
        try:
            tools.append(built(api, name, tool, declared.system))
        except DeclarationError as error:
            raise file.wrong(f"{name}: {error}", ("tools", name)) from None
    return Connection(
        system=declared.system, tools=tools, close=calls.aclose, probe=lambda: _probed(api, declared.probe)
    )


async def _probed(api: _Api, probe: Probe | None) -> list[Trouble]:
    """What a cheap read shows: the declared one, or the first that needs nothing."""
    read = probe.read if probe else api.cheapest()
    return [] if read is None else await tried(api.held_against_its_description(read, probe.send if probe else {}))


KIND = Kind(Settings, connect)
