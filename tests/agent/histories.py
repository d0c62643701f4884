"""Histories: valid files of events, made from one source of randomness, with every kind of event in them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import JsonValue

from agent.casefile import events as e
from agent.casefile import records as r
from agent.casefile.canonical import proposal_digest
from agent.casefile.clock import iso
from agent.casefile.fold import Case, fold

TEXTS = ["Where is my order?", "yes", "", "Straße 7\n— €30", "𝄞 " * 9, '{"a": "\\u0000"}', "HG-123456", "x" * 300]
NAMES = ["order_id", "email", "postcode", "reason"]
ABOUT_A_MATTER = [
    "SlotsCleared",
    "OptionsOffered",
    "OptionsPassed",
    "IntentSettled",
    "ApprovalAsked",
    "ConfirmationAsked",
]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
PACKET = r.Handoff.model_construct(**dict.fromkeys(r.Handoff.model_fields, r.Sourced(value="", events=[])))  # type: ignore[arg-type]


class Writer:
    """Writes one case's events in an order that can happen; `dice` decides which."""

    def __init__(self, dice: random.Random, case_id: str = "case-1") -> None:
        self.dice, self.events = dice, list[e.Event]()
        self.case = Case(tenant="harbor", case_id=case_id)
        self.minutes = 0
        self.note(KINDS["CaseOpened"](self))

    def note(self, body: Any) -> None:
        """This happened; no time has passed."""
        event = e.Event(self.case.seq + 1, self.at(0), body)
        self.events.append(event)
        self.case = fold(self.case, [event])

    def any(self, kind: str = "") -> None:
        """One event that may come next; of this kind, if it is named."""
        self.minutes += self.dice.choice([0, 0, 1, 30])
        self.note(KINDS[kind or self.dice.choice(self.possible())](self))

    def possible(self) -> list[str]:
        """The kinds that may come next."""
        if self.case.turn is None:
            return ["TurnStarted", "TurnStarted", "TakenOver", "GivenBack", "CaseClosed"]
        matters, pending = self.case.intents, self.case.approval
        needs = {"ApprovalGiven": pending} | dict.fromkeys(ABOUT_A_MATTER, matters)
        return [kind for kind in KINDS if kind not in ("CaseOpened", "TurnStarted") and needs.get(kind, True)]

    def at(self, minutes: int) -> str:
        return iso(BEGAN + timedelta(minutes=self.minutes + minutes, microseconds=self.case.seq))

    def text(self) -> str:
        return self.dice.choice(TEXTS)

    def hex(self) -> str:
        return f"{self.dice.getrandbits(256):064x}"

    def flip(self) -> bool:
        return self.dice.random() < 0.5

    def intent(self) -> str:
        return self.dice.choice(self.case.intents).id if self.case.intents else "i1"

    def args(self) -> r.Args:
        values: list[JsonValue] = ["12.50", 0, -1, 2.5, 1e300, None, True, ["a", {"b": None}], {"z": 1, "a": "ü"}]
        return {name: self.dice.choice(values) for name in self.dice.sample(NAMES, self.dice.randint(0, 3))}

    def asked(self, args: r.Args, *, minutes: int = 15) -> r.Proposal:
        """A proposal of this case for its customer."""
        digest = proposal_digest(self.case.case_id, self.case.identity.customer_id, "cancel_order", args)
        return r.Proposal(action="cancel_order", args=args, digest=digest, expires_at=self.at(minutes))

    def proposal(self) -> r.Proposal:
        return self.asked(self.args())

    def started(self, yes: str) -> e.EffectStarted:
        target = r.TargetRecord(kind="order", id="HG-1")
        return e.EffectStarted(
            effect=self.hex(), intent=None, action="cancel_order", args=self.args(), target=target, before={}, yes=yes
        )

    def ruling(self) -> r.Ruling:
        outcome = self.dice.choice(list(r.Outcome))
        return r.Ruling(
            outcome=outcome,
            action="cancel_order",
            clauses=["a/1"],
            risk="low_risk",
            identity_needed="claimed",
            reason="",
        )

    def receipt(self) -> r.Receipt:
        effect = self.dice.choice([*self.case.open_effects, self.hex()])
        action, args = self.dice.choice([("cancel_order", self.args()), ("send_code", {"ordinal": 1})])
        state: Any = self.dice.choice(["verified", "mismatch", "failed", "unknown"])
        target = r.TargetRecord(kind="order", id="HG-1")
        return r.Receipt(
            effect=effect, action=action, target=target, args=args, state=state, evidence=self.args(), at=self.at(0)
        )

    def new_intents(self) -> list[r.Intent]:
        numbers = range(self.case.opened + 1, self.case.opened + 1 + self.dice.randint(0, 2))
        return [r.Intent(id=f"i{n}", name="cancel_order", confidence=0.5, text=self.text()) for n in numbers]

    def asks(self) -> list[r.Ask]:
        return [r.Ask(kind="slot", name="email"), r.Ask(kind="code", name="code")][: self.dice.randint(0, 2)]

    def approval(self) -> r.Approval:
        asked = self.proposal()
        return r.Approval(
            id=self.hex()[:32], case_id=self.case.case_id, action=asked.action, args=asked.args, digest=asked.digest,
            clauses=["a/1"], reason="", evidence={}, status="pending", created_at=self.at(0), expires_at=self.at(60),
        )  # fmt: skip

    def turn(self) -> r.Turn:
        return r.Turn(
            seq=self.case.seq + 1, message_id=None, reply=self.text(), language="en", intents=self.case.intents,
            status=self.dice.choice(["resolved", "waiting_customer", "waiting_person"]), ruling=self.case.ruling,
            citations=[], receipts=[], asks=self.asks(), handoff=None, model="offline",
        )  # fmt: skip


