"""Standing: what of a case is known, what is uncertain, and what must happen next, in three lists a person can read.

Pure, from the folded case and its file. What the case is says which points there are; each names the events that bear
it, and what no event bears is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, TypeVar

from pydantic import JsonValue

from agent.casefile import events as e
from agent.casefile.canonical import canonical
from agent.casefile.case import Case
from agent.casefile.events import Event
from agent.casefile.records import Ask, Frozen, Intent, Level, Proposal, Receipt, ReceiptState

Source = Literal["customer", "record", "identity", "receipt", "person", "agent"]
B = TypeVar("B", bound=e.Body)
SURE = 0.6
"""An intent that was read with less is uncertain."""
LONGEST = 160
"""Characters of what somebody wrote, or of what a record holds."""
RECORDS = 6
"""Records that were read last."""
OUTCOMES: dict[ReceiptState, str] = {
    "verified": "done, and verified",
    "failed": "not carried out",
    "mismatch": "not as it was intended",
    "unknown": "what came of it is not known",
}


class Point(Frozen):
    """One line of a list."""

    about: str
    """What it is of: a value's name, or the id of an intent, effect, approval, reminder or digest."""
    text: str
    source: Source
    """Whose word it is."""
    events: list[int]
    """The seqs of the events that bear it; never none."""


class Standing(Frozen):
    """The three lists."""

    known: list[Point] = []
    uncertain: list[Point] = []
    next: list[Point] = []

    def for_customer(self) -> Standing:
        """Without what was read in records: what of it the customer may hear is for the policy to say."""
        kept = {name: [point for point in some if point.source != "record"] for name, some in self}
        return Standing.model_validate(kept)


def standing(case: Case, file: Sequence[Event]) -> Standing:
    """Where a case stands. `file`: all its events; the case is their fold."""
    kept = _File(file)
    nothing_more = case.status == "closed"
    return Standing(
        known=_borne(_known(case, kept)),
        uncertain=_borne(_uncertain(case, kept)),
        next=[] if nothing_more else _borne(_next(case, kept)),
    )


@dataclass(frozen=True)
class _File:
    """The events of a case, looked through from the newest on."""

    events: Sequence[Event]

    def of(self, kind: type[B]) -> Iterator[tuple[int, B]]:
        return ((event.seq, event.body) for event in reversed(self.events) if isinstance(event.body, kind))

    def last(self, kind: type[B], fits: Callable[[B], bool] = lambda _: True) -> list[int]:
        """The newest that fits, or none."""
        return next(([seq] for seq, body in self.of(kind) if fits(body)), [])

    def where(self, kind: type[e.Body], path: str, value: object) -> list[int]:
        """The newest that has this value at this place."""
        return self.last(kind, lambda body: attrgetter(path)(body) == value)

    def proof(self, key: str) -> list[int]:
        """The newest receipt of an effect, by its key or by the beginning of it."""
        return self.last(e.Verified, lambda body: body.receipt.effect.startswith(key))

    def fact(self, name: str, value: str) -> list[int]:
        """Where the customer said this of themselves last."""
        return self.last(e.IntakeRead, lambda body: body.facts.get(name) == value)

    def gave(self, intent: str, name: str) -> dict[str, int]:
        """The values that a matter was given for a name, newest first, each with where it was given last."""
        found: dict[str, int] = {}
        for seq, body in self.of(e.IntakeRead):
            opened = next((one.slots for one in body.intents if one.id == intent), {})
            value = (opened | body.slots.get(intent, {})).get(name)
            if value is not None:
                found.setdefault(value, seq)
        return found

    def read(self) -> list[tuple[int, e.LookedUp]]:
        """What was read last of each record, newest first."""
        newest: dict[str, tuple[int, e.LookedUp]] = {}
        for seq, body in self.of(e.LookedUp):
            newest.setdefault(f"{body.tool} {canonical(body.args)!r}", (seq, body))
        return list(newest.values())[:RECORDS]


def _borne(points: Iterator[Point]) -> list[Point]:
    return [point for point in points if point.events]


# -- known ------------------------------------------------------------------------------------------------------------


