"""Archives: where a company keeps a copy of every mail that leaves it, and where ours are found by their Message-ID.

That a mail server took a mail proves nothing. A copy in an archive does: an IMAP mailbox, or a Maildir. An archive is
only read, and nothing in it is marked as seen.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import re
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from tools.contract import ToolLost
from tools.finding import Record

RECENT_S = 7 * 86_400.0
"""A copy that came earlier belongs to no effect that is still looked for."""
HEAD = 65_536
"""As much of a file as may hold its headers."""


class Archive(Protocol):
    """Where copies are found."""

    async def copies(self, message_id: str) -> list[Record]:
        """Every copy of the mail with this id, as `as_record` shows it. Raises `ToolLost`."""


def as_record(id: str, copy: EmailMessage) -> Record:  # noqa: A002 - the field's name
    """A mail as it was kept: everybody it names, its words, and how many parts it has beside them."""
    body = copy.get_body(("plain",))
    return {
        "id": id,
        "message_id": str(copy["Message-ID"] or "").strip(),
        "from": _addresses(copy, "From"),
        "to": _addresses(copy, "To", "Cc", "Bcc"),
        "subject": str(copy["Subject"] or ""),
        "body": plain(str(body.get_content())) if body is not None else "",
        "parts": sum(not part.is_multipart() for part in copy.walk()),
    }


def plain(text: str) -> str:
    """A text as mail carries it: its lines alone, whatever ends them, and nothing empty after the last."""
    return re.sub(r"\r\n?", "\n", text).rstrip("\n")


def _addresses(copy: EmailMessage, *headers: str) -> str:
    named = (header.addresses for name in headers for header in copy.get_all(name, []))
    return ", ".join(address.addr_spec for addresses in named for address in addresses)


def _ours(message_id: str, kept: Mapping[str, bytes]) -> list[Record]:
    """The copies with exactly this id. Raises `ToolLost`."""
    try:
        mails = {id: message_from_bytes(raw, policy=policy.default) for id, raw in kept.items()}  # noqa: A001
        records = [as_record(id, mail) for id, mail in mails.items()]  # noqa: A001
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        # The parser of the standard library gives up on some headers and charsets in any of these ways.
        raise ToolLost(f"A copy in the archive cannot be read ({type(error).__name__}).", answered=True) from error
    return [record for record in records if record["message_id"] == message_id]


@dataclass(frozen=True)
class Maildir:
    """A folder in which each mail is a file; `timeout_s` is for a whole look."""

    path: Path
    timeout_s: float

    async def copies(self, message_id: str) -> list[Record]:
        """See `Archive`. Raises `ToolLost`."""
        try:
            async with asyncio.timeout(self.timeout_s):
                return await asyncio.to_thread(lambda: _ours(message_id, self._holding(message_id.encode())))
        except TimeoutError as error:
            raise ToolLost(f"The archive was not read within {self.timeout_s:g} s.", answered=True) from error
        except OSError as error:
            raise ToolLost(f"The archive cannot be read ({error.strerror}).", answered=True) from error

    def _holding(self, message_id: bytes) -> dict[str, bytes]:
        since, held = time.time() - RECENT_S, dict[str, bytes]()
        for folder in ("new", "cur"):
            for file in (self.path / folder).iterdir():
                # A mail moves from new to cur while we look: it is met in one of them, or under one name in both.
                with contextlib.suppress(FileNotFoundError):
                    if file.stat().st_mtime >= since and message_id in _head(file):
                        held[file.name.partition(":")[0]] = file.read_bytes()
        return held


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(HEAD)


@dataclass(frozen=True, kw_only=True)
class Imap:
    """A mailbox on a server; `timeout_s` is for each step of a look."""

    host: str
    port: int
    security: str
    context: ssl.SSLContext
    user: str
    password: str
    folder: str
    timeout_s: float

    async def copies(self, message_id: str) -> list[Record]:
        """See `Archive`. Raises `ToolLost`."""
        try:
            return await asyncio.to_thread(lambda: _ours(message_id, self._found(message_id)))
        except (imaplib.IMAP4.error, OSError) as error:
            raise ToolLost(f"The archive cannot be read: {str(error)[:200]}", answered=True) from error

    def _found(self, message_id: str) -> dict[str, bytes]:
        with self._mailbox() as box:
            numbers = _said(box.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"'))
            uids = b" ".join(part for part in numbers if isinstance(part, bytes)).split()
            return {uid.decode(): self._fetched(box, uid) for uid in uids}

    def _fetched(self, box: imaplib.IMAP4, uid: bytes) -> bytes:
        parts = _said(box.uid("FETCH", uid.decode(), "(BODY.PEEK[])"))
        raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if not isinstance(raw, bytes):
            raise imaplib.IMAP4.error("the mail server did not give a mail that it had found.")
        return raw

    @contextlib.contextmanager
    def _mailbox(self) -> Iterator[imaplib.IMAP4]:
        box: imaplib.IMAP4
        if self.security == "tls":
            box = imaplib.IMAP4_SSL(self.host, self.port, ssl_context=self.context, timeout=self.timeout_s)
        else:
            box = imaplib.IMAP4(self.host, self.port, timeout=self.timeout_s)
        with box:
            if self.security == "starttls":
                box.starttls(self.context)
            box.login(self.user, self.password)
            _said(box.select(f'"{self.folder}"', readonly=True))
            yield box


def _said(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, parts = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the mail server said {status}: {parts!r:.100}")
    return parts
