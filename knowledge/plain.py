"""Plain language: a rule as one sentence that a support lead reads, made of the tree that its compiler understood.

What a sentence cannot carry, such as a macro over a list, is quoted as it stands; nothing is left out or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from knowledge.playbook import Rule
from knowledge.proof import SOMETHING_ELSE, Case
from knowledge.rules import FactType, RuleError, Scalar, Vocabulary, compile_rule
from knowledge.syntax import Call, Fact, Listed, Literal, Node, kind_of, tree
from knowledge.terms import IdentityLevel, RuleOutcome

_ASKED: dict[RuleOutcome, str] = {
    "confirm": "the customer must say yes to {it} first",
    "approve": "a person must approve {it}",
    "handoff": "a person must take over",
    "forbid": "the agent must not do {it}",
}
_SHOWN: dict[IdentityLevel, str] = {
    "anonymous": "nobody need show who they are",
    "claimed": "the customer must say who they are first",
    "confirmed": "the customer must be confirmed first",
    "verified": "the customer must be verified first",
}
_NUMBERS = {"_>_": "more than", "_>=_": "at least", "_<_": "less than", "_<=_": "at most"}
_TEXTS = {"_>_": "after", "_>=_": "not before", "_<_": "before", "_<=_": "not after"}
_OPPOSITE = {"_>_": "_<=_", "_>=_": "_<_", "_<_": "_>=_", "_<=_": "_>_", "_==_": "_!=_", "_!=_": "_==_"}
_TURNED = {"_>_": "_<_", "_>=_": "_<=_", "_<_": "_>_", "_<=_": "_>=_", "_==_": "_==_", "_!=_": "_!=_"}
_VERBS = {"startsWith": "begin with", "endsWith": "end with", "contains": "contain", "matches": "fit the pattern"}
_ARITHMETIC = {"_-_": "minus", "_*_": "times", "_/_": "divided by", "_%_": "modulo"}
_AS_THEY_ARE = ("double", "int", "string", "bool")
_VERB = re.compile(r" (?:is|are|was|were|has|have) ")
_JOINING = ("_&&_", "_||_", "!_", "@in")
_PARTICLES = ("as", "for", "of", "to", "from", "with", "at", "by", "on", "in", "up", "out", "off", "back", "aside")
_WANTS = "the agent wants to"
_SINGULAR = re.compile(r"(?:ss|us|is|news)$")
_SPAN = re.compile(r"(.+)_(\d+)([dhm])")
_SPANS = {"d": "days", "h": "hours", "m": "minutes"}


def rule_in_words(rule: Rule, vocabulary: Vocabulary) -> str:
    """A rule as a sentence: "When the agent wants to issue a refund, a person must approve it."

    Never raises: a condition that does not compile, or that cannot be said, stands in the sentence as it was written.
    """
    said = condition_in_words(rule.when, vocabulary.variables, vocabulary)
    it = "it" if _WANTS in said else "what it wants to do" if rule.then == "forbid" else "what is wanted"
    asked = [_ASKED[rule.then].format(it=it)] if rule.then else []
    asked += [_SHOWN[rule.identity]] if rule.identity else []
    head = {"always": "Always", "never": "Never"}.get(said, f"When {said}")
    return f"{head}, {', and '.join(asked)}."


def condition_in_words(text: str, variables: Mapping[str, FactType], vocabulary: Vocabulary) -> str:
    """A condition over these variables as a clause without a capital; as it was written where it cannot be said."""
    try:
        node = tree(compile_rule(text, variables))
    except RuleError:
        node = None
    return f"`{' '.join(text.split())}` holds" if node is None else _Speaker(vocabulary).clause(node)


def case_in_words(case: Case, vocabulary: Vocabulary) -> str:
    """A case: `the agent wants to issue a refund, the amount is 51, the order's status is "delivered"`."""
    speaker = _Speaker(vocabulary)
    said = [speaker.known(Fact(name, vocabulary.variables[name]), value) for name, value in case.items()]
    return ", ".join(sorted(said, key=lambda one: not one.startswith(_WANTS))) or "any case"


def fact_in_words(name: str, vocabulary: Vocabulary) -> str:
    """What a fact is called in a sentence: as the vocabulary has it, else by its name: `the order's status`."""
    if name in vocabulary.words:
        return vocabulary.words[name]
    subject, _, field = name.rpartition(".")
    return field_in_words(subject, _words(field))


def field_in_words(subject: str, called: str) -> str:
    """What a field of a subject is, where it is called that: `order` and "status" → "the order's status"."""
    if subject in ("", "action.args"):
        return f"the {called}"
    if subject == "slots":
        return f"the given {called}"
    owner = _words(subject.replace(".", "_"))
    possessive = f"{owner}'" if _plural(owner) else f"{owner}'s"
    return f"the {possessive} {called}"


def action_in_words(name: str) -> str:
    """What an action does, by its name: `issue_refund` → "issue a refund"."""
    verb, *rest = name.split("_")
    lead = list(takewhile(lambda word: word in _PARTICLES, rest))
    noun = rest[len(lead) :]
    article = [] if not noun or _plural(noun[-1]) else ["an" if re.match(r"[aeio]|u(?!ni|s[aei])", noun[0]) else "a"]
    return " ".join([verb, *lead, *article, *noun])


def literal_in_words(value: Scalar) -> str:
    """A value as it is written for people: `50`, `"shipped"`, `yes`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f'"{value}"' if value else "empty"
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else str(value)


