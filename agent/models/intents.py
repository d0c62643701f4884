"""Intents: which parts of a message want something, and what.

A request counts when it is in scope. A statement beside a request is its background ("it arrived broken, I want my
money back"), unless something marks it as a matter of its own: another order, a new value, an "also". What only
answers what was asked, greets or thanks is no request. Each intent's text is a stretch of the message: its part with
the background before it and the ids after it; two orders in one part make two intents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from agent.casefile.records import Intent
from agent.models.changes import Listed, listed
from agent.models.cues import Cues, phrase, words
from agent.models.guess import NO_GUESS, Guess, Guesses
from agent.models.person import wants_person
from agent.models.port import IntentSeen
from agent.models.recognisers.found import TAKEN, Context, Found, blank
from agent.models.segment import Span, is_general, is_request, leans, segment, trails

SURE = 0.5
"""How likely an intent must be where a part need not carry one: a statement, or anything while something is asked."""
FIRM = 0.8
"""How likely it must be where it stands in an answer."""
CLEAR = 0.9
"""How likely it must be where something was asked and a part is a statement."""
LIKELY = 0.2
"""How likely it must be where something marks a statement as a matter of its own."""
MOST_LIKELY = 6
"""Intents that a hint names."""
COURTEOUS = 6
"""Words in a mere courtesy, at the most."""
FREE = ("reason", "description")
"""Values that are whole sentences: a request may hide in them."""
TOLD = (*FREE, "preference", "items", "plan")
"""Values in words that tell what is wanted as well: they say something."""
_CHANGES = ("email", "phone", "address")
_JOINER = re.compile(r"[\s,;:&+/]*(?:\b(?:and|or)\b)?[\s,;:&+/]*$")


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a message and what it carries."""

    start: int
    end: int
    heard: str
    """Its words for the head: order ids as they are printed, and one thing only where several shall change."""
    ids: tuple[Found, ...]
    """The order ids in it."""
    new: bool
    """It carries a value that something shall become."""
    request: bool
    pointed: bool
    """It names what it is about, or asks: "please update it" does not."""
    says: bool
    """False: nothing but values, courtesies, yes or no."""
    answers: bool
    """It carries what was asked for."""
    besides: bool
    """Words in it or before it tell that it is one more matter."""
    general: bool
    """It is a question, and speaks of nothing of the customer's."""
    leans: bool
    """It cannot be understood without the part before it: "and how much is it?"."""
    person: bool
    """It asks for a person by its form."""
    guess: Guess = NO_GUESS


@dataclass(frozen=True)
class Wanted:
    """One intent and the stretch of the message that it was read from."""

    start: int
    end: int
    guess: Guess
    ids: tuple[Found, ...]

    def reaching(self, part: Part) -> Wanted:
        """With another part in the stretch, and its ids."""
        return replace(self, start=min(self.start, part.start), end=max(self.end, part.end), ids=self.ids + part.ids)


@dataclass(frozen=True)
class Heard:
    """What a message wants."""

    intents: list[IntentSeen]
    """In the order of the message; none when it only answers what was asked."""
    likely: list[str]
    """What any part of it may want, likeliest first."""
    plain: bool
    """Whether nothing else is in it to understand: it is an answer alone, or a courtesy alone."""
    said: list[str]
    """Its parts that say something, as the head heard them; of one that says nothing, what was heard instead."""


