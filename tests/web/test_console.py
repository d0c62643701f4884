"""The console's pages over HTTP: what waits, approvals, cases and their files, as they stand in a real store."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis.strategies import integers, text
from pydantic import JsonValue

from agent.casefile import events as e
from agent.casefile.events import EVENTS
from agent.casefile.records import Outcome, Proposal
from tests.web.casework import ORDER, REFUND, Casework, Staff, cancelled, identified, received, ruled
from web.console_pages import clip, exact, label, money, plain, relative
from web.console_views import PER_PAGE, page_of
from web.console_words import BY, told, who

HOSTILE = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}"""
CLAUSE = "A refund above 50 EUR, or a second refund within 30 days"


async def page(staff: Staff, address: str, status: int = 200) -> str:
    """The page, small enough."""
    answer = await staff.get(address)
    assert answer.status_code == status, answer.text
    assert len(answer.content) < 100_000
    return answer.text


async def test_the_work_shows_what_waits_newest_first_with_all_it_takes_to_see_it(work: Casework, staff: Staff) -> None:
    older = await work.asked("The first lantern")
    newer = await work.asked("The second lantern", {**REFUND, "amount": "64.00"}, ttl_s=7300)
    handed = await work.handed_over()
    shown = await page(staff, "/console")
    assert shown.index(newer.id) < shown.index(older.id)
    for expected in (
        "Refund 64.00 EUR for order HG-100042",
        '<p class="money">64.00 EUR</p>',
        "The second lantern",
        CLAUSE,
        "Large refunds wait for a person",
        "refunds/4.2",
        "in 2 h",
        exact(newer.expires_at),
        "The lantern came broken",
        f"/console/cases/{handed}",
        "Unknown outcome",
    ):
        assert expected in shown


async def test_nothing_that_anybody_wrote_becomes_html(work: Casework, staff: Staff) -> None:
    approval = await work.asked(HOSTILE, {**REFUND, "reason": HOSTILE})
    case_id = await work.opened(
        *received(HOSTILE),
        *cancelled("mismatch", HOSTILE),
        e.ModelAnswered(model=HOSTILE, question=HOSTILE, step={"kind": "lookup", "tool": HOSTILE}),
        e.ReplySent(text=HOSTILE, withheld=[HOSTILE]),
        e.TakenOver(by=HOSTILE),
    )
    handed = await work.handed_over(HOSTILE)
    pages = [
        "",
        f"/approvals/{approval.id}",
        f"/cases/{approval.case_id}",
        f"/cases/{case_id}",
        f"/cases/{handed}/handoff",
    ]
    for address in pages:
        shown = await page(staff, f"/console{address}")
        assert html.escape(HOSTILE)[:40].replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in shown
        assert "<script>alert" not in shown
        assert "<img" not in shown
        assert not re.search(r"<[^>]*\sonerror=", shown)


