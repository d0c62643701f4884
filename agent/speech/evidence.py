"""Evidence: what a sentence may rest on: passages, the customer's words, what was said, and what was done and read.

Whether a call bears a sentence out is read from its tool's name, summary and arguments, and from what the records show;
nothing here knows a certain tool or company.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import JsonValue

from agent.speech.lexicon import lexicon
from agent.speech.texts import Text

CallState = Literal["verified", "failed", "unknown"]
_NAME = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_WORDS = re.compile(r"[^\W_]+")
_LIGHT = ("light", "carrying", "function", "reads")
OPPOSITES = {
    "cancel": {"book", "create", "buy", "add", "activate", "subscribe", "change", "move"},
    "close": {"create", "activate"},
    "remove": {"add", "create", "change"},
    "suspend": {"activate", "create"},
    "activate": {"suspend", "cancel", "close"},
    "create": {"remove", "cancel", "close"},
    "unsubscribe": {"subscribe"},
}
"""What a later deed makes of an earlier one: it is so no longer."""


@dataclass(frozen=True)
class Tool:
    """A tool as its declaration describes it."""

    name: str
    summary: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """By name, what each means."""
    changes: bool = True

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What it does: the deeds that its name and its summary begin with; a light verb leaves that to its nouns."""
        name, summary = self._name, self._first_sentence
        deeds = _named(name[:1]) | _named(summary[:1])
        return deeds or _deeds(name) | _deeds(summary[:6])

    @cached_property
    def subject(self) -> frozenset[str]:
        """The words of its name without those that say little: what a tool is about whose verb is a light one."""
        known = lexicon("en")
        little = [known[group] for group in _LIGHT] if known else []
        return frozenset(stem(word) for word in self._name if not any(word in group for group in little))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The words that it is described by."""
        return frozenset(map(stem, [*self._name, *self._first_sentence, *self.keys]))

    @cached_property
    def things(self) -> frozenset[str]:
        """What it does that to."""
        return things([*self._name, *self._first_sentence, *self.keys])

    @cached_property
    def verb(self) -> str:
        """The word that its name begins with, where that is one that the lexicon does not know: "refuel"."""
        known, name = lexicon("en"), self._name
        if known is None or len(name) < 2 or known.deeds_of(name[0]) or any(known[g].at(name, 0) for g in _LIGHT):
            return ""
        return stem(name[0])

    @cached_property
    def named(self) -> frozenset[str]:
        """The words of its name."""
        return frozenset(map(stem, self._name))

    @cached_property
    def subjects(self) -> frozenset[str]:
        """The kinds of things that its name speaks of."""
        return things(self._name)

    @property
    def _name(self) -> list[str]:
        return [word.lower() for word in _NAME.findall(self.name) if not word.isdigit()]

    @property
    def _first_sentence(self) -> list[str]:
        return words(re.split(r"(?<=[.;])\s", " ".join(self.summary.split()))[0])

    @property
    def keys(self) -> list[str]:
        """The words of its arguments' names."""
        return [word.lower() for key in self.arguments for word in _NAME.findall(key) if not word.isdigit()]


def words(text: str) -> list[str]:
    """The words and numbers of a text, folded, without signs."""
    return _WORDS.findall(" ".join(Text(text).sentences))


def stem(word: str) -> str:
    """A word without an ending that English, Spanish, French or German may bend it by."""
    return re.sub(r"(?:ing|ies|ied|ed|es|s|y|e|en)$", "", word) if len(word) > 3 else word


def things(said: Sequence[str], language: str = "en") -> frozenset[str]:
    """The kinds of things that these words name."""
    known = lexicon(language)
    return frozenset(thing for word in said for thing in (known.things_of(word) if known else ()))


def _deeds(said: Sequence[str]) -> frozenset[str]:
    known = lexicon("en")
    return frozenset(deed for word in said for deed in (known.deeds_of(word) if known else ()))


def _says_little(word: str) -> bool:
    """Whether it is a word of the language rather than of the matter: it may deny or doubt."""
    known = lexicon("en")
    return known is not None and any(word in known[group] for group in ("function", "negation", "modal", "sweeping"))


def _named(said: Sequence[str]) -> frozenset[str]:
    known = lexicon("en")
    return frozenset(deed for word in said for deed in (known.deeds_named(word) if known else ()))