@dataclass(frozen=True)
class IntentReader:
    """Reads the intents of a message."""

    guesser: Guesses
    social: Collection[str]
    """Names of intents that are mere courtesy: greetings, thanks."""
    person: Collection[str]
    """Names of intents that ask for a person: heard wherever they are said, and in whatever form."""
    question: Collection[str]
    """Names of intents that are questions: two in one message are two matters."""

    def read(
        self,
        values: Sequence[Found],
        context: Context,
        pending: Sequence[Intent],
        among: Collection[str],
        *,
        asked: bool,
    ) -> Heard:
        """What a message wants.

        `values` are those found in the message, `pending` the intents still open, `among` the names to choose from;
        `asked`: the last turn asked for something.
        """
        text = context.text
        parts = self._guessed(list(_parts(values, context)), among)
        kept = [part for part in parts if part.says and (self._is_more(part) if asked else self._counts(part, parts))]
        kept = [part for part in kept if not (asked and (_repeats(part, pending) or part.guess.name in self.social))]
        told = [part for part in parts if part.guess.name not in self.social]
        questions = [part for part in kept if part.guess.name in {None, *self.question}]
        wanted = _stretched(told, kept, questions, asked=asked)
        if not wanted and not asked:
            wanted = [Wanted(0, len(text), self.guesser.guess([text], among)[0], ())]
        if len(wanted) == 1 and not asked:
            wanted = [replace(wanted[0], start=0, end=len(text), guess=self._as_a_whole(wanted[0].guess, parts, among))]
        intents = [seen for one in wanted for seen in _by_order(text, one)]
        plain = self._is_courtesy(intents, text) if intents else _only_answers(parts, values, context)
        said = [part.heard for part in parts if part.says] or [text for _ in wanted]
        return Heard(intents, _likely([*(part.guess for part in parts), *(one.guess for one in wanted)]), plain, said)

    def _is_courtesy(self, intents: Sequence[IntentSeen], text: str) -> bool:
        sure = all(one.name in self.social and one.confidence >= CLEAR for one in intents)
        return sure and len(text.split()) <= COURTEOUS

    def _guessed(self, parts: Sequence[Part], among: Collection[str]) -> list[Part]:
        """The parts with what the head says of those that say something."""
        guesses = iter(self.guesser.guess([part.heard for part in parts if part.says], among))
        read = [replace(part, guess=next(guesses)) if part.says else part for part in parts]
        person = next((name for name in self.person if name in among), None)
        read = [replace(part, guess=self._in_general(part.guess)) if part.general else part for part in read]
        return [replace(part, guess=Guess(person, 1.0)) if person and part.person else part for part in read]

    def _as_a_whole(self, guess: Guess, parts: Sequence[Part], among: Collection[str]) -> Guess:
        """The guess for the only intent. What is asked beside the number of an order is about that order."""
        if len(parts) < 2 or guess.name not in {None, *self.question} or not any(part.ids for part in parts):
            return guess
        whole = self.guesser.guess([" ".join(part.heard for part in parts)], among)[0]
        return whole if whole.name is not None and whole.confidence >= CLEAR else guess

    def _in_general(self, guess: Guess) -> Guess:
        """The guess for a question that speaks of nothing of the customer's: to ask is likelier than to want."""
        name = next((name for name in self.question if guess.shares.get(name, 0.0) >= LIKELY), None)
        return replace(guess, name=name, confidence=guess.shares[name], runner_up=None) if name else guess

    def _counts(self, part: Part, parts: Sequence[Part]) -> bool:
        """Whether a part is an intent of its own, when nothing was asked."""
        saying = [one for one in parts if one.says and one.guess.name not in self.social]
        if part.guess.name is None or part not in saying:
            return part.guess.name is None and part.request and (part.pointed or saying == [part])
        if part.request or _is_apart(part, saying):
            return part.request or part.guess.confidence >= LIKELY
        rivals = [one for one in saying if one.guess.name and one is not part]
        return not any(one.request or one.guess.confidence > part.guess.confidence for one in rivals)

    def _is_more(self, part: Part) -> bool:
        """Whether a part wants something of its own, though the customer was asked something."""
        guess = part.guess
        if guess.name is None or (part.general and guess.name in self.question):
            return part.request and not part.answers
        if guess.name in self.person or part.request:
            return guess.confidence >= (FIRM if part.answers else SURE)
        return guess.confidence >= CLEAR and not part.answers