class _Speaker:
    """Says conditions, a negation at what it denies.

    A group is set apart by its depth: by commas at the top, by nothing within these, by brackets further down.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def clause(self, node: Node, holds: bool = True, depth: int = 0) -> str:
        """That a condition holds, or that it does not."""
        match node:
            case Literal(bool() as value):
                return "always" if value is holds else "never"
            case Fact(name, "bool"):
                return self._flag(name, holds)
            case Call("!_", (denied,)):
                return self.clause(denied, not holds, depth)
            case Call("_&&_" | "_||_"):
                return self._group(node, holds, depth)
            case Call("_?_:_", (when, then, otherwise)):
                ways = [self.clause(when, True, 2), *(self.clause(way, holds, 2) for way in (then, otherwise))]
                return _apart("if {}, then {}, otherwise {}".format(*ways), depth + 1)
            case Call("@in", (sought, Listed(items))):
                return self._among(sought, items, holds, depth)
            case Call(("_==_" | "_!=_") as function, (one, other)) if kind_of(one) == "bool":
                return self._alike(one, other, (function == "_==_") is holds, depth)
            case Call(function, (one, other)) if function in _OPPOSITE:
                return self._comparison(function if holds else _OPPOSITE[function], one, other)
            case Call(function, (one, other)) if function in _VERBS:
                return f"{self._does(one, _VERBS[function], holds)} {self.value(other)}"
            case _:
                return f"{self.value(node)} holds" if holds else f"{self.value(node)} does not hold"

    def known(self, fact: Fact, value: Scalar) -> str:
        """What a fact is in some case."""
        if isinstance(value, bool):
            return self._flag(fact.name, value)
        if isinstance(value, str) and value.startswith(SOMETHING_ELSE):
            return f"{self._is(fact, True)} {value}"
        return self._comparison("_==_", fact, Literal(value))

    def value(self, node: Node) -> str:
        """What a part of a condition stands for."""
        match node:
            case Literal(value):
                return "an empty text" if value == "" else literal_in_words(value)
            case Fact(name, kind):
                named = fact_in_words(name, self._vocabulary)
                return f"(whether {self._flag(name, True)})" if kind == "bool" else named
            case Listed(items):
                return f"({', '.join(map(self.value, items))})"
            case Call("_?_:_", (when, then, otherwise)):
                return f"({self.value(then)} if {self.clause(when, True, 2)}, otherwise {self.value(otherwise)})"
            case Call(function, _, "bool") if function in _OPPOSITE or function in _VERBS or function in _JOINING:
                return f"(whether {self.clause(node, True, 2)})"
            case Call():
                return self._reckoned(node)

    def _reckoned(self, call: Call) -> str:
        match call:
            case Call("-_", (number,)):
                return f"minus {self._operand(number)}"
            case Call("size", (sized,)):
                return f"the length of {self._operand(sized)}"
            case Call("_+_", (one, other), kind):
                plus = "plus" if kind in ("int", "double") else "followed by"
                return f"{self._operand(one)} {plus} {self._operand(other)}"
            case Call(function, (one, other)) if function in _ARITHMETIC:
                return f"{self._operand(one)} {_ARITHMETIC[function]} {self._operand(other)}"
            case Call(function, (one,)) if function in _AS_THEY_ARE:
                return self.value(one)
            case Call(function, args):
                return f"{_words(function.strip('_@'))} of {' and '.join(map(self._operand, args)) or 'nothing'}"

    def _operand(self, node: Node) -> str:
        """A value as a part of another one."""
        said = self.value(node)
        return f"({said})" if isinstance(node, Call) and not said.startswith("(") else said

    def _group(self, node: Call, holds: bool, depth: int) -> str:
        word = "and" if (node.function == "_&&_") is holds else "or"
        said = [self.clause(part, part_holds, depth + 1) for part, part_holds in _parts(node, holds, word)]
        return f", {word} ".join(said) if depth == 0 else _apart(f" {word} ".join(said), depth)

    def _flag(self, name: str, holds: bool) -> str:
        """A fact that is so or not: `the items are under way`."""
        said = self._vocabulary.words.get(name)
        if said is None:
            subject, _, field = name.rpartition(".")
            owner, said = _words(subject.rpartition(".")[2]), _words(field)
            verb = "" if field.startswith(("is_", "has_")) else "are " if _plural(owner) else "is "
            said = f"the {said} is set" if owner in ("", "args") else f"the {owner} {verb}{said}"
        if holds:
            return said
        return _VERB.sub(r"\g<0>not ", said, count=1) if _VERB.search(said) else f"it is not so that {said}"

    def _among(self, sought: Node, items: Sequence[Node], holds: bool, depth: int) -> str:
        if done := self._actions(sought, items):
            wants = "the agent wants to " if holds else "the agent wants to do something else than "
            return _apart(f"{wants}{_listed(done, 'or')}", depth if len(done) > 1 else 0)
        said = [self.value(item) for item in items] or ["nothing"]
        if holds or len(said) == 1:
            return _apart(f"{self._is(sought, holds)} {_listed(said, 'or')}", depth if len(said) > 1 else 0)
        return f"{self._is(sought, True)} none of {_listed(said, 'and')}"

    def _actions(self, sought: Node, items: Sequence[Node]) -> list[str]:
        """What the agent wants, where that is what a condition asks."""
        names = [item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str)]
        known = [name for name in names if self._vocabulary.tool(name) is not None]
        asked = sought == Fact("action.name", "string") and len(known) == len(items)
        return [action_in_words(name) for name in known] if asked else []

    def _alike(self, one: Node, other: Node, same: bool, depth: int) -> str:
        """Of two conditions, one of which may be a plain yes or no."""
        for asked, stated in ((one, other), (other, one)):
            if isinstance(stated, Literal):
                return self.clause(asked, bool(stated.value) is same, depth)
        return _apart(f"{self.clause(one, True, 2)} exactly when {self.clause(other, same, 2)}", depth + 1)

    def _comparison(self, function: str, one: Node, other: Node) -> str:
        if isinstance(one, Literal) and not isinstance(other, Literal):
            function, one, other = _TURNED[function], other, one
        if function in ("_==_", "_!=_"):
            if done := self._actions(one, [other]):
                return f"the agent wants to {'' if function == '_==_' else 'do something else than '}{done[0]}"
            said = "empty" if other == Literal("") else self.value(other)
            return f"{self._is(one, function == '_==_')} {said}"
        how = _NUMBERS if kind_of(one) in ("int", "double") else _TEXTS
        return f"{self._is(one, True)} {how[function]} {self.value(other)}"

    def _is(self, node: Node, holds: bool) -> str:
        return f"{self.value(node)} {'are' if self._many(node) else 'is'}{'' if holds else ' not'}"

    def _does(self, node: Node, verb: str, holds: bool) -> str:
        said, many = self.value(node), self._many(node)
        if not holds:
            return f"{said} {'do' if many else 'does'} not {verb}"
        first, _, rest = verb.partition(" ")
        return f"{said} {first if many else f'{first}s'} {rest}".rstrip()

    def _many(self, node: Node) -> bool:
        """Whether it is spoken of in the plural: `the customer's refunds in 30 days are`."""
        if not isinstance(node, Fact):
            return False
        words = fact_in_words(node.name, self._vocabulary)
        noun = re.sub(r"^the (?:\S+(?:'s|s') )?", "", words)
        return _plural(re.split(r" (?:in|since|of|under|for|to|by|on|at|about|that|after|left|sent) | \(", noun)[0])


def _parts(node: Node, holds: bool, word: str) -> Iterator[tuple[Node, bool]]:
    """The members of a group, those of groups within it that are joined by the same word among them."""
    match node:
        case Call("!_", (denied,)):
            yield from _parts(denied, not holds, word)
        case Call(("_&&_" | "_||_") as function, args) if ((function == "_&&_") is holds) is (word == "and"):
            for arg in args:
                yield from _parts(arg, holds, word)
        case _:
            yield node, holds


def _apart(said: str, depth: int) -> str:
    return f"({said})" if depth >= 2 else said


def _listed(items: Sequence[str], word: str) -> str:
    return f"{', '.join(items[:-1])} {word} {items[-1]}" if len(items) > 1 else items[0]


def _words(name: str) -> str:
    """`refunds_30d` → "refunds in 30 days"; `daysLate` → "days late"."""
    if span := _SPAN.fullmatch(name):
        return f"{_words(span[1])} in {span[2]} {_SPANS[span[3]]}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.replace("_", " ")).lower()


def _plural(noun: str) -> bool:
    return noun.endswith("s") and not _SINGULAR.search(noun)
