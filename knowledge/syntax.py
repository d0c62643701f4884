"""The tree of a rule as its compiler understood it: what proofs go over.

The compiler hands it out as a `cel.expr.CheckedExpr`; the parts that are read here are described as the CEL
specification does (proto/cel/expr/syntax.proto and checked.proto).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from knowledge.rules import Expression, FactType, Scalar


@dataclass(frozen=True)
class Literal:
    """A value that stands there."""

    value: Scalar


@dataclass(frozen=True)
class Fact:
    """A fact by its name."""

    name: str
    kind: FactType


@dataclass(frozen=True)
class Listed:
    """A list that stands there: `["shipped", "delivered"]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Call:
    """An operator, by CEL's name for it such as `_&&_`, or a function; what a method is called on comes first."""

    function: str
    args: tuple[Node, ...]
    kind: FactType | None
    """None where it gives something else than one plain value."""


Node = Literal | Fact | Listed | Call

_KINDS: dict[int, FactType] = {1: "bool", 2: "int", 4: "double", 5: "string"}
_VALUES = ("bool_value", "int64_value", "double_value", "string_value")
_PARTS: dict[str, dict[str, tuple[int, str]]] = {
    "Any": {"value": (2, "bytes")},
    "Type": {"primitive": (3, "int64")},
    "TypeAt": {"key": (1, "int64"), "value": (2, "Type")},
    "Checked": {"types": (3, "*TypeAt"), "expr": (4, "Expr")},
    "Expr": {
        "id": (2, "int64"),
        "const": (3, "Const"),
        "ident": (4, "Ident"),
        "select": (5, "Select"),
        "call": (6, "Call"),
        "list": (7, "List"),
    },
    "Const": {
        "bool_value": (2, "bool"),
        "int64_value": (3, "int64"),
        "double_value": (5, "double"),
        "string_value": (6, "string"),
    },
    "Ident": {"name": (1, "string")},
    "Select": {"operand": (1, "Expr"), "field": (2, "string")},
    "Call": {"target": (1, "Expr"), "function": (2, "string"), "args": (3, "*Expr")},
    "List": {"elements": (1, "*Expr")},
}
"""Message → field → its number and type; `*`: many."""


@lru_cache(maxsize=4096)
def tree(expression: Expression) -> Node | None:
    """The tree of a compiled expression; None where it has a part that is not described here, such as a macro."""
    wrapped = _message("Any").FromString(expression.program.serialize())
    checked = _message("Checked").FromString(wrapped.value)
    kinds = {at.key: _KINDS.get(at.value.primitive) for at in checked.types}
    try:
        return _node(checked.expr, kinds, expression.variables)
    except _NotDescribed:
        return None


@lru_cache(maxsize=4096)
def facts_of(expression: Expression) -> frozenset[str]:
    """The facts that an expression names; none of those in a part that is not described here."""
    node = tree(expression)
    return frozenset(_facts(node)) if node is not None else frozenset()


def _facts(node: Node) -> Iterator[str]:
    match node:
        case Fact(name):
            yield name
        case Listed(parts) | Call(_, parts):
            for part in parts:
                yield from _facts(part)


@lru_cache(maxsize=4096)
def held_to(expression: Expression, fact: str) -> frozenset[Scalar] | None:
    """The values of a fact without which a condition is false, whatever else is known or not; None: any may do."""
    node = tree(expression)
    return _values(node, fact) if node is not None else None


def _values(node: Node, fact: str) -> frozenset[Scalar] | None:
    match node:
        case Call("_==_", (Fact(name), Literal(value)) | (Literal(value), Fact(name))) if name == fact:
            return frozenset([value])
        case Call("@in", (Fact(name), Listed(items))) if name == fact:
            listed = [item.value for item in items if isinstance(item, Literal)]
            return frozenset(listed) if len(listed) == len(items) else None
        case Call("_&&_", parts):  # what is false makes the whole false, even beside what cannot be told
            known = [values for part in parts if (values := _values(part, fact)) is not None]
            return frozenset.intersection(*known) if known else None
        case Call("_||_", parts):
            either = [_values(part, fact) for part in parts]
            return None if None in either else frozenset().union(*(values for values in either if values))
    return None


def kind_of(node: Node) -> FactType | None:
    """The type of what a part of a tree gives; None where that is no plain value."""
    match node:
        case Literal(bool()):
            return "bool"
        case Literal(int()):
            return "int"
        case Literal(float()):
            return "double"
        case Literal():
            return "string"
        case Listed():
            return None
        case _:
            return node.kind


def renamed(node: Node, names: Mapping[str, str]) -> Node:
    """The tree with other names for some of its facts."""
    match node:
        case Fact(name, kind):
            return Fact(names.get(name, name), kind)
        case Listed(items):
            return Listed(tuple(renamed(item, names) for item in items))
        case Call(function, args, kind):
            return Call(function, tuple(renamed(arg, names) for arg in args), kind)
        case _:
            return node


class _NotDescribed(Exception):
    pass


def _node(expr: Any, kinds: Mapping[int, FactType | None], facts: Mapping[str, FactType]) -> Node:
    if expr.HasField("const"):
        for value in _VALUES:
            if expr.const.HasField(value):
                return Literal(getattr(expr.const, value))
    if expr.HasField("ident") and expr.ident.name in facts:
        return Fact(expr.ident.name, facts[expr.ident.name])
    if expr.HasField("list"):
        return Listed(tuple(_node(item, kinds, facts) for item in expr.list.elements))
    if expr.HasField("call"):
        called = [*([expr.call.target] if expr.call.HasField("target") else ()), *expr.call.args]
        args = tuple(_node(arg, kinds, facts) for arg in called)
        return Call(expr.call.function, args, kinds.get(expr.id))
    raise _NotDescribed


@cache
def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"tree.{name}"))


@cache
def _pool() -> descriptor_pool.DescriptorPool:
    file = descriptor_pb2.FileDescriptorProto(name="tree.proto", package="tree", syntax="proto2")
    for name, parts in _PARTS.items():
        message = file.message_type.add(name=name)
        for part, (number, told) in parts.items():
            kind = told.lstrip("*")
            field = message.field.add(name=part, number=number)
            field.label = field.LABEL_REPEATED if told.startswith("*") else field.LABEL_OPTIONAL
            if kind in _PARTS:
                field.type, field.type_name = field.TYPE_MESSAGE, f".tree.{kind}"
            else:
                field.type = getattr(field, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool
