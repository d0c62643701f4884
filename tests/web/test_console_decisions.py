"""Decisions and takeovers from the console: the same rules as over the API, told on pages."""

import asyncio
import html
import re

import pytest

from agent.casefile import events as e
from agent.casefile.approvals import decision
from agent.casefile.records import Approval, Args
from tests.web.casework import REFUND, Casework, Staff, received


async def read(staff: Staff, approval: Approval) -> str:
    return html.unescape((await staff.get(f"/console/approvals/{approval.id}")).text)


async def test_a_rejection_stands_in_the_log_and_on_the_page(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    answer = await staff.decides(approval, decision="reject", reason="No photo of the damage.")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/approvals/{approval.id}")
    decided = await work.approval(approval.id)
    assert (decided.status, decided.decided_by) == ("rejected", "Mara")
    given = next(x for x in await work.files.events(approval.case_id) if isinstance(x.body, e.ApprovalGiven))
    assert isinstance(given.body, e.ApprovalGiven)
    assert given.body.reason == "No photo of the damage."
    shown = await read(staff, approval)
    for expected in ("<strong>Mara</strong> rejected it: No photo", "A colleague has looked at it.", f"#e{given.seq}"):
        assert expected in shown
    assert 'name="decision"' not in shown
    assert approval.id not in (await staff.get("/console")).text


async def test_an_approval_is_bound_to_the_digest_that_was_shown(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    shown = await read(staff, approval)
    assert f'name="digest" value="{approval.digest}"' in shown
    answer = await staff.decides(approval, decision="approve")
    assert answer.status_code == 303
    assert (await work.approval(approval.id)).status == "approved"


async def test_a_proposal_that_changed_meanwhile_is_not_approved(work: Casework, staff: Staff) -> None:
    approval, other = await work.asked(), "f" * 64
    answer = await staff.decides(approval, decision="approve", digest=other, reason="Looks fine.")
    assert answer.status_code == 409
    assert "not the proposal that waits" in answer.text
    assert f'name="digest" value="{approval.digest}"' in answer.text
    assert "Looks fine." in answer.text
    assert (await work.approval(approval.id)).status == "pending"


async def test_a_stale_decision_is_refused_in_one_sentence_with_what_it_is_now(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    page = f"/console/approvals/{approval.id}"
    form = {"digest": approval.digest, "decision": "approve", "reason": "Fine."}
    token = re.findall(r'name="form_token" value="(\w+)"', (await staff.get(page)).text)[0]
    await staff.decides(approval, decision="reject", reason="Not fine.")
    answer = await staff.post(page, data=form | {"form_token": token})
    assert answer.status_code == 409
    assert answer.text.count('role="alert"') == 1
    assert "This approval is rejected; it can no longer be decided." in answer.text
    assert "Not fine." in answer.text
    assert (await work.approval(approval.id)).status == "rejected"


async def test_of_racing_decisions_one_wins(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    choices = [staff.decides(approval, decision=choice, text="Hello") for choice in ("reject", "respond") * 4]
    answers = await asyncio.gather(*choices)
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7
    kinds = [event.kind for event in await work.files.events(approval.case_id)]
    assert kinds.count("ApprovalGiven") == 1


async def test_a_lapsed_approval_is_shown_as_expired_and_not_decided(work: Casework, staff: Staff) -> None:
    approval = await work.asked(ttl_s=0.6)
    token = re.findall(r'name="form_token" value="(\w+)"', await read(staff, approval))[0]
    await asyncio.sleep(0.7)
    shown = await read(staff, approval)
    assert '<span class="pill expired">' in shown
    assert 'name="decision"' not in shown
    form = {"form_token": token, "digest": approval.digest, "decision": "approve", "reason": "Late."}
    answer = await staff.post(f"/console/approvals/{approval.id}", data=form)
    assert answer.status_code == 409
    assert "This approval is expired" in answer.text


async def test_an_edit_changes_what_is_approved_and_shows_what_it_changed(work: Casework, staff: Staff) -> None:
    approval = await work.asked()
    answer = await staff.decides(approval, decision="edit", **{"arg.amount": " 64 ", "reason": "One of two lanterns."})
    assert answer.status_code == 303
    async with work.files.database.read() as db:
        won = await decision(db, approval.id)
    assert won is not None
    assert won.args == REFUND | {"amount": "64.00"}
    shown = await read(staff, approval)
    assert re.search(r"Amount</th><td><del>128.50</del></td><td><ins>64.00</ins>", shown)
    assert "<del>" not in shown.replace("<del>128.50</del>", "")


INVALID = {
    "amount": ("-5", "greater than 0"),
    "currency": ("Euro", "match pattern"),
    "order_id": ("42", "match pattern"),
    "reason": ("x" * 501, "at most 500"),
}


@pytest.mark.parametrize("name", INVALID)
async def test_an_invalid_edit_says_why_and_keeps_what_was_typed(work: Casework, staff: Staff, name: str) -> None:
    approval, (value, why) = await work.asked(), INVALID[name]
    answer = await staff.decides(approval, decision="edit", **{f"arg.{name}": value, "reason": "Half of it."})
    shown = html.unescape(answer.text)
    assert answer.status_code == 422
    assert why in shown.split('role="alert">')[1].split("</p>")[0]
    assert f'name="arg.{name}" value="{value}"' in shown or f">{value}</textarea>" in shown
    assert "Half of it." in shown
    assert re.search(r'value="edit" required checked', shown)
    assert (await work.approval(approval.id)).status == "pending"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Choose whether to approve"),
        ({"decision": "delete"}, "Choose whether to approve"),
        ({"decision": "approve", "reason": "  "}, "Give a reason"),
        ({"decision": "respond", "text": " "}, "Write what the customer shall read"),
        ({"decision": "reject", "reason": "x" * 2001}, "at most 2000"),
        ({"decision": "respond", "text": "x" * 8001}, "at most 8000"),
    ],
)
async def test_an_incomplete_decision_says_what_is_missing(
    work: Casework, staff: Staff, fields: dict[str, str], sentence: str
) -> None:
    approval = await work.asked()
    answer = await staff.decides(approval, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert (await work.approval(approval.id)).status == "pending"


async def test_an_answer_reaches_the_customer_as_it_was_written(work: Casework, staff: Staff) -> None:
    approval, words = await work.asked(), "Could you send us a photo of the lantern? <3"
    assert (await staff.decides(approval, decision="respond", text=words)).status_code == 303
    told = [x.body.text for x in await work.files.events(approval.case_id) if isinstance(x.body, e.ReplySent)]
    assert told[-1] == words
    assert words in await read(staff, approval)


async def test_arguments_of_other_types_come_back_as_they_were(work: Casework, staff: Staff) -> None:
    """The desk's own ticket: a closed choice, a number, and long text with line ends."""
    args: Args = {"kind": "bug", "subject": "s", "body": "line one\nline two", "priority": "high", "number": 2}
    approval = await work.asked(args=args, action="create_ticket")
    shown = await read(staff, approval)
    assert "<option selected>high</option>" in shown
    answer = await staff.decides(approval, decision="edit", **{"arg.priority": "low"})
    assert answer.status_code == 303, answer.text
    async with work.files.database.read() as db:
        won = await decision(db, approval.id)
    assert won is not None
    assert won.args == args | {"priority": "low"}


async def test_a_person_takes_a_case_over_gives_it_back_and_closes_it(work: Casework, staff: Staff) -> None:
    case_id = await work.opened(*received("Hello"))
    page, bodies = f"/console/cases/{case_id}", []
    for move, status in (("takeover", "waiting_person"), ("release", "resolved"), ("close", "closed")):
        answer = await staff.send_form(page, f"{page}/{move}")
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert (await work.files.load(case_id))[0].status == status
        bodies.append((await work.files.events(case_id))[-1].body)
    assert bodies == [e.TakenOver(by="Mara"), e.GivenBack(by="Mara"), e.CaseClosed(by="Mara")]
    assert "The file is whole" in (await staff.get(page)).text


async def test_a_move_that_no_longer_fits_changes_nothing(work: Casework, staff: Staff) -> None:
    case_id = await work.opened(*received("Hello"))
    page = f"/console/cases/{case_id}"
    token = re.findall(r'name="form_token" value="(\w+)"', (await staff.get(page)).text)[0]
    assert (await staff.post(f"{page}/release", data={"form_token": token})).status_code == 409
    await staff.send_form(page, f"{page}/close")
    events = await work.files.events(case_id)
    for move in ("takeover", "release", "close"):
        answer = await staff.post(f"{page}/{move}", data={"form_token": token})
        assert answer.status_code == 409
        assert "This case is closed" in answer.text
    assert await work.files.events(case_id) == events