@dataclass(frozen=True)
class Call:
    """A tool that was called, and what came of it."""

    tool: str
    args: Mapping[str, JsonValue]
    result: JsonValue = None
    state: CallState = "verified"


@dataclass(frozen=True)
class Said:
    """A line of the conversation before the answer at hand."""

    who: Literal["customer", "agent"]
    text: str
    at: int
    """How many calls had been made before it."""


class History:
    """What was read, done and said in a case, in order, and what follows from it for each call."""

    def __init__(
        self, tools: Sequence[Tool] = (), calls: Sequence[Call] = (), talk: Sequence[Said] = (), since: int = 0
    ) -> None:
        """`since`: the first call that this answer is about."""
        self.tools = {tool.name: tool for tool in tools}
        self.calls, self.talk, self.since = [_unwrapped(call, self.tools) for call in calls], talk, since
        self._borne: dict[int, Bearing] = {}

    def tool(self, name: str) -> Tool:
        """Its declaration; one that is not declared is known by its name alone."""
        return self.tools.get(name) or self.tools.setdefault(name, Tool(name))

    def changes(self) -> list[int]:
        """The places of the calls that were to change something, the last one first."""
        return [at for at in reversed(range(len(self.calls))) if self.tool(self.calls[at].tool).changes]

    @cached_property
    def done(self) -> frozenset[str]:
        """The figures of all that was changed."""
        changes = [self.calls[at] for at in self.changes() if self.calls[at].state == "verified"]
        return frozenset(f for call in changes for value in scalars(call.args) for f in figures_of(value))

    @cached_property
    def verbs(self) -> frozenset[str]:
        """What tools are named after that the lexicon does not know."""
        return frozenset(tool.verb for tool in self.tools.values() if tool.changes and tool.verb)

    def looks(self) -> list[int]:
        """The places of the calls that only read and were answered, the last one first."""
        changing = set(self.changes())
        return [
            at for at in reversed(range(len(self.calls))) if at not in changing and self.calls[at].state == "verified"
        ]

    def bearing(self, at: int) -> Bearing:
        """What the call at this place bears out."""
        if at not in self._borne:
            self._borne[at] = Bearing(self, at)
        return self._borne[at]

    def records(self, until: int | None = None) -> Iterator[JsonValue]:
        """What calls that did not fail gave back, before the call at that place."""
        for call in self.calls[:until]:
            if call.state == "verified":
                yield call.result

    @cached_property
    def talked(self) -> frozenset[str]:
        """The words of the conversation so far."""
        return frozenset(word for line in self.talk for word in words(line.text))

    @cached_property
    def spoken(self) -> frozenset[str]:
        """The figures of the conversation."""
        found = [figure for line in self.talk for figure in figures_of(line.text)]
        return frozenset(found) | frozenset(part for figure in found for part in re.split(r"[-/:]", figure))

    def latest(self, before: int, shape: str, by: str = "") -> frozenset[str]:
        """The ids of one shape in the last line that has any, among the lines before a call; `by`: whose lines."""
        for line in reversed(self.talk):
            if (
                line.at <= before
                and by in ("", line.who)
                and (found := {token for token in tokens(line.text) if shape_of(token) == shape})
            ):
                return frozenset(found)
        return frozenset()


@dataclass(frozen=True)
class Evidence:
    """What a sentence may rest on."""

    passages: Sequence[str]
    customer: Sequence[str] = ()
    """The customer's own words: ids in them may be named, their amounts and dates prove nothing."""
    said: Sequence[str] = ()
    """The sentences of this answer that were sent already."""
    language: str = "en"
    """ISO 639-1; what is told as done is read in those that have a lexicon, what passages carry in `en`."""
    history: History = field(default_factory=History)
    """What was done and read in this case."""
    around: str = ""
    """What is said in the same breath, where it is known already."""


def _unwrapped(call: Call, tools: Mapping[str, Tool]) -> Call:
    """A call of a tool that calls another one, whose name and arguments it takes, is a call of that one."""
    named = [value for value in call.args.values() if isinstance(value, str) and value in tools]
    inner = next((value for value in map(_parsed, call.args.values()) if isinstance(value, dict)), None)
    return Call(named[0], inner or {}, call.result, call.state) if named else call


