"""A real mail server on loopback that keeps what it takes in a Maildir, and does what a test says to the next mails."""

from __future__ import annotations

import asyncio
import contextlib
import mailbox
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from web.serving import free_port

Fault = Literal[
    "refused", "put_off", "put_off_at_the_end", "cut_before_data", "cut_before_it_was_kept", "cut_after_it_was_kept",
    "too_late_for_the_answer", "said_and_not_kept", "kept_twice", "kept_late", "subject_changed", "words_added",
    "sent_to_somebody_else", "copied_to_somebody_else", "mangled", "copy_refused", "held",
]  # fmt: skip
LATE_S = 0.5
"""When a late mail arrives, and how long the server then lets a caller wait."""
COPY = "archive@harbor.example"


@dataclass
class PostOffice:
    """A mail server, the Maildir where it keeps what it took, and who came."""

    port: int
    maildir: Path
    faults: list[Fault] = field(default_factory=list)
    """What the next mails meet, one each; after these, none."""
    came: list[str] = field(default_factory=list)
    """The recipients of every mail that was begun, whatever came of it."""
    held: list[bytes] = field(default_factory=list)
    """What was taken and lies in the queue until it is delivered."""
    forward: Callable[[bytes], object] = lambda _raw: None
    """Where a copy goes besides."""

    def mails(self) -> list[EmailMessage]:
        """What was kept."""
        box = mailbox.Maildir(self.maildir)
        return [message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.keys()]  # noqa: SIM118

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Called by the server for each recipient."""
        if not envelope.rcpt_tos:
            self.came.append(address)
        match self.faults[:1]:
            case ["refused"]:
                self.faults.pop(0)
                return "550 5.1.1 No such user here"
            case ["copy_refused"] if address == COPY:
                self.faults.pop(0)
                return "550 5.1.1 No such archive"
            case ["put_off"]:
                self.faults.pop(0)
                return "450 4.2.0 Greylisted, come again"
            case ["cut_before_data"]:
                self.faults.pop(0)
                server.transport.abort()  # type: ignore[union-attr]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by the server for a whole mail."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        fault = self.faults.pop(0) if self.faults else None
        match fault:
            case "put_off_at_the_end":
                return "451 4.3.0 Try again later"
            case "cut_before_it_was_kept":
                server.transport.abort()  # type: ignore[union-attr]
            case "kept_late":
                asyncio.get_running_loop().call_later(LATE_S, self._keep, raw)
            case "said_and_not_kept":
                pass
            case "held":
                self.held.append(raw)
            case _:
                for kept in _bent(raw, fault, envelope.rcpt_tos[0]):
                    self._keep(kept)
        if fault == "cut_after_it_was_kept":
            server.transport.abort()  # type: ignore[union-attr]
        if fault == "too_late_for_the_answer":
            await asyncio.sleep(2 * LATE_S)
        return "250 2.0.0 Queued"

    def deliver(self) -> None:
        """Empty the queue."""
        while self.held:
            self._keep(self.held.pop())

    def _keep(self, raw: bytes) -> None:
        mailbox.Maildir(self.maildir).add(raw)
        self.forward(raw)


def _bent(raw: bytes, fault: Fault | None, to: str) -> list[bytes]:
    """The copies of a mail that the fault leaves."""
    match fault:
        case "kept_twice":
            return [raw, raw]
        case "subject_changed":
            return [raw.replace(b"Subject: ", b"Subject: [EXTERNAL] ")]
        case "words_added":
            return [raw + b"\r\n-- \r\nSent by a free plan\r\n"]
        case "sent_to_somebody_else":
            return [raw.replace(to.encode(), b"thief@example.com")]
        case "copied_to_somebody_else":
            return [raw.replace(b"Subject: ", b"Cc: thief@example.com\r\nSubject: ")]
        case "mangled":
            return [raw.replace(b'charset="utf-8"', b'charset="no-such"')]
    return [raw]


class _Controller(Controller):
    """Knows its connections, so that none is left open behind it."""

    def factory(self) -> SMTP:
        if not hasattr(self, "talks"):
            self.talks = list[SMTP]()
        self.talks.append(super().factory())  # type: ignore[no-untyped-call]
        return self.talks[-1]

    async def hang_up(self) -> None:
        for talk in self.talks:
            if isinstance(talk.transport, asyncio.Transport):
                talk.transport.abort()
        await asyncio.sleep(0.01)


@contextlib.contextmanager
def post_office(
    folder: Path, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, login: str = ""
) -> Iterator[PostOffice]:
    """A mail server on a free port, in a thread of its own; with a `login` (USER:PASSWORD) it asks who comes."""
    office = PostOffice(free_port(), folder / "Maildir")
    mailbox.Maildir(office.maildir, create=True)

    def known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object) -> AuthResult:
        right = isinstance(given, LoginPassword) and b"%s:%s" % (given.login, given.password) == login.encode()
        return AuthResult(success=right, handled=False)

    controller = _Controller(
        office, hostname="127.0.0.1", port=office.port, ssl_context=tls, tls_context=starttls,
        require_starttls=starttls is not None, authenticator=known, auth_required=bool(login) and tls is None,
        auth_require_tls=tls is None,  # it knows of STARTTLS alone
    )  # fmt: skip
    controller.start()
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result()
        controller.stop()
