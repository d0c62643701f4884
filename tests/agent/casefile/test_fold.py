"""A case is what its events say: the same from the start, from any fold on the way, and at any length (G6)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.casefile import events as e
from agent.casefile.fold import RECEIPTS, SETTLED_KEPT, WINDOW, Case, fold, journaled
from agent.casefile.records import Intent, Mood, TargetRecord
from tests.agent.histories import KINDS, PACKET, Writer, history

DICE = st.randoms(use_true_random=True)
LENGTH = st.integers(1, 120)
CASE = Case(tenant="harbor", case_id="case-1")
ORDER = TargetRecord(kind="order", id="HG-1")


# -- pure -------------------------------------------------------------------------------------------------------------


def test_there_is_a_history_with_every_kind_of_event() -> None:
    assert set(KINDS) == set(e.EVENTS)
    assert {event.kind for event in history(random.Random(3), 800)} == set(e.EVENTS)


@given(dice=DICE, length=LENGTH)
def test_the_same_events_give_the_same_case(dice: random.Random, length: int) -> None:
    events = history(dice, length)
    one, other = fold(CASE, events), fold(CASE, list(events))
    assert one == other
    assert one.model_dump_json() == other.model_dump_json()
    assert Case(tenant="harbor", case_id="case-1") == CASE, "what was folded onto is untouched"


@given(dice=DICE, length=LENGTH, cut=st.integers(0, 120))
def test_a_restart_on_the_way_changes_nothing(dice: random.Random, length: int, cut: int) -> None:
    events = history(dice, length)
    half, whole = fold(CASE, events[:cut]), fold(CASE, events)
    resumed = fold(Case.model_validate_json(half.model_dump_json()), events[cut:])
    assert resumed.model_dump_json() == whole.model_dump_json()
    if half.turn is None:
        assert resumed == whole, "between turns, not even a journal is lost"


@given(dice=DICE, length=LENGTH)
def test_the_journal_is_the_open_turn(dice: random.Random, length: int) -> None:
    events = history(dice, length)
    case = fold(CASE, events)
    kinds = [event.kind for event in events]
    began = len(kinds) - kinds[::-1].index("TurnStarted") - 1 if "TurnStarted" in kinds else len(kinds)
    open_turn = events[began:] if "TurnDone" not in kinds[began:] else []
    assert list(case.journal) == open_turn
    assert journaled(case, e.ReplySent) == [event for event in open_turn if event.kind == "ReplySent"]


# -- bounded ----------------------------------------------------------------------------------------------------------


def full_turn(w: Writer) -> None:
    """A turn that leaves all it can behind: an effect, an edited approval, a yes that nobody used, a handoff."""
    ids = [f"i{w.case.opened + n}" for n in (1, 2, 3)]
    wants = [Intent(id=id_, name="cancel_order", confidence=0.9, text="Cancel it, please") for id_ in ids]
    w.note(e.TurnStarted(wakes=["m"], cause="message"))
    w.note(e.MessageReceived(message_id="m", text="Please cancel my order, and what about the other one?"))
    w.note(e.IntakeRead(model="offline", language="en", mood=Mood(), intents=wants, facts={"email": "a@b.example"}))
    for order in ("HG-1", "HG-2"):
        asked = w.asked({"order_id": order}, minutes=600)
        w.note(e.ConfirmationAsked(intent=ids[0], proposal=asked))
        w.note(e.ConfirmationSettled(digest=asked.digest, proposal=asked, answer="yes", message_id="m"))
    sent = w.started(w.case.yeses[-1].id).model_copy(update={"args": {"order_id": "HG-2"}, "before": {}})
    w.note(sent)
    proof = {"effect": sent.effect, "action": sent.action, "args": sent.args}
    w.note(e.Verified(intent=ids[0], receipt=w.receipt().model_copy(update=proof)))
    w.note(e.IntentSettled(intent=ids[0], status="done", outcome="verified"))
    pending, less = w.approval(), w.asked({"amount": "50.00"})
    w.note(e.ApprovalAsked(intent=ids[1], approval=pending))
    w.note(e.ApprovalGiven(approval_id=pending.id, intent=ids[1], proposal=less, status="edited", args=less.args))
    w.note(e.ReplySent(text="It is cancelled. A colleague looks after the rest."))
    w.note(e.HandedOff(reason="policy", packet=PACKET, ticket_id="t-1"))
    w.note(e.TurnDone(turn=w.turn().model_copy(update={"asks": [], "status": "resolved"}), wakes=["m"]))
    w.note(e.TakenOver(by="ann"))
    w.note(e.GivenBack(by="ann"))


def test_a_case_is_no_larger_after_500_turns_than_after_20() -> None:
    writer, sizes = Writer(random.Random(0)), list[int]()
    for _ in range(500):
        writer.minutes += 60
        full_turn(writer)
        sizes.append(len(writer.case.model_dump_json()))
    most = {name: len(value) for name, value in writer.case if isinstance(value, list | dict | tuple)}
    assert max(most.values()) <= 40, most
    assert max(sizes[20:]) < 1.1 * max(sizes[:20]), "only its numbers get longer"


def test_thousands_of_events_in_any_order_leave_a_bounded_case() -> None:
    writer = Writer(random.Random(5))
    for _ in range(6000):
        writer.any("IntentSettled" if len(writer.case.open_intents) > 5 and writer.case.turn else "")
        case = writer.case
        assert len(case.window) <= WINDOW
        assert len(case.receipts) <= RECEIPTS
        assert sum(intent.status not in ("open", "waiting") for intent in case.intents) <= 2 * SETTLED_KEPT
        assert len(case.yeses) < 20, "those whose time has passed are gone"


@pytest.mark.parametrize("kind", ["HandedOff", "TakenOver", "CaseClosed"])
def test_a_person_is_handed_all_that_was_open_however_much_it_is(kind: str) -> None:
    writer = Writer(random.Random(1))
    writer.any("TurnStarted")
    many = [Intent(id=f"i{n}", name="cancel_order", confidence=0.5, text="") for n in range(1, 41)]
    writer.note(e.IntakeRead(model="offline", language="en", mood=Mood(sentiment="neutral"), intents=many))
    writer.any(kind)
    assert [(known.id, known.status) for known in writer.case.intents] == [(one.id, "handed_over") for one in many]


@given(dice=DICE, length=LENGTH)
def test_no_matter_that_waits_is_forgotten(dice: random.Random, length: int) -> None:
    writer = Writer(dice)
    for _ in range(length):
        waiting = {intent.id for intent in writer.case.intents if intent.status in ("open", "waiting")}
        writer.any()
        assert waiting <= {intent.id for intent in writer.case.intents}
