"""Turns that the widget did not wait for, or waited for twice: a person's, a reminder's, a shared one."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.web.scripted_desk import ASKED, Reply, ScriptedDesk
from tests.web.visitor import Visitor

pytestmark = pytest.mark.slow


async def test_a_person_is_one_click_away_and_the_agent_then_keeps_silent(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["I have asked a colleague."], status="waiting_person"))
    desk.replies.append(Reply(sentences=[], status="waiting_person"))
    await visitor.comes()
    await visitor.button("Talk to a person").click()
    await visitor.sees("I want to talk to a person", "I have asked a colleague.")
    await expect(visitor.page.get_by_text("With a person now")).to_have_role("status")
    await visitor.says("Are you there?")
    await desk.has_got(posts=2)
    desk.case.transcript.append({"role": "staff", "text": "Mara here.", "at": ""})
    await visitor.skips(3)
    await visitor.sees("I want to talk to a person", "I have asked a colleague.", "Are you there?", "Mara here.")
    await expect(visitor.page.locator(".staff .author")).to_be_visible()


async def test_a_follow_up_appears_without_writing(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["A colleague has to approve it."], status="waiting_approval"))
    await visitor.comes()
    await visitor.says("Refund 80 EUR")
    await expect(visitor.page.get_by_text("A colleague is looking at this")).to_be_visible()
    desk.case.add_turn(Reply(sentences=["It is approved."]))
    await visitor.skips(3)
    await visitor.sees("Refund 80 EUR", "A colleague has to approve it.", "It is approved.")
    await expect(visitor.page.get_by_text("A colleague is looking at this")).to_be_hidden()
    assert len(desk.posts) == 1


async def test_a_colleagues_answer_is_shown_once_and_as_theirs(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["A colleague has to approve it."], status="waiting_approval"))
    await visitor.comes()
    await visitor.says("Refund 80 EUR")
    await expect(visitor.page.get_by_text("A colleague is looking at this")).to_be_visible()
    desk.case.add_turn(Reply(sentences=["Can you send us a photo?"], role="staff", status="waiting_customer"))
    await visitor.skips(3)
    for _ in range(2):
        await visitor.sees("Refund 80 EUR", "A colleague has to approve it.", "Can you send us a photo?")
        await expect(visitor.page.locator(".staff .text")).to_have_text("Can you send us a photo?")
        await visitor.page.reload()


async def test_a_reminder_counts_as_unread_while_the_chat_is_closed(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    await visitor.says("Remind me")
    await visitor.sees("Remind me", "Noted.")
    await visitor.button("Close the chat").click()
    desk.case.add_turn(Reply(sentences=["Your coffee comes tomorrow."]))
    await visitor.skips(11)
    await expect(visitor.page.get_by_text("1 new message")).to_have_role("status")
    await visitor.button("Chat with us").click()
    await visitor.sees("Remind me", "Noted.", "Your coffee comes tomorrow.")
    await expect(visitor.page.get_by_text("1 new message")).to_have_count(0)


async def test_a_hidden_page_asks_nothing(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    await visitor.page.evaluate(TURN_PAGE, "hidden")
    before = desk.looks
    for _ in range(5):
        await visitor.skips(61)
    await visitor.page.evaluate("() => new Promise(done => requestAnimationFrame(done))")
    assert desk.looks == before
    desk.case.add_turn(Reply(sentences=["Welcome back."]))
    await visitor.page.evaluate(TURN_PAGE, "visible")
    await visitor.sees("Hello", "Noted.", "Welcome back.")


TURN_PAGE = """state => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => state === "hidden"});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.parametrize("late", [False, True], ids=["while it runs", "when it is over"])
async def test_two_messages_that_share_a_turn_are_answered_once(
    visitor: Visitor, desk: ScriptedDesk, late: bool
) -> None:
    reply = Reply(sentences=["Both", "understood."], waits_after=1)
    desk.replies.append(reply)
    await visitor.comes()
    await visitor.says("Cancel my order")
    await visitor.sees("Cancel my order", "Both")
    desk.joins_next = True
    if late:
        reply.go.set()
        await visitor.sees("Cancel my order", "Both understood.")
    await visitor.says("and change my plan")
    await desk.has_got(posts=2)
    reply.go.set()
    await visitor.sees("Cancel my order", "Both understood.", "and change my plan")
    await expect(visitor.page.locator(".dots")).to_be_hidden()
    assert await visitor.stored("outbox") == "[[]]"


ONE_WAITS = "Object.values(localStorage).some(text => JSON.parse(text).outbox?.length === 1)"


async def test_a_shared_turn_that_one_line_brings_late_stays_where_it_was(visitor: Visitor, desk: ScriptedDesk) -> None:
    reply = Reply(sentences=["Both", "understood."], waits_after=1, lag=asyncio.Event())
    desk.replies.append(reply)
    await visitor.comes()
    await visitor.says("Cancel my order")
    await visitor.sees("Cancel my order", "Both")
    desk.joins_next = True
    await visitor.says("and change my plan")
    await desk.has_got(posts=2)
    reply.go.set()
    await visitor.page.wait_for_function(ONE_WAITS)
    assert reply.lag
    reply.lag.set()
    await visitor.sees("Cancel my order", "Both understood.", "and change my plan")


async def test_who_stands_on_a_button_that_goes_away_is_taken_to_the_box(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["Shall I?"], asks=[ASKED], status="waiting_customer"))
    await visitor.comes()
    await visitor.says("Money back please")
    await visitor.button("No").focus()
    desk.case.add_turn(Reply(sentences=["The time to say yes is over."]))
    await visitor.skips(11)
    await visitor.sees("Money back please", "Shall I?", "The time to say yes is over.")
    await expect(visitor.button("No")).to_have_count(0)
    await expect(visitor.box).to_be_focused()
