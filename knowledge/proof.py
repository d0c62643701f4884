"""Proofs about rules: over all values that facts can take, and not over samples of them.

A rule is given to an SMT solver as its compiler understood it. What is not modelled here, such as a regular expression
or the order of texts, may have any value; so what is proved holds, and a case that is shown may be one that cannot come
about. Doubles are taken as real numbers, and texts are only told apart.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import z3

from knowledge.rules import Domain, FactType, Returns, RuleError, Scalar, Vocabulary, closest, compile_rule
from knowledge.syntax import Call, Fact, Listed, Literal, Node, kind_of, renamed, tree

PATIENCE_MS = 2000
"""For one question; the linear ones that rules make take some milliseconds."""
Condition = Any
"""A truth value of the solver."""
Case = dict[str, Scalar]
"""Facts, by name."""

_SORTS: dict[FactType, Callable[[z3.Context], Any]] = {
    "bool": z3.BoolSort,
    "int": z3.IntSort,
    "double": z3.RealSort,
    "string": z3.IntSort,
}
"""A text is the number under which it is known here: a solver of texts takes minutes for what this answers at once."""
_NUMBERS: dict[type, Callable[[Any, z3.Context], Any]] = {bool: z3.BoolVal, int: z3.IntVal, float: z3.RealVal}
SOMETHING_ELSE = "something else"
_MODELLED: dict[tuple[str, FactType | None], Callable[..., Any]] = {
    ("_&&_", "bool"): z3.And,
    ("_||_", "bool"): z3.Or,
    ("!_", "bool"): z3.Not,
    ("_==_", "bool"): operator.eq,
    ("_!=_", "bool"): operator.ne,
    ("_<_", "bool"): operator.lt,
    ("_<=_", "bool"): operator.le,
    ("_>_", "bool"): operator.gt,
    ("_>=_", "bool"): operator.ge,
    ("_+_", "int"): operator.add,
    ("_+_", "double"): operator.add,
    ("_-_", "int"): operator.sub,
    ("_-_", "double"): operator.sub,
    ("-_", "int"): operator.neg,
    ("-_", "double"): operator.neg,
    ("_*_", "int"): operator.mul,
    ("_*_", "double"): operator.mul,
}
"""CEL's operator and the type of its result → the solver's. Divisions and overflows differ, so they are left open."""
_TURNED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}
_ORDER = tuple(_TURNED)
_SIGNS = {"_==_": "{}", "_<_": "less than {}", "_<=_": "{} or less", "_>_": "more than {}", "_>=_": "{} or more"}


class Undecided(Exception):
    """The solver gave up on a question: nothing can be said."""


class World:
    """All cases that may come about: each fact anywhere in its domain."""

    def __init__(self, vocabulary: Vocabulary, domains: Mapping[str, Domain]) -> None:
        """`domains`: of facts whose values the documents name, beside the vocabulary's."""
        self._variables = vocabulary.variables
        self._domains = {**vocabulary.domains, **domains}
        self._facts: dict[str, Any] = {}
        self._open: dict[Node, Any] = {}
        self._texts: dict[str, int] = {}
        self._among: dict[tuple[str, ...], Condition] = {}
        self._ctx = z3.Context()  # playbooks may be loaded in several threads at once
        self._solver = z3.Solver(ctx=self._ctx)
        self._solver.set("timeout", PATIENCE_MS)

    def condition(self, text: str, names: Mapping[str, str] = MappingProxyType({})) -> Condition | None:
        """When it holds; None where the text is no condition, or has a part that no proof can be made about.

        `names`: what some of its facts are called in this world, where they were something else at other times.
        """
        try:
            node = tree(compile_rule(text, self._variables))
            return None if node is None else self._term(renamed(node, names))
        except (RuleError, z3.Z3Exception):  # what is dynamic may stand where it has no sort that fits
            return None

    def when(self, text: str) -> Condition:
        """As `condition`; where no proof can be made about it, it may hold or not, and wherever it stands alike."""
        held = self.condition(text)
        return z3.Bool(f"told by {text}", self._ctx) if held is None else held

    @property
    def always(self) -> Condition:
        """What holds in every case."""
        return z3.BoolVal(True, self._ctx)

    def among(self, fact: str, values: list[str]) -> Condition:
        """That a fact is one of these texts."""
        if (fact, *values) not in self._among:
            term = self._fact(Fact(fact, "string"))
            self._among[fact, *values] = z3.Or(*(term == self._value(value) for value in values), self._ctx)
        return self._among[fact, *values]

    def any_of(self, conditions: Iterable[Condition]) -> Condition:
        """That at least one of them holds."""
        return z3.Or(*conditions, self._ctx)

    def open(self, name: str) -> Condition:
        """What holds or not, and nothing is known of it."""
        return z3.Bool(f"told {name}", self._ctx)

    def all_of(self, conditions: Iterable[Condition]) -> Condition:
        """That each of them holds."""
        return z3.And(*conditions, self._ctx)

    def none_of(self, conditions: Iterable[Condition]) -> Condition:
        """That none of them holds."""
        return z3.Not(self.any_of(conditions))

    def possible(self, *conditions: Condition) -> bool:
        """Whether all of them hold in some case; False is proved. Raises Undecided."""
        with self._asked(*conditions) as answer:
            return bool(answer == z3.sat)

    def case(self, *conditions: Condition) -> Case | None:
        """A case in which all of them hold, by the facts that make it one; None: it is proved that there is none.

        Whatever the other facts are, they hold. A text that need not be one of the documents' is another.
        Raises Undecided.
        """
        with self._asked(*conditions) as answer:
            if answer != z3.sat:
                return None
            model = self._with_other_texts(self._solver.model())
        values = {decl.name(): (decl(), model[decl]) for decl in model.decls() if decl.arity() == 0}
        for name in sorted(values.keys() & self._facts.keys()):
            others = {other: at for other, at in values.items() if other != name}
            values = others if self._follow(conditions, others) else values
        return self._told({name: value for name, (_, value) in values.items() if name in self._facts})

    def _with_other_texts(self, model: Any) -> Any:
        """The model, changed so that each text is none that the documents name, where that may be."""
        for name, term in sorted(self._facts.items()):
            if self._variables[name] == "string" and not self._domains.get(name, Domain()).values:
                self._solver.push()
                self._solver.add(term >= len(self._texts))
                if self._solver.check() == z3.sat:
                    model = self._solver.model()
                else:
                    self._solver.pop()
        return model

    def _follow(self, conditions: Iterable[Condition], values: Mapping[str, tuple[Any, Any]]) -> bool:
        """Whether all conditions hold wherever these values are as they are."""
        with self._asked(
            *(term == value for term, value in values.values()), z3.Not(self.all_of(conditions))
        ) as answer:
            return bool(answer == z3.unsat)

    @contextmanager
    def _asked(self, *conditions: Condition) -> Iterator[Any]:
        before = self._solver.num_scopes()
        self._solver.push()
        try:
            self._solver.add(*conditions)
            answer = self._solver.check()
            if answer == z3.unknown:
                raise Undecided(self._solver.reason_unknown())
            yield answer
        finally:
            self._solver.pop(self._solver.num_scopes() - before)

    def never_so(self, text: str, returns: Returns = "bool") -> Iterator[tuple[str, str]]:
        """What an expression compares a fact with and the fact never is: the mistake, and what to write instead."""
        node = tree(compile_rule(text, self._variables, returns))
        for fact, sign, value in _compared(node) if node is not None else ():
            domain = self._domains.get(fact.name, Domain())
            known = [str(known) for known in domain.values]
            if isinstance(value, str):
                if known and value not in known:
                    yield f"'{fact.name}' is never '{value}'", closest(value, known)
            elif not self.possible(_MODELLED[sign, "bool"](self._fact(fact), self._value(value))):
                yield f"'{fact.name}' is never {_SIGNS[sign].format(value)}", f"it is {_reach(domain)}"

    def _told(self, values: Mapping[str, Any]) -> Case:
        texts = {number: text for text, number in self._texts.items()}
        return {name: self._scalar(name, value, texts) for name, value in sorted(values.items())}

    def _scalar(self, name: str, value: Any, texts: dict[int, str]) -> Scalar:
        """`texts`: by their numbers; those that no document names are told apart, and added."""
        if self._variables[name] == "string":
            others = len(texts) - len(self._texts)
            other = f"{SOMETHING_ELSE} ({others + 1})" if others else SOMETHING_ELSE
            return texts.setdefault(value.as_long(), other)
        if z3.is_bool(value):
            return bool(z3.is_true(value))
        return int(value.as_long()) if z3.is_int_value(value) else float(value.as_fraction())

    def _value(self, value: Scalar) -> Any:
        if isinstance(value, str):
            return z3.IntVal(self._texts.setdefault(value, len(self._texts)), self._ctx)
        return _NUMBERS[type(value)](value, self._ctx)

    def _fact(self, fact: Fact) -> Any:
        if fact.name not in self._facts:
            term = z3.Const(fact.name, _SORTS[fact.kind](self._ctx))
            self._facts[fact.name] = term
            domain = self._domains.get(fact.name, Domain())
            if domain.values:
                self._solver.add(z3.Or(*(term == self._value(value) for value in domain.values), self._ctx))
            if domain.least is not None:
                self._solver.add(term >= domain.least)
            if domain.most is not None:
                self._solver.add(term <= domain.most)
        return self._facts[fact.name]

    def _term(self, node: Node) -> Any:
        match node:
            case Literal():
                return self._value(node.value)
            case Fact():
                return self._fact(node)
            case Call("@in", (sought, Listed(items))):
                return z3.Or(*(self._term(sought) == self._term(item) for item in items), self._ctx)
            case Call("_?_:_", (when, then, otherwise)):
                return z3.If(self._term(when), self._term(then), self._term(otherwise))
            case Call("double", (number,)) if isinstance(number, Fact | Call) and number.kind == "int":
                return z3.ToReal(self._term(number))
            case Call(function, args, kind) if (function, kind) in _MODELLED and not _orders_texts(node):
                return _MODELLED[function, kind](*map(self._term, args))
            case _:
                return self._anything(node)

    def _anything(self, node: Node) -> Any:
        """Some value, and always the same for the same expression; lists and spans of time are only told apart."""
        kind: FactType = kind_of(node) or "string"
        return self._open.setdefault(node, z3.Const(f"open {len(self._open)}", _SORTS[kind](self._ctx)))


