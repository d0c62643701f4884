"""JSON schemas of systems that nobody here wrote, as the argument and result models of tools.

The schema itself is the judge of each argument (`jsonschema`), so a model never takes what the system's own description
refuses. Only scalars become arguments and facts: rules can name each one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from pydantic import BaseModel, BeforeValidator, JsonValue, WithJsonSchema, create_model
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT4, DRAFT202012

from tools.contract import Arguments
from tools.declared import DeclarationError, closest

ScalarName = Literal["string", "integer", "number", "boolean"]
PYTHON: dict[ScalarName, type] = {"string": str, "integer": int, "number": float, "boolean": bool}
TOLD = ("enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "description")
"""What a model is told of an argument beside its type."""
HERE = "urn:description"
"""What the document that schemas stand in is called."""
DEEPEST = 20
"""No way to a scalar goes through more references than these."""


def _absolute(part: Any) -> Any:
    """References within the document as such that hold wherever a part of it is taken to."""
    if isinstance(part, Mapping):
        refers = str(part.get("$ref", "")).startswith("#")
        return {k: f"{HERE}{v}" if k == "$ref" and refers else _absolute(v) for k, v in part.items()}
    return [_absolute(one) for one in part] if isinstance(part, list) else part


@dataclass(frozen=True)
class Document:
    """The document that schemas stand in; what they refer to is looked up in it and nowhere else."""

    contents: Mapping[str, Any]
    draft4: bool = False
    """True for OpenAPI 3.0, whose schemas are of an older draft."""

    @cached_property
    def _registry(self) -> Registry[Any]:
        specification = DRAFT4 if self.draft4 else DRAFT202012
        nothing: Registry[Any] = Registry()
        return nothing.with_resources([(HERE, specification.create_resource(_absolute(self.contents)))])

    def resolved(self, part: Any) -> dict[str, Any]:
        """A part of the document, or what it refers to. Raises DeclarationError."""
        for _ in range(DEEPEST):
            if not isinstance(part, Mapping):
                return {}
            if not isinstance(part.get("$ref"), str):
                return dict(part)
            try:
                part = self._registry.resolver(HERE).lookup(part["$ref"]).contents
            except Unresolvable:
                raise DeclarationError(
                    f"it refers to '{part['$ref'].removeprefix(HERE)}', which is not in the file."
                ) from None
        raise DeclarationError("it refers to itself.")

    def objection(self, schema: Mapping[str, Any], value: JsonValue) -> str | None:
        """What the schema has against a value."""
        judge = Draft4Validator if self.draft4 else Draft202012Validator
        checks = judge.FORMAT_CHECKER
        try:
            wrong = best_match(
                judge(_absolute(schema), registry=self._registry, format_checker=checks).iter_errors(value)
            )
        except (SchemaError, Unresolvable) as error:
            return f"the schema cannot be used: {error}"
        return None if wrong is None else str(wrong.message)[:200]


@dataclass(frozen=True)
class Schema:
    """A schema where it stands in its document."""

    document: Document
    raw: Mapping[str, Any]
    always: bool = True
    """False when it may be missing or null where it stands."""

    def at(self, way: str) -> Schema:
        """The schema of a part, by the names that lead to it: `plan.name`. Raises DeclarationError."""
        here = self
        for name in way.split(".") if way else []:
            here = here._property(name)
        return here

    def _property(self, name: str) -> Schema:
        parts = list(self._parts())
        known = {key: part for part in parts for key, part in part.get("properties", {}).items()}
        if name not in known:
            raise DeclarationError(f"there is no '{name}'" + (f"; {closest(name, known)}" if known else "."))
        always = self.always and any(name in part.get("required", ()) for part in parts)
        found = Schema(self.document, known[name], always)
        return Schema(self.document, known[name], always and not found.may_be_null)

    @property
    def required(self) -> set[str]:
        """The properties that have to be there."""
        return {str(name) for part in self._parts() for name in part.get("required", ())}

    @property
    def is_list(self) -> bool:
        """Whether it says that it is a list."""
        return any("items" in part or "array" in _types(part) for part in self._parts())

    @property
    def items(self) -> Schema:
        """The schema of a list's entries; any value where it does not say."""
        found: Mapping[str, Any] = next((part["items"] for part in self._parts() if "items" in part), {})
        return Schema(self.document, found)

    @property
    def may_be_null(self) -> bool:
        """Whether it says that null is a value of it."""
        return any(part.get("nullable") is True or "null" in _types(part) for part in self._parts(null=True))

    @property
    def scalar(self) -> ScalarName | None:
        """The type, when it is one scalar (null aside)."""
        types = {name for part in self._parts() for name in _types(part) if name != "null"}
        if types == {"integer", "number"}:
            return "number"
        return next((name for name in PYTHON if types == {name}), None)

    def objection(self, value: JsonValue) -> str | None:
        """What it has against a value."""
        return self.document.objection(self.raw, value)

    def told(self) -> dict[str, JsonValue]:
        """What a model is told of a scalar."""
        said: dict[str, JsonValue] = {"type": self.scalar}
        for part in self._parts():
            said |= {key: part[key] for key in TOLD if key in part}
        return said

    def _parts(self, *, null: bool = False) -> Iterator[dict[str, Any]]:
        """The schema and those that it is made of; of a choice, all but null."""
        waiting: list[Any] = [self.raw]
        for _ in range(DEEPEST):
            if not waiting:
                return
            part = self.document.resolved(waiting.pop(0))
            yield part
            for key in ("allOf", "anyOf", "oneOf"):
                waiting += [p for p in part.get(key, ()) if null or self.document.resolved(p).get("type") != "null"]


