"""Where a case stands: what is open is in a list, nothing done is still to come, and events bear whatever is said."""

import random
import re
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from agent.casefile import events as e
from agent.casefile.canonical import SHORT_KEY
from agent.casefile.events import Event
from agent.casefile.fold import Case, fold
from agent.casefile.records import Ask, Intent, Mood, Option, Receipt, TargetRecord
from agent.casefile.standing import Point, Standing, standing
from tests.agent.histories import PACKET, Writer

DICE = st.randoms(use_true_random=True)
LENGTH = st.integers(1, 120)
CASE = Case(tenant="harbor", case_id="case-1")
LIVE = ("open", "waiting")


ENDS = ("HandedOff", "TakenOver", "CaseClosed")
"""After these little is open: files where all of them are as likely as the rest say little of what is."""


def talk(dice: random.Random, length: int) -> list[Event]:
    """A valid file of this many events that seldom ends."""
    writer = Writer(dice)
    while len(writer.events) < length:
        kinds = writer.possible()
        lasting = [kind for kind in kinds if kind not in ENDS]
        writer.any(dice.choice(lasting if dice.random() < 0.95 else kinds))
    return writer.events


def stands(events: list[Event]) -> tuple[Case, Standing]:
    case = fold(CASE, events)
    return case, standing(case, events)


def abouts(points: Iterable[Point]) -> set[str]:
    return {point.about for point in points}


# -- for any file -----------------------------------------------------------------------------------------------------


@given(dice=DICE, length=LENGTH)
def test_every_open_thing_is_in_a_list(dice: random.Random, length: int) -> None:
    case, lists = stands(talk(dice, length))
    doubted = {*case.open_effects, *(one.effect for one in case.receipts if one.state in ("unknown", "mismatch"))}
    assert doubted <= abouts(lists.uncertain)
    if case.status == "closed":
        assert not lists.next
        return
    open_ = {intent.id for intent in case.intents if intent.status in LIVE}
    open_ |= {*case.open_effects, *(one.id for one in case.reminders if one.status == "waiting")}
    open_ |= {case.approval.id} if case.approval else set()
    open_ |= {case.question.proposal.digest} if case.question else set()
    open_ |= {ask.name for ask in case.asks if ask.kind != "confirmation"} if case.turn is None else {"turn"}
    open_ |= {"handed"} if case.handed else set()
    assert open_ <= abouts(lists.next)


@given(dice=DICE, length=LENGTH)
def test_nothing_done_is_still_to_come(dice: random.Random, length: int) -> None:
    events = talk(dice, length)
    case, lists = stands(events)
    done = {intent.id for intent in case.intents if intent.status in ("done", "withdrawn")}
    started = {event.body.effect: event.seq for event in events if isinstance(event.body, e.EffectStarted)}
    proven = {event.body.receipt.effect: event.seq for event in events if isinstance(event.body, e.Verified)}
    done |= {effect for effect, seq in proven.items() if seq > started.get(effect, 0)}
    done |= {event.body.approval_id for event in events if isinstance(event.body, e.ApprovalGiven)}
    for event in events:
        match event.body:
            case e.ConfirmationAsked(proposal=proposal):
                done.discard(proposal.digest)
            case e.ConfirmationSettled(digest=digest, answer=answer) if answer != "unclear":
                done.add(digest)
    assert not done & abouts(lists.next)


@given(dice=DICE, length=LENGTH)
def test_nothing_is_said_that_no_event_bears(dice: random.Random, length: int) -> None:
    events = talk(dice, length)
    _, lists = stands(events)
    by_seq = {event.seq: event for event in events}
    for point in (*lists.known, *lists.uncertain, *lists.next):
        assert point.events
        assert point.events == sorted(set(point.events) & by_seq.keys())
        borne = " ".join(repr(by_seq[seq].body) for seq in point.events)
        told = re.sub(r"\(\d+% sure\)", "", point.text)
        assert all(word in borne for word in re.findall(r"[\w-]*\d[\w-]*", told)), (point, borne)


@given(dice=DICE, length=LENGTH)
def test_a_customer_is_shown_nothing_that_was_read_in_records(dice: random.Random, length: int) -> None:
    _, lists = stands(talk(dice, length))
    shown = lists.for_customer()
    assert all(point.source != "record" for _, some in shown for point in some)
    assert shown.next == lists.next


# -- some files -------------------------------------------------------------------------------------------------------


def told(*bodies: e.Body) -> Standing:
    """Where a case stands after these, in a turn that is done."""
    writer = Writer(random.Random(1))
    opened = e.CaseOpened(release="rel", channel="web", locale="en")
    writer.events, writer.case = [], CASE
    for body in (opened, e.TurnStarted(wakes=["m"], cause="message"), *bodies):
        writer.note(body)
    asks = [ask for body in bodies if isinstance(body, e.ReplySent) for ask in body.asks]
    turn = writer.turn().model_copy(update={"asks": asks, "status": "waiting_customer"})
    writer.note(e.TurnDone(turn=turn, wakes=["m"]))
    return standing(writer.case, writer.events)


def wants(name: str = "refund", confidence: float = 0.9, **slots: str) -> e.IntakeRead:
    one = Intent(id="i1", name=name, confidence=confidence, text="…")
    return e.IntakeRead(model="offline", language="en", mood=Mood(), intents=[one], slots={"i1": slots})


def texts(points: list[Point]) -> list[str]:
    return [point.text for point in points]


