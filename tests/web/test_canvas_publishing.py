"""A change goes to the customers and back in a real browser, by keyboard, by two people."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web.casework import STAFF_TOKEN, Casework
from tests.web.test_canvas import REFUNDS
from tests.web.test_canvas_releases import LOOSER, ruled_case, shop
from tests.web.test_console_looks import UNLABELLED

__all__ = ["shop"]
pytestmark = pytest.mark.slow


async def signs_in(page: Page, shop: Casework, name: str) -> None:
    await page.goto(f"{shop.url}/console/login")
    await page.get_by_label("Staff token").fill(STAFF_TOKEN)
    await page.get_by_label("Your name").fill(name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="To decide")).to_be_visible()


async def takes(page: Page, step: str, why: str) -> None:
    """Fill in the reason of a step's form, and send it by keyboard."""
    form = page.get_by_role("form", name=step)
    await form.get_by_label("Why").fill(why)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def test_two_people_publish_a_change_and_take_it_back(page: Page, chromium: Browser, shop: Casework) -> None:
    case_id, seq = await ruled_case(shop, 60.0)
    before = shop.live.id
    draft = await shop.front.drafts.begin("Larger refunds", before, by="Mara")
    text = (shop.front.publisher.releases.folder(before) / REFUNDS).read_text(encoding="utf-8")
    await shop.front.drafts.write(draft.id, REFUNDS, text.replace(*LOOSER), 0, by="Mara")
    await signs_in(page, shop, "Mara")
    await page.goto(f"{shop.url}/console/canvas/drafts/{draft.id}")
    await page.get_by_role("link", name="Diff to live").press("Enter")
    await expect(page.locator("ins")).to_contain_text("80.0")
    await page.go_back()
    await page.get_by_role("link", name="Impact").press("Enter")
    await expect(page.get_by_role("cell", name="approve → confirm")).to_be_visible()
    await page.get_by_role("link", name=case_id[:8]).press("Enter")
    await expect(page.locator(f"#e{seq}")).to_be_in_viewport()
    await page.goto(f"{shop.url}/console/canvas/drafts/{draft.id}")
    await takes(page, "Submit it as a release", "Customers wait too long")
    await expect(page.get_by_role("heading", name="Release")).to_be_visible()
    release = page.url.rpartition("/")[2]
    await takes(page, "Test", "Before it goes out")
    await shop.front.testing.ended(release)
    await page.reload()
    await takes(page, "Answer for what is less strict", "The loss is small")
    await expect(page.get_by_text("a second person has to publish it")).to_be_visible()
    await expect(page.get_by_role("form", name="Publish")).to_have_count(0)
    assert await page.evaluate(UNLABELLED) == []

    context = await chromium.new_context(reduced_motion="reduce")
    bens = await context.new_page()
    await signs_in(bens, shop, "Ben")
    await bens.goto(page.url)
    await takes(bens, "Publish", "Agreed")
    await expect(bens.get_by_role("main").get_by_text("live", exact=True)).to_be_visible()
    assert (await shop.front.publisher.log.board()).live == release
    await takes(bens, "Roll back to", "It costs too much")
    await expect(bens.get_by_role("main").get_by_text("live", exact=True)).to_be_visible()
    await context.close()
    board = await shop.front.publisher.log.board()
    assert board.live == before
    assert [(entry.by, entry.why) for entry in board.of(release)[-1:]] == [("Ben", "Agreed")]
    assert [(entry.by, entry.why) for entry in board.of(before)[-1:]] == [("Ben", "It costs too much")]