def _types(part: Mapping[str, Any]) -> list[str]:
    """The types that a schema names, or those of the values that it lists."""
    named = part.get("type")
    if named is not None:
        return named if isinstance(named, list) else [str(named)]
    values = part.get("enum", [part["const"]] if "const" in part else [])
    kinds = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
    return sorted({kinds.get(type(value), "object") for value in values})


def arguments(name: str, places: Mapping[str, tuple[Sequence[Schema], bool]]) -> type[Arguments]:
    """The model of a tool's arguments: each with the schemas it has to satisfy, and whether it may be left out.

    Raises DeclarationError for one that is no scalar.
    """
    fields: dict[str, Any] = {}
    for argument, (schemas, optional) in places.items():
        kind = schemas[0].scalar
        if kind is None or any(schema.scalar != kind for schema in schemas):
            raise DeclarationError(f"the argument '{argument}' is no single text, number or truth value.")
        python: Any = PYTHON[kind] | None if optional else PYTHON[kind]
        judged = BeforeValidator(_judge(kind, schemas, optional=optional))
        fields[argument] = (
            Annotated[python, judged, WithJsonSchema(schemas[0].told())],
            None if optional else ...,
        )
    model: type[Arguments] = create_model(name, __base__=Arguments, **fields)
    return model


def _judge(kind: ScalarName, schemas: Sequence[Schema], *, optional: bool) -> Any:
    def judge(value: Any) -> Any:
        if value is None and optional:
            return None
        if not _is(kind, value):
            raise ValueError(f"it has to be of type {kind}")
        for schema in schemas:
            if (wrong := schema.objection(value)) is not None:
                raise ValueError(wrong)
        return value

    return judge


def _is(kind: ScalarName, value: Any) -> bool:
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return type(value) is PYTHON[kind] and not (isinstance(value, str) and "\0" in value)


def facts(name: str, fields: Mapping[str, tuple[ScalarName, JsonValue]]) -> type[BaseModel]:
    """The model of a lookup's result: each fact with its type and what it is where the system says nothing.

    A fact whose default is None has to be there.
    """
    shaped: dict[str, Any] = {
        fact: (PYTHON[kind], ... if default is None else default) for fact, (kind, default) in fields.items()
    }
    model: type[BaseModel] = create_model(name, **shaped)
    return model
