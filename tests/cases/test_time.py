"""Appointments, calls, reminders, tickets of faults, and mails on request: whole cases over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evals.talk import Case, Turn
from knowledge.moments import spoken
from tests.cases.house import House, running
from tests.cases.people import People

ZONE = ZoneInfo("Europe/Amsterdam")


def customer_of(people: People) -> dict[str, Any]:
    return people.with_order("delivered")[0]


def local(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(ZONE):%Y-%m-%dT%H:%M}"


def options(turn: Turn) -> list[str]:
    (asked,) = (ask for ask in turn["asks"] if ask["kind"] == "choice")
    return list(asked["options"])


async def booked(case: Case, text: str = "book a consultation please") -> tuple[str, str]:
    """An appointment made by talking: its id, and the text of the time."""
    chosen = options(await case.say(text))[0]
    await case.say("the first one")
    turn = await case.say("yes")
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"], turn
    (added,) = turn["receipts"][0]["evidence"]["read_back"]["seen"]["added"]
    return added["id"], chosen


async def test_a_slot_is_chosen_confirmed_and_booked(house: House, people: People) -> None:
    customer = customer_of(people)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    turn = await case.say("I'd like to book a kitchen consultation")
    shown = options(turn)
    assert turn["asks"][0]["name"] == "slot_id"
    free = [slot for slot in await house.oracle.rows("slots", kind="service") if slot["free"]]
    told = {spoken(local(slot["starts_at"]), "en"): slot for slot in free}
    assert set(shown) <= told.keys(), "only what is free is offered, by the company's clock"
    assert await house.oracle.written(before) == []
    turn = await case.say("hmm, which one is the best?")
    assert options(turn) == shown, "what takes none is asked again"
    turn = await case.say(shown[2])
    slot = told[shown[2]]
    assert turn["asks"][0]["proposal"]["args"] == {
        "slot_id": slot["id"], "kind": "service", "starts": local(slot["starts_at"])
    }  # fmt: skip
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    (write,) = await house.oracle.written(before)
    made = await house.oracle.item("appointments", write["id"])
    assert (made["customer_id"], made["slot_id"], made["status"]) == (customer["id"], slot["id"], "booked")
    assert not (await house.oracle.item("slots", slot["id"]))["free"]


async def test_a_slot_that_somebody_else_took_meanwhile_is_told_and_others_are_offered(
    house: House, people: People
) -> None:
    customer, other = customer_of(people), customer_of(people)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    shown = options(await case.say("book a consultation please"))
    turn = await case.say("1")
    slot = turn["asks"][0]["proposal"]["args"]["slot_id"]
    await house.oracle.post("appointments", customer_id=other["id"], slot_id=slot, kind="service")
    turn = await case.say("yes")
    assert turn["reply"].startswith("What you chose is not to be had any more")
    assert shown[0] not in options(turn)
    assert await house.oracle.written(before) == []
    await case.say("the last one")
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    (write,) = await house.oracle.written(before)
    assert write["applied"]


async def test_none_of_these_brings_others_until_there_are_no_more(house: House, people: People) -> None:
    case = await house.verified(customer_of(people)["id"])
    turn, seen = await case.say("book a consultation please"), list[str]()
    for _ in range(20):
        if turn["status"] != "waiting_customer":
            break
        assert not set(options(turn)) & set(seen)
        seen += options(turn)
        turn = await case.say("none of these")
    assert turn["status"] == "waiting_person"
    assert turn["handoff"]["reason"] == "none_fits"
    assert len(seen) > 5


async def test_an_appointment_is_moved_and_both_slots_are_looked_at(house: House, people: People) -> None:
    expected = {row["customer_id"] for row in await house.oracle.rows("appointments")}
    customer, _ = people.with_order("delivered", lambda order: order["customer_id"] not in expected)
    case = await house.verified(customer["id"])
    appointment, _ = await booked(case)
    old = (await house.oracle.item("appointments", appointment))["slot_id"]
    before = await house.oracle.seq()
    turn = await case.say("Can we move my appointment to another day?")
    assert turn["asks"][0]["name"] == "slot_id", "the only appointment needs no asking"
    await case.say("the last one")
    turn = await case.say("yes")
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"]
    after = await house.oracle.item("appointments", appointment)
    assert after["slot_id"] != old
    assert (await house.oracle.item("slots", old))["free"]
    assert not (await house.oracle.item("slots", after["slot_id"]))["free"]
    assert len(await house.oracle.written(before)) == 1


async def test_of_several_appointments_the_one_meant_is_cancelled(house: House, people: People) -> None:
    customer = customer_of(people)
    case = await house.verified(customer["id"])
    first, _ = await booked(case)
    second, when = await booked(case, "Please book a consultation for next week")
    turn = await case.say("cancel my appointment")
    assert turn["asks"][0]["name"] == "appointment_id"
    (chosen,) = (option for option in options(turn) if when in option)
    await case.say(chosen)
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    status = {id_: (await house.oracle.item("appointments", id_))["status"] for id_ in (first, second)}
    assert status == {first: "booked", second: "cancelled"}


async def test_on_the_day_itself_an_appointment_stays(house: House, people: People) -> None:
    customer = customer_of(people)
    today = datetime.now(ZONE).replace(hour=23, minute=58, second=0, microsecond=0)
    at = {"starts_at": today.astimezone(UTC).isoformat(), "ends_at": (today + timedelta(minutes=30)).isoformat()}
    slot = await house.oracle.post("slots", kind="service", **at)
    made = await house.oracle.post("appointments", customer_id=customer["id"], slot_id=slot["id"], kind="service")
    case = await house.verified(customer["id"])
    turn = await case.say("cancel my appointment")
    assert turn["ruling"]["outcome"] == "forbid"
    assert turn["ruling"]["clauses"] == ["service/11.4"]
    assert (await house.oracle.item("appointments", made["id"]))["status"] == "booked"


async def test_a_call_is_asked_for_with_or_without_a_time(house: House, people: People) -> None:
    customer = customer_of(people)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    await case.say("please call me back")
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    (write,) = await house.oracle.written(before)
    made = await house.oracle.item("appointments", write["id"])
    assert (made["kind"], made["slot_id"], made["customer_id"]) == ("callback", None, customer["id"])
    case = await house.verified(customer_of(people)["id"])
    turn = await case.say("can somebody ring me next week?")
    assert all("at" in option for option in options(turn))


async def test_a_fault_of_the_shop_becomes_a_ticket_with_the_facts(house: House) -> None:
    case, before = await house.open(), await house.oracle.seq()
    turn = await case.say("the checkout button does nothing")
    assert [ask["name"] for ask in turn["asks"]] == ["description"]
    told = "On the payment page in Firefox, since this morning"
    await case.say(told)
    turn = await case.say("yes")
    (write,) = await house.oracle.written(before)
    ticket = await house.oracle.item("tickets", write["id"])
    assert (ticket["kind"], ticket["case_id"], ticket["body"]) == ("bug", case.id, told)
    assert "checkout" in ticket["subject"]
    assert ticket["id"] in turn["reply"]
    assert (turn["status"], turn["handoff"]) == ("resolved", None)


async def test_a_summary_goes_to_the_address_on_file_and_holds_what_the_file_holds(
    house: House, people: People
) -> None:
    customer = customer_of(people)
    case = await house.verified(customer["id"])
    _, when = await booked(case)
    before = await house.oracle.seq()
    await case.say("please mail me a summary of this chat to other@example.org")
    turn = await case.say("yes")
    assert turn["status"] == "resolved"
    (write,) = await house.oracle.written(before)
    mail = await house.oracle.item("messages", write["id"])
    assert (mail["to"], mail["kind"]) == (customer["email"], "summary")
    assert when in mail["body"]
    assert "book a consultation please" in mail["body"]


async def test_an_approved_article_is_sent_as_it_stands(house: House, people: People) -> None:
    customer = customer_of(people)
    case, before = await house.verified(customer["id"]), await house.oracle.seq()
    turn = await case.say("can you mail me the care instructions for cast iron")
    if turn["asks"][0]["kind"] == "choice":
        turn = await case.say("cast iron")
    turn = await case.say("yes")
    assert turn["status"] == "resolved", turn
    (write,) = await house.oracle.written(before)
    mail = await house.oracle.item("messages", write["id"])
    article = (await house.front.desk.live()).playbook.articles["cast-iron-care"]
    assert (mail["to"], mail["subject"], mail["body"].strip()) == (
        customer["email"],
        article.title,
        article.text.strip(),
    )


async def reminded(case: Case) -> str:
    """A reminder for tomorrow at nine is set; its id."""
    turn = await case.say("remind me tomorrow at 9 to send the parcel back")
    assert turn["asks"][0]["proposal"]["args"]["text"] == "send the parcel back"
    turn = await case.say("yes")
    assert [receipt["state"] for receipt in turn["receipts"]] == ["verified"], turn
    (followup,) = (await case.view())["followups"]
    assert followup["status"] == "waiting"
    return str(followup["id"])


async def status_of(house: House, case: Case) -> tuple[str, int, int]:
    """The reminder's status, how often it was said in the case, and how many mails of it there are."""
    view = (await house.client.get(f"/v1/cases/{case.id}", headers=case.headers)).raise_for_status().json()
    said = [line for line in view["transcript"] if "You asked me to remind you" in line["text"]]
    mails = await house.oracle.rows("messages", kind="reminder")
    return view["followups"][0]["status"], len(said), len([m for m in mails if "send the parcel back" in m["body"]])