def _parsed(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and value[:1] in "{[":
        try:
            parsed: JsonValue = json.loads(value)
        except ValueError:
            return value
        return parsed
    return value


_TOKEN = re.compile(r"[^\W_]+(?:[@._'/:-][^\W_]+)*")


def tokens(text: str) -> list[str]:
    """The words of a text with what joins them: ids, times, addresses of mail stay whole."""
    return _TOKEN.findall(text.casefold().replace("_", "-"))


def shape_of(token: str) -> str:
    """How an id is written: each digit a 0, letters before and after it as they are; "" for what is no id."""
    if sum(sign.isdigit() for sign in token) < 4:
        return ""
    return re.sub(r"[^\W\d_]{4,}", "a", re.sub(r"\d", "0", token))


class Bearing:
    """What one call bears out, in the light of all that was read before and after it."""

    def __init__(self, history: History, at: int) -> None:
        self._history, self._at = history, at
        self.call, self.tool = history.calls[at], history.tool(history.calls[at].tool)

    @cached_property
    def own(self) -> frozenset[str]:
        """The words of its arguments."""
        return frozenset(word for value in scalars(self.call.args) for word in value_words(value))

    @cached_property
    def ids(self) -> frozenset[str]:
        """The arguments that name something."""
        return frozenset(str(value) for value in scalars(self.call.args) if is_id(value))

    @cached_property
    def names(self) -> frozenset[str]:
        """What tells its target from others: the ids and addresses among its arguments."""
        flat = [value for value in self.call.args.values() if is_id(value) or "@" in str(value)]
        return self.target_figures | frozenset(f for value in flat if "@" in str(value) for f in figures_of(value))

    @cached_property
    def target_figures(self) -> frozenset[str]:
        """Its target as it is written in a sentence."""
        return frozenset(figure for value in self.target for figure in figures_of(value))

    @cached_property
    def linked(self) -> frozenset[str]:
        """The words of what its arguments name, as it was read."""
        return frozenset(word for value in self._linked for word in value_words(value))

    @cached_property
    def _beside(self) -> list[JsonValue]:
        """The values of what its arguments name beside its target."""
        records, ids = (*self._history.records(self._at), self.call.result), self.ids - self.target
        return [value for record in records for value in _named_by(record, ids)]

    @cached_property
    def _linked(self) -> list[JsonValue]:
        now = _identity(self.call.result, self.target)
        records = [one for one in self._history.records(self._at) if not now or _identity(one, self.target) != now]
        records.append(self.call.result)
        ids = self.ids | frozenset(str(value) for value in self.seen if self.before is not None and is_id(value))
        return [value for record in records for value in _named_by(record, ids)]

    @cached_property
    def before(self) -> JsonValue:
        """The record that it gave back, as it was read last before the call; None where it was not."""
        key = _identity(self.call.result, self.ids)
        for record in reversed(list(self._history.records(self._at))):
            if key and _identity(record, self.ids) == key:
                return record
        return None

    @cached_property
    def _new(self) -> list[tuple[str, JsonValue]]:
        """What its result has and the record had not before, field by field; all of it where it was not read before."""
        after = Counter(_leaves(_pruned(self.call.result, self.ids)))
        return list(after - Counter(_leaves(self.before) if self.before is not None else ()))

    @cached_property
    def seen(self) -> list[JsonValue]:
        """The values of that."""
        return [value for _, value in self._new if value is not None]

    @cached_property
    def shown(self) -> frozenset[str]:
        """The words of these values and of the fields that have them."""
        told = [(path.replace("_", " "), value) for path, value in self._new if value is not None]
        return frozenset(word for path, value in told for word in (*words(path), *value_words(value)))

    @cached_property
    def borne(self) -> frozenset[str]:
        """All words that may be said of it."""
        said = self.own | self.linked | self.shown
        return said | frozenset(map(stem, said))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers, ids and dates that may be said of it."""
        values = [*scalars(self.call.args), *self._linked, *self.seen, self.tool.summary]
        return frozenset(figure for value in values for figure in figures_of(value)) | self.counts

    @cached_property
    def amounts(self) -> frozenset[str]:
        """The numbers among them that may be money: those that it changed, where it changed any."""
        changed = _numbers([*scalars(self.call.args), *self.seen])
        return (changed or _numbers(self._linked)) | _numbers(self._beside)

    @cached_property
    def listed(self) -> frozenset[str]:
        """What its lists name."""
        return frozenset(str(one) for values in self.call.args.values() if isinstance(values, list) for one in values)

    @cached_property
    def counts(self) -> frozenset[str]:
        """How many things it was done to."""
        return frozenset(str(len(values)) for values in self.call.args.values() if isinstance(values, list))

    @cached_property
    def is_whole(self) -> bool:
        """Whether nothing was left out that was there: its lists name all that the record has of their kind."""
        lists = [values for values in self.call.args.values() if isinstance(values, list)]
        kept = _pruned(self.call.result, self.ids) == _parsed(self.call.result)
        return bool(lists) and kept and any(len(values) > 1 for values in lists)

    @cached_property
    def things(self) -> frozenset[str]:
        """The kinds of things that it is about, or that its record shows."""
        return self.tool.things | things([*self.fields, *self.borne, *self.vocabulary])

    @cached_property
    def fields(self) -> frozenset[str]:
        """The words by which the records name their fields."""
        records = (*self._history.records(self._at), self.call.result)
        paths = {path for record in records for path, _ in _leaves(record)}
        return frozenset(word for path in paths for word in words(path.replace("_", " ")))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of the tool's description."""
        told = [word for text in (self.tool.summary, *self.tool.arguments.values()) for word in words(text)]
        told += self.tool.keys
        return frozenset(stem(word) for word in told if not _says_little(word)) | self.tool.named

    @cached_property
    def why_not(self) -> str | None:
        """Why it bears nothing out, or None: it took effect, and that is how things still are."""
        if self.call.state != "verified":
            return "the call did not succeed"
        if self._is_unchanged():
            return "the record stands as it did before the call"
        if self._is_otherwise(self.call.result):
            return "the record shows otherwise than was asked for"
        if self._is_superseded():
            return "what was done was changed again later"
        return "what the call names belongs to something else" if self._is_unmatched() else None

    def _is_unchanged(self) -> bool:
        return self.before is not None and _parsed(self.before) == _parsed(self.call.result)

    def _is_otherwise(self, record: JsonValue) -> bool:
        """Whether the record has fields named as the arguments are, and none of them has the argument's value."""
        leaves = [(path.rpartition(".")[2], _plain(value)) for path, value in _leaves(_parsed(record))]
        values = {value for _, value in leaves}
        for key, value in self.call.args.items():
            if isinstance(value, list):
                here = {_plain(one) for one in value} & values
                if here and len(here) < len({_plain(one) for one in value}):
                    return True
            elif not isinstance(value, dict):
                named = {seen for name, seen in leaves if name == key or name.endswith(f"_{key}")}
                if named and _plain(value) not in named:
                    return True
        return False

    def _is_superseded(self) -> bool:
        target = self.target
        for later in range(self._at + 1, len(self._history.calls)):
            call = self._history.calls[later]
            tool = self._history.tool(call.tool)
            if call.state != "verified" or not target & {str(value) for value in scalars(call.args)}:
                continue
            if not tool.changes:
                if self._is_gone(call.result):
                    return True
            elif any(self.tool.verbs & OPPOSITES.get(verb, set()) for verb in tool.verbs) or self._is_replaced(call):
                return True
        return False

    def _is_gone(self, record: JsonValue) -> bool:
        """Whether a later look no longer shows what the call's result showed first."""
        same = _identity(record, self.ids)
        if not same or self.before is None or same != _identity(self.call.result, self.ids):
            return False
        return bool({leaf for leaf in self._new if leaf[1] is not None} - set(_leaves(record)))

    def _is_replaced(self, call: Call) -> bool:
        flat = {key: value for key, value in self.call.args.items() if not isinstance(value, (dict, list))}
        lists = {key: value for key, value in self.call.args.items() if isinstance(value, list)}
        if call.tool != self.call.tool or not {"change", "move"} & self.tool.verbs or lists:
            return False
        others = {key: value for key, value in flat.items() if str(value) not in self.target}
        return any(_plain(call.args.get(key)) != _plain(value) for key, value in others.items())

    @cached_property
    def target(self) -> frozenset[str]:
        """What the call is done to: of its arguments that name something, the first of which its tool's name speaks.

        All of them where the name speaks of none.
        """
        named = [(key, str(value)) for key, value in self.call.args.items() if is_id(value)]
        spoken = [value for key, value in named if {stem(w.lower()) for w in _NAME.findall(key)} & self.tool.named]
        return frozenset(spoken[:1] or [value for _, value in named])

    def consequences(self, figures: frozenset[str]) -> frozenset[str]:
        """What the tool's declaration says that its arguments are for, where the record shows one of these figures."""
        values = [*self.seen, *(linked for value in self.seen for linked in self._reached(value))]
        if not figures & {word for value in values for word in (*figures_of(value), *value_words(value))}:
            return frozenset()
        told = [self.tool.arguments.get(key, "") for key in self.call.args]
        return _deeds([word for text in told for word in words(text)])

    def _reached(self, value: JsonValue) -> list[JsonValue]:
        """The values of what a value names."""
        ids = frozenset({str(value)}) & (self.ids - self.target)
        return [inner for one in self._history.records(self._at) for inner in _named_by(one, ids)] if ids else []

    def _is_unmatched(self) -> bool:
        """Whether a list of its arguments names what was read under another id than the call's own."""
        for key, value in self.call.args.items():
            if str(value) not in self.target:
                continue
            for name, listed in self.call.args.items():
                if isinstance(listed, list) and self._is_elsewhere(key, str(value), name.removesuffix("s"), listed):
                    return True
        return False

    def _is_elsewhere(self, key: str, target: str, name: str, listed: list[JsonValue]) -> bool:
        mine, others = set[str](), set[str]()
        for record in self._history.records(self._at):
            for holder, inside in _holders(_parsed(record), key):
                found = {_plain(one) for path, one in _leaves(inside) if path.rpartition(".")[2] == name}
                (mine if holder == target else others).update(found)
        return bool({_plain(one) for one in listed} & (others - mine))

    @cached_property
    def is_unheard_of(self) -> bool:
        """Whether its target is another one than was spoken of last, or was neither spoken of nor read."""
        for value in self.target:
            token = "-".join(tokens(value))
            spoken = self._history.latest(self._at, shape_of(token))
            if spoken and token not in spoken:
                return True
            if not spoken and not self._is_known(value):
                return bool(self._history.talk)
        return False

    @cached_property
    def is_part_of_what_was_agreed(self) -> bool:
        """Whether the customer, naming what it lists, named more that the record has, and nothing was done to that."""
        listed = {"-".join(tokens(value)) for value in self.listed}
        for shape in {shape_of(value) for value in listed} - {""}:
            agreed = self._history.latest(self._at, shape, by="customer")
            inside = frozenset(figure for value in scalars(self.before) for figure in figures_of(value))
            if agreed & listed and agreed & inside - self._history.done:
                return True
        return False

    @cached_property
    def unheard(self) -> list[frozenset[str]]:
        """The values among its arguments, by their figures, that stand neither in the conversation nor in a record."""
        if not self._history.talk:
            return []
        flat = [value for value in self.call.args.values() if not isinstance(value, (list, dict, bool))]
        plain = [value for value in flat if value and (not is_id(value) or str(value).isdigit())]
        told = [frozenset(found) for value in plain if (found := figures_of(value))]
        return [one for one in told if one.isdisjoint(self._history.spoken) and not any(map(self._is_known, one))]

    def _is_known(self, figure: str) -> bool:
        records = self._history.records(self._at)
        return any(figure in figures_of(value) or figure == str(value) for one in records for value in scalars(one))


def is_id(value: JsonValue) -> bool:
    """Whether a value names one thing, as far as its form tells."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return False
    text = str(value)
    return len(text) > 3 and " " not in text and any(sign.isdigit() for sign in text) and "@" not in text


def _plain(value: JsonValue) -> str:
    return " ".join(str(value).casefold().split())


def value_words(value: JsonValue) -> list[str]:
    """The words that a value may be said in."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, (int, float)):
        return [amount(str(value))]
    text = str(value)
    whole = [amount(part) for part in re.findall(r"\d[\d.,]*\d|\d", text)]
    return [*words(text.replace("_", " ")), *whole]


def figures_of(value: JsonValue) -> list[str]:
    """The figures by which a value may be told: whole, a number in one form, and the long number at an id's end."""
    if isinstance(value, bool) or value is None:
        return []
    found = [token for token in tokens(str(value)) if any(sign.isdigit() or sign == "@" for sign in token)]
    ends = [part for token in found for part in token.split("-") if len(part) > 4 and part.isdigit()]
    return [
        *found,
        *ends,
        *(f"{float(token):.2f}" for token in found if re.fullmatch(r"\d+\.\d{3,}", token)),
        *(amount(token) for token in found if re.fullmatch(r"[\d.,]+", token)),
    ]


def _numbers(values: Sequence[JsonValue]) -> frozenset[str]:
    """Those that may be sums of money: numbers, or texts that are nothing else and no id."""
    found = set[str]()
    for value in values:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            found.update((amount(str(value)), amount(f"{abs(value):.2f}")))
        elif isinstance(value, str) and re.fullmatch(r"-?\d{1,7}(?:[.,]\d{1,2})?", value):
            found.add(amount(value))
    return frozenset(found)


def amount(number: str) -> str:
    """A number in one form: `1,234.50`, `1.234,50` and `1234.5` are the same."""
    parts = re.split(r"[.,]", number)
    if len(parts) == 1:
        return number
    if not parts[-1]:
        return amount(number[:-1])
    cents = parts[-1] if len(parts[-1]) != 3 or number.startswith("0") else ""
    whole = "".join(parts[:-1] if cents else parts)
    return f"{whole}.{cents}".rstrip("0").rstrip(".") if cents else whole


def scalars(value: JsonValue | Mapping[str, JsonValue] | Sequence[JsonValue]) -> Iterator[JsonValue]:
    """All that a value holds that holds nothing itself."""
    for _, leaf in _leaves(_parsed(value) if isinstance(value, str) else value):
        yield leaf


def _leaves(value: object, path: str = "") -> list[tuple[str, JsonValue]]:
    value = _parsed(value) if isinstance(value, str) and not path else value
    if isinstance(value, Mapping):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, f"{path}.{key}")]
    if isinstance(value, (list, tuple)):
        return [leaf for inner in value for leaf in _leaves(inner, path + "[]")]
    return [(path, value)]  # type: ignore[list-item]


