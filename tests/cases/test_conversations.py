"""Conversations as people have them: late, out of order, corrected, several things at once."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest

from tests.cases.house import House
from tests.cases.people import People


async def test_two_requests_in_one_message_are_both_carried(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    turn = await case.say(f"Please cancel order {order['id']}. And how many days do I have to send something back?")
    assert turn["citations"], turn
    assert turn["asks"][0]["proposal"]["action"] == "cancel_order"
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    assert (await house.oracle.item("orders", order["id"]))["status"] == "cancelled"


async def test_two_questions_in_one_message_are_both_answered(house: House) -> None:
    case = await house.open()
    turn = await case.say("How long do I have to return things, and can I pay with PayPal?")
    assert [intent["name"] for intent in turn["intents"]] == ["question", "question"]
    assert "30 days" in turn["reply"]
    assert "PayPal" in turn["reply"]
    assert turn["status"] == "resolved"


async def test_a_question_without_an_answer_comes_after_those_that_have_one(house: House) -> None:
    case = await house.open()
    turn = await case.say("Who is your chief executive? How long is a gift card valid? Do you offer sewing classes?")
    assert turn["reply"].startswith("A gift card is valid for three years")
    assert turn["reply"].count("rather not guess") == 1
    assert [ask["name"] for ask in turn["asks"]] == ["yes_no"]
    assert (await case.say("yes"))["handoff"]["reason"] == "person_asked"


async def test_what_is_only_near_a_question_is_quoted_as_that_and_a_person_is_offered(house: House) -> None:
    case = await house.open()
    turn = await case.say("are metal spatulas ok in the iron pan")
    nearest, offer = turn["reply"].split("\n\n")
    assert nearest.startswith("I am not sure that this is what you mean")
    assert offer == "Shall I pass it on to a colleague?"
    [citation] = turn["citations"]
    assert nearest.partition(": ")[2] in citation["quote"]
    assert turn["intents"][0]["outcome"] == "unanswered"
    assert (await case.say("yes"))["handoff"]["reason"] == "person_asked"


async def test_two_things_changed_by_one_verb_are_both_changed(house: House, people: People) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    turn = await case.say("update my address and phone: 5 Mill Road, Leeds LS1 4AP, +44 113 496 0000")
    assert turn["asks"][0]["proposal"]["action"] == "change_address", turn
    turn = await case.say("yes")
    assert turn["asks"][0]["proposal"]["args"] == {"phone": "+441134960000"}, turn
    assert (await case.say("yes"))["status"] == "resolved"


async def test_an_order_is_known_by_its_digits_and_a_reason_is_not_asked_for_again(
    house: House, people: People
) -> None:
    customer, order = people.refundable(10, 50)
    case = await house.verified(customer["id"])
    turn = await case.say(f"I need a refund on {order['id'][3:]}. The toaster never worked.")
    asked = turn["asks"][0]["proposal"]["args"]
    assert (asked["order_id"], asked["reason"]) == (order["id"], "The toaster never worked"), turn


async def test_a_choice_is_taken_up_with_what_was_given_before(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    asked = (await case.say("it is about my order"))["asks"]
    assert sorted(asked[0]["options"]) == ["cancel an order", "hear where an order is"]
    turn = await case.say(order["id"])
    assert turn["asks"] == asked, "what answers nothing is asked again"
    turn = await case.say(f"the {['first', 'second'][asked[0]['options'].index('cancel an order')]} one")
    assert turn["asks"][0]["proposal"]["args"] == {"order_id": order["id"]}, turn


async def test_a_choice_is_asked_for_twice_and_no_more(house: House) -> None:
    case = await house.open()
    asked = (await case.say("it is about my order"))["asks"]
    assert (await case.say("hmm"))["asks"] == asked
    assert (await case.say("well"))["asks"] == []


async def test_who_wants_neither_is_not_asked_again(house: House) -> None:
    case = await house.open()
    await case.say("it is about my order")
    turn = await case.say("neither")
    assert (turn["asks"], turn["handoff"]) == ([], None)


async def test_two_orders_are_cancelled_one_after_the_other(house: House, people: People) -> None:
    for customer_id in people.customers:
        mine = [o for o in people.orders if o["customer_id"] == customer_id and o["status"] == "processing"]
        if len(mine) >= 2 and customer_id not in people.used:
            break
    people.used.add(customer_id)
    one, two = mine[0]["id"], mine[1]["id"]
    case = await house.verified(customer_id)
    turn = await case.say(f"Please cancel {one} and {two}")
    assert turn["asks"][0]["proposal"]["args"] == {"order_id": one}, turn
    turn = await case.say("yes")
    assert turn["receipts"][0]["target"]["id"] == one
    assert turn["asks"][0]["proposal"]["args"] == {"order_id": two}, turn
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    assert (await house.oracle.item("orders", two))["status"] == "cancelled"


async def test_what_was_asked_is_told_before_what_waits_for_a_yes(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    await case.say(f"Cancel {order['id']} please")
    turn = await case.say(f"And what is the status of {order['id']}?")
    assert "being packed" in turn["reply"], turn
    assert turn["asks"][0]["proposal"]["action"] == "cancel_order"
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"


async def test_what_is_told_after_a_change_was_read_after_it(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    await case.say(f"Please cancel {order['id']}, and refund {order['id']} because I need the money")
    turn = await case.say("yes")
    assert [receipt["action"] for receipt in turn["receipts"]] == ["cancel_order"]
    lines = (await house.client.get(f"/v1/cases/{case.id}/file", headers=house.staff)).text.splitlines()
    kinds = [event["kind"] for event in map(json.loads, lines) if event["body"].get("tool") in (None, "get_order")]
    last = kinds[len(kinds) - kinds[::-1].index("TurnStarted") :]
    assert last.count("LookedUp") == 2, "before the change and after it"
    assert last.index("Verified") < len(last) - 1 - last[::-1].index("LookedUp")


async def test_a_value_corrected_in_one_message_is_the_new_one(house: House, people: People) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    turn = await case.say("please update my e-mail to new@example.org, oh sorry I mean newer@example.org")
    assert turn["asks"][0]["proposal"]["args"] == {"email": "newer@example.org"}, turn


async def test_a_question_in_between_is_answered_and_the_proposal_is_asked_again(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case = await house.verified(customer["id"])
    first = await case.say(f"cancel {order['id']} please")
    turn = await case.say("How long does delivery take?")
    assert turn["citations"]
    assert turn["asks"][0]["proposal"]["digest"] == first["asks"][0]["proposal"]["digest"]
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"


async def test_a_yes_from_before_the_question_is_none(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await house.oracle.arm("slow", resource="orders", method="GET", ms=700)
    asking = asyncio.create_task(case.say(f"cancel {order['id']} please"))
    await asyncio.sleep(0.3)
    early = await case.say("yes")
    asked = await asking
    assert asked["asks"][0]["kind"] == early["asks"][0]["kind"] == "confirmation"
    assert await house.oracle.written(before) == []
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"


@pytest.mark.parametrize("aside", ["by the way, do you sell dog beds?", "is there a student discount?"])
async def test_a_yes_to_something_else_is_no_yes_to_the_proposal(house: House, people: People, aside: str) -> None:
    customer, order = people.with_order("processing")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    first = await case.say(f"cancel {order['id']} please")
    turn = await case.say(aside)
    asked = [ask["proposal"] and ask["proposal"]["digest"] for ask in turn["asks"]]
    if asked != [first["asks"][0]["proposal"]["digest"]]:
        turn = await case.say("yes")
        assert await house.oracle.written(before, resource="orders") == [], turn
    assert turn["asks"][0]["kind"] == "confirmation", "it is put again"
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"


async def test_a_code_counts_after_a_question_that_nobody_can_answer(house: House, people: People) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.open()
    await case.say("change my phone number to +49 30 901820")
    await case.say(f"{customer['email']}, {customer['postcode']}")
    turn = await case.say("by the way, do you sell dog beds?")
    assert [ask["kind"] for ask in turn["asks"]] == ["code"]
    turn = await case.say(await house.code_for(customer["id"]))
    assert turn["asks"][0]["kind"] == "confirmation", turn


async def test_each_guess_at_a_proof_counts_whatever_stands_beside_it(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case = await house.open()
    turn = await case.say(f"where is {order['id']}? my e-mail is {customer['email']}")
    for guess in range(5):
        assert turn["status"] == "waiting_customer", guess
        turn = await case.say(f"my postcode is 9{guess}111")
    assert (turn["handoff"] or {}).get("reason") == "identity_failed", turn


async def test_a_mistyped_proof_is_put_right_by_itself(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case = await house.open()
    await case.say(f"where is {order['id']}? my e-mail is {customer['email']} and my postcode 90909")
    turn = await case.say(f"sorry, {customer['postcode']}")
    assert turn["status"] == "resolved", turn
    assert order["delivery"]["tracking"] in turn["reply"]


async def test_a_corrected_value_makes_a_new_proposal(house: House, people: People) -> None:
    customer, _ = people.with_order("delivered")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say("change my email address to wrong@example.org")
    turn = await case.say("sorry, I meant right@example.org")
    assert turn["asks"][0]["proposal"]["args"] == {"email": "right@example.org"}, turn
    await case.say("yes")
    [written] = await house.oracle.written(before, resource="customers")
    assert written["changes"]["email"][1] == "right@example.org"


async def test_a_bare_no_is_no_reason(house: House, people: People) -> None:
    customer, order = people.refundable(15, 50)
    case = await house.verified(customer["id"])
    asked = await case.say(f"refund {order['id']} please")
    assert [ask["name"] for ask in asked["asks"]] == ["reason"]
    turn = await case.say("No, leave it.")
    assert [ask["name"] for ask in turn["asks"]] == ["reason"], turn
    turn = await case.say("it arrived broken")
    assert turn["asks"][0]["proposal"]["args"]["reason"] == "it arrived broken"


async def test_values_may_come_late_and_all_at_once(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case = await house.open()
    turn = await case.say("hello")
    assert turn["status"] == "resolved"
    turn = await case.say("I would like to know where my order is")
    assert {ask["name"] for ask in turn["asks"]} >= {"order_id"}
    turn = await case.say(f"My name is {customer['name']}, postcode {customer['postcode']}, order {order['id']}")
    turn = await house.answer_asks(case, turn, customer, order["id"])
    assert turn["status"] == "resolved", turn
    assert order["delivery"]["tracking"] in turn["reply"]


async def test_what_says_nothing_is_asked_about_and_starts_nothing(house: House) -> None:
    case = await house.open()
    for words in ("yes", "no", "HG-100001", "???"):
        turn = await case.say(words)
        assert turn["reply"], words
        assert turn["handoff"] is None, (words, turn)
        assert turn["ruling"] is None, words


async def test_the_same_message_ten_times_at_once_is_one_turn(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"cancel {order['id']} please")
    message_id = str(uuid.uuid4())
    turns = await asyncio.gather(*(case.say("yes", message_id) for _ in range(10)))
    assert all(turn == turns[0] for turn in turns)
    assert len(await house.oracle.written(before, resource="orders")) == 1


async def test_messages_posted_while_a_turn_runs_are_not_lost(house: House) -> None:
    case = await house.open()
    texts = [f"How long does delivery take? {i}" for i in range(4)]
    turns = await asyncio.gather(*(case.say(text) for text in texts))
    said = [line["text"] for line in (await case.view())["transcript"] if line["role"] == "customer"]
    assert sorted(said) == sorted(texts)
    assert all(turn["reply"] for turn in turns)


async def test_a_stream_is_sentences_and_then_the_turn(house: House) -> None:
    case = await house.open()
    events = [event async for event in case.stream("How many days do I have to send something back?")]
    assert [kind for kind, _ in events[:-1]] == ["sentence"] * (len(events) - 1)
    kind, turn = events[-1]
    assert kind == "turn"
    said = " ".join(data["text"] for _, data in events[:-1])
    assert said.split() == turn["reply"].split()


async def test_someone_who_cannot_prove_who_they_are_reaches_a_person_after_five_tries(
    house: House, people: People
) -> None:
    _, order = people.with_order("shipped")
    case = await house.open()
    turn = await case.say(f"where is my order {order['id']}")
    for _ in range(6):
        if turn["status"] == "waiting_person":
            break
        given = {"postcode": "99999", "email": "nobody@example.org", "name": "Nobody Atall", "phone": "+49301234567"}
        names = [ask["name"] for ask in turn["asks"]]
        turn = await case.say(", ".join(given.get(name) or str(order["id"]) for name in names))
    assert turn["status"] == "waiting_person", turn
    view = await case.view()
    assert view["identity"]["level"] in ("anonymous", "claimed")
    assert order["delivery"]["tracking"] not in str(view["transcript"])
