"""A mail server that keeps what it receives."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from web.serving import free_port


@dataclass
class MailSink:
    """What has arrived, in order."""

    port: int
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    """Each with the recipients of its envelope."""

    def messages(self, to: str) -> list[EmailMessage]:
        """The mails to this address."""
        return [mail for recipients, mail in self.received if to in recipients]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        """Keep a mail; called by the server."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received.append((list(envelope.rcpt_tos), message_from_bytes(content, policy=policy.default)))
        return "250 OK"


def text_of(mail: EmailMessage) -> str:
    """The words of a mail."""
    body = mail.get_body(("plain", "html"))
    return "" if body is None else str(body.get_content())


@contextlib.contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A sink on a free port, in a thread of its own."""
    sink = MailSink(free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