def _known(case: Case, file: _File) -> Iterator[Point]:
    who = case.identity
    if who.level >= Level.confirmed:
        yield Point(
            about="identity",
            text=f"The customer is {who.customer_id or 'not named'}: {who.level.name}.",
            source="identity",
            events=sorted(
                [
                    *file.last(e.CaseOpened, lambda body: body.customer_id in {who.customer_id} - {None}),
                    *file.last(e.IdentityChecked, lambda body: body.matched and body.customer_id == who.customer_id),
                    *file.last(e.CodeChecked, lambda body: body.right),
                ]
            ),
        )
    yield from _said(case, file)
    for args in case.edits.values():
        text = f"A person set: {_given(args)}"
        events = file.where(e.ApprovalGiven, "args", args)
        yield Point(about="edit", text=text, source="person", events=events)
    for seq, body in file.read():
        if body.result is not None:
            text = f"{_lookup(body)}: {_given(body.result) or 'nothing in it'}"
            yield Point(about=body.tool, text=text, source="record", events=[seq])
    yield from _receipts(case, file, "verified", "failed")


def _said(case: Case, file: _File) -> Iterator[Point]:
    """What the customer said of themselves and of their matters, each value once."""
    told = dict[tuple[str, str], set[int]]()
    for name, value in case.identity.facts.items():
        told[name, value] = {*file.fact(name, value)}
    for intent in case.intents:
        for name, value in intent.slots.items():
            given = file.gave(intent.id, name)
            told.setdefault((name, value), set()).update({given[value]} if value in given else set())
    for (name, value), seqs in told.items():
        text = f"{_named(name)}: {_clipped(value)}"
        yield Point(about=name, text=text, source="customer", events=sorted(seqs))


def _receipts(case: Case, file: _File, *states: ReceiptState) -> Iterator[Point]:
    for receipt in case.receipts:
        if receipt.state in states:
            text = f"{_effect(receipt)}: {OUTCOMES[receipt.state]}."
            events = file.proof(receipt.effect)
            yield Point(about=receipt.effect, text=text, source="receipt", events=events)


# -- uncertain --------------------------------------------------------------------------------------------------------


def _uncertain(case: Case, file: _File) -> Iterator[Point]:
    yield from _unproven(case, file)
    for seq, read in list(file.of(e.IntakeRead))[:1]:
        if read.unsure:
            text = f"Which of these they want: {' or '.join(map(_spoken, read.unsure))}."
            yield Point(about="intents", text=text, source="customer", events=[seq])
    for intent in _live(case):
        if intent.confidence < SURE:
            text = f"Whether they want this: {_spoken(intent.name)} ({intent.confidence:.0%} sure)."
            yield Point(about=intent.id, text=text, source="customer", events=_opened(intent, file))
        yield from _doubtful(intent, file)
    for effect, started in case.open_effects.items():
        text = f"{_spoken(started.action).capitalize()} ({_given(started.args)}): what came of it is not known yet."
        events = file.where(e.EffectStarted, "effect", effect)
        yield Point(about=effect, text=text, source="agent", events=events)
    yield from _receipts(case, file, "unknown", "mismatch")
    for seq, body in file.read():
        if body.failed is not None:
            text = f"{_lookup(body)}: it could not be read ({_clipped(body.failed)})."
            yield Point(about=body.tool, text=text, source="record", events=[seq])
        elif body.result is None:
            text = f"{_lookup(body)}: they speak of it, and no record of theirs shows it."
            yield Point(about=body.tool, text=text, source="record", events=[seq])


def _unproven(case: Case, file: _File) -> Iterator[Point]:
    """Who the customer is, where that is not proven."""
    who, failed = case.identity, file.last(e.IdentityChecked, lambda body: not body.matched)
    if who.level < Level.confirmed:
        said = file.last(e.IntakeRead, lambda body: bool(body.facts)) if who.level == Level.claimed else []
        claim = "what they say of themselves is not proven" if said else "they have not said"
        events = said or file.last(e.CaseOpened)
        yield Point(about="identity", text=f"Who the customer is: {claim}.", source="identity", events=events)
    for seq, body in file.of(e.IdentityChecked):
        if seq in failed and who.level < Level.confirmed:
            text = f"What they said matches no record: {', '.join(map(_spoken, body.facts)) or 'nothing said'}."
            yield Point(about="identity", text=text, source="identity", events=[seq])


def _doubtful(intent: Intent, file: _File) -> Iterator[Point]:
    """Values of a matter that were corrected, or of no use."""
    for name, value in intent.slots.items():
        given = file.gave(intent.id, name)
        others = [other for other in given if other != value]
        if others:
            text = f"{_named(name)}: they said {_clipped(others[0])} before, and now {_clipped(value)}."
            yield Point(about=name, text=text, source="customer", events=sorted(given.values()))
    for seq, body in file.of(e.SlotsCleared):
        if body.intent == intent.id:
            for name in (name for name in body.names if name not in intent.slots):
                text = f"{_named(name)}: what was given was of no use."
                yield Point(about=name, text=text, source="agent", events=[seq])
            return