def _answer(w: Writer) -> e.ConfirmationSettled:
    digest = w.case.question.proposal.digest if w.case.question and w.flip() else w.hex()
    asked = r.Proposal(action="cancel_order", args=w.args(), digest=digest)
    answer: Any = w.dice.choice(["yes", "no", "unclear", "changed", "expired"])
    return e.ConfirmationSettled(digest=digest, proposal=asked, answer=answer, message_id=w.hex()[:32])


def _decision(w: Writer) -> e.ApprovalGiven:
    known = w.case.approval.id if w.case.approval and w.flip() else "another"
    status: Any = w.dice.choice(["approved", "edited", "rejected", "responded", "expired"])
    args = w.args() if status == "edited" else None
    asked = r.Proposal(action="cancel_order", args=w.args(), digest=w.hex())
    return e.ApprovalGiven(approval_id=known, intent=w.case.approval_intent, proposal=asked, status=status, args=args)


def _read(w: Writer) -> e.IntakeRead:
    mood = r.Mood(sentiment=w.dice.choice(["positive", "neutral", "negative"]), confused=w.flip())
    facts = {name: w.text() for name in NAMES[: w.dice.randint(0, 2)]}
    slots = {w.intent(): {"reason": w.text()}} if w.flip() else {}
    return e.IntakeRead(
        model="offline",
        language=w.dice.choice(["en", "de"]),
        mood=mood,
        intents=w.new_intents(),
        slots=slots,
        facts=facts,
    )


def _settled(w: Writer) -> e.IntentSettled:
    status: Any = w.dice.choice(["waiting", "open", "done", "withdrawn", "handed_over"])
    return e.IntentSettled(intent=w.intent(), status=status, outcome=w.dice.choice(["answered", "unanswered"]))


def _passages(w: Writer) -> e.PassagesFound:
    found = r.Passage(
        id="a/1", kind="clause", title="", text=w.text(), release="rel", locale="en", support=w.dice.random()
    )
    return e.PassagesFound(question=w.text(), passages=[found][: w.dice.randint(0, 1)])


