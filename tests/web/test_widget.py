"""The chat widget in a real browser: what a customer sees, hears and can do."""

import jwt
import pytest
from playwright.async_api import expect

from agent.casefile.records import Ask, Citation, Proposal
from tests.web.scripted_desk import ASKED, Reply, ScriptedDesk
from tests.web.visitor import MODULE, Visitor

CITED = Citation(
    id="refunds/4.2", kind="clause", title="Large refunds", release="r", quote="A refund above 50 EUR waits."
)
MARKUP = "<img src=x onerror='window.pwned=1'><script>window.pwned=1</script>"


async def test_a_reply_comes_sentence_by_sentence_and_is_announced_once(visitor: Visitor, desk: ScriptedDesk) -> None:
    reply = Reply(sentences=["It is on its way.", "Ana expects it on Friday."], waits_after=1)
    desk.replies.append(reply)
    await visitor.comes()
    await visitor.notes_announcements()
    await visitor.says("Where is HG-104233?")
    await visitor.sees("Where is HG-104233?", "It is on its way.")
    reply.go.set()
    await visitor.sees("Where is HG-104233?", "It is on its way. Ana expects it on Friday.")
    await expect(visitor.page.locator(".dots")).to_be_hidden()
    heard = " ".join(await visitor.announced())
    assert (heard.count("on its way"), heard.count("expects it")) == (1, 1)
    assert visitor.complaints == []


async def test_paragraphs_of_the_whole_reply_are_shown_without_a_second_announcement(
    visitor: Visitor, desk: ScriptedDesk
) -> None:
    desk.replies.append(Reply(sentences=["First.", "Second."], reply="First.\n\nSecond."))
    await visitor.comes()
    await visitor.notes_announcements()
    await visitor.says("Hello")
    await expect(visitor.page.locator(".agent .text")).to_have_js_property("textContent", "First.\n\nSecond.")
    assert sum("First." in text for text in await visitor.announced()) == 1


async def test_before_the_first_sentence_the_customer_is_told_that_a_reply_is_coming(
    visitor: Visitor, desk: ScriptedDesk
) -> None:
    reply = Reply(sentences=["Here."], waits_after=0)
    desk.replies.append(reply)
    await visitor.comes()
    await visitor.says("Hello")
    await expect(visitor.page.get_by_text("Writing a reply…")).to_have_role("status")
    reply.go.set()
    await visitor.sees("Hello", "Here.")
    await expect(visitor.page.get_by_text("Writing a reply…")).to_have_count(0)


async def test_no_case_is_opened_before_the_first_message(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes('<deskhand-chat greeting="Good day" title="Ask us" locale="en-GB"></deskhand-chat>')
    await visitor.sees("Good day")
    await expect(visitor.page.get_by_role("dialog", name="Ask us")).to_be_visible()
    assert desk.cases == {}
    await visitor.says("Hello")
    await visitor.sees("Good day", "Hello", "Noted.")
    assert desk.case.opened_with == {"locale": "en-GB"}


async def test_a_confirmation_is_a_card_and_two_buttons(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["Shall I refund it?"], asks=[ASKED], status="waiting_customer"))
    await visitor.comes()
    await visitor.says("Money back please")
    card = visitor.page.locator(".card")
    await expect(card.locator(".action")).to_have_text("Issue refund")
    await expect(card.locator("dt")).to_have_text(["Order", "Amount", "Fee"])
    await expect(card.locator("dd")).to_have_text(["HG-104233", "€12.50", "€2.00"])
    await expect(card).to_contain_text("You can say yes until")
    await visitor.button("Yes").click()
    await visitor.sees("Money back please", "Shall I refund it?", "Yes", "Noted.")
    await expect(visitor.button("Yes")).to_have_count(0)
    await expect(visitor.box).to_be_focused()


