"""SMTP: mails through a company's own mail server, each proven by its copy in an archive.

| what happens | what it means |
|---|---|
| 250 at the end of DATA | taken, which proves nothing: the archive is read |
| 4xx at any step | not taken: tried again after each of `pauses_s`, as the same mail; then lost without an effect |
| 5xx at any step | refused |
| not reached, cut or too late before DATA | lost without an effect |
| cut or too late from DATA on | lost: the server may have it, so it is only looked for, never sent again |

The Message-ID is made from the effect's key, so a mail is found by it whatever became of the call, and two of them
are seen as two. A copy counts when its sender, its recipients, its subject, its words and its number of parts are
exactly as sent. Mail servers take a mail and deliver it later: what is not in the archive yet is looked for again.

Without an `archive` no mail is ever proven, so that its outcome stays "not confirmed".
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, Self

import aiosmtplib
from pydantic import Field, model_validator

from tools import facts
from tools.connectors.archive import Archive, Imap, Maildir, plain
from tools.connectors.connection import Connection, Kind, Needs, SystemSettings, Trouble, tried
from tools.connectors.endpoint import Endpoint
from tools.contract import KeyKind, Scope, ToolLost, ToolRefused
from tools.declared import Declared
from tools.finding import Record
from tools.mailing import Mail, Way
from tools.mails import mail_tools
from tools.messages import message_tools

LOOK_AGAIN_S = 0.2
"""Between two looks into the archive for a mail that has only just been sent."""
MOST_SAID = 200
FAREWELL_S = 1.0


WAY = Way(system="smtp", key=KeyKind.MARKER, queued=True, proof="read in the archive")
UNPROVEN = Trouble(
    "No archive is named, so that no mail is ever proven and what came of it stays unconfirmed",
    "keep a copy of every mail that leaves in a mailbox or a Maildir, and name it under `archive`",
)


class Mailbox(Endpoint):
    """An IMAP mailbox with a copy of every mail that leaves."""

    folder: Annotated[str, Field(pattern=r'^[^"\\\x00-\x1f\x7f-\U0010ffff]+$')] = "INBOX"

    @model_validator(mode="after")
    def _has_an_owner(self) -> Self:
        if self.user is None:
            raise ValueError("a mailbox has an owner; write `user: …` and `password: …`.")
        return self


class Copies(Declared):
    """Where copies are kept: in a mailbox, or in a Maildir on this machine."""

    imap: Mailbox | None = None
    maildir: Path | None = None
    address: str | None = None
    """Where the copy is sent to along with the mail, for a server that keeps none by itself."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.imap is None) == (self.maildir is None):
            raise ValueError("copies are kept in one place: write `imap: …` or `maildir: PATH`.")
        if self.address is not None and not _sendable(self.address):
            raise ValueError(f"'{self.address}' is no address; write one such as archive@example.com.")
        return self


class SmtpSettings(SystemSettings, Endpoint):
    """The entry of a mail server."""

    sender: str
    """The address that mails come from."""
    sender_name: str = ""
    archive: Copies | None = None
    timeout_s: Annotated[float, Field(gt=0, le=20)] = 6
    """For one try, from connecting to the server's last word."""
    pauses_s: tuple[float, ...] = (1, 3)
    """Before the second and each later try of a mail that the server puts off."""
    arrival_s: Annotated[float, Field(ge=0, le=8)] = 3
    """How long a look into the archive waits for a mail to arrive there."""

    @model_validator(mode="after")
    def _has_a_sender(self) -> Self:
        if not _sendable(self.sender):
            raise ValueError(f"'{self.sender}' is no address; write one such as help@example.com.")
        return self


class _PutOff(Exception):
    """A 4xx: the server has not taken the mail, and asks to come again."""


@dataclass
class _Talk:
    """A connection to the server."""

    server: aiosmtplib.SMTP
    may_have_it: bool = False
    """Whether the mail was begun to be handed over."""