# -- next -------------------------------------------------------------------------------------------------------------


def _next(case: Case, file: _File) -> Iterator[Point]:
    if case.turn is not None:
        yield Point(
            about="turn", text="The turn that is under way ends.", source="agent", events=file.last(e.TurnStarted)
        )
    yield from _with_a_person(case, file)
    if (pending := case.approval) is not None:
        text = f"A person decides: {_spoken(pending.action)} ({_given(pending.args)})."
        events = file.where(e.ApprovalAsked, "approval.id", pending.id)
        yield Point(about=pending.id, text=text, source="person", events=events)
    if case.question is not None:
        asked = case.question.proposal
        events = file.where(e.ConfirmationAsked, "proposal.digest", asked.digest)
        yield Point(
            about=asked.digest,
            text=f"The customer says yes or no: {_proposed(asked)}.",
            source="customer",
            events=events,
        )
    for ask in case.asks if case.turn is None else []:
        if ask.kind != "confirmation":
            yield Point(about=ask.name, text=_asking(ask), source="customer", events=file.last(e.TurnDone))
    for effect, started in case.open_effects.items():
        text = f"It is looked again what came of this: {_spoken(started.action)} ({_given(started.args)})."
        events = file.where(e.EffectStarted, "effect", effect)
        yield Point(about=effect, text=text, source="agent", events=events)
    for intent in _live(case):
        stands = "a person's decision comes first" if intent.status == "waiting" else "it is still open"
        text = f"{_spoken(intent.name).capitalize()}: {stands}."
        yield Point(about=intent.id, text=text, source="agent", events=_opened(intent, file))
    for reminder in case.reminders:
        if reminder.status == "waiting":
            text = f"On {reminder.at} they are reminded: {_clipped(reminder.text)}"
            events = file.proof(reminder.id)
            yield Point(about=reminder.id, text=text, source="agent", events=events)


def _with_a_person(case: Case, file: _File) -> Iterator[Point]:
    if case.handed is None:
        return
    for intent in case.intents:
        if intent.status == "handed_over":
            text = f"{_spoken(intent.name).capitalize()}: a person sees to it."
            yield Point(about=intent.id, text=text, source="person", events=_opened(intent, file))
    events = file.last(e.Body, lambda body: isinstance(body, e.HandedOff | e.TakenOver))
    yield Point(about="handed", text=f"A person goes on: {_spoken(case.handed)}.", source="person", events=events)
    if case.ticket_id is not None:
        borne = file.last(e.Body, lambda body: getattr(body, "ticket_id", None) == case.ticket_id)
        yield Point(about=case.ticket_id, text=f"Ticket {case.ticket_id} is open.", source="person", events=borne)
    elif case.handed != "taken_over":
        yield Point(about="ticket", text="The ticket is still to be opened.", source="agent", events=events)


def _asking(ask: Ask) -> str:
    if ask.kind == "choice" and ask.options:
        return f"The customer chooses: {_clipped('; '.join(ask.options))}."
    proof = " as a proof of who they are" if ask.kind in ("identity", "code") else ""
    return f"The customer gives their {_spoken(ask.name)}{proof}."


# -- words ------------------------------------------------------------------------------------------------------------


def _live(case: Case) -> list[Intent]:
    return [intent for intent in case.intents if intent.status in ("open", "waiting")]


def _opened(intent: Intent, file: _File) -> list[int]:
    return file.last(e.IntakeRead, lambda body: any(one.id == intent.id for one in body.intents))


def _spoken(name: str) -> str:
    """`issue_refund` → `issue refund`."""
    return name.replace("_", " ")


def _named(name: str) -> str:
    return _spoken(name).capitalize()


def _clipped(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"


def _given(fields: Mapping[str, JsonValue]) -> str:
    """The plain fields of arguments or of a record, and sums."""
    told = ((name, _sum(value) if isinstance(value, dict) else value) for name, value in fields.items())
    return _clipped(", ".join(f"{_spoken(k)} {v}" for k, v in told if isinstance(v, str | int | float) and v != ""))


def _sum(value: Mapping[str, JsonValue]) -> str:
    return f"{value['amount']} {value['currency']}" if value.keys() == {"amount", "currency"} else ""


def _proposed(proposal: Proposal) -> str:
    return f"{_spoken(proposal.action)} ({_given(proposal.args)})"


def _lookup(body: e.LookedUp) -> str:
    return f"{_named(body.tool)} ({_given(body.args)})" if body.args else _named(body.tool)


def _effect(receipt: Receipt) -> str:
    return f"{_named(receipt.action)}, {receipt.target.kind} {receipt.target.id}"
