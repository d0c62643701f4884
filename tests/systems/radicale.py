"""Radicale: calendars over CalDAV. It stands in our own development venv, and starts empty."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from tests.systems.cache import surroundings
from tests.systems.process import System, serving
from web.serving import free_port

USER, PASSWORD = "agent_bot", "Pa33w0rdx"
OTHER = "alice:alicepw1"
"""Somebody whose calendars are not ours to read."""


@contextlib.asynccontextmanager
async def calendars() -> AsyncIterator[System]:
    """An empty calendar server on a free port; a user reaches their own calendars only, under `/USER/`."""
    with tempfile.TemporaryDirectory(prefix="radicale-") as folder:
        home, port = Path(folder), free_port()
        users = home / "users"
        users.write_text(f"{USER}:{PASSWORD}\n{OTHER}\n")
        command = [sys.executable, "-m", "radicale", "--server-hosts", f"127.0.0.1:{port}", "--config", ""]
        command += ["--storage-filesystem-folder", str(home / "collections"), "--rights-type", "owner_only"]
        command += ["--auth-type", "htpasswd", "--auth-htpasswd-filename", str(users)]
        command += ["--auth-htpasswd-encryption", "plain", "--logging-level", "warning"]
        base = f"http://127.0.0.1:{port}"
        async with serving(command, url=f"{base}/.web/", home=home, env=surroundings()):
            yield System(base, USER, PASSWORD, home=home)
