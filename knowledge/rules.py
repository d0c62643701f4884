"""Rules: CEL expressions over declared, typed facts, compiled once.

A name that is not declared and a type that does not fit are refused when an expression is compiled, with the
position. What could make a comparison silently false, or cut a text short, is refused when it is evaluated: a
number that is not finite, a text with a NUL, a value of another type than declared.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, Literal

from cel_expr_python import cel

FactType = Literal["string", "int", "double", "bool"]
Returns = FactType | Literal["any"]
Scalar = str | int | float | bool

MATTER: dict[str, FactType] = {"matter.said": "string", "matter.since": "int"}
"""What a workflow knows of its matter: the customer's own words for it, and where the case's file stood before."""

MANY = 20
"""More than so many names are not listed in a finding."""
_TYPES: dict[str, Any] = {t.name(): t for t in (cel.Type.STRING, cel.Type.INT, cel.Type.DOUBLE, cel.Type.BOOL)}
_COMPLAINT = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"no matching overload for '([^']*)' applied to '\(([^']*)\)'")


class RuleError(ValueError):
    """An expression that cannot be compiled, or not be evaluated over these facts."""

    def __init__(self, message: str, column: int = 1, *, line: int = 1, instead: str = "") -> None:
        super().__init__(message)
        self.message, self.column, self.line = message, column, line
        self.instead = instead
        """What to write instead; empty when there is nothing to suggest."""


@dataclass(frozen=True)
class Domain:
    """The values that a fact can have. Without any of these: all of its type."""

    values: tuple[Scalar, ...] = ()
    least: float | None = None
    most: float | None = None

    def __or__(self, other: Domain) -> Domain:
        """What either of them can have."""
        values = tuple(dict.fromkeys([*self.values, *other.values])) if self.values and other.values else ()
        bounds = ((self.least, other.least, min), (self.most, other.most, max))
        least, most = (of(a, b) if a is not None and b is not None else None for a, b, of in bounds)
        return Domain(values, least, most)


@dataclass(frozen=True, kw_only=True)
class ActionShape:
    """An action as rules and workflows see it."""

    args: Mapping[str, FactType]
    optional: frozenset[str] = frozenset()
    """Arguments that may be left out."""
    undo: str | None = None
    """The action that takes it back; None where nothing does."""
    forbidden: bool = False
    """Nobody has classified it, so nothing may propose it, and it needs neither a class nor words."""


@dataclass(frozen=True, kw_only=True)
class LookupShape(ActionShape):
    """A lookup as rules and workflows see it."""

    subject: str
    """The name its result goes by: `order`."""
    result: Mapping[str, FactType]
    """The scalar fields of its result; others are no facts."""
    lists: Mapping[str, Mapping[str, FactType]] = field(default_factory=dict)
    """Its fields that are lists of records, each with the scalar fields of one: what a customer can choose from."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Vocabulary:
    """All that documents may name."""

    facts: Mapping[str, FactType]
    """What is known of any case: `identity.level`, `state.repeats`, `time.hour` …"""
    proposal: Mapping[str, FactType] = field(default_factory=dict)
    """What is known of any proposal besides: `action.name`, `support.score` …"""
    lookups: Mapping[str, LookupShape] = field(default_factory=dict)
    actions: Mapping[str, ActionShape] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    """Fact → what it can be, where its type alone does not say."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Fact → what it is called in a sentence, where its name does not say; a bool as a clause: `the shop is open`."""

    @cached_property
    def variables(self) -> dict[str, FactType]:
        """All facts that a rule may name: `facts`, `proposal`, `action.args.ARG`, and `SUBJECT.FIELD` of each lookup.

        Raises ValueError when two tools give one name different types.
        """
        named = [*self.facts.items(), *self.proposal.items()]
        named += [(f"action.args.{arg}", kind) for shape in self.actions.values() for arg, kind in shape.args.items()]
        named += [(f"{s.subject}.{name}", kind) for s in self.lookups.values() for name, kind in s.result.items()]
        variables: dict[str, FactType] = {}
        for name, kind in named:
            if variables.setdefault(name, kind) != kind:
                raise ValueError(f"The fact '{name}' is {variables[name]} here and {kind} there; give it one type.")
        return variables

    @cached_property
    def _compiled(self) -> dict[tuple[str, FactType], Expression]:
        return {}

    def expression(self, text: str, returns: FactType = "bool") -> Expression:
        """An expression over `variables`, compiled once. Raises RuleError."""
        if (text, returns) not in self._compiled:
            self._compiled[text, returns] = compile_rule(text, self.variables, returns)
        return self._compiled[text, returns]

    def tool(self, name: str) -> ActionShape | None:
        """The lookup or action of that name, or None."""
        return self.lookups.get(name) or self.actions.get(name)


