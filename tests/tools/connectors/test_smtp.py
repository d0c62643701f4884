"""Mails over SMTP: a copy in the archive proves them, and nothing else does."""

import imaplib
import json
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.systems import dovecot
from tests.tools.conftest import SECRET, Shop
from tests.tools.connectors.post_office import COPY, LATE_S, Fault, PostOffice, post_office
from tests.tools.papers import Drawer
from tools.connectors.archive import as_record
from tools.connectors.connection import Connection, Needs
from tools.connectors.smtp import SmtpMails, SmtpSettings, connect
from tools.contract import Action, Scope, ToolLost, ToolRefused
from tools.http import Backoffice
from tools.mailing import Letter, Mail
from tools.messages import SendCode, one_time_code

KEY = "a" * 64


@dataclass
class Desk:
    """The shop's customers, and the tools over a mail server."""

    shop: Shop
    customers: Backoffice
    office: PostOffice

    def connection(self, **more: Any) -> Connection:
        needs = Needs(clock=lambda: datetime.now(UTC), code_secret=SECRET, customers=self.customers, own=Drawer())
        return connect(settings(self.office, **more), needs)

    def sending(self, **more: Any) -> Action:
        (action,) = (tool for tool in self.connection(**more).tools if tool.name == "send_code")
        assert isinstance(action, Action)
        return action


@pytest.fixture
async def desk(shop: Shop, office: PostOffice) -> AsyncIterator[Desk]:
    async with Backoffice(shop.base_url) as customers:
        yield Desk(shop, customers, office)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with post_office(tmp_path) as office:
        yield office


def settings(office: PostOffice, **more: Any) -> SmtpSettings:
    entry = {
        "connector": "smtp", "host": "127.0.0.1", "port": office.port, "security": "none",
        "sender": "help@harbor.example", "sender_name": "Harbor Goods", "archive": {"maildir": str(office.maildir)},
        "timeout_s": LATE_S, "pauses_s": (0.01, 0.05), "arrival_s": 0,
    }  # fmt: skip
    return SmtpSettings.model_validate(entry | more)


async def told(action: Action, scope: Scope) -> dict[str, Any]:
    """All that the tool gives away of one attempt."""
    args = SendCode(ordinal=0)
    scope = Scope(tenant=scope.tenant, case_id=scope.case_id, customer_id=scope.customer_id, effect=KEY)
    before = await action.before(args, scope)
    answer: Any
    try:
        answer = await action.run(args, scope, KEY)
    except (ToolLost, ToolRefused) as error:
        answer = error
    return {"before": before, "run": answer, "verify": await action.verify(args, scope, before)}


