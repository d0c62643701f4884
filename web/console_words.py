"""The timeline in plain words: one sentence for each kind of event, with who did it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from typing import Literal

from agent.casefile import events as e
from agent.casefile.records import Proposal

Who = Literal["customer", "agent", "policy", "system", "person"]
SNIPPET = 240
BY: dict[Who, tuple[type[e.Body], ...]] = {
    "customer": (e.MessageReceived, e.ConfirmationSettled, e.ChoiceSettled, e.OptionsPassed),
    "agent": (
        e.IntakeRead, e.ModelAnswered, e.ConfirmationAsked, e.IntentSettled, e.SlotsCleared, e.ReplySent,
        e.OptionsOffered, e.HandedOff,
    ),
    "policy": (e.PassagesFound, e.Ruled, e.RuledBeside, e.ApprovalAsked),
    "system": (
        e.CaseOpened, e.TurnStarted, e.IdentityChecked, e.CodeChecked, e.LookedUp, e.EffectStarted, e.EffectReturned,
        e.Verified, e.UndoRefused, e.ReminderSettled, e.TicketOpened, e.TurnDone,
    ),
    "person": (e.ApprovalGiven, e.UndoAsked, e.TakenOver, e.GivenBack, e.CaseClosed),
}  # fmt: skip
RULED = {
    "allow": "may be done", "confirm": "needs the customer’s yes", "approve": "needs a person’s approval",
    "identify": "needs a surer identity", "handoff": "goes to a person", "forbid": "is forbidden",
}  # fmt: skip
STANDS = {
    "waiting_person": "waits for a person", "waiting_approval": "waits for approval",
    "waiting_customer": "waits for the customer",
}  # fmt: skip
"""Statuses of a case that do not speak for themselves."""
RECEIPTS = {
    "verified": "Read again and verified: {}",
    "mismatch": "Read again, and it is not as intended: {}",
    "failed": "Not carried out: {}",
    "unknown": "What came of it is not known: {}",
}
YES = {
    "confirmation": "the customer’s yes", "approval": "a person’s approval", "undo": "a person who takes a change back",
    "policy": "the policy itself",
}  # fmt: skip
STEPS = {
    "lookup": "look it up with {}", "action": "propose {}", "answer": "answer from the passages found",
    "person": "ask for a person",
}  # fmt: skip


def who(body: e.Body) -> Who:
    """Whose doing an event is; of a reply, whether the agent or a person wrote it."""
    if isinstance(body, e.ReplySent) and body.role == "staff":
        return "person"
    return next((name for name, kinds in BY.items() if isinstance(body, kinds)), "system")


def snippet(text: str, most: int = SNIPPET) -> str:
    """The beginning of a text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def named(name: str) -> str:
    """`issue_refund` → `issue refund`."""
    return name.replace("_", " ")


@singledispatch
def told(body: e.Body) -> str:
    """What happened, as one sentence. A kind without words of its own is told by its name."""
    return type(body).__name__


@told.register
def _(body: e.CaseOpened) -> str:
    signed = " for a customer whom the host site vouched for" if body.customer_id else ""
    return f"The case was opened on {body.channel}, in {body.locale}, under release {body.release}{signed}."


@told.register
def _(body: e.TurnStarted) -> str:
    why = {
        "message": "a message",
        "decision": "a person’s decision",
        "expiry": "an approval that ran out",
        "ticket": "a handoff without a ticket",
        "effect": "an outcome that was not known",
        "undo": "a change that a person wants taken back",
        "reminder": "a reminder that is due",
    }
    return f"A turn began, because of {why[body.cause]}."


@told.register
def _(body: e.MessageReceived) -> str:
    return f"The customer wrote: “{snippet(body.text)}”"


@told.register
def _(body: e.IntakeRead) -> str:
    wishes = [f"{named(intent.name)} ({intent.confidence:.0%} sure)" for intent in body.intents]
    values = [f"{named(name)} = {value}" for slots in body.slots.values() for name, value in slots.items()]
    values += [f"{named(name)} = {value}" for name, value in body.facts.items()]
    found = _sentence("Wants", wishes) + _sentence("Gave", values) + _sentence("Could mean", map(named, body.unsure))
    return f"The message was read ({body.language}, {body.mood.sentiment}). {found or 'Nothing new in it.'}".strip()


@told.register
def _(body: e.ConfirmationSettled) -> str:
    answers = {
        "yes": "The customer said yes to the proposal.",
        "no": "The customer said no to the proposal.",
        "unclear": "The answer was not clear; the proposal still waits.",
        "changed": "The customer changed what was proposed.",
        "expired": "The yes came after the question had lapsed.",
    }
    return answers[body.answer]


@told.register
def _(body: e.ChoiceSettled) -> str:
    return f"The customer’s answer to the offer of a person: {body.answer}."


@told.register
def _(body: e.IdentityChecked) -> str:
    facts = ", ".join(map(named, body.facts)) or "nothing"
    return f"{'Matched a record' if body.matched else 'No record matches'}: {facts}."


@told.register
def _(body: e.CodeChecked) -> str:
    return f"The customer entered the {'right' if body.right else 'wrong'} one-time code."


