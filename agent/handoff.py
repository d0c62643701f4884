"""The handoff: what a person receives, each statement with the events it rests on, and the agent falls silent."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import JsonValue

from agent import dispatch, reconcile, ticket
from agent.casefile import approvals
from agent.casefile import events as e
from agent.casefile.events import Event
from agent.casefile.fold import Case, handed_over
from agent.casefile.records import Args, Handoff, Sourced
from agent.casefile.standing import Point, standing
from agent.speech.render import Voice
from agent.turn import OpenTurn
from knowledge.playbook import Playbook

PRIORITY = {"low": "low", "normal": "normal", "high": "high"}


async def hand_over(turn: OpenTurn, reason: str, *, with_ticket: bool = True) -> None:
    """Open the ticket, tell the customer, write the packet. A ticket that cannot be opened now follows later."""
    if (submitted := turn.case.approval) is not None:
        turn.with_next_commit(lambda tx: approvals.withdraw(tx, submitted))
    for started in list(turn.case.open_effects.values()):
        if started.action != ticket.TOOL:
            await dispatch.prove(turn, started, send_again=False)
    await turn.commit()
    history = await turn.desk.files.events(turn.case.case_id)
    wanted = _for_ticket(turn, reason, turn.case.handoffs + 1, history)
    opened = await ticket.opened(turn, wanted, history) if with_ticket else None
    turn.note(e.ReplySent(text="\n\n".join(_told(turn, reason))))
    history = [*history, *(event for event in turn.case.journal if event.seq > len(history))]
    packet = packed(turn.case, turn.playbook, history, reason, opened)
    turn.note(e.HandedOff(reason=reason, packet=packet, ticket_id=opened))
    if opened is None:
        ticket.try_again_later(turn)
    reconcile.follow(turn)


def _told(turn: OpenTurn, reason: str) -> list[str]:
    """What came of each effect that the customer has not been told of, and what comes next."""
    voice = Voice(turn.release, turn.case.language)
    settled = {body.intent for body in turn.all_noted(e.IntentSettled)}
    proven = [body for body in turn.all_noted(e.Verified) if body.intent is not None and body.intent not in settled]
    receipts = [body.receipt for body in proven]
    outcomes = [voice.outcome(one) for one in receipts if (one.action, one.state) != ("send_code", "verified")]
    return [*_lapsed(turn, voice), *outcomes, voice.handoff(reason)]


def _lapsed(turn: OpenTurn, voice: Voice) -> list[str]:
    """That nobody decided in time, where that is why a person takes over."""
    given = turn.noted(e.ApprovalGiven, lambda g: g.status == "expired")
    return [voice.about("approval.expired", given.proposal.action, given.proposal.args)] if given is not None else []


async def follow_up(turn: OpenTurn) -> None:
    """Open the ticket of a handoff that stands without one, if it can be opened now."""
    if ticket.is_wanted(turn):
        history = await turn.desk.files.events(turn.case.case_id)
        wanted = _for_ticket(turn, turn.case.handed or "", turn.case.handoffs, history)
        opened = await ticket.opened(turn, wanted, history)
        if opened is not None:
            turn.note(e.TicketOpened(ticket_id=opened))
        else:
            ticket.try_again_later(turn)
    await turn.finish()


def _for_ticket(turn: OpenTurn, reason: str, number: int, history: Sequence[Event]) -> Args:
    case, book = turn.case, turn.playbook
    return {
        "kind": "handoff",
        "subject": f"{_wants(case, book)} ({reason})"[:200],
        "body": _summary(case, book, reason, history)[:4000],
        "priority": PRIORITY[case.mood.urgency],
        "number": number,
    }


def packed(case: Case, book: Playbook, history: Sequence[Event], reason: str, ticket_id: str | None) -> Handoff:
    """The packet, from the file alone."""
    reads = _of(history, e.IntakeRead)
    last_read = reads[-1:]
    proofs = _of(history, e.CaseOpened, e.IdentityChecked, e.CodeChecked)
    lines = [event for event in _of(history, e.MessageReceived, e.ReplySent) if _text(event)]
    ruled = [event for event in history if _clauses(event)]
    tried = _of(history, e.Verified)
    failed = [event for event in history if _failure(event) is not None]
    areas = sorted({book.intents[i.name].product_area for i in case.intents})
    confidences = [intent.confidence for intent in case.intents]
    identity: dict[str, JsonValue] = {
        "level": case.identity.level.name,
        "customer_id": case.identity.customer_id,
        "said": dict(case.identity.facts),
    }
    clauses = list(dict.fromkeys(clause for event in ruled for clause in _clauses(event)))
    stands = standing(handed_over(case, reason, ticket_id).model_copy(update={"turn": None}), history)
    return Handoff(
        identity=_from(proofs, identity),
        summary=_from(_of(history, e.MessageReceived, e.IntakeRead), _summary(case, book, reason, history)),
        transcript=_from(lines, [{"role": _role(event), "text": _text(event), "at": event.at} for event in lines]),
        sentiment=_from(last_read, case.mood.sentiment),
        urgency=_from(last_read, case.mood.urgency),
        product_area=_from(reads, ", ".join(areas)),
        policy_references=_from(ruled, list(clauses)),
        attempted_actions=_from(tried, [_attempt(event) for event in tried]),
        failed_steps=_from(failed, [_failure(event) for event in failed]),
        confidence=_from(reads, min(confidences, default=0.0)),
        recommended_next=_from(failed, NEXT.get(reason, NEXT["internal"])),
        language=_from(last_read, case.language),
        channel=_from(proofs[:1], case.channel),
        told_customer=_from(lines[-1:], _text(lines[-1]) if lines else ""),
        reason=_from(history[-1:], reason),
        ticket_id=_from([event for event in tried if _attempt(event)["action"] == ticket.TOOL][-1:], ticket_id),
        known=_points(stands.known),
        uncertain=_points(stands.uncertain),
        next=_points(stands.next),
    )


def _points(points: Sequence[Point]) -> Sourced:
    seqs = {seq for point in points for seq in point.events}
    return Sourced(value=[point.model_dump() for point in points], events=sorted(seqs))


NEXT = {
    "person_asked": "Read the summary and answer the customer here.",
    "policy": "Decide by the clauses named; the agent may not.",
    "no_rule": "No policy covers this; decide, and consider writing a clause for it.",
    "unknown_outcome": "Look in the system whether the change happened before anything is sent again.",
    "mismatch": "Compare the record with what was intended and put it right.",
    "failed": "The system refused the change; find out why, then carry it out or explain.",
    "identity_failed": "Establish who the customer is by another way before telling anything of a record.",
    "system_down": "The system could not be read; try again when it is up.",
    "low_confidence": "Ask the customer what is needed; the agent could not make progress.",
    "approval_expired": "Nobody decided in time; decide now and tell the customer.",
    "budget": "The agent has had its share of calls and changes here; see what was done, then go on by hand.",
    "none_fits": "Nothing that the agent could offer suits the customer; find something else with them.",
    "internal": "The agent stopped on an error of its own; take the case from where the transcript ends.",
}


def _wants(case: Case, book: Playbook) -> str:
    live = [i for i in case.intents if i.status in ("open", "waiting")] or case.intents[-1:]
    return "; ".join(book.intents[i.name].means for i in live) or "Not clear yet"


def _summary(case: Case, book: Playbook, reason: str, history: Sequence[Event]) -> str:
    """Extractive: the customer's own words, the slots they filled, and what came of each step; nothing else."""
    wishes = [f"- {book.intents[i.name].means} In their words: “{i.text}”{_slots(i.slots)}" for i in case.intents]
    steps = [f"- {a['action']}: {a['state']}" for a in map(_attempt, _of(history, e.Verified))]
    failures = [f"- {failure}" for failure in map(_failure, history) if failure is not None]
    parts = [f"Handed over: {reason}.", "The customer wants:", *(wishes or ["- not clear yet"])]
    parts += ["Done so far:", *steps] if steps else []
    parts += ["Failed:", *failures] if failures else []
    return "\n".join(parts)