@pytest.mark.slow
async def test_a_reminder_survives_a_restart_and_is_said_once_with_two_processes(ready_home: Path) -> None:
    async with running(ready_home) as house:
        people = await People.of(house.oracle)
        case = await house.verified(customer_of(people)["id"])
        await reminded(case)
        await house.front.turns.sweep()
        assert await status_of(house, case) == ("waiting", 0, 0), "it is not due yet"
    later = 2 * 24 * 3600
    async with running(ready_home, clock_offset_s=later) as house, running(ready_home, clock_offset_s=later) as other:
        for _ in range(100):
            if await status_of(house, case) == ("sent", 1, 1):
                break
            await asyncio.sleep(0.2)
        await asyncio.gather(house.front.turns.sweep(), other.front.turns.sweep())
        await asyncio.sleep(2)
        assert await status_of(house, case) == ("sent", 1, 1)
        written = await house.oracle.written(0, resource="messages")
        assert [row["applied"] for row in written] == [True]


@pytest.mark.slow
async def test_a_reminder_that_is_cancelled_or_whose_case_closes_is_not_said(ready_home: Path) -> None:
    async with running(ready_home) as house:
        people = await People.of(house.oracle)
        one, two = [await house.verified(customer_of(people)["id"]) for _ in range(2)]
        await reminded(one)
        await one.say("cancel the reminder")
        await one.say("yes")
        await reminded(two)
        closed = await house.client.post(f"/v1/cases/{two.id}/close", headers=house.staff)
        closed.raise_for_status()
        assert [(await case.view())["followups"][0]["status"] for case in (one, two)] == ["cancelled", "cancelled"]
    async with running(ready_home, clock_offset_s=2 * 24 * 3600) as house:
        await asyncio.sleep(3)
        assert [await status_of(house, case) for case in (one, two)] == [("cancelled", 0, 0)] * 2


@pytest.mark.slow
async def test_a_reminder_whose_mail_is_lost_is_said_once_and_mailed_once(ready_home: Path) -> None:
    async with running(ready_home) as house:
        people = await People.of(house.oracle)
        case = await house.verified(customer_of(people)["id"])
        await reminded(case)
    due = datetime.now(ZONE).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    offset = (due - datetime.now(ZONE)).total_seconds() - 20
    async with running(ready_home, clock_offset_s=offset, retry_s=1) as house:
        await house.oracle.arm("timeout_after_write", resource="messages", ms=3000)
        for _ in range(200):
            if await status_of(house, case) == ("sent", 1, 1):
                break
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)
        assert await status_of(house, case) == ("sent", 1, 1)
        assert len(await house.oracle.written(0, resource="messages")) == 1
