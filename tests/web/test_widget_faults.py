"""The widget when things break: cut lines, a server that is gone, wiped, closed, silent, or says no."""

import pytest
from playwright.async_api import expect

from agent.casefile.records import Ask
from tests.web.scripted_desk import Reply, ScriptedDesk
from tests.web.visitor import Visitor

pytestmark = pytest.mark.slow

LOST = "The connection is lost. Trying again…"


@pytest.mark.parametrize("cut_after", [0, 1, 2])
async def test_a_cut_stream_goes_on_under_the_same_id(visitor: Visitor, desk: ScriptedDesk, cut_after: int) -> None:
    desk.replies.append(Reply(sentences=["First.", "Second."], cut_after=cut_after))
    await visitor.comes()
    await visitor.notes_announcements()
    await visitor.says("Hello")
    await expect(visitor.notice).to_have_text(LOST)
    await visitor.skips(2)
    await visitor.sees("Hello", "First. Second.")
    await expect(visitor.notice).to_be_hidden()
    assert len(desk.posts) == 2
    assert len(set(desk.posts)) == 1
    heard = " ".join(await visitor.announced())
    assert (heard.count("First."), heard.count("Second.")) == (1, 1)


async def test_a_reload_in_the_middle_of_a_reply_loses_nothing(visitor: Visitor, desk: ScriptedDesk) -> None:
    reply = Reply(sentences=["First.", "Second."], waits_after=1)
    desk.replies.append(reply)
    await visitor.comes()
    await visitor.says("Hello")
    await visitor.sees("Hello", "First.")
    await visitor.page.reload()
    await visitor.sees("Hello")
    await expect(visitor.page.get_by_text("Writing a reply…")).to_have_count(1)
    reply.go.set()
    await visitor.sees("Hello", "First. Second.")
    assert len(desk.posts) == 1


async def test_a_reload_keeps_the_question_that_is_open(visitor: Visitor, desk: ScriptedDesk) -> None:
    asks = [Ask(kind="choice", name="plan", options=["weekly", "monthly"])]
    text = "Your order is on its way.\n\nWhich plan would you like?"
    desk.replies.append(Reply(sentences=text.split("\n\n"), reply=text, asks=asks, status="waiting_customer"))
    await visitor.comes()
    await visitor.says("Change my plan")
    await visitor.sees("Change my plan", text)
    await visitor.box.fill("half a thou")
    await visitor.page.reload()
    await visitor.sees("Change my plan", *text.split("\n\n"))
    await expect(visitor.button("Monthly")).to_be_visible()
    await expect(visitor.box).to_have_value("half a thou")
    box = await visitor.box.bounding_box()
    assert box
    assert box["height"] > 30, "the box was measured while it could be seen"


async def test_messages_written_while_the_server_is_gone_arrive_in_order(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    await desk.goes_down()
    await visitor.says("One")
    await visitor.says("Two")
    await expect(visitor.notice).to_have_text(LOST)
    await desk.comes_up()
    await expect(visitor.page.locator(".agent")).to_have_count(2)
    assert [text for _, _, text in desk.posts] == ["One", "Two"]
    assert len(desk.cases) == 1
    await expect(visitor.notice).to_be_hidden()


async def test_a_message_that_never_left_is_sent_after_a_reload_under_its_id(
    visitor: Visitor, desk: ScriptedDesk
) -> None:
    elsewhere = ScriptedDesk()
    await visitor.comes(f'<deskhand-chat api="{elsewhere.url}"></deskhand-chat>', api=desk)
    await visitor.says("Hello")
    await expect(visitor.notice).to_have_text(LOST)
    stored = await visitor.stored("outbox")
    await visitor.page.reload()
    await elsewhere.comes_up()
    await visitor.sees("Hello", "Noted.")
    ((_, message_id, _),) = elsewhere.posts
    assert message_id in stored
    await elsewhere.goes_down()


async def test_a_line_that_falls_silent_is_given_up_and_asked_again(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["Here."], silent=True))
    await visitor.comes()
    await visitor.says("Hello")
    await expect(visitor.page.get_by_text("Writing a reply…")).to_have_count(1)
    await desk.has_got(posts=1)
    await visitor.skips(46)
    await visitor.sees("Hello", "Here.")
    assert len(desk.posts) == 2
    assert len(set(desk.posts)) == 1