KINDS: dict[str, Callable[[Writer], e.Body]] = {
    "CaseOpened": lambda w: e.CaseOpened(
        release="rel", channel="web", locale="en", customer_id=w.dice.choice([None, "cus_1"])
    ),
    "TurnStarted": lambda w: e.TurnStarted(wakes=[w.hex()[:32]], cause="message"),
    "MessageReceived": lambda w: e.MessageReceived(message_id=w.hex()[:32], text=w.text()),
    "IntakeRead": _read,
    "ConfirmationSettled": _answer,
    "ChoiceSettled": lambda _: e.ChoiceSettled(answer="no"),
    "IdentityChecked": lambda w: e.IdentityChecked(
        facts=NAMES[:2], matched=w.flip(), customer_id=w.dice.choice(["cus_1", "cus_2"])
    ),
    "CodeChecked": lambda w: e.CodeChecked(ordinal=1, right=w.flip()),
    "PassagesFound": _passages,
    "ModelAnswered": lambda w: e.ModelAnswered(model="offline", question=w.text(), step=w.args()),
    "LookedUp": lambda w: e.LookedUp(tool="get_order", args=w.args(), result=w.dice.choice([None, {"total": 1.5}])),
    "RuledBeside": lambda w: e.RuledBeside(release="b", ruling=w.ruling()),
    "Ruled": lambda w: e.Ruled(
        intent=None, proposal=w.proposal(), ruling=w.ruling(), facts={"time.hour": 3}, release="rel"
    ),
    "ConfirmationAsked": lambda w: e.ConfirmationAsked(intent=w.intent(), proposal=w.proposal()),
    "ApprovalAsked": lambda w: e.ApprovalAsked(intent=w.intent(), approval=w.approval()),
    "ApprovalGiven": _decision,
    "EffectStarted": lambda w: w.started(w.dice.choice([*(yes.id for yes in w.case.yeses), "policy:1"])),
    "EffectReturned": lambda w: e.EffectReturned(effect=w.hex(), outcome="answered", answer=w.args()),
    "Verified": lambda w: e.Verified(intent=None, receipt=w.receipt()),
    "UndoAsked": lambda w: e.UndoAsked(
        undo_id=w.hex()[:32], effect=w.hex(), proposal=w.proposal(), by="Mara", reason=w.text()
    ),
    "UndoRefused": lambda w: e.UndoRefused(effect=w.hex(), why=w.text()),
    "IntentSettled": _settled,
    "SlotsCleared": lambda w: e.SlotsCleared(intent=w.intent(), names=["reason"]),
    "ReplySent": lambda w: e.ReplySent(text=w.text(), asks=w.asks(), continues=w.flip()),
    "OptionsOffered": lambda w: e.OptionsOffered(
        intent=w.intent(), name="slot_id", options=[r.Option(value=w.hex()[:8], text=w.text())], many=w.flip()
    ),
    "OptionsPassed": lambda w: e.OptionsPassed(intent=w.intent(), name="slot_id"),
    "ReminderSettled": lambda w: e.ReminderSettled(reminder=w.hex()[:32], status="sent"),
    "HandedOff": lambda _: e.HandedOff(reason="policy", packet=PACKET, ticket_id="t-1"),
    "TicketOpened": lambda _: e.TicketOpened(ticket_id="t-2"),
    "TurnDone": lambda w: e.TurnDone(turn=w.turn(), wakes=[]),
    "TakenOver": lambda _: e.TakenOver(by="staff"),
    "GivenBack": lambda _: e.GivenBack(by="staff"),
    "CaseClosed": lambda _: e.CaseClosed(by="staff"),
}
"""How an event of each kind is made up."""


def history(dice: random.Random, length: int, case_id: str = "case-1") -> list[e.Event]:
    """A valid file of this many events."""
    writer = Writer(dice, case_id)
    while len(writer.events) < length:
        writer.any()
    return writer.events