async def test_choices_are_buttons_and_a_code_has_its_keyboard(visitor: Visitor, desk: ScriptedDesk) -> None:
    choice = Ask(kind="choice", name="slot_id", options=["mon 9:00", "tue 14:00"])
    desk.replies.append(Reply(sentences=["When?"], asks=[choice], status="waiting_customer"))
    desk.replies.append(Reply(sentences=["Code?"], asks=[Ask(kind="code", name="code")], status="waiting_customer"))
    await visitor.comes()
    await expect(visitor.box).to_have_attribute("inputmode", "text")
    await visitor.says("An appointment")
    await visitor.button("Tue 14:00").click()
    await visitor.sees("An appointment", "When?", "tue 14:00", "Code?")
    await expect(visitor.box).to_have_attribute("inputmode", "numeric")
    await expect(visitor.box).to_have_attribute("autocomplete", "one-time-code")
    async with visitor.page.expect_response("**/messages"):
        await visitor.button("I did not get a code").click()
    await expect(visitor.box).to_have_attribute("inputmode", "text")
    assert [text for _, _, text in desk.posts][1:] == ["tue 14:00", "I did not get a code"]


async def test_sources_are_listed_under_the_reply(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["Above 50 EUR a person decides."], citations=[CITED]))
    await visitor.comes()
    await visitor.says("How much can you refund?")
    quote = visitor.page.get_by_text(CITED.quote)
    await expect(quote).to_be_hidden()
    await visitor.page.get_by_text("1 source").click()
    await expect(quote).to_be_visible()
    await expect(visitor.page.locator(".sources li")).to_contain_text("Large refunds refunds/4.2")


async def test_markup_from_any_side_stays_text(visitor: Visitor, desk: ScriptedDesk) -> None:
    cited = Citation(id=MARKUP, kind="article", title=MARKUP, release=MARKUP, quote=MARKUP)
    proposal = Proposal(action=MARKUP, args={MARKUP: [MARKUP, {MARKUP: MARKUP}]}, digest="d", expires_at=MARKUP)
    asks = [
        Ask(kind="confirmation", name="yes_no", proposal=proposal),
        Ask(kind="choice", name="plan", options=[MARKUP]),
    ]
    desk.replies.append(Reply(sentences=[MARKUP], asks=asks, citations=[cited], status="waiting_customer"))
    await visitor.comes()
    await visitor.says(MARKUP)
    await visitor.sees(MARKUP, MARKUP)
    await expect(visitor.button(MARKUP)).to_be_visible()
    desk.case.transcript.append({"role": "staff", "text": f"Staff {MARKUP}", "at": ""})
    desk.case.transcript.append({"role": "system", "text": f"System {MARKUP}", "at": ""})
    await visitor.page.reload()
    await visitor.sees(MARKUP, MARKUP, f"Staff {MARKUP}", f"System {MARKUP}")
    await expect(visitor.page.locator(".card")).to_contain_text(MARKUP)
    desk.refusals.append((422, {"detail": MARKUP}))
    await visitor.says("More")
    await expect(visitor.notice).to_have_text(MARKUP)
    assert await visitor.page.locator("deskhand-chat :is(img, script)").count() == 0
    assert await visitor.page.evaluate("window.pwned") is None


async def test_the_keyboard_alone_is_enough(visitor: Visitor, desk: ScriptedDesk) -> None:
    desk.replies.append(Reply(sentences=["Shall I?"], asks=[ASKED], status="waiting_customer"))
    await visitor.comes()
    keys = visitor.page.keyboard
    await keys.press("Escape")
    await expect(visitor.page.get_by_role("dialog")).to_be_hidden()
    await expect(visitor.button("Chat with us")).to_be_focused()
    await keys.press("Enter")
    await expect(visitor.box).to_be_focused()
    await keys.type("Refund")
    await keys.press("Shift+Enter")
    await keys.type("please")
    await keys.press("Enter")
    await visitor.sees("Refund please", "Shall I?")
    assert desk.posts[0][2] == "Refund\nplease"
    await keys.press("Shift+Tab")
    await expect(visitor.button("No")).to_be_focused()
    await keys.press("Shift+Tab")
    await keys.press("Enter")
    await visitor.sees("Refund please", "Shall I?", "Yes", "Noted.")
    await expect(visitor.box).to_be_focused()
    reached = []
    for _ in range(4):
        await keys.press("Shift+Tab")
        reached.append(await visitor.page.evaluate(FOCUSED))
    assert reached == ["Conversation", "Close the chat", "Talk to a person", ""]


