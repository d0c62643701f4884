"""From a draft to customers on the canvas: its impact, its test, who answers, who publishes, and the way back."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.casefile import events as e
from agent.casefile.clock import Clock
from agent.casefile.records import Outcome, Ruling
from tests.agent.test_publishing import past
from tests.web.casework import Casework, Staff, console_over, identified, received
from tests.web.test_canvas import REFUNDS, begun, saves, text_of

pytestmark = pytest.mark.slow

LOOSER = ("action.args.amount > 50.0", "action.args.amount > 80.0")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Casework]:
    """A console whose releases are this test's alone."""
    async with console_over(tmp_path, Clock()) as shop:
        yield shop


@pytest.fixture
async def mara(shop: Casework) -> AsyncIterator[Staff]:
    async with Staff(base_url=shop.url, trust_env=False) as mara:
        await mara.sign_in(name="Mara")
        yield mara


@pytest.fixture
async def ben(shop: Casework) -> AsyncIterator[Staff]:
    async with Staff(base_url=shop.url, trust_env=False) as ben:
        await ben.sign_in(name="Ben")
        yield ben


async def ruled_case(shop: Casework, amount: float) -> tuple[str, int]:
    """A case in which a refund was ruled, with all its facts, and the seq of the ruling."""
    ruled = past(amount).ruled
    ruling = ruled.ruling.model_copy(update={"outcome": Outcome.APPROVE if amount > 50 else Outcome.CONFIRM})
    made = ruled.model_copy(update={"release": shop.live.id, "ruling": ruling})
    case_id = await shop.opened(*received("It came broken."), *identified(), made)
    [seq] = [event.seq for event in await shop.files.events(case_id) if isinstance(event.body, e.Ruled)]
    return case_id, seq


async def loosened(shop: Casework, staff: Staff) -> str:
    """A draft that lets larger refunds through."""
    draft = await begun(staff, shop)
    text = await text_of(staff, draft, REFUNDS)
    assert LOOSER[0] in text
    assert await saves(staff, draft, REFUNDS, text.replace(*LOOSER)) == 303
    return draft


async def submitted(staff: Staff, draft: str, why: str = "Spring") -> str:
    """The address of the release that a draft becomes."""
    answer = await staff.send_form(draft, f"{draft}/submit", why=why)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def step(staff: Staff, release: str, name: str, **fields: str) -> tuple[int, str]:
    answer = await staff.send_form(release, f"{release}/{name}", **{"why": "Spring", **fields})
    return answer.status_code, answer.text


async def after_test(shop: Casework, staff: Staff, release: str) -> str:
    """Have a release tested; its page afterwards."""
    assert (await step(staff, release, "test"))[0] == 303
    await shop.front.testing.ended(release.rpartition("/")[2])
    return (await staff.get(release)).text


async def test_the_diff_shows_what_is_not_as_in_the_live_release(shop: Casework, mara: Staff) -> None:
    draft = await loosened(shop, mara)
    await mara.send_form(f"{draft}/documents/articles/candles.md", f"{draft}/remove/articles/candles.md")
    page = (await mara.get(f"{draft}/diff")).text
    assert "2 documents differ" in page
    gone, new = re.findall(r"<del>(.*?80.0.*?|.*?50.0.*?)</del>", page), re.findall(r"<ins>(.*?)</ins>", page)
    assert [len(gone), len(new)] == [1, 1]
    assert new[0] == gone[0].replace("50.0", "80.0")


async def test_the_impact_tells_flips_money_proofs_and_who_has_to_publish(shop: Casework, mara: Staff) -> None:
    flipped, seq = await ruled_case(shop, 60.0)
    same, _ = await ruled_case(shop, 20.0)
    draft = await loosened(shop, mara)
    page = (await mara.get(f"{draft}/impact")).text
    assert f'href="/console/cases/{flipped}?page=1#e{seq}"' in page
    assert same not in page
    assert "1 of 2 rulings in 2 cases." in page
    assert "approve → confirm" in page
    assert '<td class="sum">60.00</td>' in page
    assert "the customer&#39;s yes where it wanted a person&#39;s approval" in page
    assert "<code>refunds/4.2</code>" in page.split("A second person has to publish it")[1]
    assert "0 of 1 rulings" in (await mara.get(f"{draft}/impact?cases=1")).text
    assert (await mara.get(f"{draft}/impact?cases=0")).status_code == 422
    board = await shop.front.publisher.log.board()
    assert len(board.releases()) == 1, "to look keeps nothing"


async def test_a_draft_with_a_mistake_has_no_impact_and_is_not_submitted(shop: Casework, mara: Staff) -> None:
    draft = await begun(mara, shop)
    text = await text_of(mara, draft, REFUNDS)
    page = (await mara.get(draft)).text
    token = re.findall(r'name="form_token" value="(\w+)"', page)[0]
    await saves(mara, draft, REFUNDS, text.replace("then: approve", "then: aprove"))
    assert "It cannot rule yet" in (await mara.get(f"{draft}/impact")).text
    assert "/submit" not in (await mara.get(draft)).text
    assert (await mara.post(f"{draft}/submit", data={"form_token": token, "why": "x"})).status_code == 422
    assert len((await shop.front.publisher.log.board()).releases()) == 1


