"""Drafts on the canvas over HTTP: begun, written in, checked, merged; by authors alone, and nothing is lost."""

import html
import re

import pytest

from tests.web.casework import Casework, Staff

REFUNDS = "policies/refunds.md"
NOBODYS = "00000000-0000-4000-8000-000000000000"


async def begun(staff: Staff, work: Casework, name: str = "Spring", base: str | None = None) -> str:
    """The address of a new draft."""
    base = work.live.id if base is None else base
    answer = await staff.send_form("/console/canvas", "/console/canvas/drafts", name=name, base=base)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def text_of(staff: Staff, draft: str, file: str) -> str:
    shown = (await staff.get(f"{draft}/documents/{file}")).text
    return html.unescape(shown.split("<textarea")[1].split(">\n", 1)[1].split("</textarea>")[0])


async def version_of(staff: Staff, draft: str, file: str) -> str:
    shown = (await staff.get(f"{draft}/documents/{file}")).text
    return str(re.findall(r'name="version" value="(\d+)"', shown)[0])


async def saves(staff: Staff, draft: str, file: str, text: str, **fields: str) -> int:
    page = f"{draft}/documents/{file}"
    return (await staff.send_form(page, page, text=text, **fields)).status_code


async def test_a_draft_begins_with_the_documents_of_a_release_and_keeps_who_wrote_what(
    work: Casework, staff: Staff
) -> None:
    draft = await begun(staff, work)
    text = await text_of(staff, draft, REFUNDS)
    assert "## 4.2 Large refunds wait for a person" in text
    assert await saves(staff, draft, REFUNDS, text.replace("50.0", "80.0").replace("\n", "\r\n")) == 303
    assert await text_of(staff, draft, REFUNDS) == text.replace("50.0", "80.0")
    page = (await staff.get(draft)).text
    assert "Nothing to mend." in page
    assert re.search(r"<strong>Mara</strong>\s+wrote policies/refunds.md", page)
    listed = (await staff.get("/console/canvas")).text
    assert "1 written · Mara" in listed


async def test_saving_an_outdated_version_shows_all_three_texts_and_loses_none(work: Casework, staff: Staff) -> None:
    draft = await begun(staff, work)
    text = await text_of(staff, draft, REFUNDS)
    read = await version_of(staff, draft, REFUNDS)
    async with Staff(base_url=work.url, trust_env=False) as ben:
        await ben.sign_in(name="Ben")
        assert await saves(ben, draft, REFUNDS, text + "\nHis line.\n") == 303
    page = f"{draft}/documents/{REFUNDS}"
    answer = await staff.send_form(page, page, text=text + "\nHer line.\n", version=read)
    assert answer.status_code == 409
    assert {"What Ben changed", "<ins>His line.</ins>", "<ins>Her line.</ins>"} <= set(
        re.findall(r"What Ben changed|<ins>.*? line\.</ins>", answer.text)
    )
    texts = [html.unescape(part.split("</textarea>")[0]) for part in answer.text.split("wrap=")[1:]]
    assert ["Her line." in texts[0], "His line." in texts[1], "line." in texts[2][-12:]] == [True, True, False]
    assert await text_of(staff, draft, REFUNDS) == text + "\nHis line.\n"
    newest = re.findall(r'name="version" value="(\d+)"', answer.text)[0]
    assert await saves(staff, draft, REFUNDS, text + "\nHis line.\nHer line.\n", version=newest) == 303
    stored = await work.front.drafts.get(draft.rpartition("/")[2])
    assert [step.by for step in stored.steps] == ["Mara", "Ben", "Mara"]


async def test_a_document_that_another_removed_is_not_brought_back_unseen(work: Casework, staff: Staff) -> None:
    draft = await begun(staff, work)
    file = "articles/candles.md"
    page = f"{draft}/documents/{file}"
    assert (await staff.send_form(page, f"{draft}/remove/{file}")).status_code == 303
    assert (await staff.get(page)).status_code == 404
    answer = await staff.send_form(draft, f"{draft}/documents", kind="articles", name="candles")
    assert answer.headers["location"] == page
    version = await version_of(staff, draft, file)
    assert await saves(staff, draft, file, "mine", version="0") == 409
    assert await version_of(staff, draft, file) == version


@pytest.mark.parametrize("text", ["", "# Only a title", "when: [", "\t", "é" * 5000])
async def test_a_check_tells_what_a_text_would_do_and_saves_nothing(work: Casework, staff: Staff, text: str) -> None:
    draft = await begun(staff, work)
    page = f"{draft}/documents/{REFUNDS}"
    before = await text_of(staff, draft, REFUNDS)
    token = re.findall(r'name="form_token" value="(\w+)"', (await staff.get(page)).text)[0]
    answer = await staff.post(f"{draft}/check/{REFUNDS}", data={"form_token": token, "text": text})
    assert answer.status_code == 200
    assert "to mend" in answer.text
    assert f"{page}?line=" in answer.text
    assert await text_of(staff, draft, REFUNDS) == before
    assert len((await work.front.drafts.get(draft.rpartition("/")[2])).steps) == 1


