"""Copies of mails: found by their Message-ID in a Maildir and in a real mailbox, and left as they are."""

from __future__ import annotations

import imaplib
import os
import ssl
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.systems import dovecot
from tests.tools.connectors.conftest import context
from tools.connectors.archive import RECENT_S, Archive, Imap, Maildir
from tools.contract import ToolLost

OURS = "<ours@harbor.example>"


def mail(message_id: str = OURS, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in {"To": "ada@quillbox.example", "Subject": "Hello", "Message-ID": message_id, **headers}.items():
        message[name] = value
    message.set_content("Hello\n")
    return message.as_bytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    return tmp_path


async def found(archive: Archive) -> list[Any]:
    return [copy["subject"] for copy in await archive.copies(OURS)]


# -- a Maildir --------------------------------------------------------------------------------------------------------


async def test_a_copy_is_found_wherever_it_lies_and_only_by_its_own_id(folder: Path) -> None:
    archive = Maildir(folder, 5)
    assert await found(archive) == []
    (folder / "new" / "1.a").write_bytes(mail("<other@harbor.example>", References=OURS))
    (folder / "tmp" / "2.b").write_bytes(mail())
    assert await found(archive) == [], "an answer to it, and one that is still being written"
    (folder / "new" / "3.c").write_bytes(mail())
    (folder / "cur" / "4.d:2,S").write_bytes(mail(Subject="Again"))
    assert sorted(await found(archive)) == ["Again", "Hello"]


async def test_a_copy_that_moves_while_it_is_looked_for_is_one(folder: Path) -> None:
    for place in ("new/1.a", "cur/1.a:2,"):
        (folder / place).write_bytes(mail())
    assert await found(Maildir(folder, 5)) == ["Hello"]


async def test_what_came_long_ago_is_not_looked_through(folder: Path) -> None:
    old = folder / "new" / "1.a"
    old.write_bytes(mail())
    os.utime(old, times=(then := time.time() - RECENT_S - 60, then))
    assert await found(Maildir(folder, 5)) == []


async def test_a_maildir_that_is_gone_tells_nothing(folder: Path) -> None:
    with pytest.raises(ToolLost, match="cannot be read") as lost:
        await found(Maildir(folder / "nowhere", 5))
    assert lost.value.answered


# -- a mailbox --------------------------------------------------------------------------------------------------------


def imap(boxes: dovecot.Mailboxes, certificate: tuple[Path, Path], **other: Any) -> Imap:
    known = {
        "host": "127.0.0.1", "port": boxes.port, "security": "starttls", "context": context(certificate),
        "user": dovecot.USER, "password": dovecot.PASSWORD, "folder": "INBOX", "timeout_s": 5,
    }  # fmt: skip
    return Imap(**{**known, **other})


@dovecot.needed
@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_mailbox_shows_every_copy_and_stays_as_it_is(
    mailboxes: dovecot.Mailboxes, box: imaplib.IMAP4, certificate: tuple[Path, Path], security: str
) -> None:
    port = mailboxes.tls_port if security == "tls" else mailboxes.port
    archive = imap(mailboxes, certificate, port=port, security=security)
    assert await found(archive) == []
    for copy in (mail(), mail("<other@harbor.example>", References=OURS), mail(Subject="Again")):
        box.append("INBOX", "", "", copy)
    assert sorted(await found(archive)) == ["Again", "Hello"]
    box.noop()
    assert box.search(None, "SEEN") == ("OK", [b""])


@dovecot.needed
@pytest.mark.parametrize(
    "other",
    [{"password": "guessed"}, {"folder": "Nowhere"}, {"port": 9}, {"context": ssl.create_default_context()}],
    ids=["password", "folder", "port", "stranger"],
)
async def test_a_mailbox_that_cannot_be_read_tells_nothing(
    mailboxes: dovecot.Mailboxes, certificate: tuple[Path, Path], other: dict[str, Any]
) -> None:
    with pytest.raises(ToolLost, match="cannot be read") as lost:
        await found(imap(mailboxes, certificate, **other))
    assert lost.value.answered
    assert dovecot.PASSWORD not in str(lost.value)
