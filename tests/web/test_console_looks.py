"""The console in a real browser: by keyboard, in the dark, on a telephone, and kept up to date."""

import pytest
from playwright.async_api import Page, expect

from agent.casefile import events as e
from tests.web.casework import REFUND, STAFF_TOKEN, Casework, cancelled, identified, received

pytestmark = pytest.mark.slow

HOSTILE = """<script>document.title = "taken"</script><img src=x onerror="document.title = 'taken'">"""
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, select, button")]
    .filter(field => !field.labels?.length && !field.textContent.trim()).map(field => field.outerHTML)"""


async def busy(work: Casework) -> list[str]:
    """A page of each kind, with much on it."""
    words = "Donaudampfschifffahrtsgesellschaft" * 6
    approval = await work.asked(words, {**REFUND, "reason": words})
    said = e.ReplySent(text=words)
    case_id = await work.opened(*received(words), *identified(), *cancelled("mismatch", words), said)
    handed = await work.handed_over(words)
    cases = ["cases", f"cases/{case_id}", f"cases/{handed}", f"cases/{handed}/handoff"]
    return ["", "approvals", f"approvals/{approval.id}", *cases, "approvals/none"]


async def test_an_approval_is_decided_by_keyboard_alone(mara: Page, work: Casework) -> None:
    approval = await work.asked()
    await mara.goto(f"{work.url}/console/approvals/{approval.id}")
    await mara.keyboard.press("Tab")
    await expect(mara.get_by_role("link", name="Skip to the content")).to_be_focused()
    await mara.get_by_role("radio", name="Approve", exact=False).first.focus()
    await mara.keyboard.press("ArrowDown")
    await expect(mara.get_by_role("textbox", name="Amount")).to_be_visible()
    await mara.keyboard.press("ArrowDown")
    await expect(mara.get_by_role("textbox", name="Amount")).to_be_hidden()
    await expect(mara.get_by_role("radio", name="Reject")).to_be_checked()
    await mara.keyboard.press("Tab")
    await mara.keyboard.type("No photo of the damage.")
    await mara.keyboard.press("Tab")
    await mara.keyboard.press("Enter")
    await expect(mara.get_by_role("heading", name="The decision")).to_be_visible()
    await expect(mara.get_by_role("main")).to_contain_text("Mara rejected it: No photo of the damage.")
    assert (await work.approval(approval.id)).decided_by == "Mara"


async def test_the_form_asks_only_for_what_the_decision_needs(mara: Page, work: Casework) -> None:
    approval = await work.asked()
    await mara.goto(f"{work.url}/console/approvals/{approval.id}")
    answer = mara.get_by_label("To the customer", exact=True)
    await expect(answer).to_be_hidden()
    await mara.get_by_role("radio", name="Answer the customer").check()
    await answer.fill("Please send a photo.")
    await mara.get_by_role("button", name="Decide").click()
    await expect(mara.get_by_label("Reason (for the log)")).to_be_focused()  # the browser asks for it first
    assert (await work.approval(approval.id)).status == "pending"


async def test_a_refused_edit_is_shown_with_what_was_typed(mara: Page, work: Casework) -> None:
    approval = await work.asked()
    await mara.goto(f"{work.url}/console/approvals/{approval.id}")
    await mara.get_by_role("radio", name="Change and approve").check()
    await mara.get_by_role("textbox", name="Amount").fill("minus five")
    await mara.get_by_label("Reason (for the log)").fill("Half of it.")
    async with mara.expect_response(lambda answer: answer.status == 422):
        await mara.get_by_role("button", name="Decide").click()
    await expect(mara.get_by_role("alert")).to_contain_text("an amount is a number")
    await expect(mara.get_by_role("textbox", name="Amount")).to_have_value("minus five")


async def test_an_event_opens_to_what_is_stored_and_links_lead_to_it(mara: Page, work: Casework) -> None:
    handed = await work.handed_over()
    await mara.goto(f"{work.url}/console/cases/{handed}/handoff")
    await mara.get_by_role("link", name="Event 8", exact=True).first.click()
    entry = mara.locator("#e8")
    await expect(entry).to_be_in_viewport()
    await expect(entry.locator("pre")).to_be_hidden()
    await entry.locator("summary").press("Enter")
    await expect(entry.locator("pre")).to_contain_text('"state":"unknown"')


async def test_a_case_is_taken_over_and_closed_with_a_second_thought(mara: Page, work: Casework) -> None:
    case_id = await work.opened(*received("Hello"))
    await mara.goto(f"{work.url}/console/cases/{case_id}")
    await mara.get_by_role("button", name="Take over").click()
    await expect(mara.get_by_role("button", name="Give back")).to_be_visible()
    await expect(mara.get_by_role("button", name="Close this case")).to_be_hidden()
    await mara.get_by_text("Close …").click()
    await mara.get_by_role("button", name="Close this case").click()
    await expect(mara.get_by_role("button", name="Give back")).to_have_count(0)
    assert (await work.files.load(case_id))[0].status == "closed"


async def test_where_a_case_stands_is_read_at_a_glance_and_leads_to_the_events(mara: Page, work: Casework) -> None:
    asked = await work.asked("The lantern came broken")
    await mara.goto(f"{work.url}/console/cases/{asked.case_id}")
    card = mara.get_by_role("region", name="Where it stands")
    await expect(card).to_be_in_viewport()
    for name, line in (("known", "Order id: HG-100042"), ("next", "A person decides: issue refund")):
        await expect(card.locator(f"[data-list={name}]")).to_contain_text(line)
    await card.locator("[data-list=next] li", has_text="A person decides").get_by_role("link").first.click()
    await expect(mara.locator("li:target")).to_contain_text("A person was asked to decide")


async def test_new_work_appears_without_a_reload(mara: Page, work: Casework) -> None:
    approval = await work.asked("Look, I am new", {**REFUND, "amount": "77.00"})
    fresh = mara.get_by_role("heading", name="Refund 77.00 EUR")
    await expect(fresh).to_have_count(0)
    await mara.get_by_role("link", name="Decide").first.focus()
    await mara.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await mara.wait_for_load_state("networkidle")
    await expect(fresh).to_have_count(0)  # somebody is on the page with the keyboard
    await mara.evaluate("document.activeElement.blur(); document.dispatchEvent(new Event('visibilitychange'))")
    await expect(fresh).to_be_visible()
    assert approval.id in await mara.content()


async def test_nothing_that_anybody_wrote_runs(mara: Page, work: Casework) -> None:
    approval = await work.asked(HOSTILE, {**REFUND, "reason": HOSTILE})
    handed = await work.handed_over(HOSTILE)
    for address in ("", f"/approvals/{approval.id}", f"/cases/{approval.case_id}", f"/cases/{handed}/handoff"):
        await mara.goto(f"{work.url}/console{address}")
        assert "taken" not in await mara.title()
        await expect(mara.get_by_role("main")).to_contain_text('onerror="document.title')


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_reads_well_on_any_screen(page: Page, work: Casework, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    await page.goto(f"{work.url}/console/login")
    assert await page.evaluate(UNLABELLED) == []
    await page.get_by_label("Staff token").fill(STAFF_TOKEN)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="To decide")).to_be_visible()
    for address in await busy(work):
        await page.goto(f"{work.url}/console/{address}")
        assert await page.evaluate(UNLABELLED) == []
        assert await page.locator("h1").count() == 1
        dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (dark == "rgb(18, 22, 28)") == (scheme == "dark")
        for width in (1280, 390, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