def _slots(slots: dict[str, str]) -> str:
    return f" ({', '.join(f'{name}: {value}' for name, value in slots.items())})" if slots else ""


def _of(history: Sequence[Event], *kinds: type[e.Body]) -> list[Event]:
    return [event for event in history if isinstance(event.body, kinds)]


def _from(events: Sequence[Event], value: JsonValue) -> Sourced:
    return Sourced(value=value, events=[event.seq for event in events])


def _text(event: Event) -> str:
    return event.body.text if isinstance(event.body, e.MessageReceived | e.ReplySent) else ""


def _clauses(event: Event) -> list[str]:
    return event.body.ruling.clauses if isinstance(event.body, e.Ruled) else []


def _role(event: Event) -> str:
    return event.body.role if isinstance(event.body, e.ReplySent) else "customer"


def _attempt(event: Event) -> dict[str, JsonValue]:
    body = event.body
    if not isinstance(body, e.Verified):
        raise TypeError("Only a receipt tells of an attempt.")
    return {"action": body.receipt.action, "args": body.receipt.args, "state": body.receipt.state}


def _failure(event: Event) -> str | None:
    match event.body:
        case e.Verified(receipt=receipt) if receipt.state != "verified":
            return f"{receipt.action}: {receipt.state}"
        case e.LookedUp(tool=tool, failed=str(why)):
            return f"{tool} could not be read: {why}"
        case e.IdentityChecked(matched=False):
            return "the facts given did not match a record"
        case e.CodeChecked(right=False):
            return "a wrong code was entered"
    return None