async def test_a_clause_stands_beside_its_rule_and_the_rule_in_plain_words(work: Casework, staff: Staff) -> None:
    draft = await begun(staff, work)
    page = (await staff.get(f"{draft}/documents/{REFUNDS}")).text
    clause = page[page.index("<code>refunds/4.2</code>") :].split("</article>")[0]
    assert "when: action.name == &#34;issue_refund&#34;" in clause
    assert "a person must approve it." in clause


async def test_an_empty_playbook_is_begun_and_written_from_nothing(work: Casework, staff: Staff) -> None:
    draft = await begun(staff, work, "New", base="")
    assert "company.yaml:1" in (await staff.get(draft)).text
    for kind, name in (("", "company"), ("policies", "returns"), ("workflows", "ask"), ("wording", "en")):
        answer = await staff.send_form(draft, f"{draft}/documents", kind=kind, name=name)
        assert (await staff.get(answer.headers["location"])).status_code == 200
    assert "yaml-language-server" in await text_of(staff, draft, "workflows/ask.yaml")
    assert "valid_from: 20" in await text_of(staff, draft, "policies/returns.md")


@pytest.mark.parametrize(
    ("kind", "name", "status"),
    [
        ("policies", "refunds", 409),
        ("policies", "../../etc/passwd", 422),
        ("policies", "Über", 422),
        ("wording", "english", 422),
        ("", "passwords", 422),
        ("..", "x", 422),
        ("articles/..", "x", 422),
        ("/etc", "x", 422),
    ],
)
async def test_a_document_gets_no_other_place_than_a_playbook_has(
    work: Casework, staff: Staff, kind: str, name: str, status: int
) -> None:
    draft = await begun(staff, work)
    answer = await staff.send_form(draft, f"{draft}/documents", kind=kind, name=name)
    assert answer.status_code == status
    for file in ("../x.md", "policies/..%2Fx.md", "notes.txt"):
        token = re.findall(r'name="form_token" value="(\w+)"', (await staff.get(draft)).text)[0]
        form = {"form_token": token, "version": "0", "text": "x"}
        assert (await staff.post(f"{draft}/documents/{file}", data=form)).status_code in (404, 405)
    assert len((await work.front.drafts.get(draft.rpartition("/")[2])).steps) == 1


async def test_who_is_no_author_reads_and_writes_nothing(work: Casework, staff: Staff, guest: Staff) -> None:
    draft = await begun(staff, work)
    draft_id = draft.rpartition("/")[2]
    for page in ("/console/canvas", draft, f"{draft}/documents/{REFUNDS}"):
        assert (await guest.get(page)).status_code == 200
    before = len(await work.front.drafts.listed())
    page = f"{draft}/documents/{REFUNDS}"
    writes = [
        await guest.send_form("/console/canvas", "/console/canvas/drafts", name="Mine", base=""),
        await guest.send_form(draft, f"{draft}/documents", kind="policies", name="mine"),
        await guest.send_form(page, page, text="mine"),
        await guest.send_form(page, f"{draft}/remove/{REFUNDS}"),
    ]
    assert [answer.status_code for answer in writes] == [403] * 4
    assert all("author role" in answer.text for answer in writes)
    assert len(await work.front.drafts.listed()) == before
    assert len((await work.front.drafts.get(draft_id)).steps) == 1


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_no_write_counts_without_the_token_of_its_session(work: Casework, staff: Staff, token: str) -> None:
    draft = await begun(staff, work)
    form = {"form_token": token, "version": "0", "text": "x", "name": "x", "kind": "policies", "base": ""}
    for address in (
        "/console/canvas/drafts",
        f"{draft}/documents",
        f"{draft}/documents/{REFUNDS}",
        f"{draft}/remove/{REFUNDS}",
        f"{draft}/check/{REFUNDS}",
    ):
        assert (await staff.post(address, data=form)).status_code == 403
    assert len((await work.front.drafts.get(draft.rpartition("/")[2])).steps) == 1


async def test_what_is_not_there_is_said_in_a_sentence(work: Casework, staff: Staff) -> None:
    draft = await begun(staff, work)
    assert (await staff.get(f"/console/canvas/drafts/{NOBODYS}")).status_code == 404
    assert (await staff.get(f"{draft}/documents/policies/none.md")).status_code == 404
    answer = await staff.send_form("/console/canvas", "/console/canvas/drafts", name="x", base="deadbeef")
    assert answer.status_code == 409
    assert "There is no release" in answer.text
    answer = await staff.send_form("/console/canvas", "/console/canvas/drafts", name="  ", base="")
    assert answer.status_code == 422
    page = f"{draft}/documents/{REFUNDS}"
    assert (await staff.send_form(page, page, text="a\0b")).status_code == 422


async def test_signing_in_leads_back_to_the_document_that_was_wanted(work: Casework, staff: Staff) -> None:
    page = f"{await begun(staff, work)}/documents/{REFUNDS}"
    async with Staff(base_url=work.url, trust_env=False) as nobody:
        seen = await nobody.get(page, follow_redirects=True)
        assert (await nobody.sign_in(wanted=seen.url.params["next"])).headers["location"] == page
