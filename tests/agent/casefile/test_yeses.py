"""A yes is for one exact proposal, in its time, once (G1)."""

import random
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.casefile import events as e
from agent.casefile.canonical import proposal_digest
from agent.casefile.fold import Yes
from agent.casefile.records import Args, Intent, Level, Mood, Proposal
from tests.agent.histories import Writer

ARGS: Args = {"order_id": "HG-1"}


@pytest.fixture
def case() -> Writer:
    """A turn with an identified customer who wants one thing."""
    writer = Writer(random.Random(0))
    writer.note(e.TurnStarted(wakes=["m1"], cause="message"))
    writer.note(e.IdentityChecked(facts=[], matched=True, customer_id="cus_1"))
    wants = Intent(id="i1", name="cancel_order", confidence=0.9, text="Cancel it")
    writer.note(e.IntakeRead(model="offline", language="en", mood=Mood(), intents=[wants]))
    return writer


def ask(case: Writer, args: Args = ARGS) -> Proposal:
    asked = case.asked(args)
    case.note(e.ConfirmationAsked(intent="i1", proposal=asked))
    return asked


def answer(case: Writer, asked: Proposal, said: Any = "yes") -> None:
    message = f"m{case.case.seq}"
    case.note(e.ConfirmationSettled(digest=asked.digest, proposal=asked, answer=said, message_id=message))


def usable(case: Writer, asked: Proposal, *, minutes: int = 0) -> Yes | None:
    return case.case.yes_for(asked.digest, case.at(minutes))


def test_a_yes_is_for_what_was_asked(case: Writer) -> None:
    asked = ask(case)
    answer(case, asked)
    yes = usable(case, asked)
    assert yes is not None
    assert (yes.by, yes.expires_at, case.case.question) == ("customer", asked.expires_at, None)
    assert usable(case, case.asked(ARGS | {"order_id": "HG-2"})) is None


def test_a_yes_to_something_that_was_not_asked_is_none(case: Writer) -> None:
    asked, other = ask(case), case.asked({"order_id": "HG-2"})
    answer(case, other)
    assert (usable(case, other), case.case.yeses) == (None, [])
    assert case.case.question is not None, "the question is still open"
    answer(case, asked)
    answer(case, asked)
    assert len(case.case.yeses) == 1, "nothing is asked any more"


@pytest.mark.parametrize("said", ["no", "unclear", "changed", "expired"])
def test_nothing_but_a_yes_is_one(case: Writer, said: str) -> None:
    asked = ask(case)
    answer(case, asked, said)
    assert usable(case, asked) is None
    assert (case.case.question is not None) == (said == "unclear")


def test_only_the_last_question_can_be_answered(case: Writer) -> None:
    first, second = ask(case), ask(case, {"order_id": "HG-2"})
    answer(case, first)
    assert usable(case, first) is None
    answer(case, second)
    assert usable(case, second) is not None


def test_a_yes_expires(case: Writer) -> None:
    asked = ask(case)
    answer(case, asked)
    assert usable(case, asked, minutes=10) is not None
    assert usable(case, asked, minutes=16) is None
    case.minutes += 16
    answer(case, ask(case))
    assert len(case.case.yeses) == 1, "those that are over are not kept"


def test_a_proposal_that_never_lapses_was_never_asked(case: Writer) -> None:
    asked = case.asked(ARGS).model_copy(update={"expires_at": None})
    case.note(e.ConfirmationAsked(intent="i1", proposal=asked))
    answer(case, asked)
    assert usable(case, asked) is None


def test_a_yes_is_used_once(case: Writer) -> None:
    asked = ask(case)
    answer(case, asked)
    yes = usable(case, asked)
    assert yes is not None
    case.note(case.started("policy:1"))
    assert usable(case, asked) == yes, "another authority leaves it alone"
    case.note(case.started(yes.id))
    assert usable(case, asked) is None