@told.register
def _(body: e.PassagesFound) -> str:
    found = ", ".join(f"{passage.title} ({passage.id})" for passage in body.passages[:3])
    return f"Searched for “{snippet(body.question, 120)}”: {found or 'nothing found'}."


@told.register
def _(body: e.ModelAnswered) -> str:
    step = STEPS.get(str(body.step.get("kind")), "go on").format(named(str(body.step.get("tool", "it"))))
    return f"The model {body.model} wants to {step}."


@told.register
def _(body: e.LookedUp) -> str:
    if body.failed is not None:
        return f"{_tool(body.tool)} could not be read: {snippet(body.failed)}"
    return f"{_tool(body.tool)}: {'it was read' if body.result is not None else 'there is no such record of theirs'}."


@told.register
def _(body: e.RuledBeside) -> str:
    by = f" ({', '.join(body.ruling.clauses)})" if body.ruling.clauses else ""
    return f"The release {body.release}, in the shadow, would have ruled {body.ruling.outcome}{by}."


@told.register
def _(body: e.Ruled) -> str:
    clauses = f" ({', '.join(body.ruling.clauses)})" if body.ruling.clauses else ""
    return f"{_tool(body.ruling.action)} {RULED[body.ruling.outcome]}: {snippet(body.ruling.reason)}{clauses}"


@told.register
def _(body: e.ConfirmationAsked) -> str:
    return f"The customer was asked to confirm: {_proposed(body.proposal)}."


@told.register
def _(body: e.ApprovalAsked) -> str:
    approval = body.approval
    return f"A person was asked to decide: {named(approval.action)}. {snippet(approval.reason)}"


@told.register
def _(body: e.ApprovalGiven) -> str:
    if body.status == "expired":
        return "Nobody decided in time."
    by = body.decided_by or "A person"
    done = {"approved": "approved", "edited": "changed and approved", "rejected": "rejected", "responded": "answered"}
    return f"{by} {done.get(body.status, body.status)} the proposal: {snippet(body.reason)}"


@told.register
def _(body: e.EffectStarted) -> str:
    by = YES.get(body.yes.partition(":")[0], body.yes)
    return f"{_tool(body.action)} was sent for {body.target.kind} {body.target.id}, authorised by {by}."


@told.register
def _(body: e.EffectReturned) -> str:
    said = {"answered": "took the call", "refused": "refused the call", "lost": "gave no usable answer"}
    return f"The system {said[body.outcome]}{f': {snippet(body.reason)}' if body.reason else ''}."


@told.register
def _(body: e.Verified) -> str:
    receipt = body.receipt
    aim = f"{named(receipt.action)}, {receipt.target.kind} {receipt.target.id}"
    return f"{RECEIPTS[receipt.state].format(aim)}."


@told.register
def _(body: e.UndoAsked) -> str:
    return f"{body.by} wants a change taken back ({snippet(body.reason)}): {_proposed(body.proposal)}."


@told.register
def _(body: e.UndoRefused) -> str:
    return f"Nothing was taken back: {snippet(body.why)}"


@told.register
def _(body: e.IntentSettled) -> str:
    return f"Request {body.intent} is {named(body.status)}: {named(body.outcome)}."


@told.register
def _(body: e.SlotsCleared) -> str:
    return f"No longer used, and asked for again: {', '.join(map(named, body.names))}."


@told.register
def _(body: e.ReplySent) -> str:
    kept_back = _sentence("Not sent", body.withheld)
    said = f"{'A person' if body.role == 'staff' else 'The agent'} wrote: “{snippet(body.text)}” " if body.text else ""
    return f"{said}{kept_back}".strip() or "Nothing was said."


@told.register
def _(body: e.OptionsOffered) -> str:
    return f"Asked to choose the {named(body.name)}: {snippet('; '.join(option.text for option in body.options))}."


@told.register
def _(body: e.OptionsPassed) -> str:
    return f"None of what was offered as {named(body.name)} suits the customer."


@told.register
def _(body: e.ReminderSettled) -> str:
    return f"The reminder {body.reminder[:8]} was {body.status}."


@told.register
def _(body: e.HandedOff) -> str:
    ticket = f", ticket {body.ticket_id}" if body.ticket_id else ", without a ticket"
    return f"Handed over to a person: {named(body.reason)}{ticket}."


@told.register
def _(body: e.TicketOpened) -> str:
    return f"The handoff’s ticket {body.ticket_id} was opened after all."


@told.register
def _(body: e.TurnDone) -> str:
    status = body.turn.status
    return f"The turn was done; the case {STANDS.get(status, f'is {status}')}."


@told.register
def _(body: e.TakenOver) -> str:
    return f"{body.by} took the case over; the agent is silent."


@told.register
def _(body: e.GivenBack) -> str:
    return f"{body.by} gave the case back to the agent."


@told.register
def _(body: e.CaseClosed) -> str:
    return f"{body.by} closed the case."


def _tool(name: str) -> str:
    return f"“{named(name).capitalize()}”"


def _proposed(proposal: Proposal) -> str:
    given = ", ".join(f"{named(name)} {value}" for name, value in proposal.args.items())
    return snippet(f"{named(proposal.action)} ({given})")


def _sentence(start: str, parts: Iterable[str]) -> str:
    listed = ", ".join(parts)
    return f"{start}: {listed}. " if listed else ""
