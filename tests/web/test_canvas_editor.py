"""The editor of the canvas in a real browser: checked while somebody writes, by keyboard, and merged by hand."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.web.casework import STAFF_TOKEN, Casework
from tests.web.test_console_looks import UNLABELLED

pytestmark = pytest.mark.slow

REFUNDS = "policies/refunds.md"


async def begun(work: Casework, name: str = "Spring") -> str:
    """The address of a new draft of the live release."""
    draft = await work.front.drafts.begin(name, work.live.id, by="Mara")
    return f"{work.url}/console/canvas/drafts/{draft.id}"


async def caret_line(page: Page) -> int:
    line: int = await page.get_by_label("Text", exact=True).evaluate(
        "box => box.value.slice(0, box.selectionStart).split('\\n').length"
    )
    return line


async def test_a_draft_is_begun_written_and_saved_by_keyboard_alone(mara: Page, work: Casework) -> None:
    await mara.goto(f"{work.url}/console/canvas")
    await mara.get_by_label("Name").focus()
    await mara.keyboard.type("By keyboard")
    await mara.keyboard.press("Enter")
    await mara.get_by_role("link", name=REFUNDS).press("Enter")
    box = mara.get_by_label("Text", exact=True)
    await box.focus()
    await mara.keyboard.press("Tab")
    await expect(mara.get_by_role("button", name="Save")).to_be_focused()  # the text does not hold the keyboard
    await mara.keyboard.press("Shift+Tab")
    await expect(box).to_be_focused()
    await mara.keyboard.press("Control+End")
    await mara.keyboard.type("\n## 9.1 Gifts\n  Nobody pays a gift back.\nIndented.\n")
    await expect(mara.get_by_text("Not saved yet")).to_be_visible()
    await expect(mara.locator("#checked").get_by_text("refunds/9.1")).to_be_visible()
    await mara.keyboard.press("Control+s")
    await expect(mara.get_by_text("Not saved yet")).to_be_hidden()
    [listed] = [draft for draft in await work.front.drafts.listed() if draft.name == "By keyboard"]
    [step] = [step for step in (await work.front.drafts.get(listed.id)).steps if step.file == REFUNDS]
    assert (step.text or "").endswith("\n## 9.1 Gifts\n  Nobody pays a gift back.\n  Indented.\n  ")


async def test_findings_come_while_writing_and_lead_to_their_line(mara: Page, work: Casework) -> None:
    await mara.goto(f"{await begun(work)}/documents/{REFUNDS}")
    box = mara.get_by_label("Text", exact=True)
    await expect(mara.get_by_text("Nothing to mend.")).to_be_visible()
    right = await box.input_value()
    wrong = right.replace("action.args.amount > 50.0", "action.args.amuont > 50.0")
    await box.fill(wrong)
    finding = mara.locator("#checked").get_by_role("link", name=f"{REFUNDS}:").first
    await expect(finding).to_be_visible()
    line = int((await finding.inner_text()).partition(":")[2])
    assert "amuont" in wrong.split("\n")[line - 1]
    await finding.press("Enter")
    await expect(box).to_be_focused()
    assert await caret_line(mara) == line
    await box.fill(right)
    await expect(mara.get_by_text("Nothing to mend.")).to_be_visible()
    numbers = await mara.locator("#numbers").inner_text()
    assert numbers.split("\n")[-1] == str(len(right.split("\n")))


async def test_a_finding_in_another_document_opens_it_at_its_line(mara: Page, work: Casework) -> None:
    await mara.goto(f"{await begun(work)}/documents/actions.yaml")
    box = mara.get_by_label("Text", exact=True)
    await box.fill((await box.input_value()).replace("clause: contact/5.1\n", "clause: contact/95.1\n"))
    await mara.get_by_role("button", name="Save").click()
    await mara.get_by_role("link", name="Spring").click()
    await mara.get_by_role("link", name="actions.yaml:").first.click()
    await expect(box).to_be_focused()
    at = await caret_line(mara)
    assert "contact/95.1" in (await box.input_value()).split("\n")[at - 1]


async def test_two_who_write_in_one_document_bring_their_texts_together(
    mara: Page, work: Casework, context_of_ben: BrowserContext
) -> None:
    address = f"{await begun(work)}/documents/{REFUNDS}"
    ben = await context_of_ben.new_page()
    await mara.goto(address)
    await ben.goto(address)
    theirs = ben.get_by_label("Text", exact=True)
    text = await theirs.input_value()
    await theirs.fill(text.replace("50.0", "40.0"))
    await ben.get_by_role("button", name="Save").click()
    await expect(ben.locator("input[name=version]").first).not_to_have_value("0")
    await mara.get_by_label("Text", exact=True).fill(text + "\n## 9.1 Gifts\nA gift is paid back to who gave it.\n")
    await mara.get_by_role("button", name="Save").click()
    await expect(mara.get_by_role("alert")).to_contain_text("Ben saved another text")
    assert await mara.evaluate(UNLABELLED) == []
    await expect(mara.get_by_label("Their text")).to_have_value(text.replace("50.0", "40.0"))
    merged = mara.get_by_label("What shall stand")
    mine = await merged.input_value()
    assert mine.endswith("who gave it.\n")
    await merged.fill(mine.replace("50.0", "40.0"))
    await mara.get_by_role("button", name="Save this").click()
    await expect(mara.get_by_text("Nothing to mend.")).to_be_visible()
    stands = await mara.get_by_label("Text", exact=True).input_value()
    assert "40.0" in stands
    assert stands.endswith("who gave it.\n")


@pytest.fixture
async def context_of_ben(mara: Page, work: Casework) -> AsyncIterator[BrowserContext]:
    """Another browser, in which Ben is signed in."""
    browser = mara.context.browser
    assert browser is not None
    context = await browser.new_context(reduced_motion="reduce")
    ben = await context.new_page()
    await ben.goto(f"{work.url}/console/login")
    await ben.get_by_label("Staff token").fill(STAFF_TOKEN)
    await ben.get_by_label("Your name").fill("Ben")
    await ben.keyboard.press("Enter")
    await expect(ben.get_by_role("heading", name="To decide")).to_be_visible()
    yield context
    await context.close()
