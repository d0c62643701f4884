from __future__ import annotations

import imaplib
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.systems import dovecot


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", key, "-out", cert], check=True, capture_output=True)  # noqa: S603
    return cert, key


@pytest.fixture(scope="session")
def mailboxes(certificate: tuple[Path, Path]) -> Iterator[dovecot.Mailboxes]:
    with dovecot.mailboxes(certificate) as boxes:
        yield boxes


@pytest.fixture
def box(mailboxes: dovecot.Mailboxes, certificate: tuple[Path, Path]) -> Iterator[imaplib.IMAP4]:
    """The mailbox, emptied, as the company's mail system sees it."""
    with imaplib.IMAP4_SSL("127.0.0.1", mailboxes.tls_port, ssl_context=context(certificate), timeout=10) as box:
        box.login(dovecot.USER, dovecot.PASSWORD)
        _, (count,) = box.select("INBOX")
        if count != b"0":
            box.store("1:*", "+FLAGS", r"\Deleted")
        box.expunge()
        yield box


def context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate[0])