@dataclass(frozen=True, kw_only=True)
class SmtpMails:
    """The mail server as a `Mailer`; `connect` makes a new connection to it."""

    settings: SmtpSettings
    connect: Callable[[], aiosmtplib.SMTP]
    archive: Archive | None
    clock: Callable[[], datetime]
    way: Way = WAY

    def record(self, mail: Mail, scope: Scope) -> Record:
        """The copy as it must be found, without its place in the archive. Raises `ToolRefused`."""
        if not _sendable(mail.to):
            raise ToolRefused("The e-mail address on file is none that a mail could go to.")
        return {
            "message_id": self.message_id(scope.effect),
            "from": self.settings.sender,
            "to": mail.to,
            "subject": facts.line(mail.letter.subject),
            "body": plain(mail.letter.body),
            "parts": 1,
        }

    async def send(self, mail: Mail, scope: Scope, key: str) -> Record:
        """Send it, again only while the server puts it off. Raises `ToolRefused` or `ToolLost`."""
        record = self.record(mail, scope)
        message, copy_to = self._written(record), self.settings.archive and self.settings.archive.address
        recipients = [mail.to, *([copy_to] if copy_to else [])]
        for pause in (*self.settings.pauses_s, None):
            try:
                return {"message_id": self.message_id(key), "said": await self._handed_over(message, recipients)}
            except _PutOff as put_off:
                if pause is None:
                    raise ToolLost(f"The mail server puts the mail off: {put_off}", answered=True) from put_off
                await asyncio.sleep(pause)
        raise AssertionError("the last try returns or raises")

    async def sent(self, _: str, scope: Scope, *, wait: bool = False) -> list[Record] | None:
        """The copies of this effect's mail. Raises `ToolLost`."""
        if self.archive is None:
            return None
        give_up = time.monotonic() + (self.settings.arrival_s if wait else 0)
        while True:
            found = await self.archive.copies(self.message_id(scope.effect))
            if found or time.monotonic() >= give_up:
                return found
            await asyncio.sleep(LOOK_AGAIN_S)

    def message_id(self, effect: str) -> str:
        """The id of the effect's mail: always the same, and telling nothing of it."""
        return f"<{hashlib.sha256(effect.encode()).hexdigest()[:40]}@{self.settings.sender.rpartition('@')[2]}>"

    async def reached(self) -> None:
        """Greet the server and go again. Raises `ToolRefused` or `ToolLost`."""
        try:
            async with self._talking():
                pass
        except _PutOff as put_off:
            raise ToolLost(f"The mail server is not ready: {put_off}", answered=True) from put_off

    def _written(self, record: Record) -> bytes:
        message = EmailMessage(policy=WIRE)
        sender = Address(facts.line(self.settings.sender_name), addr_spec=str(record["from"]))
        try:
            message["From"], message["To"] = sender, Address(addr_spec=str(record["to"]))
            message["Subject"], message["Message-ID"] = str(record["subject"]), str(record["message_id"])
            message["Date"] = format_datetime(self.clock())
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(f"{record['body']}\n", cte="quoted-printable")
            return message.as_bytes()
        except (MessageError, ValueError) as error:
            raise ToolRefused(f"This cannot be written as a mail ({type(error).__name__}).") from error

    async def _handed_over(self, message: bytes, recipients: list[str]) -> str:
        """What the server said when it had taken the mail. Raises _PutOff, `ToolRefused` or `ToolLost`."""
        async with self._talking() as talk:
            await talk.server.mail(self.settings.sender)
            for recipient in recipients:
                await talk.server.rcpt(recipient)
            talk.may_have_it = True
            return facts.line((await talk.server.data(message)).message)[:MOST_SAID]

    @contextlib.asynccontextmanager
    async def _talking(self) -> AsyncIterator[_Talk]:
        """A connection to the server, and what it means when it does not end well: see the table above."""
        talk, limit = _Talk(self.connect()), self.settings.timeout_s
        try:
            async with asyncio.timeout(limit):
                await talk.server.connect()
                yield talk
                with contextlib.suppress(aiosmtplib.SMTPException):
                    await talk.server.quit(timeout=FAREWELL_S)
        except aiosmtplib.SMTPResponseException as error:
            raise _meant(error, may_have_it=talk.may_have_it) from error
        except TimeoutError as error:
            late = f"The mail server gave no answer within {limit:g} s."
            raise ToolLost(late, answered=not talk.may_have_it) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            lost = f"The mail server was lost: {str(error)[:MOST_SAID]}"
            raise ToolLost(lost, answered=not talk.may_have_it) from error
        finally:
            talk.server.close()


def _meant(error: aiosmtplib.SMTPResponseException, *, may_have_it: bool) -> Exception:
    """What an answer with a code means that was not the one waited for."""
    said = f"{error.code} {facts.line(str(error.message))[:MOST_SAID]}"
    if 400 <= error.code < 500:
        return _PutOff(said)
    if 500 <= error.code < 600:
        return ToolRefused(f"The mail server refused: {said}")
    return ToolLost(f"The mail server gave an answer that means nothing: {said}", answered=not may_have_it)


def _sendable(address: str) -> bool:
    """An address that every mail server understands."""
    return address.isascii() and facts.email(address) == address.lower() != ""


def _archive(copies: Copies, settings: SmtpSettings, needs: Needs) -> Archive:
    if copies.maildir is not None:
        return Maildir(needs.at(copies.maildir), settings.timeout_s)
    box = copies.imap
    assert box is not None  # noqa: S101 - Copies has one of the two
    return Imap(
        host=box.host,
        port=box.port,
        security=box.security,
        context=box.context(needs),
        user=box.user or "",
        password=box.secret(needs) or "",
        folder=box.folder,
        timeout_s=settings.timeout_s,
    )


def connect(settings: SmtpSettings, needs: Needs) -> Connection:
    """The tools that mail, over this server."""
    password, context = settings.secret(needs), settings.context(needs)

    def server() -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user,
            password=password,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=context,
            timeout=settings.timeout_s,
            local_hostname=settings.sender.rpartition("@")[2],
        )

    archive = _archive(settings.archive, settings, needs) if settings.archive else None
    mails = SmtpMails(settings=settings, connect=server, archive=archive, clock=needs.clock)

    async def probe() -> list[Trouble]:
        if archive is None:
            return [*await tried(mails.reached()), UNPROVEN]
        return await tried(mails.reached()) + await tried(archive.copies(mails.message_id("")))

    codes = message_tools(needs.customers, mails, needs.code_secret)
    tools = [*codes, *mail_tools(needs.customers, mails, needs.own)]
    return Connection(system=mails.way.system, tools=tools, probe=probe)


KIND = Kind(SmtpSettings, connect)
