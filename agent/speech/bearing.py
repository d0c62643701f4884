"""Bearing: what one call bears out, in the light of all that was read before and after it."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import JsonValue

from agent.speech.readback import holders, identity_of, leaves, named_by, parsed, pruned, scalars
from agent.speech.tool import NAME, deeds_of, says_little, things
from agent.speech.values import figures_of, is_id, numbers, plain, shape_of, stem, tokens, value_words, words

if TYPE_CHECKING:
    from agent.speech.evidence import Call, History


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
        return [value for record in records for value in named_by(record, ids)]

    @cached_property
    def _linked(self) -> list[JsonValue]:
        now = identity_of(self.call.result, self.target)
        records = [one for one in self._history.records(self._at) if not now or identity_of(one, self.target) != now]
        records.append(self.call.result)
        ids = self.ids | frozenset(str(value) for value in self.seen if self.before is not None and is_id(value))
        return [value for record in records for value in named_by(record, ids)]

    @cached_property
    def before(self) -> JsonValue:
        """The record that it gave back, as it was read last before the call; None where it was not."""
        key = identity_of(self.call.result, self.ids)
        for record in reversed(list(self._history.records(self._at))):
            if key and identity_of(record, self.ids) == key:
                return record
        return None

    @cached_property
    def _new(self) -> list[tuple[str, JsonValue]]:
        """What its result has and the record had not before, field by field; all of it where it was not read before."""
        after = Counter(leaves(pruned(self.call.result, self.ids)))
        return list(after - Counter(leaves(self.before) if self.before is not None else ()))

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
        changed = numbers([*scalars(self.call.args), *self.seen])
        return (changed or numbers(self._linked)) | numbers(self._beside)

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
        kept = pruned(self.call.result, self.ids) == parsed(self.call.result)
        return bool(lists) and kept and any(len(values) > 1 for values in lists)

    @cached_property
    def things(self) -> frozenset[str]:
        """The kinds of things that it is about, or that its record shows."""
        return self.tool.things | things([*self.fields, *self.borne, *self.vocabulary])

    @cached_property
    def fields(self) -> frozenset[str]:
        """The words by which the records name their fields."""
        records = (*self._history.records(self._at), self.call.result)
        paths = {path for record in records for path, _ in leaves(record)}
        return frozenset(word for path in paths for word in words(path.replace("_", " ")))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All words of the tool's description."""
        told = [word for text in (self.tool.summary, *self.tool.arguments.values()) for word in words(text)]
        told += self.tool.keys
        return frozenset(stem(word) for word in told if not says_little(word)) | self.tool.named

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
        return self.before is not None and parsed(self.before) == parsed(self.call.result)

    def _is_otherwise(self, record: JsonValue) -> bool:
        """Whether the record has fields named as the arguments are, and none of them has the argument's value."""
        fields = [(path.rpartition(".")[2], plain(value)) for path, value in leaves(parsed(record))]
        values = {value for _, value in fields}
        for key, value in self.call.args.items():
            if isinstance(value, list):
                here = {plain(one) for one in value} & values
                if here and len(here) < len({plain(one) for one in value}):
                    return True
            elif not isinstance(value, dict):
                named = {seen for name, seen in fields if name == key or name.endswith(f"_{key}")}
                if named and plain(value) not in named:
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
        same = identity_of(record, self.ids)
        if not same or self.before is None or same != identity_of(self.call.result, self.ids):
            return False
        return bool({leaf for leaf in self._new if leaf[1] is not None} - set(leaves(record)))

    def _is_replaced(self, call: Call) -> bool:
        flat = {key: value for key, value in self.call.args.items() if not isinstance(value, (dict, list))}
        lists = {key: value for key, value in self.call.args.items() if isinstance(value, list)}
        if call.tool != self.call.tool or not {"change", "move"} & self.tool.verbs or lists:
            return False
        others = {key: value for key, value in flat.items() if str(value) not in self.target}
        return any(plain(call.args.get(key)) != plain(value) for key, value in others.items())

    @cached_property
    def target(self) -> frozenset[str]:
        """What the call is done to: of its arguments that name something, the first of which its tool's name speaks.

        All of them where the name speaks of none.
        """
        named = [(key, str(value)) for key, value in self.call.args.items() if is_id(value)]
        spoken = [value for key, value in named if {stem(w.lower()) for w in NAME.findall(key)} & self.tool.named]
        return frozenset(spoken[:1] or [value for _, value in named])

    def consequences(self, figures: frozenset[str]) -> frozenset[str]:
        """What the tool's declaration says that its arguments are for, where the record shows one of these figures."""
        values = [*self.seen, *(linked for value in self.seen for linked in self._reached(value))]
        if not figures & {word for value in values for word in (*figures_of(value), *value_words(value))}:
            return frozenset()
        told = [self.tool.arguments.get(key, "") for key in self.call.args]
        return deeds_of([word for text in told for word in words(text)])

    def _reached(self, value: JsonValue) -> list[JsonValue]:
        """The values of what a value names."""
        ids = frozenset({str(value)}) & (self.ids - self.target)
        return [inner for one in self._history.records(self._at) for inner in named_by(one, ids)] if ids else []

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
            for holder, inside in holders(parsed(record), key):
                found = {plain(one) for path, one in leaves(inside) if path.rpartition(".")[2] == name}
                (mine if holder == target else others).update(found)
        return bool({plain(one) for one in listed} & (others - mine))

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