@given(dice=st.randoms(use_true_random=True), length=st.integers(1, 150))
def test_a_used_yes_never_comes_back(dice: random.Random, length: int) -> None:
    writer, used = Writer(dice), set[str]()
    for _ in range(length):
        writer.any()
        last = writer.events[-1].body
        used |= {last.yes} if isinstance(last, e.EffectStarted) else set()
        assert used.isdisjoint(yes.id for yes in writer.case.yeses)


# -- a person's yes ---------------------------------------------------------------------------------------------------


def submit(case: Writer) -> str:
    approval = case.approval()
    case.note(e.ApprovalAsked(intent="i1", approval=approval))
    assert case.case.intent("i1").status == "waiting"
    return approval.id


def decide(case: Writer, approval_id: str, status: Any, args: Args | None = None) -> None:
    shown = case.asked(ARGS)
    case.note(e.ApprovalGiven(approval_id=approval_id, intent="i1", proposal=shown, status=status, args=args))


def test_an_approval_is_for_what_was_shown(case: Writer) -> None:
    id_ = submit(case)
    shown = case.case.approval
    assert shown is not None
    decide(case, id_, "approved", {"order_id": "HG-9"})
    (yes,) = case.case.yeses
    assert (yes.digest, yes.by, yes.expires_at) == (shown.digest, "staff", shown.expires_at)
    assert (case.case.approval, case.case.edits, case.case.intent("i1").status) == (None, {}, "open")


def test_an_edited_approval_is_for_the_edited_arguments(case: Writer) -> None:
    id_ = submit(case)
    shown = case.case.approval
    assert shown is not None
    less: Args = {"order_id": "HG-1", "amount": "5.00"}
    decide(case, id_, "edited", less)
    (yes,) = case.case.yeses
    assert yes.digest == proposal_digest(case.case.case_id, "cus_1", shown.action, less) != shown.digest
    assert case.case.edits == {"i1": less}
    case.note(e.IntentSettled(intent="i1", status="done", outcome="verified"))
    assert case.case.edits == {}


@pytest.mark.parametrize("status", ["rejected", "responded", "expired", "pending"])
def test_any_other_decision_authorises_nothing(case: Writer, status: str) -> None:
    decide(case, submit(case), status, {"order_id": "HG-1"})
    assert (case.case.yeses, case.case.edits) == ([], {})


def test_a_decision_on_another_question_changes_nothing(case: Writer) -> None:
    submit(case)
    before = case.case
    decide(case, "another", "approved")
    assert case.case.model_copy(update={"seq": before.seq, "journal": before.journal}) == before


@pytest.mark.parametrize("status", ["approved", "edited"])
def test_an_approval_for_one_customer_is_none_for_another(case: Writer, status: Literal["approved", "edited"]) -> None:
    id_ = submit(case)
    case.note(e.IdentityChecked(facts=[], matched=True, customer_id="cus_2"))
    decide(case, id_, status, {"order_id": "HG-1"} if status == "edited" else None)
    assert case.case.yeses == []


# -- who it is --------------------------------------------------------------------------------------------------------


def test_another_customer_inherits_no_proof(case: Writer) -> None:
    case.note(e.CodeChecked(ordinal=1, right=True))
    assert case.case.identity.level is Level.verified
    case.note(e.IdentityChecked(facts=[], matched=True, customer_id="cus_1"))
    assert case.case.identity.level is Level.verified, "the same customer once more"
    case.note(e.IdentityChecked(facts=[], matched=True, customer_id="cus_2"))
    identity = case.case.identity
    assert (identity.level, identity.customer_id, identity.code) == (Level.confirmed, "cus_2", None)


def test_a_closed_case_stays_closed(case: Writer) -> None:
    case.note(e.CaseClosed(by="ann"))
    for kind in ("TurnDone", "TakenOver", "GivenBack", "TurnStarted", "TurnDone"):
        case.any(kind)
        assert case.case.status == "closed"


def test_a_decision_made_in_time_is_good_for_a_while_after(case: Writer) -> None:
    id_ = submit(case)
    case.minutes += 60 * 24  # the desk was down when it was made
    decide(case, id_, "approved")
    [yes] = case.case.yeses
    assert case.at(14) < yes.expires_at < case.at(16)
