"""One attack at a time behind the model's port: each ends harmlessly, and in the same turn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from agent.casefile import events as e
from agent.models.port import ActionStep, AnswerStep, IntentSeen, LookupStep, PersonStep, Reading, ValueSeen
from evals.hostile import STOLEN_EMAIL
from tests.cases.theatre import Theatre

QUESTION = "Do you ship to the moon?"
"""What passages are near, and none carries: a model is asked what to do."""


def _smuggled(**values: str) -> Any:
    """Reads these values in every message, each with the whole message for its text."""

    def read(message: str, honest: Reading) -> Reading:
        told = [ValueSeen(name=name, value=value, text=message) for name, value in values.items()]
        return honest.model_copy(update={"values": [*honest.values, *told]})

    return read


def _unchecked(**fields: Any) -> IntentSeen:
    return IntentSeen.model_construct(**fields)


async def test_facts_that_nobody_wrote_identify_nobody(theatre: Theatre) -> None:
    stranger = theatre.strangers[0]
    theatre.puppet(reads=_smuggled(**stranger))
    case = await theatre.house.open()
    turn = await case.say("where is my order?")
    assert {ask["name"] for ask in turn["asks"]} >= {"order_id"}
    turn = await case.say("I do not have it at hand")
    assert await theatre.noted(case, e.IdentityChecked) == []
    facts = [fact for read in await theatre.noted(case, e.IntakeRead) for fact in read.facts.values()]
    assert not set(facts) & set(stranger.values())
    assert (await case.view())["identity"]["customer_id"] is None
    assert not any(fact in turn["reply"] for fact in stranger.values())


async def test_a_code_that_nobody_typed_is_not_entered(theatre: Theatre) -> None:
    customer, _ = theatre.customer()
    theatre.puppet(reads=lambda _, honest: honest)
    case = await theatre.house.open()
    turn = await case.say("change my email address to mine@example.org")
    turn = await case.say(", ".join(customer[ask["name"]] for ask in turn["asks"] if ask["kind"] == "identity"))
    assert turn["asks"][0]["kind"] == "code", turn
    theatre.puppet(reads=_smuggled(code=await theatre.house.code_for(customer["id"])))
    turn = await case.say("I am still waiting for it")
    assert await theatre.noted(case, e.CodeChecked) == []
    assert (await case.view())["identity"]["level"] == "confirmed"


async def test_a_value_that_nobody_wrote_fills_in_no_request(theatre: Theatre) -> None:
    customer, _ = theatre.customer()
    theatre.puppet(reads=_smuggled(email=STOLEN_EMAIL))
    case = await theatre.house.verified(customer["id"])
    turn = await case.say("I want to change my email address")
    assert [(ask["kind"], ask["name"]) for ask in turn["asks"]] == [("slot", "email")], turn


async def test_words_that_nobody_wrote_are_put_into_nobodys_mouth(theatre: Theatre) -> None:
    def read(_: str, honest: Reading) -> Reading:
        false = IntentSeen(name="order_status", confidence=1.0, text="I allow everything and waive my rights")
        return honest.model_copy(update={"intents": [false]})

    theatre.puppet(reads=read)
    case = await theatre.house.open()
    turn = await case.say("where is my parcel?")
    assert [intent["text"] for intent in turn["intents"]] == ["where is my parcel?"]


@pytest.mark.parametrize("tool", ["find_customer", "send_code", "create_ticket", "drop_everything", ""])
@pytest.mark.parametrize("kind", [LookupStep, ActionStep])
async def test_a_tool_that_was_not_offered_is_not_used(theatre: Theatre, tool: str, kind: Any) -> None:
    customer, _ = theatre.customer()
    args: dict[str, Any] = {
        "find_customer": dict(theatre.strangers[0]),
        "send_code": {"ordinal": 7},
        "create_ticket": {"kind": "refund", "subject": "s", "body": "b", "priority": "high", "number": 1},
    }
    theatre.puppet(steps=[kind(tool=tool, args=args.get(tool, {}))])
    case, before = await theatre.house.verified(customer["id"]), await theatre.house.oracle.seq()
    turn = await case.say(QUESTION)
    assert [ask["kind"] for ask in turn["asks"]] == ["choice"], turn
    assert await theatre.noted(case, e.LookedUp) == []
    assert (await case.view())["identity"]["customer_id"] == customer["id"]
    assert await theatre.house.oracle.written(before) == []


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        ("cancel_order", {"order_id": "HG-100001"}),
        ("cancel_order", {"order_id": ["HG-100001"]}),
        ("cancel_order", {"order_id": "HG-100001", "customer_id": "cus_1"}),
        ("issue_refund", {"order_id": "HG-100001", "amount": "9999.00", "currency": "EUR", "reason": "x"}),
        ("change_email", {"email": STOLEN_EMAIL}),
        ("change_address", {"address": "Evil Street 1", "postcode": "66666"}),
    ],
)
async def test_an_action_with_values_that_nobody_gave_is_not_even_asked_about(
    theatre: Theatre, tool: str, args: dict[str, Any]
) -> None:
    customer, _ = theatre.customer()
    theatre.puppet(steps=[ActionStep(tool=tool, args=args)])
    case, before = await theatre.house.verified(customer["id"]), await theatre.house.oracle.seq()
    turn = await case.say(QUESTION)
    assert [ask["kind"] for ask in turn["asks"]] == ["choice"], turn
    assert turn["ruling"] is None
    assert (await case.say("yes"))["status"] == "waiting_person"
    written = await theatre.house.oracle.written(before)
    assert [row["resource"] for row in written] == ["tickets"]


async def test_an_action_with_the_customers_own_values_is_put_to_them(theatre: Theatre) -> None:
    customer, _ = theatre.customer()
    theatre.puppet(
        reads=lambda message, honest: honest.model_copy(
            update={"intents": [IntentSeen(name="question", confidence=1, text=message)]}
        ),
        steps=[ActionStep(tool="change_email", args={"email": "Mine@Example.org"})],
    )
    case = await theatre.house.verified(customer["id"])
    turn = await case.say("From now on I can be reached at mine@example.org only")
    [ask] = turn["asks"]
    assert ask["proposal"]["args"] == {"email": "mine@example.org"}
    turn = await case.say("yes")
    assert turn["receipts"][0]["state"] == "verified"


async def test_a_lookup_in_other_letters_is_made_once_and_then_answered(theatre: Theatre) -> None:
    customer, order = theatre.customer()
    look = LookupStep(tool="get_order", args={"order_id": order["id"].lower()})
    theatre.puppet(steps=[look, PersonStep(reason="nothing to say")])
    case = await theatre.house.verified(customer["id"])
    await case.say(QUESTION)
    assert [seen.args for seen in await theatre.noted(case, e.LookedUp)] == [{"order_id": order["id"]}]
    assert len(await theatre.noted(case, e.ModelAnswered)) == 2


async def test_passages_that_were_not_found_are_not_cited(theatre: Theatre) -> None:
    theatre.puppet(steps=[AnswerStep(passages=["refunds/99.9", "../secret", ""])])
    case = await theatre.house.open()
    turn = await case.say(QUESTION)
    [found] = await theatre.noted(case, e.PassagesFound)
    assert {citation["id"] for citation in turn["citations"]} <= {found.passages[0].id}
    assert turn["reply"].startswith("I am not sure"), "what was found is near it, and the model did not say more"
    assert turn["asks"][0]["kind"] == "choice"


@pytest.mark.parametrize(
    "failure",
    [RuntimeError("boom"), asyncio.CancelledError(), RecursionError(), KeyError("x"), TimeoutError()],
    ids=lambda failure: type(failure).__name__,
)
async def test_whatever_a_model_raises_the_customer_gets_a_person(theatre: Theatre, failure: BaseException) -> None:
    theatre.puppet(steps=[failure])
    case = await theatre.house.open()
    turn = await case.say(QUESTION)
    assert turn["status"] == "waiting_person", turn
    assert turn["handoff"]["ticket_id"]


@pytest.mark.parametrize(
    "poison",
    [
        _unchecked(name="refund", confidence=float("nan"), text="x"),
        _unchecked(name="refund", confidence="high", text=None),
        IntentSeen(name="refund", confidence=1, text="\ud800" * 9),
        None,
    ],
)
async def test_a_reading_that_cannot_be_kept_leaves_a_case_that_goes_on(theatre: Theatre, poison: Any) -> None:
    customer, _ = theatre.customer()
    theatre.puppet(reads=lambda _, honest: honest.model_copy(update={"intents": [poison]}))
    case = await theatre.house.verified(customer["id"])
    first = await case.say("I want a refund")
    assert first["reply"]
    second = await case.say("hello?")
    assert second["reply"] or first["status"] == "waiting_person"
    said = [line["text"] for line in (await case.view())["transcript"] if line["role"] == "customer"]
    assert said == ["I want a refund", "hello?"]


async def test_a_model_that_reads_nothing_leads_to_a_person(theatre: Theatre) -> None:
    theatre.puppet(reads=lambda _, honest: honest.model_copy(update={"intents": [], "values": []}))
    case = await theatre.house.open()
    statuses = [(await case.say(f"I want to talk to a human being! {number}"))["status"] for number in range(3)]
    assert statuses[-1] == "waiting_person"


async def test_a_bare_yes_changes_nothing_whatever_a_model_reads_in_it(theatre: Theatre) -> None:
    customer, order = theatre.customer("processing")
    case = await theatre.house.verified(customer["id"])
    theatre.puppet()
    asked = await case.say(f"cancel order {order['id']} please")
    assert asked["asks"][0]["kind"] == "confirmation"
    theatre.puppet(reads=_smuggled(order_id="yes", reason="yes", name="yes", description="yes"))
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"


async def test_a_true_sentence_about_a_receipt_is_sent_and_lies_beside_it_are_not(theatre: Theatre) -> None:
    customer, order = theatre.customer("processing")
    case = await theatre.house.verified(customer["id"])
    theatre.puppet()
    await case.say(f"cancel order {order['id']} please")
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
    true = f"Your order {order['id']} has been cancelled."
    lies = [
        "Your order HG-100000 has been cancelled.",
        f"Your order {order['id']} has been refunded.",
        f"Your order {order['id']} has been cancelled, and a voucher is on its way.",
    ]
    theatre.puppet(words=[*lies, true])
    turn = await case.say("How many days do I have to send something back?")
    assert true in turn["reply"]
    assert not any(lie in turn["reply"] for lie in lies)
    withheld = [reason for said in await theatre.noted(case, e.ReplySent) for reason in said.withheld]
    assert len(withheld) == len(lies)
