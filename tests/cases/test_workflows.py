"""The six workflows, whole cases over HTTP: what is said, what stands in the systems, what their journal shows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.cases.house import House
from tests.cases.people import People, age, total

LISTS = ("known", "uncertain", "next")


async def test_order_status_needs_two_facts_and_then_tells_the_record(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case, before = await house.open(), await house.oracle.seq()
    turn = await case.say(f"Hi, where is my order {order['id']}?")
    assert turn["status"] == "waiting_customer"
    assert order["delivery"]["tracking"] not in turn["reply"]
    turn = await house.answer_asks(case, turn, customer, order["id"])
    assert turn["status"] == "resolved", turn
    assert order["id"] in turn["reply"]
    assert order["delivery"]["tracking"] in turn["reply"]
    assert (await case.view())["identity"]["level"] == "confirmed"
    assert await house.oracle.written(before) == []


async def test_an_order_of_someone_else_looks_like_one_that_does_not_exist(house: House, people: People) -> None:
    customer, _ = people.with_order("shipped")
    _, foreign = people.with_order("shipped")
    case = await house.verified(customer["id"])
    theirs = await case.say(f"Where is my order {foreign['id']}?")
    nobodys = await (await house.verified(customer["id"])).say("Where is my order HG-000001?")
    assert theirs["reply"].replace(foreign["id"], "X") == nobodys["reply"].replace("HG-000001", "X")
    assert theirs["asks"] == nobodys["asks"]
    assert foreign["delivery"]["tracking"] not in theirs["reply"]


async def test_the_lists_of_a_case_tell_a_customer_nothing_that_is_not_theirs(house: House, people: People) -> None:
    customer, own = people.with_order("shipped")
    _, foreign = people.with_order("shipped")
    stands = list[str]()
    for order in (foreign["id"], "HG-000001"):
        case = await house.verified(customer["id"])
        await case.say(f"Where is my order {order}?")
        view = await case.view()
        stands.append(str([point["text"].replace(order, "X") for name in LISTS for point in view[name]]))
    assert stands[0] == stands[1]
    case = await house.verified(customer["id"])
    await case.say(f"Where is my order {own['id']}?")
    await house.client.post(f"/v1/cases/{case.id}/takeover", headers=house.staff)
    view = await case.view()
    known = [point["text"] for point in view["known"]]
    assert f"Order id: {own['id']}" in known
    assert f"The customer is {customer['id']}: verified." in known
    assert not any(point["source"] == "record" for name in LISTS for point in view[name])
    assert [point["text"] for point in view["next"]] == ["A person goes on: taken over."]


async def test_cancelling_waits_for_the_yes_and_is_read_back(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case, before = await house.open(), await house.oracle.seq()
    turn = await case.say(f"Please cancel my order {order['id']}")
    turn = await house.answer_asks(case, turn, customer, order["id"])
    [ask] = turn["asks"]
    assert ask["kind"] == "confirmation"
    assert ask["proposal"]["action"] == "cancel_order"
    assert ask["proposal"]["args"] == {"order_id": order["id"]}
    assert turn["ruling"]["outcome"] == "confirm"
    assert (await house.oracle.item("orders", order["id"]))["status"] == "processing"
    turn = await case.say("Yes please")
    assert turn["status"] == "resolved"
    assert [(r["action"], r["state"]) for r in turn["receipts"]] == [("cancel_order", "verified")]
    assert (await house.oracle.item("orders", order["id"]))["status"] == "cancelled"
    [written] = await house.oracle.written(before, resource="orders")
    assert written["changes"]["status"] == ["processing", "cancelled"]


async def test_a_no_changes_nothing(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"cancel order {order['id']} please")
    turn = await case.say("no, thanks")
    assert turn["status"] == "resolved"
    assert turn["receipts"] == []
    assert await house.oracle.written(before) == []


async def test_an_unclear_answer_is_asked_again_and_never_taken_for_a_yes(house: House, people: People) -> None:
    customer, order = people.with_order("processing")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"cancel order {order['id']} please")
    for words in ("you misunderstood", "yes but only if I get a voucher", "maybe", "yesterday I ordered it"):
        turn = await case.say(words)
        if turn["status"] == "waiting_person":
            break
        assert turn["asks"][0]["kind"] == "confirmation", (words, turn)
    assert await house.oracle.written(before, resource="orders") == []


async def test_a_shipped_order_is_not_cancelled_and_the_clause_says_why(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    turn = await case.say(f"I want to cancel {order['id']}")
    assert turn["ruling"]["outcome"] == "forbid"
    assert turn["citations"][0]["id"] in turn["ruling"]["clauses"]
    assert turn["status"] == "resolved"
    assert await house.oracle.written(before) == []


async def test_a_small_refund_needs_the_customers_yes(house: House, people: People) -> None:
    customer, order = people.refundable(5, 50)
    case, before = await house.open(), await house.oracle.seq()
    turn = await case.say(f"I would like a refund for order {order['id']}, the cup arrived broken")
    turn = await house.answer_asks(case, turn, customer, order["id"])
    if turn["asks"][0]["name"] == "reason":
        turn = await case.say("it arrived broken")
    assert turn["asks"][0]["kind"] == "confirmation", turn
    turn = await case.say("yes")
    assert [(r["action"], r["state"]) for r in turn["receipts"]] == [("issue_refund", "verified")]
    [refund] = await house.oracle.rows("refunds", order_id=order["id"])
    assert Decimal(refund["amount"]["amount"]) == total(order)
    assert len(await house.oracle.written(before, resource="refunds")) == 1


async def test_a_large_refund_waits_for_a_person(house: House, people: People) -> None:
    customer, order = people.refundable(60, 400)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    turn = await case.say(f"refund for {order['id']} please because it is damaged")
    assert turn["status"] == "waiting_approval", turn
    assert turn["ruling"]["outcome"] == "approve"
    assert await house.oracle.written(before) == []
    [approval] = await house.approvals(case)
    assert approval["args"]["order_id"] == order["id"]
    decided = (await house.decide(approval["id"], decision="approve", digest=approval["digest"])).json()
    assert decided["approval"]["status"] == "approved"
    assert decided["turn"]["status"] == "resolved"
    assert decided["turn"]["receipts"][0]["state"] == "verified"
    assert len(await house.oracle.written(before, resource="refunds")) == 1
    again = await house.decide(approval["id"], decision="approve")
    assert again.status_code == 409
    assert len(await house.oracle.written(before, resource="refunds")) == 1


async def test_a_rejected_refund_is_not_made_and_the_customer_hears_it(house: House, people: People) -> None:
    customer, order = people.refundable(60, 400)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"refund for {order['id']} please because it is damaged")
    [approval] = await house.approvals(case)
    decided = (await house.decide(approval["id"], decision="reject")).json()
    assert decided["turn"]["status"] == "resolved"
    assert decided["turn"]["reply"]
    assert [citation["id"] for citation in decided["turn"]["citations"]] == approval["clauses"]
    assert await house.oracle.written(before) == []


async def test_an_edited_refund_is_ruled_again_and_the_customer_hears_of_it(house: House, people: People) -> None:
    customer, order = people.refundable(60, 400)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"refund for {order['id']} please because it is damaged")
    [approval] = await house.approvals(case)
    too_much = await house.decide(approval["id"], decision="approve", args=approval["args"] | {"amount": "1.00"})
    assert too_much.status_code == 409
    edited = approval["args"] | {"amount": "30.00"}
    decided = (await house.decide(approval["id"], decision="edit", args=edited)).json()
    assert decided["turn"]["receipts"][0]["args"]["amount"] == "30.00"
    assert "30.00" in decided["turn"]["reply"]
    assert len(await house.oracle.written(before, resource="refunds")) == 1
    [refund] = await house.oracle.rows("refunds", order_id=order["id"])
    assert refund["amount"]["amount"] == "30.00"


async def test_an_edit_beyond_the_policy_is_refused(house: House, people: People) -> None:
    customer, order = people.refundable(60, 400)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say(f"refund for {order['id']} please because it is damaged")
    [approval] = await house.approvals(case)
    edited = approval["args"] | {"amount": str(total(order) + 1)}
    decided = (await house.decide(approval["id"], decision="edit", args=edited)).json()
    assert decided["turn"]["ruling"]["outcome"] == "forbid"
    assert await house.oracle.written(before) == []


async def test_an_old_delivery_is_not_refunded_and_the_clause_says_why(house: House, people: People) -> None:
    old = lambda o: o["delivered_at"] and age(o["delivered_at"]) > timedelta(days=40)  # noqa: E731
    customer, order = people.with_order("delivered", old)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    turn = await case.say(f"I want my money back for {order['id']} because I do not like it")
    assert turn["ruling"]["outcome"] == "forbid"
    assert turn["ruling"]["clauses"]
    assert turn["citations"]
    assert await house.oracle.written(before) == []


@pytest.mark.parametrize("status", ["returned", "shipped", "processing", "cancelled"])
async def test_what_was_not_delivered_is_not_refunded_and_the_clause_says_why(
    house: House, people: People, status: str
) -> None:
    customer, order = people.with_order(status)
    case = await house.verified(customer["id"])
    turn = await case.say(f"refund {order['id']} please because it is torn")
    assert turn["ruling"]["outcome"] == "forbid", turn
    assert "refunds/4.1" in [citation["id"] for citation in turn["citations"]]


async def test_what_was_refunded_whole_is_not_refunded_again_and_the_clause_says_why(
    house: House, people: People
) -> None:
    customer, order = people.refundable(15, 50)
    await house.oracle.post("refunds", order_id=order["id"], amount=order["total"], reason="By a colleague.")
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    turn = await case.say(f"refund {order['id']} please because it is torn")
    assert turn["ruling"]["outcome"] == "forbid", turn
    assert [citation["id"] for citation in turn["citations"]] == ["refunds/4.5"]
    assert await house.oracle.written(before) == []


async def test_changing_the_email_needs_the_code_from_the_address_on_file(house: House, people: People) -> None:
    customer, order = people.with_order("delivered")
    case = await house.open()
    turn = await case.say("I need to change my email address to new.address@example.org")
    turn = await house.answer_asks(case, turn, customer, order["id"])
    assert turn["asks"][0]["kind"] == "confirmation", turn
    assert (await case.view())["identity"]["level"] == "verified"
    before = await house.oracle.seq()
    turn = await case.say("yes")
    assert turn["receipts"][0]["state"] == "verified"
    assert (await house.oracle.item("customers", customer["id"]))["email"] == "new.address@example.org"
    assert len(await house.oracle.written(before, resource="customers")) == 1


async def test_a_phone_and_an_address_are_changed(house: House, people: People) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    turn = await case.say("please change my phone number to +49 30 901820")
    assert turn["asks"][0]["proposal"]["args"] == {"phone": "+4930901820"}, turn
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
    turn = await case.say("I have moved. My new address is Lindenstraße 12, 10969 Berlin")
    assert turn["asks"][0]["kind"] == "confirmation", turn
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
    changed = await house.oracle.item("customers", customer["id"])
    assert changed["phone"] == "+4930901820"
    assert "Lindenstraße 12" in changed["address"]
    assert changed["postcode"] == "10969"


async def test_five_wrong_codes_reach_a_person(house: House, people: People) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.open()
    turn = await case.say("change my email address to other@example.org")
    facts = ", ".join(customer[ask["name"]] for ask in turn["asks"] if ask["kind"] == "identity")
    turn = await case.say(facts)
    assert turn["asks"][0]["kind"] == "code", turn
    right = await house.code_for(customer["id"])
    wrong = "111111" if right != "111111" else "222222"
    for _ in range(5):
        turn = await case.say(wrong)
    assert turn["status"] == "waiting_person"
    assert turn["handoff"]["reason"] == "identity_failed"
    assert (await house.oracle.item("customers", customer["id"]))["email"] == customer["email"]


async def test_a_policy_question_is_answered_with_a_citation(house: House) -> None:
    case = await house.open()
    turn = await case.say("How many days do I have to send something back?")
    assert turn["status"] == "resolved"
    assert "30" in turn["reply"]
    [citation] = turn["citations"]
    assert turn["reply"] in citation["quote"], "what carries the answer is cited, and nothing else"


async def test_what_no_document_answers_is_not_answered(house: House) -> None:
    case = await house.open()
    turn = await case.say("Who won the football world cup in 1998?")
    assert turn["citations"] == []
    assert turn["status"] in ("waiting_customer", "resolved")


async def test_a_person_is_reached_with_everything_known(house: House, people: People) -> None:
    customer, order = people.with_order("shipped")
    case = await house.verified(customer["id"])
    await case.say(f"Where is {order['id']}?")
    turn = await case.say("I want to talk to a human being")
    assert turn["status"] == "waiting_person"
    packet = (await house.client.get(f"/v1/cases/{case.id}/handoff", headers=house.staff)).json()
    assert packet["identity"]["value"]["level"] == "verified"
    assert packet["ticket_id"]["value"]
    known, coming = ([point["text"] for point in packet[name]["value"]] for name in ("known", "next"))
    assert f"Order id: {order['id']}" in known
    assert any(text.startswith("Get order") and "shipped" in text for text in known)
    assert any(text.endswith("a person sees to it.") for text in coming)
    [ticket] = await house.oracle.rows("tickets", case_id=case.id)
    assert ticket["id"] == packet["ticket_id"]["value"]
    silent = await case.say("Hello? Are you there?")
    assert silent["reply"] == ""
    assert silent["status"] == "waiting_person"
    assert len(await house.oracle.rows("tickets", case_id=case.id)) == 1
