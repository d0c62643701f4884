"""What the console's pages show, gathered from the case files; nothing is decided or written here."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from agent import undo
from agent.casefile import approvals
from agent.casefile import events as e
from agent.casefile.approvals import Decision
from agent.casefile.chain import first_broken
from agent.casefile.events import Event
from agent.casefile.fold import Case
from agent.casefile.records import Approval, Args, Outcome, Turn
from agent.casefile.standing import Standing, standing
from agent.casefile.store import Head, read_event
from agent.speech.render import Voice
from knowledge.documents import PlaybookError
from knowledge.release import Release, ReleaseError
from knowledge.wording import WordingError
from web.console_pages import clip, size
from web.console_words import Who, named, told, who
from web.front import Front
from web.view import TranscriptLine, transcript

PER_PAGE = 30
"""Events on one page of a timeline."""
TOLD = 600
"""Bytes of an event in plain words."""
RAW = 36_000
"""Bytes of events' JSON on a page, shared by its events: what a short one leaves, a long one gets."""
LINES, LINES_CHARS = 30, 6_000
"""How much of a conversation a page shows: its newest lines, so many, of about so many characters together."""
NEWEST = 6
"""Rulings and receipts that a page shows."""


@dataclass(frozen=True)
class Quoted:
    """A clause as a page quotes it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Asked:
    """A question to a person, with everything it rests on."""

    approval: Approval
    case: Case
    doing: str
    clauses: list[Quoted]


@dataclass(frozen=True)
class Entry:
    """One event of a timeline: told in plain words, and the beginning of its JSON."""

    seq: int
    at: str
    kind: str
    who: Who
    text: str
    raw: str


@dataclass(frozen=True)
class Settled:
    """What came of a question: the decision that won, where it stands in the file, and the turn it caused."""

    decision: Decision
    seq: int | None
    turn: Turn | None


@dataclass(frozen=True)
class CaseFile:
    """A case and its file as they are stored."""

    case: Case
    head: Head
    rows: Sequence[Mapping[str, Any]]
    events: Sequence[Event]

    @property
    def broken(self) -> int | None:
        """The seq of the first event that is not as it was written; None when the file is whole."""
        return first_broken(self.rows, head=(self.head.seq, self.head.hash))

    @property
    def standing(self) -> Standing:
        """What is known, what is uncertain, and what must happen next."""
        return standing(self.case, self.events)

    @property
    def pages(self) -> int:
        """Pages of its timeline."""
        return page_of(max(len(self.rows), 1))

    def entries(self, page: int) -> list[Entry]:
        """One page of the timeline, oldest event first."""
        first, room, shown = (page - 1) * PER_PAGE, RAW, list[Entry]()
        rows = self.rows[first : first + PER_PAGE]
        for left, row in zip(range(len(rows), 0, -1), rows, strict=True):
            shown.append(_entry(row, room // left))
            room -= size(shown[-1].raw)
        return shown

    def conversation(self) -> tuple[list[TranscriptLine], int]:
        """The newest lines, and how many there are before them."""
        lines, room = transcript(self.events), LINES_CHARS
        shown: list[TranscriptLine] = []
        for line in reversed(lines[-LINES:]):
            room -= len(line.text)
            if shown and room < 0:
                break
            shown.append(line)
        return shown[::-1], len(lines) - len(shown)

    def newest(self, kind: type[e.Body], *, but: Container[str] = ()) -> list[Event]:
        """The newest events of a kind, newest first, without the permissions to use the tools `but`."""
        found = (event for event in reversed(self.events) if isinstance(event.body, kind))
        return list(islice((event for event in found if not _permits(event, but)), NEWEST))


def undoable(door: Front, file: CaseFile) -> dict[str, str]:
    """What would take each effect back that can be, in the words of the release."""
    release = release_of(door, file.case)
    if release is None or file.case.status == "closed" or file.broken:
        return {}
    found = undo.undoable(file.case, release.playbook, door.desk.catalog, file.events)
    return {effect: doing(release, back.action, back.args) for effect, (_, back) in found.items()}


def page_of(seq: int) -> int:
    """The page of the timeline on which an event stands."""
    return (seq - 1) // PER_PAGE + 1


async def case_file(door: Front, case_id: str) -> CaseFile:
    """Read a case whole. Raises CaseUnknown."""
    files = door.desk.files
    head = await files.head(case_id)
    rows = (await files.rows(case_id))[: head.seq]  # what was appended after the head was read is for the next look
    case, _ = await files.load(case_id)
    return CaseFile(case, head, rows, _events(rows))


async def readable(door: Front, case_id: str) -> list[Event]:
    """The events of a case, but for those that were erased or are damaged. Raises CaseUnknown."""
    return _events(await door.desk.files.rows(case_id))


async def asked(door: Front, approval: Approval) -> Asked:
    """A question with the words and the clauses of its case's release."""
    case, _ = await door.desk.files.load(approval.case_id)
    release = release_of(door, case)
    return Asked(approval, case, doing(release, approval.action, approval.args), quoted(release, approval.clauses))


