"""The simulated customer: it answers what is asked, wants what it came for, and knows when it is done."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from agent.casefile.records import Ask, CaseStatus, Intent, Proposal, Turn
from evals.customer import Customer, Goal, Persona
from evals.phrases import LANGUAGES

RECORD = {
    "id": "cus_1", "name": "Orla Quill", "email": "orla@quillbox.example",
    "postcode": "LS6 4AB", "phone": "+442079460001",
}  # fmt: skip
REFUND = Goal("refund", {"order_id": "HG-204200", "amount": "12.50", "reason": "the handle broke off"})
STATUS = Goal("order_status", {"order_id": "HG-204300"})


def customer(*goals: Goal, seed: int = 1, together: bool = False, slip: str = "", **persona: Any) -> Customer:
    async def mailbox() -> str:
        return "123456"

    titles = {"refund": "get money back for an order", "order_status": "hear where an order is"}
    who = Persona(RECORD, **persona)
    return Customer(who, goals or (REFUND,), Random(seed), mailbox, titles=titles, slip=slip, together=together)


def turn(*asks: Ask, status: CaseStatus | None = None, intents: list[Intent] | None = None) -> Turn:
    return Turn(
        seq=9, message_id=None, reply="…", language="en", status=status or ("waiting_customer" if asks else "resolved"),
        intents=intents or [], ruling=None, citations=[], receipts=[], asks=list(asks), handoff=None, model="offline",
    )  # fmt: skip


def asked(kind: Any, name: Any, **more: Any) -> Ask:
    return Ask(kind=kind, name=name, **more)


def confirmation(**args: Any) -> Ask:
    proposal = Proposal(action="issue_refund", args={"order_id": "HG-204200", "amount": "12.50", **args}, digest="d")
    return asked("confirmation", "yes_no", proposal=proposal)


async def test_all_that_is_asked_in_one_turn_is_answered_and_nothing_else() -> None:
    said = await customer().answer(turn(asked("slot", "reason"), asked("identity", "postcode")))
    assert said is not None
    assert "the handle broke off" in said
    assert "LS6 4AB" in said
    assert "orla@" not in said


@pytest.mark.parametrize("seed", range(20))
async def test_a_code_is_read_from_the_mail_and_only_by_those_who_can(seed: int) -> None:
    code = asked("code", "code")
    said = await customer(seed=seed).answer(turn(code)) or ""
    assert "12345" in said or "mail" in said
    assert "1234" not in (await customer(seed=seed, proof="stranger").answer(turn(code)) or "")


async def test_a_yes_is_for_what_was_wished_and_for_nothing_else() -> None:
    assert (await customer().answer(turn(confirmation())) or "")[0].lower() in "yo"
    assert "n" in (await customer().answer(turn(confirmation(order_id="HG-999999"))) or "").lower()
    assert (await customer(answer="no").answer(turn(confirmation())) or "")[0].lower() in "nb"


async def test_whoever_changes_their_mind_says_how_much_instead_and_then_yes() -> None:
    one = customer(answer="changed")
    first = await one.answer(turn(confirmation())) or ""
    assert "EUR" in first or "euros" in first
    assert (await one.answer(turn(confirmation(amount="6.25"))) or "")[0].lower() in "yo"


async def test_a_stranger_does_not_know_what_no_order_mail_says() -> None:
    said = await customer(proof="stranger").answer(turn(asked("identity", "postcode"))) or ""
    assert "LS6 4AB" not in said
    assert "orla@quillbox.example" in (await customer(proof="stranger").answer(turn(asked("identity", "email"))) or "")


async def test_who_will_not_say_gives_up_when_asked_again() -> None:
    shy = customer(proof="none")
    assert await shy.answer(turn(asked("identity", "postcode")))
    assert await shy.answer(turn(asked("identity", "postcode"))) is None


async def test_the_next_wish_comes_when_the_first_is_settled_and_then_there_is_no_more_to_do() -> None:
    one = customer(REFUND, STATUS)
    assert "HG-204300" not in one.opening()
    settled = [Intent(id="i1", name="refund", status="done", confidence=1, text="")]
    await one.answer(turn(intents=settled))
    assert one.goal is STATUS
    settled.append(Intent(id="i2", name="order_status", status="done", confidence=1, text=""))
    assert await one.answer(turn(intents=settled)) is None


async def test_what_was_not_understood_is_said_once_more_and_no_more() -> None:
    one = customer()
    one.opening()
    assert await one.answer(turn())
    assert await one.answer(turn()) is None


@pytest.mark.parametrize("status", ["waiting_person", "closed"])
async def test_with_a_person_there_is_nothing_to_answer(status: CaseStatus) -> None:
    assert await customer().answer(turn(status=status)) is None


async def test_a_slip_is_corrected_at_the_next_word() -> None:
    for seed in range(12):
        one = customer(seed=seed, slips=True, slip="HG-777777")
        if "HG-777777" in one.opening():
            assert "HG-204200" in (await one.answer(turn(asked("identity", "postcode"))) or "")


async def test_a_slip_is_corrected_also_where_the_other_wish_names_no_order() -> None:
    one = customer(REFUND, Goal("callback", {}), slips=True, slip="HG-777777", together=True)
    assert "HG-777777" in one.opening()
    assert "HG-204200" in (await one.answer(turn(asked("identity", "postcode"))) or "")


async def test_of_several_meanings_the_one_that_is_meant_is_chosen() -> None:
    offer = asked("choice", "description", options=["cancel an order", "get money back for an order"])
    assert await customer().answer(turn(offer)) == "get money back for an order"


@pytest.mark.parametrize("style", ["plain", "terse", "chatty", "typos", "impatient"])
def test_however_it_writes_what_it_names_stays_readable(style: str) -> None:
    said = [customer(seed=seed, style=style).opening() for seed in range(30)]
    assert len(set(said)) > 1 or style == "terse"
    assert all("HG-204200" in text or "HG-" not in text for text in said)
    assert sum("the handle broke off" in text for text in said) >= (0 if style in ("typos", "terse") else 5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_dice_write_the_same(language: str) -> None:
    assert customer(seed=7, language=language).opening() == customer(seed=7, language=language).opening()