async def test_a_release_goes_from_draft_to_customers_and_back_by_two_people(
    shop: Casework, mara: Staff, ben: Staff
) -> None:
    await ruled_case(shop, 60.0)
    release = await submitted(mara, await loosened(shop, mara))
    id_, before = release.rpartition("/")[2], shop.live.id
    page = (await mara.get(release)).text
    assert "It was not tested against the live release" in page
    assert f'action="{release}/publish"' not in page
    page = await after_test(shop, mara, release)
    assert "1 of 1 past rulings would be others." in page
    assert "Somebody has to answer for this" in page
    assert (await step(mara, release, "accept", why="Mara answers"))[0] == 303
    page = (await mara.get(release)).text
    assert "a second person has to publish it" in page
    assert f'action="{release}/publish"' not in page
    token = re.findall(r'name="form_token" value="(\w+)"', page)[0]
    refused = await mara.post(f"{release}/publish", data={"form_token": token, "why": "mine"})
    assert refused.status_code == 409
    assert "a second person has to publish it" in refused.text.split('role="alert"')[1].split("</div>")[0]
    assert "Nothing stands against it." in (await ben.get(release)).text
    assert (await step(ben, release, "publish", why="Spring is here"))[0] == 303
    board = await shop.front.publisher.log.board()
    assert (board.live, board.state(before)) == (id_, "retired")
    page = (await mara.get("/console/canvas/releases")).text
    assert re.search(rf"<strong>Ben</strong>:.*published instead of {before}.*“Spring is here”", page)
    assert (await ben.send_form(release, f"/console/canvas/releases/{before}/rollback", why="Oh")).status_code == 303
    board = await shop.front.publisher.log.board()
    assert (board.live, board.state(id_)) == (before, "retired")


async def test_a_slice_and_the_shadow_are_set_and_taken_back(shop: Casework, mara: Staff, ben: Staff) -> None:
    release = await submitted(mara, await loosened(shop, mara))
    id_ = release.rpartition("/")[2]
    assert (await step(ben, release, "slice", percent="10"))[0] == 409
    assert (await step(ben, release, "shadow"))[0] == 303
    assert "In the shadow" in (await mara.get("/console/canvas")).text
    case_id = await shop.opened(*received("Hi"), *identified(), *beside(id_))
    page = (await mara.get(release)).text
    assert "1 of 1 rulings in 1 cases." in page
    assert f"/console/cases/{case_id}?page=1#e6" in page
    await after_test(shop, mara, release)
    await step(ben, release, "accept")
    assert (await step(ben, release, "slice", percent="10"))[0] == 303
    assert "10 % of new cases" in (await mara.get("/console/canvas")).text
    assert (await step(ben, release, "slice", percent="101"))[0] == 409
    assert (await step(ben, release, "shadow"))[0] == 303
    board = await shop.front.publisher.log.board()
    assert (board.slice, board.percent, board.shadow) == (id_, 10, None)


def beside(release: str) -> list[e.Body]:
    """A ruling, and another one by a release in the shadow."""
    ruled = past(60.0).ruled
    now = Ruling(
        outcome=Outcome.APPROVE, action="issue_refund", clauses=["refunds/4.2"], risk="",
        identity_needed="verified", reason="",
    )  # fmt: skip
    return [ruled, e.RuledBeside(release=release, ruling=now)]


async def test_who_wrote_in_an_earlier_draft_is_an_author_of_what_is_built_on_it(
    shop: Casework, mara: Staff, ben: Staff
) -> None:
    first = (await submitted(mara, await loosened(shop, mara))).rpartition("/")[2]
    draft = await begun(ben, shop, "On top", base=first)
    candles = await text_of(ben, draft, "articles/candles.md")
    await saves(ben, draft, "articles/candles.md", candles + "\nAnd mind the cat.\n")
    second = await submitted(ben, draft)
    board = await shop.front.publisher.log.board()
    assert board.authors(second.rpartition("/")[2]) == ["Ben", "Mara"]
    await after_test(shop, ben, second)
    await step(ben, second, "accept")
    assert "a second person has to publish it" in (await mara.get(second)).text


async def test_a_step_needs_a_reason_and_a_release_that_is_there(shop: Casework, mara: Staff) -> None:
    release = await submitted(mara, await loosened(shop, mara))
    for name in ("test", "shadow"):
        status, page = await step(mara, release, name, why=" ")
        assert status == 409
        assert 'role="alert"' in page
    assert (await mara.get("/console/canvas/releases/0000")).status_code == 404
    assert (await mara.get("/console/canvas/releases/x")).status_code == 422


async def test_a_test_that_cannot_be_played_is_told_and_keeps_nothing(shop: Casework, mara: Staff) -> None:
    release = await submitted(mara, await loosened(shop, mara))
    id_ = release.rpartition("/")[2]
    kept = shop.front.publisher.releases.folder(id_) / REFUNDS
    kept.chmod(0o644)
    kept.write_text("spoilt", encoding="utf-8")
    page = await after_test(shop, mara, release)
    assert "The last test came to no end" in page
    assert "is not what was published" in page
    assert (await shop.front.publisher.log.board()).test(id_) is None


async def test_who_is_no_author_takes_no_step(work: Casework, staff: Staff, guest: Staff) -> None:
    draft = await begun(staff, work)
    release = f"/console/canvas/releases/{work.live.id}"
    token = re.findall(r'name="form_token" value="(\w+)"', (await guest.get(draft)).text)[0]
    before = (await work.front.publisher.log.board()).seq
    form = {"form_token": token, "why": "mine", "on": "on", "percent": "5"}
    for name in ("test", "accept", "publish", "slice", "shadow", "rollback"):
        assert (await guest.post(f"{release}/{name}", data=form)).status_code == 403
    assert (await guest.post(f"{draft}/submit", data=form)).status_code == 403
    assert (await staff.post(f"{release}/shadow", data={**form, "form_token": "0" * 64})).status_code == 403
    assert (await work.front.publisher.log.board()).seq == before
    assert not work.front.testing.runs(work.live.id)
