"""A house whose mail goes through the company's own server: told only when the archive has it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from evals.talk import Case, Turn
from tests.backoffice import Record
from tests.cases.conftest import copied
from tests.cases.house import House, running
from tests.cases.people import People
from tests.tools.connectors.post_office import Fault, PostOffice, post_office

CONNECTIONS = """
systems:
  - connector: smtp
    host: 127.0.0.1
    port: {port}
    security: none
    sender: help@harbor-goods.example
    archive: {{maildir: {maildir}}}
    timeout_s: 2
    pauses_s: [0.05]
    arrival_s: 1
"""


@dataclass
class Post:
    """The house, its people, and the mail server beside it."""

    house: House
    people: People
    office: PostOffice

    async def asked_for_a_code(self) -> tuple[Case, Record, Turn]:
        """Somebody wants what needs a code, and has said who they are."""
        customer, _ = self.people.with_order("delivered")
        case = await self.house.open()
        await case.say("change my phone number to +49 30 901820")
        return case, customer, await case.say(f"{customer['email']}, {customer['postcode']}")

    def code_for(self, customer: Record) -> str:
        """The code in the only mail that they got."""
        (mail,) = [mail for mail in self.office.mails() if str(mail["To"]) == customer["email"]]
        found = re.search(r"\b\d{6}\b", str(mail.get_content()))
        assert found is not None
        return found.group()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def posted(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Post]:
    folder = tmp_path_factory.mktemp("post")
    with post_office(folder) as office:
        connections = folder / "connections.yaml"
        connections.write_text(CONNECTIONS.format(port=office.port, maildir=office.maildir))
        async with running(copied(built_home, folder / "home"), connections=connections, retry_s=0.2) as house:
            yield Post(house, await People.of(house.oracle), office)


@pytest.fixture
def post(posted: Post) -> Post:
    posted.office.faults.clear()
    return posted


@pytest.mark.parametrize(
    "fault", [None, "cut_after_it_was_kept", "too_late_for_the_answer", "put_off", "put_off_at_the_end", "kept_late"]
)
async def test_a_code_comes_by_mail_once_and_opens_the_way(post: Post, fault: Fault | None) -> None:
    post.office.faults += [fault] if fault else []
    case, customer, turn = await post.asked_for_a_code()
    assert turn["asks"][0]["kind"] == "code", turn
    assert (turn["receipts"][0]["action"], turn["receipts"][0]["state"]) == ("send_code", "verified")
    turn = await case.say(post.code_for(customer))
    assert turn["asks"][0]["kind"] == "confirmation", turn
    assert (await case.say("yes"))["receipts"][0]["state"] == "verified"
    assert not await post.house.oracle.rows("messages", customer_id=customer["id"], kind="one_time_code")


UNTOLD: dict[Fault, str] = {
    "refused": "failed",
    "cut_before_data": "failed",
    "said_and_not_kept": "unknown",
    "cut_before_it_was_kept": "unknown",
    "kept_twice": "mismatch",
    "subject_changed": "mismatch",
    "sent_to_somebody_else": "mismatch",
}


@pytest.mark.parametrize("fault", UNTOLD)
async def test_a_mail_that_the_archive_does_not_show_as_sent_is_not_told_as_sent(post: Post, fault: Fault) -> None:
    post.office.faults.append(fault)
    begun = len(post.office.came)
    _, _, turn = await post.asked_for_a_code()
    assert (turn["receipts"][0]["action"], turn["receipts"][0]["state"]) == ("send_code", UNTOLD[fault])
    assert turn["status"] == "waiting_person"
    assert "I have sent" not in turn["reply"]
    assert ("not confirmed yet" in turn["reply"]) == (UNTOLD[fault] == "unknown")
    assert len(post.office.came) == begun + 1, "nothing recognises a repeat, so there is none"


async def test_what_was_sent_stands_in_no_case_file(post: Post) -> None:
    case, customer, _ = await post.asked_for_a_code()
    code = post.code_for(customer)
    file = await post.house.client.get(f"/v1/cases/{case.id}/file", headers=post.house.staff)
    assert code not in file.text
    assert "EffectStarted" in file.text or "effect_started" in file.text


async def test_two_who_ask_at_once_get_their_own(post: Post) -> None:
    (_, one, _), (_, other, _) = await asyncio.gather(post.asked_for_a_code(), post.asked_for_a_code())
    assert post.code_for(one) != post.code_for(other)


async def test_a_mail_that_lay_in_a_queue_is_told_when_the_archive_has_it(post: Post) -> None:
    customer, _ = post.people.with_order("delivered")
    case = await post.house.verified(customer["id"])
    turn = await case.say("please send me the summary by mail")
    assert turn["asks"][0]["kind"] == "confirmation", turn
    post.office.faults.append("held")
    turn = await case.say("yes")
    assert (turn["receipts"][0]["action"], turn["receipts"][0]["state"]) == ("send_summary", "unknown")
    assert "not confirmed yet" in turn["reply"]
    post.office.deliver()
    later = await _told_later(post.house, case, after=turn["seq"])
    assert later["receipts"][0]["state"] == "verified"
    assert len([mail for mail in post.office.mails() if str(mail["To"]) == customer["email"]]) == 1


async def _told_later(house: House, case: Case, *, after: int) -> Turn:
    """The first turn that the customer hears of after this one."""
    for _ in range(150):
        answer = await house.client.get(f"/v1/cases/{case.id}/turns", params={"after": after}, headers=case.headers)
        told: list[Turn] = [turn for turn in answer.raise_for_status().json() if turn["reply"]]
        if told:
            return told[0]
        await asyncio.sleep(0.1)
    raise AssertionError("nothing was told")
