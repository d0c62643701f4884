"""Dovecot: mailboxes over IMAP, where Debian's package `dovecot-imapd` is installed. Run as root, or as anybody."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from grp import getgrgid
from pathlib import Path

import pytest

from web.serving import free_port

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
needed = pytest.mark.skipif(PROGRAM is None, reason="Debian's dovecot-imapd is not installed")
USER, PASSWORD = "archive", "Pa33w0rdx"
CONFIG = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
mail_location = maildir:{home}/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
ssl = {ssl}
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
passdb {{
  driver = static
  args = user={name} password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Mailboxes:
    """A running server, and the folder behind the mailbox."""

    port: int
    tls_port: int
    maildir: Path


@contextlib.contextmanager
def mailboxes(certificate: tuple[Path, Path]) -> Iterator[Mailboxes]:
    """One mailbox, of `USER`, on loopback: with STARTTLS on one port, with TLS on the other."""
    assert PROGRAM is not None, "see PROGRAM first"
    who = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        home, ports = Path(folder), (free_port(), free_port())
        for part in ("new", "cur", "tmp"):
            (home / "Maildir" / part).mkdir(parents=True)
        config = home / "dovecot.conf"
        config.write_text(CONFIG.format(
            home=home, user=who.pw_name, group=getgrgid(who.pw_gid).gr_name, ssl="yes", cert=certificate[0],
            key=certificate[1], name=USER, password=PASSWORD, port=ports[0], tls_port=ports[1],
        ))  # fmt: skip
        for path in (home, *home.rglob("*")):
            os.chown(path, who.pw_uid, who.pw_gid)
        process = subprocess.Popen([PROGRAM, "-F", "-c", str(config)])  # noqa: S603
        try:
            _wait(ports[0], process, home / "log")
            yield Mailboxes(*ports, home / "Maildir")
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up and process.poll() is None:
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"Dovecot does not answer:\n{log.read_text() if log.exists() else ''}")