async def test_a_code_goes_to_the_address_on_file_and_is_read_in_the_archive(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    customer = await desk.shop.oracle.item("customers", str(scope.customer_id))
    assert (await told(desk.sending(), scope))["verify"].state == "verified"
    (mail,) = desk.office.mails()
    assert (mail["From"], mail["To"]) == ("Harbor Goods <help@harbor.example>", customer["email"])
    assert one_time_code(SECRET, scope.case_id, 0) in str(mail.get_content())
    assert mail["Auto-Submitted"] == "auto-generated", "nobody's out-of-office answers it"
    assert not await desk.shop.oracle.rows("messages", customer_id=customer["id"]), "one way for all mails"


LOST, REFUSED = "lost", "refused"
FAULTS: dict[Fault, tuple[str | bool, str, int]] = {
    "refused": (REFUSED, "absent", 1),
    "put_off": ("answered", "verified", 2),
    "put_off_at_the_end": ("answered", "verified", 2),
    "cut_before_data": (LOST + " without effect", "absent", 1),
    "cut_before_it_was_kept": (LOST, "absent", 1),
    "cut_after_it_was_kept": (LOST, "verified", 1),
    "too_late_for_the_answer": (LOST, "verified", 1),
    "said_and_not_kept": ("answered", "absent", 1),
    "kept_twice": ("answered", "mismatch", 1),
    "kept_late": ("answered", "absent", 1),
    "subject_changed": ("answered", "mismatch", 1),
    "words_added": ("answered", "mismatch", 1),
    "sent_to_somebody_else": ("answered", "mismatch", 1),
    "copied_to_somebody_else": ("answered", "mismatch", 1),
}
"""What the call came back with, what the archive shows, and how often the server was asked."""


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_told_for_what_it_is_and_the_code_stays_out_of_the_file(desk: Desk, fault: Fault) -> None:
    _, scope = await desk.shop.order()
    desk.office.faults.append(fault)
    seen = await told(desk.sending(), scope)
    answer = seen["run"]
    came = "answered" if isinstance(answer, dict) else REFUSED if isinstance(answer, ToolRefused) else LOST
    if isinstance(answer, ToolLost) and answer.answered:
        came += " without effect"
    assert (came, seen["verify"].state, len(desk.office.came)) == FAULTS[fault]
    code = one_time_code(SECRET, scope.case_id, 0)
    file = json.dumps(seen, default=lambda value: value.model_dump() if hasattr(value, "model_dump") else str(value))
    assert code not in file
    assert "valid for" not in file


async def test_what_is_put_off_for_long_had_no_effect(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    desk.office.faults += ["put_off"] * 9
    seen = await told(desk.sending(), scope)
    assert (seen["run"].answered, len(desk.office.came), desk.office.mails()) == (True, 3, [])
    assert "Greylisted" in str(seen["run"])


async def test_a_mail_that_arrives_late_is_waited_for_a_while(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    desk.office.faults.append("kept_late")
    assert (await told(desk.sending(arrival_s=6), scope))["verify"].state == "verified"


async def test_a_server_that_is_away_had_no_effect(desk: Desk, tmp_path: Path) -> None:
    _, scope = await desk.shop.order()
    with post_office(tmp_path) as away:
        pass
    seen = await told(desk.sending(port=away.port), scope)
    assert seen["run"].answered
    assert seen["verify"].state == "absent"


async def test_without_an_archive_nothing_is_ever_proven_and_the_probe_says_so(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    assert (await told(desk.sending(archive=None), scope))["verify"].state == "pending"
    assert len(desk.office.mails()) == 1
    (trouble,) = await desk.connection(archive=None).probe()
    assert "ever proven" in trouble.wrong
    assert "archive" in trouble.advice


async def test_an_archive_that_cannot_be_read_stops_the_mail_before_it_is_sent(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    action = desk.sending(archive={"maildir": "/no/such/folder"})
    with pytest.raises(ToolLost, match="archive cannot be read"):
        await told(action, scope)
    assert desk.office.came == []


async def test_a_copy_that_cannot_be_read_proves_nothing(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    desk.office.faults.append("mangled")
    with pytest.raises(ToolLost, match="cannot be read"):
        await told(desk.sending(), scope)


async def test_a_copy_can_be_sent_along_and_both_are_taken_or_none(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    archive = {"maildir": str(desk.office.maildir), "address": COPY}
    desk.office.faults.append("copy_refused")
    assert isinstance((await told(desk.sending(archive=archive), scope))["run"], ToolRefused)
    assert desk.office.mails() == []
    assert (await told(desk.sending(archive=archive), scope))["verify"].state == "verified"
    assert COPY not in str(desk.office.mails()[0]["To"])


async def test_another_effect_of_the_same_kind_is_not_taken_for_this_one(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    action = desk.sending()
    assert (await told(action, scope))["verify"].state == "verified"
    other = Scope(tenant="harbor", case_id=scope.case_id, customer_id=scope.customer_id, effect="b" * 64)
    before = await action.before(SendCode(ordinal=0), other)
    assert (await action.verify(SendCode(ordinal=0), other, before)).state == "absent"


async def test_an_address_that_not_every_server_understands_is_refused_beforehand(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    await desk.shop.oracle.patch("customers", str(scope.customer_id), email="ümlaut@example.com")
    with pytest.raises(ToolRefused, match="address on file"):
        await told(desk.sending(), scope)
    assert desk.office.came == []


@dovecot.needed
async def test_a_code_is_proven_by_a_mailbox(
    desk: Desk, mailboxes: dovecot.Mailboxes, box: imaplib.IMAP4, certificate: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("ARCHIVE_PASSWORD", dovecot.PASSWORD)
    where = {"host": "127.0.0.1", "port": mailboxes.tls_port, "security": "tls", "ca_file": str(certificate[0])}
    who = {"user": dovecot.USER, "password": {"env": "ARCHIVE_PASSWORD"}}
    desk.office.forward = lambda raw: box.append("INBOX", "", "", raw)
    _, scope = await desk.shop.order()
    more = {"archive": {"imap": where | who}, "timeout_s": 5, "arrival_s": 5}
    assert (await told(desk.sending(**more), scope))["verify"].state == "verified"
    assert await desk.connection(**more).probe() == []


# -- what is written is what is read ----------------------------------------------------------------------------------

WRITER = SmtpMails(
    settings=SmtpSettings(connector="smtp", host="127.0.0.1", port=25, security="none", sender="help@harbor.example"),
    connect=lambda: pytest.fail("nothing is sent"),
    archive=None,
    clock=lambda: datetime.now(UTC),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
SCOPE = Scope(tenant="harbor", case_id="c", customer_id="cus_1", effect=KEY)


@given(subject=TEXTS, body=TEXTS)
def test_any_text_comes_back_as_it_was_written_and_steers_nothing(subject: str, body: str) -> None:
    mail = Mail(to="ada@quillbox.example", kind="note", letter=Letter(subject=subject, body=body))
    intended = WRITER.record(mail, SCOPE)
    written = WRITER._written(intended)
    copy = message_from_bytes(written, policy=policy.default)
    assert as_record("1", copy) == {"id": "1", **intended}
    known = {"From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "Content-Type", "MIME-Version"}
    assert set(copy.keys()) == known | {"Content-Transfer-Encoding"}


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b.example\r\nBcc: thief@example.com", "a@b.example, thief@example.com"]
)
def test_what_is_no_single_address_is_refused(to: str) -> None:
    with pytest.raises(ToolRefused, match="address on file"):
        WRITER.record(Mail(to=to, kind="note", letter=Letter(subject="Hello", body="Hello")), SCOPE)


@given(left=st.text(), right=st.text())
def test_an_effect_has_one_message_id_and_shares_it_with_nobody(left: str, right: str) -> None:
    assert (WRITER.message_id(left) == WRITER.message_id(right)) == (left == right)
    assert WRITER.message_id(left).endswith("@harbor.example>")


# -- the way there ----------------------------------------------------------------------------------------------------


def server_side(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_the_way_is_private_and_the_server_is_who_it_says(
    desk: Desk, tmp_path: Path, certificate: tuple[Path, Path], security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, scope = await desk.shop.order()
    monkeypatch.setenv("MAIL_PASSWORD", "open sesame")
    way = {security: server_side(certificate)}
    with post_office(tmp_path, login="desk:open sesame", **way) as private:
        who = {"user": "desk", "password": {"env": "MAIL_PASSWORD"}}
        known = {"port": private.port, "security": security, "timeout_s": 5, "ca_file": str(certificate[0])} | who
        known["archive"] = {"maildir": str(private.maildir)}
        stranger = (await told(desk.sending(**{**known, "ca_file": None}), scope))["run"]
        assert "certificate" in str(stranger).lower()
        assert stranger.answered
        monkeypatch.setenv("MAIL_PASSWORD", "guessed")
        assert isinstance((await told(desk.sending(**known), scope))["run"], ToolRefused)
        assert private.mails() == []
        monkeypatch.setenv("MAIL_PASSWORD", "open sesame")
        assert (await told(desk.sending(**known), scope))["verify"].state == "verified"
        assert await desk.connection(**known).probe() == []


async def test_a_server_without_tls_is_told_nothing_when_tls_is_wanted(desk: Desk) -> None:
    _, scope = await desk.shop.order()
    lost = (await told(desk.sending(security="starttls", timeout_s=5), scope))["run"]
    assert isinstance(lost, ToolLost)
    assert lost.answered
    assert desk.office.came == []


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"host": "mail.example.com"}, "another machine"),
        ({"user": "desk"}, "both"),
        ({"sender": "Harbor <help@harbor.example>"}, "no address"),
        ({"sender": "help@harbor.example\r\nBcc: thief@example.com"}, "no address"),
        ({"archive": {}}, "one place"),
        ({"archive": {"maildir": "/a", "imap": {"host": "localhost", "port": 143, "security": "none"}}}, "owner"),
        ({"archive": {"maildir": "/a", "address": "archive"}}, "no address"),
        ({"port": 0}, "port"),
        ({"sneder": "x"}, "sneder"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_meant_are_refused(entry: dict[str, Any], said: str) -> None:
    known = {"connector": "smtp", "host": "localhost", "port": 25, "security": "none", "sender": "help@harbor.example"}
    SmtpSettings.model_validate(known)
    with pytest.raises(ValidationError, match=said):
        SmtpSettings.model_validate(known | entry)