def saying(values: Sequence[Found], context: Context) -> list[str]:
    """The parts of a message that say something, as the head hears them."""
    return [part.heard for part in _parts(values, context) if part.says]


def _only_answers(parts: Sequence[Part], values: Sequence[Found], context: Context) -> bool:
    freely = any(context.asked(name) for name in FREE)
    given = any(context.asked(value.name) for value in values)
    return given and not any(part.request or (part.says and not freely) for part in parts)


def _likely(guesses: Sequence[Guess]) -> list[str]:
    best: dict[str, float] = {}
    for guess in guesses:
        best |= {name: max(share, best.get(name, 0.0)) for name, share in guess.shares.items()}
    return sorted(best, key=lambda name: -best[name])[:MOST_LIKELY]


def _is_apart(part: Part, saying: Sequence[Part]) -> bool:
    """Whether something marks a statement as a matter of its own, beside the part that comes after or before it."""
    place = saying.index(part)
    after, before = saying[place + 1 : place + 2], saying[max(0, place - 1) : place]
    elsewhere = any(_is_elsewhere(part, one) for one in after or before)
    return part.besides or part.new or elsewhere or any(one.besides for one in after)


def _parts(values: Sequence[Found], context: Context) -> Iterator[Part]:
    """The parts of the message, not yet guessed."""
    text, cues = context.text, context.cues
    answered = context.choices | context.proposed
    exact = [v for v in values if v.name not in TOLD or (v.name in answered and v.name not in FREE)]
    plain, last = blank(text.replace("’", "'"), exact), 0
    before: Listed | None = None
    earlier = ""
    for start, end in _by_change(text, segment(text, cues), exact, cues):
        inside = [value for value in exact if start <= value.start < end]
        changed = [value for value in inside if value.new]
        answers = any(context.asked(value.name) for value in values if value.start < end and start < value.end)
        told = before is not None and all(value.name in before.kinds for value in changed)
        heard = _heard(text, start, end, inside)
        part = Part(
            start=start,
            end=end,
            heard=heard,
            ids=tuple(value for value in inside if value.name == "order_id"),
            new=bool(changed) and not told,
            request=is_request(text[start:end], cues),
            pointed="?" in text[start:end] or _says(plain[start:end], cues, _pointing(cues)),
            says=_says(plain[start:end], cues) or (bool(changed) and not answers and not told),
            answers=answers,
            besides=phrase(cues.besides).search(plain, last, end) is not None,
            general=is_general(heard, cues),
            leans=leans(text[start:end], cues),
            person=wants_person(plain[start:end], cues),
        )
        several = listed(plain[start:end], cues)
        if earlier and trails(text[start:end], cues):
            part = replace(part, heard=f"{earlier} {part.heard}")
        yield from _one_each(part, several, plain) if several else [part]
        last, before, earlier = end, several or before, part.heard if part.says else earlier


def _heard(text: str, start: int, end: int, inside: Sequence[Found]) -> str:
    """The words of a part, with order ids as they are printed: "track 123456" tells the head little."""
    for value in sorted(inside, key=lambda value: -value.start):
        if value.name == "order_id":
            text = text[: value.start] + value.value + text[value.end :]
            end += len(value.value) - (value.end - value.start)
    return text[start:end]


def _one_each(part: Part, several: Listed, plain: str) -> Iterator[Part]:
    """The part once for each thing that shall change, as if only that had been said."""
    for name in several.names:
        heard = several.alone(plain[part.start : part.end], name).replace(TAKEN, "")
        yield replace(part, heard=heard, says=part.says or not part.answers, besides=True)


