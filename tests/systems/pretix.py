"""pretix: a ticket shop with orders, payments, refunds, customer accounts and mail.

Its pages are under `/control/`, its REST API under `/api/v1/`. The organizer is `harbor`, the event `goods`.
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

SEED = INSIDE / "pretix_seed.py"
EVENT = "/api/v1/organizers/harbor/events/goods"
USER, PASSWORD = "admin@localhost", "admin"


def prepared() -> Path:
    """The seeded data, made at the first call."""
    python, empty = str(installed("pretix") / "python"), _migrated()

    def seed(home: Path) -> None:
        shutil.copytree(empty, home, dirs_exist_ok=True)
        run([python, str(SEED)], env=_configured(home, port=0, smtp_port=0), cwd=home)

    return made_once("pretix-data", [lock_of("pretix"), SEED], seed)


def _migrated() -> Path:
    """Its data with nothing in it; the migrations take minutes, so they do not depend on the seed."""
    python = str(installed("pretix") / "python")

    def migrate(home: Path) -> None:
        env = _configured(home, port=0, smtp_port=0)
        run([python, "-m", "pretix", "migrate", "-v0", "--skip-checks"], env=env, cwd=home)

    return made_once("pretix-empty", [lock_of("pretix")], migrate)


@contextlib.asynccontextmanager
async def pretix(*, smtp_port: int = 9) -> AsyncIterator[System]:
    """The shop, as it was seeded, on a free port; its mails go to `smtp_port`, by default nowhere."""
    seeded = await asyncio.to_thread(prepared)
    with tempfile.TemporaryDirectory(prefix="pretix-") as folder:
        home = Path(folder)
        await asyncio.to_thread(shutil.copytree, seeded, home, dirs_exist_ok=True)
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        command = [
            str(installed("pretix") / "gunicorn"),
            "--log-level",
            "warning",
            "--threads",
            "8",
            "--graceful-timeout",
            "1",
        ]
        command += ["--threads", "8", "--worker-tmp-dir", str(home), "-b", f"127.0.0.1:{port}", "pretix.wsgi"]
        env = _configured(home, port=port, smtp_port=smtp_port)
        async with serving(command, url=f"{base}/api/v1/organizers/", home=home, env=env):
            token = (home / "token").read_text().strip()
            yield System(base, USER, PASSWORD, token, home)


def _configured(home: Path, *, port: int, smtp_port: int) -> dict[str, str]:
    """Its environment, once its configuration is written into `home`."""
    data, config = home / "data", home / "pretix.cfg"
    data.mkdir(exist_ok=True)
    config.write_text(
        f"""
[pretix]
instance_name=Harbor Goods
url=http://127.0.0.1:{port}
currency=EUR
datadir={data}
registration=off
[database]
backend=sqlite3
name={data}/db.sqlite3
[mail]
from=shop@harbor.example
host=127.0.0.1
port={smtp_port}
[django]
debug=off
"""
    )
    return surroundings(PRETIX_CONFIG_FILE=str(config), DJANGO_SETTINGS_MODULE="pretix.settings")
