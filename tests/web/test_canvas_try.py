"""A draft is talked to before it is a release: by its own rules, stage by stage, and nothing real is touched."""

import asyncio
import html
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

import server
from agent.casefile.clock import Clock
from agent.errors import NotTried
from evals.oracle import Record
from evals.scratch import Scratch
from knowledge.documents import read_text
from knowledge.draft import document_files
from tests.cases.conftest import built_home, copied
from tests.evals.test_scratch import refundable
from tests.web.casework import HARBOR, STAFF_TOKEN, Casework, Staff, console_over
from tests.web.test_canvas import REFUNDS, begun, saves, text_of
from tests.web.test_canvas_releases import LOOSER
from web.canvas_company import Tries

pytestmark = pytest.mark.slow

__all__ = ["built_home"]


@pytest.fixture(scope="module")
def settings(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> server.Settings:
    return server.Settings(home=copied(built_home, tmp_path_factory.mktemp("try") / "home"))


@pytest.fixture(scope="module")
async def order(settings: server.Settings) -> Record:
    """An order for which a colleague has to approve a refund, and by the draft nobody has."""
    async with server.stage(settings, HARBOR) as company:
        return await refundable(company, 55, 75)


@pytest.fixture(scope="module")
async def shop(settings: server.Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Casework]:
    home = tmp_path_factory.mktemp("canvas")
    async with console_over(home, Clock(), stage=partial(server.stage, settings)) as shop:
        yield shop


@pytest.fixture
async def mara(shop: Casework) -> AsyncIterator[Staff]:
    async with Staff(base_url=shop.url, trust_env=False, timeout=60) as mara:
        await mara.sign_in(name="Mara")
        yield mara


def wish(order: Record) -> str:
    return f"I want my money back for {order['id']}, it broke"


async def told(staff: Staff, answer_location: str) -> str:
    return html.unescape((await staff.get(answer_location.partition("#")[0])).text)


async def test_a_draft_rules_by_its_own_rules_and_each_stage_says_why(
    shop: Casework, mara: Staff, order: Record
) -> None:
    customer, pages = order["customer_id"], []
    for change in (("", ""), LOOSER):
        draft = await begun(mara, shop)
        await saves(mara, draft, REFUNDS, (await text_of(mara, draft, REFUNDS)).replace(*change))
        form = {"text": wish(order), "customer": customer}
        answer = await mara.send_form(f"{draft}/try", f"{draft}/try", **form)
        assert answer.status_code == 303, answer.text
        pages.append(await told(mara, answer.headers["location"]))
    before, after = pages
    assert "A person is asked" in before
    assert "Its rule: When the agent wants to issue a refund" in before
    assert "A person is asked" not in after
    assert "Asks for: Yes no" in after
    assert re.search(r"Wants: refund, \d+% sure", after)
    assert f"order id = {order['id']}" in after
    assert re.search(r"Step \d of “Pay money back for a delivered order” \(workflows/refund.yaml\)", after)
    again = answer.headers["location"].partition("#")[0]
    done = await mara.send_form(again, again, text="yes")
    page = await told(mara, done.headers["location"])
    assert 'class="pill verified"' in page
    assert await shop.files.listed(1) == [], "no case of the house was opened"


async def test_a_person_decides_in_a_try_and_a_stranger_does_not_see_it(
    shop: Casework, mara: Staff, order: Record
) -> None:
    draft = await begun(mara, shop)
    answer = await mara.send_form(f"{draft}/try", f"{draft}/try", text=wish(order), customer=order["customer_id"])
    page = answer.headers["location"].partition("#")[0]
    async with Staff(base_url=shop.url, trust_env=False) as ben:
        await ben.sign_in(name="Ben")
        seen = await ben.get(page)
        assert seen.status_code == 409
        assert "has ended" in seen.text
    decided = await mara.send_form(page, f"{page}/decide", decision="approved")
    assert "approved the proposal" in await told(mara, decided.headers["location"])
    again = await mara.send_form(page, page, text="thanks")
    assert again.status_code == 303


async def test_what_cannot_be_tried_is_said_in_a_sentence(shop: Casework, mara: Staff) -> None:
    draft = await begun(mara, shop)
    assert (await mara.send_form(f"{draft}/try", f"{draft}/try", text="\n \n")).status_code == 422
    assert (await mara.send_form(f"{draft}/try", f"{draft}/try", text="Hi\n" * 13)).status_code == 422
    await saves(mara, draft, REFUNDS, "spoilt")
    answer = await mara.send_form(f"{draft}/try", f"{draft}/try", text="Hi")
    assert answer.status_code == 422
    assert "before this is mended: policies/refunds.md:1" in answer.text
    assert (await mara.get(f"{draft}/try/0000")).status_code == 409


@pytest.mark.slow
async def test_a_company_ends_with_the_next_one_when_nobody_comes_back_and_with_the_house(
    settings: server.Settings,
) -> None:
    folders: list[Path] = []

    def stage(folder: Path) -> AbstractAsyncContextManager[Scratch]:
        folders.append(folder)
        return server.stage(settings, folder)

    texts = {file: read_text(HARBOR, file) for file in document_files(HARBOR)}
    tries = Tries(stage)
    first = await tries.begin("mara", "d", texts, None)
    second = await tries.begin("mara", "d", texts, None)
    for owner, id_ in (("mara", first.id), ("ben", second.id)):
        with pytest.raises(NotTried):
            tries.get(owner, id_)
    assert [folder.exists() for folder in folders] == [False, True]
    tries.idle_s = 0.1
    assert tries.get("mara", second.id) is second
    await tries.end(second.id)
    await eventually(lambda: not folders[1].exists())
    third = await tries.begin("mara", "d", texts, None)
    await eventually(lambda: not folders[2].exists())
    with pytest.raises(NotTried):
        tries.get("mara", third.id)
    tries.idle_s = 60
    await tries.begin("mara", "d", texts, None)
    opening = asyncio.create_task(tries.begin("ben", "d", texts, None))
    await eventually(lambda: len(folders) == 5)
    await tries.stop()
    with pytest.raises(NotTried):
        await opening
    assert not any(folder.exists() for folder in folders)


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - a folder tells nobody that it is gone
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_a_conversation_is_tried_by_keyboard(page: Page, shop: Casework, order: Record) -> None:
    draft = await shop.front.drafts.begin("Tried", shop.live.id, by="Mara")
    await page.goto(f"{shop.url}/console/canvas/drafts/{draft.id}/try")
    await page.get_by_label("Staff token").fill(STAFF_TOKEN)
    await page.keyboard.press("Enter")
    await page.get_by_label("What the customer says").fill("Hello\nHow long can I send things back?")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Turn 2")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("support").first).to_be_visible()
    await page.get_by_label("What the customer says next").fill(f"Where is my order {order['id']}?")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Turn 3")).to_be_visible(timeout=60_000)