def _by_change(text: str, spans: Sequence[Span], values: Sequence[Found], cues: Cues) -> Iterator[Span]:
    """The spans, one for each thing to be changed: "set my e-mail to a@b.c and my phone to 0170 1234567"."""
    changes = [value for value in values if value.new and value.name in _CHANGES]
    joint = phrase(",".join(words(cues.joint)))
    for start, end in spans:
        last = start
        for value in (value for value in changes if start <= value.start < end and not listed(text[start:end], cues)):
            for between in list(joint.finditer(text, last, value.start))[-1:]:
                if text[start : between.start()].strip():
                    yield start, between.start()
                start = between.end()
            last = value.end
        yield start, end


@cache
def _pointing(cues: Cues) -> frozenset[str]:
    """Words that name nothing by themselves."""
    return words(cues.verbs) | words(cues.objects) | words(cues.vague)


def _says(plain: str, cues: Cues, more: frozenset[str] = frozenset()) -> bool:
    """Whether a part has words that are more than courtesy, and more than the names of what was asked."""
    idle = words(cues.polite) | words(cues.glue) | words(cues.openers) | more
    return any(word not in idle for word in re.findall(r"[^\W\d_][\w'-]*", plain.lower()))


def _is_elsewhere(part: Part | Wanted, other: Part | Wanted) -> bool:
    """Whether two parts speak of different orders."""
    one, two = ({found.value for found in place.ids} for place in (part, other))
    return bool(one and two) and one.isdisjoint(two)


def _repeats(part: Part, pending: Sequence[Intent]) -> bool:
    """Whether a part only says again what is open already."""
    ids = {found.value for found in part.ids}
    orders = [intent.slots.get("order_id") for intent in pending if intent.name == part.guess.name]
    return not part.besides and any(not ids or order is None or ids == {order} for order in orders)


def _stretched(parts: Sequence[Part], kept: Sequence[Part], questions: Sequence[Part], *, asked: bool) -> list[Wanted]:
    """The kept parts with their background before them and lone ids after them.

    The same intent twice is one, but for questions; one that leans on another has that in its words.
    """
    wanted: list[Wanted] = []
    background: list[Part] = []
    for part in parts:
        last = wanted[-1] if wanted else None
        if part in kept:
            one = Wanted((background or [part])[0].start, part.end, part.guess, part.ids)
            same = last is not None and last.guess.name == part.guess.name
            if last and same and part in questions:
                wanted.append(replace(one, start=last.start) if part.leans else one)
            elif last and same and not _is_elsewhere(last, part):
                wanted[-1] = last.reaching(part)
            else:
                wanted.append(one)
            background = []
        elif not asked and (part.says or (part.ids and not last)):
            background.append(part)
        elif not asked and last and part.ids:
            elsewhere = _is_elsewhere(last, part)
            wanted[-1:] = (
                [last, Wanted(part.start, part.end, last.guess, part.ids)] if elsewhere else [last.reaching(part)]
            )
    if wanted and background:
        wanted[-1] = replace(wanted[-1], end=max(wanted[-1].end, background[-1].end))
    return wanted


def outside(said: str, intents: Sequence[IntentSeen]) -> str:
    """What of a free answer stands before the first request in it; empty when that is nothing to speak of."""
    starts = [max(0, said.find(one.text)) for one in intents if one.text in said or said in one.text]
    before = _JOINER.sub("", said[: min(starts)]) if starts else said
    return before if len(before.split()) > 1 or not starts else ""


def _by_order(text: str, wanted: Wanted) -> Iterator[IntentSeen]:
    """One intent for each order that it is about."""
    first = sorted({found.value: found for found in reversed(wanted.ids)}.values(), key=lambda found: found.start)
    ends = [found.start for found in first[1:]] if wanted.guess.name else []
    for start, end in zip([wanted.start, *ends], [*ends, wanted.end], strict=True):
        said = text[start:end].strip()
        yield IntentSeen(
            name=wanted.guess.name,
            confidence=round(wanted.guess.confidence, 4),
            text=_JOINER.sub("", said) if end != wanted.end else said,
            runner_up=wanted.guess.runner_up,
        )