@dataclass(frozen=True, eq=False)
class Expression:
    """A compiled expression; evaluate it with `evaluate`."""

    text: str
    returns: FactType
    variables: Mapping[str, FactType] = field(repr=False)
    program: Any = field(repr=False)


def compile_rule(text: str, variables: Mapping[str, FactType], returns: Returns = "bool") -> Expression:
    """Compile an expression over exactly these variables; the same one is compiled once.

    Raises RuleError with the position when it names what is not declared, mixes types, or gives another type.
    """
    return _compiled(text, frozenset(variables.items()), returns)


def evaluate(expression: Expression, data: Mapping[str, Any]) -> Scalar:
    """The expression's value over these facts; None and absent facts are unbound, other names are ignored.

    Raises RuleError when a fact that decides the value is unbound, or when a fact has not its declared type.
    """
    return evaluate_bound(expression, typed(data, expression.variables))


def typed(data: Mapping[str, Any], variables: Mapping[str, FactType]) -> dict[str, Scalar]:
    """The declared ones among these facts that are known, in their types: what many expressions over the same
    variables can be evaluated over. Raises RuleError for the first, by name, that has not its declared type."""
    known = sorted(name for name, value in data.items() if value is not None and name in variables)
    return {name: _typed(name, data[name], variables[name]) for name in known}


def evaluate_bound(expression: Expression, bound: Mapping[str, Scalar]) -> Scalar:
    """As `evaluate`, over what `typed` gave."""
    value = expression.program.eval(data=bound)
    result = value.value()
    if value.type().name() == "ERROR":
        raise RuleError(f"'{expression.text}' cannot be evaluated: {_plain(str(result))}")
    return _typed("the result", result, expression.returns)


def closest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or what is known when nothing is close: all of it, or the nearest of much."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    if len(known) > MANY:
        return f"write one that is there, such as {', '.join(difflib.get_close_matches(name, known, n=5, cutoff=0))}"
    return f"write one of {', '.join(known)}" if known else "remove it: there is none yet"


@lru_cache(maxsize=512)
def _environment(variables: frozenset[tuple[str, FactType]]) -> Any:
    return cel.NewEnv(variables={name: _TYPES[kind.upper()] for name, kind in variables})


@lru_cache(maxsize=4096)
def _compiled(text: str, variables: frozenset[tuple[str, FactType]], returns: Returns) -> Expression:
    try:
        program = _environment(variables).compile(text)
    except RuntimeError as error:
        raise _explained(str(error), text, dict(variables)) from None
    kind = program.return_type().name()
    if kind not in _TYPES:
        raise RuleError(f"it gives {kind.lower()}", instead="write an expression that gives one plain value")
    if returns not in ("any", kind.lower()):
        raise RuleError(f"it gives {kind.lower()} where {returns} is needed", instead=f"convert it to {returns}")
    return Expression(text, kind.lower(), dict(variables), program)


def _explained(complaint: str, text: str, variables: Mapping[str, FactType]) -> RuleError:
    found = _COMPLAINT.search(complaint)
    if found is None:
        return RuleError(complaint, instead='write it anew, as `action.name == "cancel_order"`')
    line, column, problem = int(found[1]), int(found[2]), found[3]
    if undeclared := _UNDECLARED.search(problem):
        return _unknown(undeclared[1], text, line, column, variables)
    if overload := _OVERLOAD.search(problem):
        operator, types = overload[1].strip("_").replace("_", " … "), overload[2]
        hint = "write both sides in one type; a double is written 50.0, an int 50"
        return RuleError(f"'{operator}' does not go with ({types})", column, line=line, instead=hint)
    problem = problem.removeprefix("Syntax error: ").partition(" expecting ")[0]
    return RuleError(f"syntax: {problem}", column, line=line, instead='write it like `action.name == "cancel_order"`')


def _unknown(name: str, text: str, line: int, column: int, variables: Mapping[str, FactType]) -> RuleError:
    if f"{name}(" in text.replace(" ", ""):
        return RuleError(f"unknown function '{name}'", column, line=line, instead="use CEL's own functions")
    column = max(1, column - name.rfind(".")) if "." in name else column
    return RuleError(f"unknown fact '{name}'", column, line=line, instead=closest(name, variables))


def _typed(name: str, value: Any, kind: FactType) -> Scalar:
    """The value as CEL takes it; a bool is no number here, and an int may stand for a double."""
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "string" and isinstance(value, str) and "\0" not in value:
        return value
    if not isinstance(value, bool):
        if kind == "int" and isinstance(value, int) and -(2**63) <= value < 2**63:
            return value
        if kind == "double" and isinstance(value, int | float | Decimal) and math.isfinite(value):
            return float(value)
    raise RuleError(f"{name} is {value!r:.60}, which is not {kind}")


def _plain(complaint: str) -> str:
    unbound = re.search(r'No value with name "([^"]+)"', complaint)
    return f"'{unbound[1]}' is not known" if unbound else complaint.partition(": ")[2] or complaint