def _identity(record: JsonValue, ids: frozenset[str]) -> str:
    """The id by which a record is one of those named: the first of its own fields that is."""
    record = _parsed(record)
    if not isinstance(record, dict):
        return ""
    return next(
        (str(value) for value in record.values() if not isinstance(value, (dict, list)) and str(value) in ids), ""
    )


def _pruned(value: JsonValue, ids: frozenset[str]) -> JsonValue:
    """Without the entries of its lists that are beside those named."""
    value = _parsed(value)
    if isinstance(value, dict):
        return {key: _pruned(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        mine = [
            entry
            for entry in value
            if isinstance(entry, dict)
            and ids & {str(one) for one in entry.values() if not isinstance(one, (dict, list))}
        ]
        return [_pruned(entry, ids) for entry in (mine or value)]
    return value


def _named_by(record: JsonValue, ids: frozenset[str]) -> Iterator[JsonValue]:
    """The values of the objects that one of these ids names, and of what holds them, beside what they are among."""
    yield from _walk(_parsed(record), ids, [])


def _walk(value: JsonValue, ids: frozenset[str], above: list[JsonValue]) -> Iterator[JsonValue]:
    if isinstance(value, dict):
        flat: list[JsonValue] = [inner for inner in value.values() if not isinstance(inner, (dict, list))]
        own = flat if len(flat) == len(value) or not any(map(_holds_records, value.values())) else flat[:1]
        if ids & {str(inner) for inner in own}:
            yield from above
            yield from scalars(_pruned(value, ids))
            return
        for key, inner in value.items():
            if key in ids:
                yield from [*above, *flat]
                yield from scalars(inner)
            else:
                yield from _walk(inner, ids, [*above, *flat][-12:] if isinstance(inner, dict) else flat[-12:])
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, ids, above)


def _holds_records(value: JsonValue) -> bool:
    """Whether a value holds records of its own: then what holds it is known by its own id alone."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(one, dict) for one in inside)


def _holders(record: JsonValue, key: str) -> Iterator[tuple[str, JsonValue]]:
    """The objects that have a field of this name, by its value."""
    if isinstance(record, dict):
        if key in record and not isinstance(record[key], (dict, list)):
            yield str(record[key]), record
        for inner in record.values():
            yield from _holders(inner, key)
    elif isinstance(record, list):
        for inner in record:
            yield from _holders(inner, key)
