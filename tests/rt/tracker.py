"""Request Tracker 5, as Debian has it: tickets in queues, staff pages, and a REST API under `/REST/2.0/`.

The machine's own RT, if there is one, is left alone: configuration, database and caches are in a folder of the run.
The queues are `Support` and `Billing`; `bot` is the staff member whose token it is, `root` may do everything.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.systems.cache import made_once, run, surroundings
from tests.systems.process import System, serving
from web.serving import free_port

SHARE = Path("/usr/share/request-tracker5")
SERVER, SETUP = SHARE / "libexec" / "rt-server", Path("/usr/sbin/rt-setup-database-5")
PACKAGES = "request-tracker5 rt5-db-sqlite rt5-standalone starlet"
HOW_TO_GET_IT = (
    f"Request Tracker 5 is not installed here; on Debian, as root: apt-get install --no-install-recommends {PACKAGES}"
)
STARLET = Path("/usr/share/perl5/Plack/Handler/Starlet.pm")
INSTALLED = all(part.exists() for part in (SERVER, SETUP, STARLET))
needs_rt = pytest.mark.skipif(not INSTALLED, reason=HOW_TO_GET_IT)
"""For each module of tests."""
SEED = Path(__file__).with_name("seed.pl")
USER, PASSWORD = "bot", "Pa33w0rd!x"
CONFIG = """
$RT::VarPath = '{home}';
$RT::MasonDataDir = '{home}/mason';
$RT::MasonSessionDir = '{home}/sessions';
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '{home}/rt.db');
Set($rtname, 'harbor');
Set($Organization, 'harbor.example');
Set($WebDomain, '127.0.0.1');
Set($WebPort, {port});
Set($WebBaseURL, 'http://127.0.0.1:{port}');
Set($WebSecureCookies, 0);
Set($MailCommand, 'testfile');
Set($BcryptCost, 4);
Set($Timezone, 'UTC');
Set($LogToSyslog, undef);
Set($LogToSTDERR, 'error');
1;
"""


def prepared() -> Path:
    """The seeded data, made at the first call."""

    def seed(home: Path) -> None:
        env = _configured(home, port=0)
        (home / "password").write_text(PASSWORD)
        run([str(SETUP), "--action", "init", "--force", "--root-password-file", "password"], env=env, cwd=home)
        perl = ["perl", f"-I{SHARE / 'lib'}", str(SEED)]
        run(["sh", "-c", '"$@" > token', "sh", *perl], env=env, cwd=home)

    return made_once("rt-data", [SERVER, Path(__file__), SEED], seed)


@contextlib.asynccontextmanager
async def tracker() -> AsyncIterator[System]:
    """RT, as it was seeded, on a free port of loopback; it sends no mail."""
    seeded = await asyncio.to_thread(prepared)
    with tempfile.TemporaryDirectory(prefix="rt-") as folder:
        home = Path(folder)
        await asyncio.to_thread(shutil.copytree, seeded, home, dirs_exist_ok=True)
        port = free_port()
        command = [str(SERVER), "--host", "127.0.0.1", "--port", str(port), "--max-workers", "3"]
        base = f"http://127.0.0.1:{port}"
        async with serving(command, url=f"{base}/REST/2.0/rt", home=home, env=_configured(home, port=port)):
            yield System(base, USER, PASSWORD, (home / "token").read_text().strip(), home)


def _configured(home: Path, *, port: int) -> dict[str, str]:
    """Its environment, once its configuration is written into `home`."""
    for folder in ("none", "mason", "sessions"):
        (home / folder).mkdir(exist_ok=True)
    config = home / "RT_SiteConfig.pm"
    config.write_text(CONFIG.format(home=home, port=port))
    files = {"RT_SITE_CONFIG": str(config), "RT_SITE_CONFIG_DIR": str(home / "none")}
    return surroundings(**files, TMPDIR=str(home), RT_USER=USER, RT_PASSWORD=PASSWORD)