def _compared(node: Node) -> Iterator[tuple[Fact, str, str | int | float]]:
    """The facts that are compared with a value that stands there, each with the sign between; both in that order."""
    match node:
        case Call("_==_" | "_!=_", (Fact() as fact, Literal(value)) | (Literal(value), Fact() as fact)):
            yield from _told_apart(fact, value)
        case Call("@in", (Fact() as fact, Listed(items))):
            for item in items:
                yield from _told_apart(fact, item.value) if isinstance(item, Literal) else ()
        case Call(sign, (Fact() as fact, Literal(int() | float() as value))) if sign in _ORDER:
            yield fact, sign, value
        case Call(sign, (Literal(int() | float() as value), Fact() as fact)) if sign in _ORDER:
            yield fact, _TURNED[sign], value
        case Call(_, args):
            for arg in args:
                yield from _compared(arg)


def _told_apart(fact: Fact, value: Scalar) -> Iterator[tuple[Fact, str, str | int | float]]:
    if not isinstance(value, bool):
        yield fact, "_==_", value


def _reach(domain: Domain) -> str:
    if domain.values:
        return f"one of {', '.join(map(str, domain.values))}"
    if domain.least is not None and domain.most is not None:
        return f"{domain.least:g} to {domain.most:g}"
    return f"{domain.least:g} or more" if domain.least is not None else f"{domain.most or 0:g} or less"


def _orders_texts(call: Call) -> bool:
    return call.function in _ORDER and any(kind_of(arg) not in ("int", "double") for arg in call.args)