async def test_a_wiped_home_gets_a_new_case_and_the_message(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    desk.forgets_all()
    await visitor.says("Still there?")
    await visitor.sees("Hello", "Noted.", "Still there?", "Noted.")
    await expect(visitor.notice).to_be_hidden()
    assert desk.posts[1][1:] == desk.posts[2][1:]
    assert desk.posts[1][0] != desk.posts[2][0]


async def test_a_wiped_home_is_not_noticed_after_a_reload_either(visitor: Visitor, desk: ScriptedDesk) -> None:
    reply = Reply(sentences=["Never."], waits_after=0)
    desk.replies.append(reply)
    await visitor.comes()
    await visitor.says("Unanswered")
    await visitor.sees("Unanswered")
    await desk.has_got(posts=1)
    desk.forgets_all()
    await visitor.page.reload()
    await visitor.sees("Unanswered", "Noted.")
    await expect(visitor.notice).to_be_hidden()
    reply.go.set()


async def test_a_closed_conversation_says_so_and_offers_another(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    desk.case.status = "closed"
    desk.refusals.append((409, {"title": "The case is closed"}))
    await visitor.says("One more thing")
    await expect(visitor.notice).to_contain_text("This conversation is closed.")
    await expect(visitor.box).to_have_value("One more thing")
    await visitor.sees("Hello", "Noted.")
    await visitor.button("Start a new conversation").click()
    await visitor.sees()
    await expect(visitor.notice).to_be_hidden()
    await expect(visitor.box).to_be_focused()
    await expect(visitor.box).to_have_value("One more thing")
    await visitor.box.press("Enter")
    await visitor.sees("One more thing", "Noted.")
    assert len(desk.cases) == 2


async def test_another_conflict_is_told_in_the_servers_words(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    desk.refusals.append((409, {"detail": "Somebody else is writing in this case."}))
    await visitor.says("Hello")
    await expect(visitor.notice).to_have_text("Somebody else is writing in this case.")
    await expect(visitor.box).to_have_value("Hello")


async def test_a_case_that_staff_closed_is_shown_closed(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    desk.case.status = "closed"
    await visitor.page.reload()
    await expect(visitor.notice).to_contain_text("This conversation is closed.")
    await visitor.sees("Hello", "Noted.")


async def test_a_refused_message_stays_in_the_box_with_the_servers_reason(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    desk.refusals.append((422, {"title": "Invalid", "detail": "That is more than 8,000 characters."}))
    await visitor.says("Hello")
    await expect(visitor.notice).to_have_text("That is more than 8,000 characters.")
    await expect(visitor.box).to_have_value("Hello")
    await visitor.sees()
    await visitor.box.press("Enter")
    await visitor.sees("Hello", "Noted.")
    await expect(visitor.notice).to_be_hidden()
    assert len({message_id for _, message_id, _ in desk.posts}) == 2


async def test_a_server_in_trouble_is_asked_again_and_then_believed(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    desk.refusals.extend([(503, {"title": "Later"})] * 6)
    await visitor.says("Hello")
    await expect(visitor.notice).to_have_text(LOST)
    while len(desk.posts) < 6:  # the browser says that the line is back: then nothing waits any longer
        await visitor.page.evaluate("window.dispatchEvent(new Event('online'))")
    await expect(visitor.notice).to_have_text("Later")
    await expect(visitor.box).to_have_value("Hello")
    assert (len(desk.posts), len(set(desk.posts))) == (6, 1)


PARSE = """async ([bytes, sizes]) => {
  const { eventsOf } = await import("/static/chat/desk.js");
  const seen = [];
  for (const size of sizes) {
    const parts = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(new Uint8Array(bytes.slice(at, at + size)));
    const body = new ReadableStream({ start(to) { parts.forEach(part => to.enqueue(part)); to.close(); } });
    const events = [];
    for await (const event of eventsOf(body)) events.push(event);
    seen.push(events);
  }
  return seen;
}"""


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
async def test_events_are_the_same_however_the_bytes_are_cut(visitor: Visitor, end: str) -> None:
    told = [
        ": ping", "", "event: sentence", 'data: {"text": "Grüße 🙂: ja"}', "", "id: 7", "data: a", "data:b", "data", "",
        "event: turn", "", "retry: 5", "event:turn", "data: {}", "", "data: unfinished",
    ]  # fmt: skip
    body = end.join(told).encode()
    await visitor.comes()
    seen = await visitor.page.evaluate(PARSE, [list(body), list(range(1, len(body) + 1))])
    expected = [["sentence", '{"text": "Grüße 🙂: ja"}'], ["message", "a\nb\n"], ["turn", "{}"]]
    assert seen == [expected] * len(body)
