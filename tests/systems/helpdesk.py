"""django-helpdesk: tickets, follow-ups, a knowledge base and staff pages. Its REST API is under `/api/`.

The queues are `support` and `billing`; `agent_bot` is the staff member whose token it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from tests.systems.cache import INSIDE, installed, lock_of, made_once, run, surroundings
from tests.systems.process import System, serving
from web.serving import free_port

SITE = INSIDE / "helpdesk_site"
USER, PASSWORD = "agent_bot", "Pa33w0rd!x"


def prepared() -> Path:
    """The seeded data, made at the first call."""
    commands = installed("helpdesk")

    def seed(home: Path) -> None:
        shutil.copytree(SITE, home / SITE.name, ignore=shutil.ignore_patterns("__pycache__"))
        env, admin = _environment(home, smtp_port=0), str(commands / "django-admin")
        run([admin, "migrate", "-v0"], env=env, cwd=home)
        run([admin, "collectstatic", "--noinput", "-v0"], env=env, cwd=home)
        run([admin, "loaddata", "-v0", "emailtemplate"], env=env, cwd=home)
        run([str(commands / "python"), "-m", "helpdesk_site.seed"], env=env, cwd=home)

    return made_once("helpdesk-data", [lock_of("helpdesk"), *sorted(SITE.glob("*.py"))], seed)


@contextlib.asynccontextmanager
async def helpdesk(*, smtp_port: int = 0) -> AsyncIterator[System]:
    """The help desk, as it was seeded, on a free port; its mails go to `smtp_port`, by default nowhere."""
    seeded = await asyncio.to_thread(prepared)
    with tempfile.TemporaryDirectory(prefix="helpdesk-") as folder:
        home = Path(folder)
        await asyncio.to_thread(shutil.copytree, seeded, home, dirs_exist_ok=True)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [
            str(installed("helpdesk") / "gunicorn"),
            "--log-level",
            "warning",
            "--threads",
            "8",
            "--graceful-timeout",
            "1",
        ]
        command += ["--threads", "8", "--worker-tmp-dir", str(home), "-b", f"127.0.0.1:{port}", "helpdesk_site.wsgi"]
        env = _environment(home, smtp_port=smtp_port)
        async with serving(command, url=f"{base}/login/", home=home, env=env):
            yield System(base, USER, PASSWORD, (home / "token").read_text().strip(), home)


def _environment(home: Path, *, smtp_port: int) -> dict[str, str]:
    return surroundings(
        DJANGO_SETTINGS_MODULE="helpdesk_site.settings",
        PYTHONPATH=str(home),
        SITE_HOME=str(home),
        SMTP_PORT=str(smtp_port or ""),
    )
