"""A customer and a staff member, each in a browser of their own, over the running product."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from tests.browser import chromium, page
from tests.cases.house import House
from tests.cases.people import People

__all__ = ["chromium", "page"]


async def test_a_refund_from_the_shop_page_through_the_console_and_back(
    house: House, people: People, page: Page, chromium: Browser
) -> None:
    customer, order = people.refundable(60, 400)
    await page.goto(f"{house.base}/")
    await page.get_by_role("button", name="Chat with us").click()
    log, box = page.get_by_role("log"), page.get_by_role("textbox", name="Your message")

    async def says(text: str) -> None:
        await expect(box).to_be_enabled()
        await box.fill(text)
        await box.press("Enter")

    await says(f"I would like a refund for order {order['id']} because it arrived damaged")
    await expect(log).to_contain_text("postcode on your account")
    await says(f"{customer['email']}, {customer['postcode']}, {customer['phone']}")
    await expect(log).to_contain_text("6 digits")
    await says(await house.code_for(customer["id"]))
    await expect(log).to_contain_text("a colleague has to look at it")
    assert await house.oracle.rows("refunds", order_id=order["id"]) == []
    await _approves(house, chromium, order["id"])
    # The customer has not written again: the outcome reaches the open chat by itself.
    await expect(log).to_contain_text("is booked", timeout=15_000)
    assert len(await house.oracle.rows("refunds", order_id=order["id"])) == 1
    await page.reload()
    await page.get_by_role("button", name="Chat with us").or_(box).first.wait_for()
    await expect(log).to_contain_text("is booked")


async def test_a_change_is_taken_back_from_the_console(house: House, people: People, page: Page) -> None:
    customer, _ = people.with_order("delivered")
    case = await house.verified(customer["id"])
    await case.say("please change my phone number to +49 30 901820")
    await case.say("yes")
    assert (await house.oracle.item("customers", customer["id"]))["phone"] == "+4930901820"
    await _signs_in(house, page)
    await page.goto(f"{house.base}/console/cases/{case.id}")
    done = page.get_by_role("region", name="What was done")
    await done.locator("summary").first.click()
    await done.get_by_text("Take back …").click()
    await done.get_by_label("Why it is taken back").fill("The customer rang: it was the wrong number.")
    await done.get_by_role("button", name="Take it back").click()
    await expect(done.locator("details.receipt")).to_have_count(2)
    assert await house.oracle.item("customers", customer["id"]) == customer
    [told] = [turn for turn in await case.turns() if turn["message_id"] is None]
    assert [(receipt["action"], receipt["state"]) for receipt in told["receipts"]] == [("change_phone", "verified")]


async def _signs_in(house: House, staff: Page) -> None:
    await staff.goto(f"{house.base}/console")
    await staff.get_by_label("Staff token").fill(house.front.staff_token)
    await staff.get_by_label("Your name").fill("Mara")
    await staff.get_by_role("button", name="Sign in").click()
    await expect(staff.get_by_role("heading", name="To decide")).to_be_visible()


async def _approves(house: House, chromium: Browser, order_id: str) -> None:
    context = await chromium.new_context(reduced_motion="reduce")
    staff = await context.new_page()
    await _signs_in(house, staff)
    await staff.get_by_role("link").filter(has_text=order_id).first.click()
    await expect(staff.get_by_role("main")).to_contain_text("refunds/4.2")
    await staff.get_by_role("radio", name="Approve", exact=False).first.check()
    await staff.get_by_label("Reason (for the log)").fill("The photo shows the damage.")
    await staff.get_by_role("button", name="Decide").click()
    await expect(staff.get_by_role("main")).to_contain_text("Mara approved it")
    await context.close()