async def approval_of(door: Front, approval_id: str) -> Approval:
    """One question as it stands now. Raises ApprovalUnknown."""
    async with door.desk.files.database.read() as db:
        return await approvals.get(db, door.desk.tenant, door.desk.clock, approval_id)


async def pending(door: Front) -> list[Approval]:
    """The questions that wait, newest first."""
    async with door.desk.files.database.read() as db:
        return (await approvals.listed(db, door.desk.tenant, door.desk.clock, status="pending"))[::-1]


async def settled(door: Front, approval: Approval, events: Sequence[Event]) -> Settled | None:
    """What was decided and what came of it; None while it waits or when nobody decided."""
    async with door.desk.files.database.read() as db:
        decision = await approvals.decision(db, approval.id)
    if decision is None:
        return None
    for event in events:
        if isinstance(event.body, e.ApprovalGiven) and event.body.approval_id == approval.id:
            ends = (end.body for end in events if end.seq > event.seq)
            turn = next((end.turn for end in ends if isinstance(end, e.TurnDone)), None)
            return Settled(decision, event.seq, turn)
    return Settled(decision, None, None)


def grounds(events: Sequence[Event], approval: Approval, *, but: Container[str]) -> list[Entry]:
    """The events of the turn that asked, on which the question rests: what was said, read and ruled.

    `but`: the permissions to use these tools are left out.
    """
    turn: list[Event] = []
    for event in events:
        turn = [] if isinstance(event.body, e.TurnStarted) else [*turn, event]
        if isinstance(event.body, e.ApprovalAsked) and event.body.approval.id == approval.id:
            kinds = (e.MessageReceived, e.LookedUp, e.Ruled, e.ApprovalAsked)
            return [_told(event) for event in turn if isinstance(event.body, kinds) and not _permits(event, but)]
    return []


def release_of(door: Front, case: Case) -> Release | None:
    """The release that a case is pinned to; None when it is not kept any more or cannot be read."""
    try:
        return door.desk.releases.get(case.release)
    except (ReleaseError, PlaybookError):
        return None


def doing(release: Release | None, action: str, args: Args) -> str:
    """What will happen, in the words of the release; without them the action's name."""
    wording = f"do.{action}"
    if release is not None:
        voice = Voice(release, release.playbook.company.locales[0])
        try:
            said = voice.say(wording, **args) if voice.has(wording) else ""
        except WordingError:
            said = ""
        if said:
            return said[0].upper() + said[1:]
    return named(action).capitalize()


def quoted(release: Release | None, ids: Iterable[str]) -> list[Quoted]:
    """Clauses with their full text, by id."""
    known = release.playbook.clauses if release is not None else {}
    missing = "The text of this clause is not to be had: the case’s release is not kept here any more."
    return [Quoted(id_, known[id_].title, known[id_].text) if id_ in known else Quoted(id_, "", missing) for id_ in ids]


def _events(rows: Iterable[Mapping[str, Any]]) -> list[Event]:
    return [event for row in rows if (event := _readable(row)) is not None]


def _readable(row: Mapping[str, Any]) -> Event | None:
    """A stored row as an event; None for one that was erased, or that is not what the product writes."""
    try:
        return None if row["body"] is None else read_event(row)
    except (KeyError, ValidationError):
        return None


def _entry(row: Mapping[str, Any], room: int) -> Entry:
    event, raw = _readable(row), clip(row["body"] or "", room)
    if event is not None:
        return _told(event, raw)
    text = "What stood here was erased." if row["body"] is None else "This event cannot be read."
    return Entry(row["seq"], row["at"], row["kind"], "system", text, raw)


def _told(event: Event, raw: str = "") -> Entry:
    return Entry(event.seq, event.at, event.kind, who(event.body), clip(told(event.body), TOLD), raw)


def _permits(event: Event, tools: Container[str]) -> bool:
    body = event.body
    return isinstance(body, e.Ruled) and body.ruling.outcome is Outcome.ALLOW and body.ruling.action in tools