FOCUSED = """() => {
  const at = document.querySelector("deskhand-chat").shadowRoot.activeElement;
  return at ? at.getAttribute("aria-label") ?? at.textContent : "";
}"""


async def test_every_part_has_a_role_and_a_name(visitor: Visitor) -> None:
    await visitor.comes('<deskhand-chat title="Help"></deskhand-chat>')
    await expect(visitor.page.get_by_role("dialog", name="Help")).to_be_visible()
    await expect(visitor.log).to_have_attribute("aria-live", "polite")
    await expect(visitor.log).to_have_attribute("aria-relevant", "additions")
    await expect(visitor.log).to_have_accessible_name("Conversation")
    for name in ("Talk to a person", "Close the chat", "Send"):
        await expect(visitor.button(name)).to_be_visible()
    await visitor.says("Hello")
    await expect(visitor.page.locator(".customer")).to_have_text("You: Hello")
    await expect(visitor.page.locator(".agent")).to_have_text("Assistant: Noted.")


@pytest.mark.parametrize("bad", [False, True], ids=["valid", "run out"])
async def test_who_is_logged_in_has_a_conversation_of_their_own(
    visitor: Visitor, desk: ScriptedDesk, bad: bool
) -> None:
    ana, ben = (jwt.encode({"sub": name, "aud": "deskhand"}, "x" * 32) for name in ("cus_ana", "cus_ben"))
    desk.bad_customer_tokens = {ana} if bad else set()
    await visitor.comes(f'<deskhand-chat customer-token="{ana}"></deskhand-chat>')
    await visitor.says("Ana's secret")
    await visitor.sees("Ana's secret", "Noted.")
    assert desk.case.opened_with.get("customer_token") == (None if bad else ana)
    tag = visitor.page.locator("deskhand-chat")
    await tag.evaluate("(tag, token) => tag.setAttribute('customer-token', token)", ben)
    await visitor.says("Ben's question")
    await visitor.sees("Ben's question", "Noted.")
    await tag.evaluate("(tag, token) => tag.setAttribute('customer-token', token)", ana)
    await visitor.sees("Ana's secret", "Noted.")


async def test_another_site_may_embed_it_under_a_strict_policy(visitor: Visitor, desk: ScriptedDesk) -> None:
    policy = f"default-src 'none'; script-src {desk.url}; connect-src {desk.url}; require-trusted-types-for 'script'"
    page = f'<!doctype html><title>Elsewhere</title><script type="module" src="{desk.url}/widget.js"></script>'
    desk.pages["strict"] = (page + "<deskhand-chat></deskhand-chat>", {"Content-Security-Policy": policy})
    await visitor.page.goto(f"http://localhost:{desk.port}/pages/strict")
    await visitor.button("Chat with us").click()
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    await expect(visitor.page.locator(".customer .text")).to_have_css("background-color", "rgb(13, 85, 81)")
    assert visitor.complaints == []


async def test_a_page_without_storage_can_talk_too(visitor: Visitor, desk: ScriptedDesk) -> None:
    page = MODULE.format(desk.url) + "<deskhand-chat></deskhand-chat>"
    desk.pages["boxed"] = (page, {"Content-Security-Policy": "sandbox allow-scripts"})
    await visitor.page.goto(f"{desk.url}/pages/boxed")
    assert (
        await visitor.page.evaluate("() => { try { return localStorage } catch { return 'forbidden' } }") == "forbidden"
    )
    await visitor.button("Chat with us").click()
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    await visitor.says("Again")
    await visitor.sees("Hello", "Noted.", "Again", "Noted.")
    assert len(desk.cases) == 1


async def test_another_tab_shows_the_same_conversation(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.comes()
    other = Visitor(await visitor.page.context.new_page(), desk)
    await other.page.goto(visitor.page.url)
    await visitor.says("Hello")
    await visitor.sees("Hello", "Noted.")
    await other.sees("Hello", "Noted.")
    assert len(desk.cases) == 1
