"""The case as clients read it: folded from its file, with the whole transcript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import JsonValue

from agent.casefile import events as e
from agent.casefile.events import Event
from agent.casefile.fold import Case, fold
from agent.casefile.inbox import Wake
from agent.casefile.records import CaseStatus, Frozen, Handoff, Intent, Sourced, Turn
from agent.casefile.standing import Point, standing


class TranscriptLine(Frozen):
    """One line of the conversation."""

    role: Literal["customer", "agent", "staff", "system"]
    text: str
    at: str
    message_id: str | None = None


class IdentityView(Frozen):
    """Who the customer is, as far as it is known."""

    level: str
    customer_id: str | None


class CaseView(Frozen):
    """`GET /v1/cases/{id}`."""

    case_id: str
    status: CaseStatus
    channel: str
    language: str
    intents: list[Intent]
    slots: dict[str, str]
    identity: IdentityView
    transcript: list[TranscriptLine]
    followups: list[dict[str, JsonValue]]
    release: str
    opened_at: str
    known: list[Point]
    """These three say in English where the case stands, each point with the events it rests on; what was read in
    records is not among them."""
    uncertain: list[Point]
    next: list[Point]


def viewed(blank: Case, events: Sequence[Event], waiting: Sequence[Wake]) -> CaseView:
    """The view of a whole file and of the messages that wait to be taken up."""
    case = fold(blank, events)
    lines = transcript(events)
    known = {line.message_id for line in lines}
    unread = [
        TranscriptLine(role="customer", text=wake.body, at="", message_id=wake.wake_id)
        for wake in waiting
        if wake.cause == "message" and wake.wake_id not in known
    ]
    return CaseView(
        case_id=case.case_id,
        status=case.status,
        channel=case.channel,
        language=case.language,
        intents=case.intents,
        slots={name: value for intent in case.intents for name, value in intent.slots.items()},
        identity=IdentityView(level=case.identity.level.name, customer_id=case.identity.customer_id),
        transcript=lines + unread,
        followups=[reminder.model_dump() for reminder in case.reminders],
        release=case.release,
        opened_at=case.opened_at,
        **dict(standing(case, events).for_customer()),
    )


class _Line(TranscriptLine):
    continues: bool = False


def _line(event: Event) -> _Line | None:
    match event.body:
        case e.MessageReceived(message_id=id_, text=text):
            return _Line(role="customer", text=text, at=event.at, message_id=id_)
        case e.ReplySent(text=text, role=role, continues=continues) if text:
            return _Line(role=role, text=text, at=event.at, continues=continues)
        case e.TakenOver():
            return _Line(role="system", text="A person has joined.", at=event.at)
        case e.GivenBack():
            return _Line(role="system", text="The assistant is back.", at=event.at)
        case e.CaseClosed():
            return _Line(role="system", text="This conversation was closed.", at=event.at)
    return None


def transcript(events: Sequence[Event]) -> list[TranscriptLine]:
    """The conversation; sentences that were sent one by one, as the paragraphs they make."""
    shown: list[TranscriptLine] = []
    for line in filter(None, map(_line, events)):
        plain = TranscriptLine(role=line.role, text=line.text, at=line.at, message_id=line.message_id)
        if line.continues and shown and shown[-1].role == line.role:
            shown[-1] = shown[-1].model_copy(update={"text": f"{shown[-1].text} {line.text}"})
        else:
            shown.append(plain)
    return shown


def turns_of(events: Sequence[Event], after: int = 0) -> list[Turn]:
    """The turns that were done, from the one after `after` on."""
    return [event.body.turn for event in events if isinstance(event.body, e.TurnDone) and event.seq > after]


def packet_of(events: Sequence[Event]) -> Handoff | None:
    """The last handoff's packet, with the ticket that was opened later where it had none."""
    packet: Handoff | None = None
    for event in events:
        match event.body:
            case e.HandedOff(packet=written):
                packet = written
            case e.TicketOpened(ticket_id=ticket) if packet is not None:
                packet = packet.model_copy(update={"ticket_id": Sourced(value=ticket, events=[event.seq])})
    return packet