async def test_an_approval_shows_exactly_what_would_happen_and_what_it_rests_on(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    shown = await page(staff, f"/console/approvals/{approval.id}")
    for name, value in REFUND.items():
        assert f'<th scope="row">{label(name)}</th>' in shown
        assert f">{value}</td>" in shown
        assert f'name="arg.{name}" value="{value}"' in shown
    for expected in (approval.digest, CLAUSE, "This usually takes a few hours", "Pier lantern", "189.50 EUR", "c-17"):
        assert expected in shown
    asked_at = next(event.seq for event in await work.files.events(approval.case_id) if event.kind == "ApprovalAsked")
    assert f"/console/cases/{approval.case_id}?page=1#e{asked_at}" in shown
    assert approval.id in await page(staff, "/console/approvals")


async def test_a_case_of_a_release_that_is_gone_is_still_shown(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    await work.tamper("UPDATE cases SET fold = NULL WHERE case_id = :id", id=approval.case_id)
    await work.tamper(
        "UPDATE events SET body = replace(body, :live, 'ffffffffffff') WHERE case_id = :id AND seq = 1",
        id=approval.case_id, live=work.live.id,
    )  # fmt: skip
    shown = await page(staff, f"/console/approvals/{approval.id}")
    assert "<h1>Issue refund</h1>" in shown
    assert "not kept here any more" in shown


async def test_a_case_shows_where_it_stands_and_every_event_of_its_file(work: Casework, staff: Staff) -> None:
    proposal = Proposal(action="cancel_order", args={"order_id": "HG-100042"}, digest="d")
    ruling = ruled(proposal, Outcome.CONFIRM, ["cancellations/3.1"], "The customer decides")
    said = [e.ReplySent(text="Order HG-100042 is cancelled."), e.ReplySent(text="I looked again.", continues=True)]
    bodies = [*received("Cancel it, please", "cancel_order"), *identified(), ruling, *cancelled("verified"), *said]
    case_id = await work.opened(*bodies, status="resolved")
    shown = await page(staff, f"/console/cases/{case_id}")
    for expected in (
        '<span class="pill resolved">', '<span class="pill confirmed">', '<span class="pill verified">', "c-17",
        '<p class="text">Cancel it, please</p>', '<p class="text">Order HG-100042 is cancelled. I looked again.</p>',
        "93% sure", "The customer decides", "cancellations/3.1", "no answer within 1 s", "The file is whole",
    ):  # fmt: skip
        assert expected in shown
    for event in await work.files.events(case_id):
        entry = shown[shown.index(f'<li id="e{event.seq}"') :].split("</li>")[0]
        assert html.unescape(told(event.body)) in html.unescape(entry)
        assert event.kind in entry
        assert event.at in entry
        assert json.loads(html.unescape(entry.split('<pre tabindex="0">')[1].split("</pre>")[0]))


async def test_each_kind_of_event_has_words_and_somebody_who_did_it() -> None:
    kinds = list(EVENTS.values())
    assert {kind for kind in kinds if kind not in told.registry} == set()
    assert sorted(kind.__name__ for kinds in BY.values() for kind in kinds) == sorted(EVENTS)
    assert who(e.ReplySent(text="Hello", role="staff")) == "person"


@pytest.mark.parametrize("letter", ["x", "語", '"', "<"])
async def test_a_long_file_is_turned_in_pages_on_which_links_find_their_event(
    work: Casework, staff: Staff, letter: str
) -> None:
    long = letter * 7_999
    case_id = await work.opened(*[body for _ in range(15) for body in (*received(long), e.ReplySent(text=long))])
    last = (await work.files.head(case_id)).seq
    assert page_of(last) == -(-last // PER_PAGE) == 2
    for number in range(1, page_of(last) + 1):
        shown = await page(staff, f"/console/cases/{case_id}?page={number}")
        seqs = [int(seq) for seq in re.findall(r'<li id="e(\d+)"', shown)]
        assert seqs == [seq for seq in range(1, last + 1) if page_of(seq) == number]
    assert f'<li id="e{last}"' in await page(staff, f"/console/cases/{case_id}")
    approval = await work.asked(long, {**REFUND, "reason": long})
    await page(staff, f"/console/approvals/{approval.id}")
    await page(staff, f"/console/cases/{await work.handed_over(long)}/handoff")
    whole = await staff.get(f"/console/cases/{case_id}/events/3")
    assert json.loads(whole.json()["body"])["text"] == long


BODY = "UPDATE events SET body = replace(body, 'HG-100042', 'HG-999999') WHERE case_id = :id AND seq = 4"
TAMPERED = {
    BODY: "breaks at event 4",
    "UPDATE events SET at = '2020-01-01T00:00:00.000000+00:00' WHERE case_id = :id AND seq = 2": "breaks at event 2",
    "UPDATE events SET body = 'no JSON', kind = 'Nothing' WHERE case_id = :id AND seq = 5": "breaks at event 5",
    "DELETE FROM events WHERE case_id = :id AND seq = 6": "breaks at event 6",
    "DELETE FROM events WHERE case_id = :id AND seq = 10": "breaks at event 10",
    "UPDATE events SET body = NULL, salt = NULL WHERE case_id = :id AND seq = 3": "The file is whole",
}


@pytest.mark.parametrize("statement", TAMPERED)
async def test_the_page_says_where_a_file_was_tampered_with(work: Casework, staff: Staff, statement: str) -> None:
    case_id = await work.opened(
        *received("Cancel it"), *identified(), *cancelled("verified"), e.ReplySent(text="Done.")
    )
    assert (await work.files.head(case_id)).seq == 10
    assert "The file is whole" in await page(staff, f"/console/cases/{case_id}")
    await work.tamper(statement, id=case_id)
    assert TAMPERED[statement] in await page(staff, f"/console/cases/{case_id}")
    assert case_id in await page(staff, "/console/cases")


async def test_each_statement_of_a_handoff_leads_to_the_events_it_rests_on(work: Casework, staff: Staff) -> None:
    case_id = await work.handed_over("My order was cancelled twice")
    shown = await page(staff, f"/console/cases/{case_id}/handoff")
    packet = next(x.body.packet for x in await work.files.events(case_id) if isinstance(x.body, e.HandedOff))
    for name, statement in packet:
        assert label(name) in shown
        for seq in statement.events:
            assert f'/console/cases/{case_id}?page={page_of(seq)}#e{seq}"' in shown
    for expected in (
        "My order was cancelled twice",
        "Look in the system whether the change happened",
        "T-1042",
        "payments",
    ):
        assert expected in shown
    assert f"/console/cases/{case_id}/handoff" in await page(staff, f"/console/cases/{case_id}")


async def test_a_case_and_its_packet_show_what_is_known_uncertain_and_next(work: Casework, staff: Staff) -> None:
    case_id = await work.handed_over()
    expected = {
        "known": ["Order id: HG-100042", "The customer is c-17: confirmed."],
        "uncertain": ["Cancel order, order HG-100042: what came of it is not known."],
        "next": ["Refund: a person sees to it."],
    }
    for address in (f"/console/cases/{case_id}", f"/console/cases/{case_id}/handoff"):
        shown = await page(staff, address)
        for name, points in expected.items():
            listed = shown[shown.index(f'data-list="{name}"') :].split("</ul>")[0]
            for point in points:
                line = listed[listed.index(f"<li>{point}") :].split("</li>")[0]
                assert re.search(rf'href="/console/cases/{case_id}\?page=1#e\d+"', line)
    quiet = await page(staff, f"/console/cases/{await work.opened()}")
    assert quiet[quiet.index('data-list="next"') :].split("</ul>")[0].count("<li") == 1
    assert "Nothing." in quiet


async def test_cases_are_listed_by_status(work: Casework, staff: Staff) -> None:
    handed, quiet = await work.handed_over(), await work.opened()
    everything, waiting = await page(staff, "/console/cases"), await page(staff, "/console/cases?status=waiting_person")
    assert handed in everything
    assert quiet in everything
    assert handed in waiting
    assert quiet not in waiting


@pytest.mark.parametrize("what", ["cases/{}", "cases/{}/handoff", "cases/{}/events/1", "approvals/{}"])
async def test_what_does_not_exist_is_a_page_that_says_so(staff: Staff, what: str) -> None:
    assert "There is no" in await page(staff, f"/console/{what.format(uuid4())}", 404)
    assert "There is no such page" in await page(staff, f"/console/{what.format('x')}", 422)


async def test_a_new_case_has_no_packet_and_no_event_beyond_its_last(work: Casework, staff: Staff) -> None:
    case_id = await work.opened()
    assert "not handed over" in await page(staff, f"/console/cases/{case_id}/handoff", 404)
    assert "no such event" in await page(staff, f"/console/cases/{case_id}/events/2", 404)


@pytest.mark.parametrize(
    ("away_s", "expected"),
    [
        (59, "in a moment"),
        (-3, "just now"),
        (61, "in 1 min"),
        (-7200, "2 h ago"),
        (86_400, "in 1 day"),
        (-200_000, "2 days ago"),
    ],
)
async def test_times_are_told_from_now(away_s: float, expected: str) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert relative((now + timedelta(seconds=away_s)).isoformat(), now) == expected


async def test_values_read_as_people_write_them() -> None:
    nothing: list[JsonValue] = [None, "", [], {}]
    something: list[JsonValue] = [True, 12.5, 3, "HG-1"]
    assert list(map(plain, nothing)) == ["–"] * 4
    assert list(map(plain, something)) == ["yes", "12.50", "3", "HG-1"]
    assert plain(ORDER["delivered_at"]) == "2026-11-18 14:30 UTC"
    assert plain({"level": "verified", "said": ["a", "b"]}) == "Level: verified; Said: a; b"
    assert exact("2026-99-99T00:00") == "2026-99-99T00:00"
    assert money({"amount": "12.5", "currency": "EUR"}) == "12.50 EUR"
    assert money({"amount": {"amount": "3", "currency": "SEK"}}) == "3.00 SEK"
    assert money({"amount": "many"}) == money({"order_id": "HG-1"}) == ""


@given(text(), integers(0, 200))
def test_a_clipped_text_takes_no_more_room_than_it_was_given(words: str, room: int) -> None:
    clipped = clip(words, room)
    assert len(html.escape(clipped.removesuffix("…")).encode()) <= room or clipped == words
    assert (clipped == words) == (len(html.escape(words).encode()) <= room)