def receipt(action: str, state: str, **args: str) -> e.Verified:
    made = {"effect": "f" * 64, "action": action, "args": args, "state": state, "evidence": {}, "at": "2026-01-01"}
    return e.Verified(
        intent=None, receipt=Receipt.model_validate(made | {"target": TargetRecord(kind="order", id="HG-1")})
    )


def test_a_value_that_was_corrected_is_known_and_uncertain() -> None:
    later = e.IntakeRead(model="offline", language="en", mood=Mood(), slots={"i1": {"order_id": "HG-222222"}})
    lists = told(wants(order_id="HG-111111"), later)
    [known] = [point for point in lists.known if point.about == "order_id"]
    assert (known.text, known.source, known.events) == ("Order id: HG-222222", "customer", [4])
    assert "Order id: they said HG-111111 before, and now HG-222222." in texts(lists.uncertain)
    settled = told(wants(order_id="HG-111111"), later, e.IntentSettled(intent="i1", status="done", outcome="verified"))
    assert not [point for point in settled.uncertain if point.about == "order_id"]


def test_what_is_torn_unlikely_or_of_no_use_is_uncertain() -> None:
    torn = wants(confidence=0.41).model_copy(update={"unsure": ["refund", "return_parcel"]})
    lists = told(torn, e.SlotsCleared(intent="i1", names=["order_id"]))
    for expected in (
        "Which of these they want: refund or return parcel.",
        "Whether they want this: refund (41% sure).",
        "Order id: what was given was of no use.",
        "Who the customer is: they have not said.",
    ):
        assert expected in texts(lists.uncertain)


def test_an_identity_is_uncertain_until_it_is_proven() -> None:
    claims = wants().model_copy(update={"facts": {"email": "a@b.test"}})
    said = told(claims)
    assert "Who the customer is: what they say of themselves is not proven." in texts(said.uncertain)
    assert "Email: a@b.test" in texts(said.known)
    failed = told(claims, e.IdentityChecked(facts=["email"], matched=False))
    assert "What they said matches no record: email." in texts(failed.uncertain)
    proven = told(claims, e.IdentityChecked(facts=["email"], matched=True, customer_id="cus_1"))
    assert "identity" not in abouts(proven.uncertain)
    assert "The customer is cus_1: confirmed." in texts(proven.known)


def test_records_and_receipts_say_what_they_show_and_where_they_contradict() -> None:
    shown: dict[str, JsonValue] = {"status": "shipped", "total": {"amount": "12.50", "currency": "EUR"}, "items": []}
    lists = told(
        wants(),
        e.LookedUp(tool="get_order", args={"order_id": "HG-1"}, result=shown),
        e.LookedUp(tool="get_order", args={"order_id": "HG-2"}, result=None),
        e.LookedUp(tool="list_slots", args={}, result=None, failed="no answer within 1 s"),
        receipt("cancel_order", "mismatch"),
    )
    assert "Get order (order id HG-1): status shipped, total 12.50 EUR" in texts(lists.known)
    assert "Get order (order id HG-2): they speak of it, and no record of theirs shows it." in texts(lists.uncertain)
    assert "List slots: it could not be read (no answer within 1 s)." in texts(lists.uncertain)
    assert "Cancel order, order HG-1: not as it was intended." in texts(lists.uncertain)
    absent = e.LookedUp(tool="get_order", args={"order_id": "HG-2"}, result=None)
    found = absent.model_copy(update={"result": {"status": "new"}})
    again = told(wants(), absent, found, receipt("cancel_order", "verified"))
    assert "get_order" not in abouts(again.uncertain)
    assert "Cancel order, order HG-1: done, and verified." in texts(again.known)


def test_what_was_asked_comes_next() -> None:
    asks = [
        Ask(kind="slot", name="order_id"),
        Ask(kind="code", name="code"),
        Ask(kind="choice", name="slot_id", options=["Monday at 9", "Tuesday at 10"]),
    ]
    offered = e.OptionsOffered(intent="i1", name="slot_id", options=[Option(value="s1", text="Monday at 9")])
    lists = told(wants(), offered, e.ReplySent(text="Which?", asks=asks))
    for expected in (
        "The customer gives their order id.",
        "The customer gives their code as a proof of who they are.",
        "The customer chooses: Monday at 9; Tuesday at 10.",
        "Refund: it is still open.",
    ):
        assert expected in texts(lists.next)


def test_a_reminder_comes_next_until_it_was_sent() -> None:
    reminder = receipt("set_reminder", "verified", at="2026-12-03T10:00", text="water the herbs")
    assert "On 2026-12-03T10:00 they are reminded: water the herbs" in texts(told(wants(), reminder).next)
    sent = e.ReminderSettled(reminder=("f" * 64)[:SHORT_KEY], status="sent")
    assert ("f" * 64)[:SHORT_KEY] not in abouts(told(wants(), reminder, sent).next)


def test_a_case_with_a_person_says_what_is_theirs_and_a_closed_one_says_nothing_is_to_come() -> None:
    handed = e.HandedOff(reason="no_rule", packet=PACKET, ticket_id="t-9")
    lists = told(wants(), handed)
    assert texts(lists.next) == ["Refund: a person sees to it.", "A person goes on: no rule.", "Ticket t-9 is open."]
    later = told(wants(), handed.model_copy(update={"ticket_id": None}))
    assert "The ticket is still to be opened." in texts(later.next)
    assert not told(wants(), handed, e.CaseClosed(by="Mara")).next
