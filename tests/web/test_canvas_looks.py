"""The canvas is readable by everybody: in both schemes, on any screen, each field with its name, enough contrast."""

import pytest
from playwright.async_api import Page, expect

from tests.agent.test_publishing import past
from tests.web.casework import STAFF_TOKEN, Casework, identified, received
from tests.web.test_console_looks import UNLABELLED
from tests.web.test_looks import AA, PALE_TEXTS

pytestmark = pytest.mark.slow

PALE = PALE_TEXTS.replace(
    PALE_TEXTS[PALE_TEXTS.index("  const box = ") : PALE_TEXTS.index("  return texts.map")], ""
).replace("node.checkVisibility()", 'node.checkVisibility() && !node.closest("svg")')
"""As on the shop's page, without its chat. Drawings fill their letters and have no background: see `PALE_LETTERS`."""
PALE_LETTERS = """() => [...document.querySelectorAll("svg text")].map(text =>
    [text.textContent, getComputedStyle(text).fill, getComputedStyle(text.closest("svg").querySelector(".box")).fill])
    .filter(([, letters, box]) => letters === box || letters === "rgb(0, 0, 0)")"""


async def busy(work: Casework) -> list[str]:
    """A page of each kind, with much on it."""
    long = "Donaudampfschifffahrtsgesellschaft" * 4
    await work.opened(*received("It broke."), *identified(), past(60.0).ruled)
    drafts = work.front.drafts
    draft = await drafts.begin(long, work.live.id, by=long)
    sheet = f"drafts/{draft.id}"
    refunds = (work.front.publisher.releases.folder(work.live.id) / "policies/refunds.md").read_text()
    await drafts.write(draft.id, "policies/refunds.md", refunds.replace("> 50.0", "> 80.0"), 0, by=long)
    spoilt = await drafts.begin("Spoilt", work.live.id, by="Mara")
    await drafts.write(spoilt.id, "policies/refunds.md", f"# {long}", 0, by="Mara")
    pages = ["", sheet, f"{sheet}/diff", f"{sheet}/impact", f"{sheet}/try", f"drafts/{spoilt.id}"]
    pages += [f"{sheet}/documents/{file}" for file in ("policies/refunds.md", "workflows/return_parcel.yaml")]
    return [*pages, f"drafts/{spoilt.id}/documents/policies/refunds.md", "releases", f"releases/{work.live.id}"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_of_the_canvas_reads_well_on_any_screen(page: Page, work: Casework, scheme: str) -> None:
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    await page.goto(f"{work.url}/console/login")
    await page.get_by_label("Staff token").fill(STAFF_TOKEN)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="To decide")).to_be_visible()
    for address in await busy(work):
        await page.goto(f"{work.url}/console/canvas/{address}".rstrip("/"))
        assert await page.evaluate(UNLABELLED) == [], address
        assert await page.locator("h1").count() == 1, address
        pale = [(text, round(ratio, 2)) for text, ratio in await page.evaluate(PALE) if ratio < AA]
        assert pale == [], address
        assert await page.evaluate(PALE_LETTERS) == [], address
        for width in (1280, 390, 320):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
