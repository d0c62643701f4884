"""The shop page and the widget on it: readable in both schemes, whole on a small screen, calm where asked for."""

import pytest
from playwright.async_api import Page, expect

from agent.casefile.records import Ask, Citation, Proposal
from tests.web.scripted_desk import Reply, ScriptedDesk
from tests.web.visitor import Visitor

pytestmark = pytest.mark.slow

AA = 4.5
CITED = Citation(
    id="refunds/4.2", kind="clause", title="Large refunds", release="r", quote="Above 50 EUR a person decides."
)
PROPOSAL = Proposal(
    action="cancel_order", args={"order_id": "HG-104233"}, digest="d", expires_at="2026-11-22T12:15:00Z"
)
EVERYTHING = Reply(
    sentences=["Shall I cancel it?"],
    asks=[Ask(kind="confirmation", name="yes_no", proposal=PROPOSAL)],
    citations=[CITED],
    status="waiting_customer",
)
PALE_TEXTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const channels = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = (color) => {
    const [r, g, b] = channels(color).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] === 255) return color;
    }
    return "white";
  };
  const all = (root) => [...root.querySelectorAll("*")].flatMap(n => [n, ...(n.shadowRoot ? all(n.shadowRoot) : [])]);
  const own = (node) => [...node.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
  const texts = all(document.body).filter(node => own(node) && node.checkVisibility()).map(node =>
    [own(node), getComputedStyle(node).color, behind(node)]);
  const box = document.querySelector("deskhand-chat").shadowRoot.querySelector("textarea");
  texts.push(["placeholder", getComputedStyle(box, "::placeholder").color, behind(box)]);
  return texts.map(([text, color, ground]) => [text, contrast(color, ground)]);
}"""


async def busy_chat(visitor: Visitor, desk: ScriptedDesk) -> None:
    """The shop page with a chat that shows every kind of line."""
    desk.replies.append(EVERYTHING)
    await visitor.page.goto(desk.url)
    await visitor.button("Chat with us").click()
    await visitor.says("Please cancel HG-104233")
    await visitor.page.get_by_text("1 source").click()
    await visitor.button("Yes").click()
    await expect(visitor.page.get_by_text("Noted.")).to_be_visible()
    desk.case.transcript.append({"role": "staff", "text": "Mara here.", "at": ""})
    desk.case.transcript.append({"role": "system", "text": "Given back.", "at": ""})
    desk.case.add_turn(EVERYTHING)
    desk.case.status = "waiting_person"
    await visitor.page.reload()
    await expect(visitor.page.get_by_text("With a person now")).to_be_visible()
    desk.case.status = "closed"
    desk.refusals.append((409, {"title": "closed"}))
    await visitor.says("Thanks")
    await expect(visitor.button("Start a new conversation")).to_be_visible()
    await expect(visitor.page.locator(".line").filter(visible=True).last).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_has_enough_contrast(visitor: Visitor, desk: ScriptedDesk, scheme: str) -> None:
    await visitor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await busy_chat(visitor, desk)
    ratios = await visitor.page.evaluate(PALE_TEXTS)
    assert len(ratios) > 40, "page and panel were looked at"
    assert [(text, round(ratio, 2)) for text, ratio in ratios if ratio < AA] == []


async def test_a_site_may_force_a_scheme_and_set_its_colours(visitor: Visitor) -> None:
    await visitor.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    style = "<style>deskhand-chat { color-scheme: light; --deskhand-accent: rgb(120, 0, 60) }</style>"
    await visitor.comes(f"{style}<deskhand-chat></deskhand-chat>")
    await expect(visitor.page.get_by_role("dialog")).to_have_css("background-color", "rgb(255, 255, 255)")
    await expect(visitor.button("Send")).to_have_css("background-color", "rgb(120, 0, 60)")


async def test_a_small_screen_is_filled_and_never_scrolls_sideways(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.page.set_viewport_size({"width": 390, "height": 844})
    await busy_chat(visitor, desk)
    panel = await visitor.page.get_by_role("dialog").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 390, "height": 844}
    for width in (390, 320):
        await visitor.page.set_viewport_size({"width": width, "height": 844})
        assert await visitor.page.evaluate("document.documentElement.scrollWidth") <= width
        assert await visitor.log.evaluate("log => log.scrollWidth - log.clientWidth") == 0
        for name in ("Talk to a person", "Close the chat", "Send"):
            await expect(visitor.button(name)).to_be_in_viewport(ratio=1)


async def test_an_example_opens_the_chat_with_its_text_unsent(visitor: Visitor, desk: ScriptedDesk) -> None:
    await visitor.page.goto(desk.url)
    await visitor.button("How many days do I have to send something back?").click()
    await expect(visitor.box).to_have_value("How many days do I have to send something back?")
    await expect(visitor.box).to_be_focused()
    assert desk.cases == {}
    assert visitor.complaints == []


async def test_nothing_moves_for_who_asked_for_that(page: Page, desk: ScriptedDesk) -> None:
    await page.goto(desk.url)
    moving = "tag => getComputedStyle(tag.shadowRoot.querySelector('.panel')).animationName"
    assert await page.locator("deskhand-chat").evaluate(moving) == "none"
    await page.emulate_media(reduced_motion="no-preference")
    assert await page.locator("deskhand-chat").evaluate(moving) == "rise"
