"""The composition root: settings → desk → app. Everything is built here, once, and nothing on import."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from agent.models.choice import models_for
from fastapi import FastAPI
from knowledge.search import Search
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.store import CaseFiles
from agent.desk import Desk, Limits
from agent.errors import NotUsable
from agent.policy.facts import vocabulary
from agent.turns import Turns
from knowledge.embed import MiniLM
from knowledge.release import Releases
from tools.backoffice.app import create_app as create_backoffice
from tools.catalog import harbor_catalog
from tools.http import Backoffice
from web.app import create_app
from web.front import Front

HARBOR = Path(__file__).parent / "knowledge" / "harbor"


class Settings(BaseSettings):
    """The contract's settings, from the environment."""

    model_config = SettingsConfigDict(env_prefix="DESKHAND_", populate_by_name=True, extra="ignore")

    port: int = Field(default=8000, validation_alias="PORT", ge=1, le=65535)
    home: Path = Path(".deskhand")
    playbook: Path = HARBOR
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    backoffice_url: str | None = None
    """The API of the company's systems; by default the embedded ones, over HTTP like any other."""
    model: str | None = None
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    openai_api_key: str | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    turn_timeout_s: float = Field(default=30, gt=0)
    approval_ttl_s: float = Field(default=86_400, gt=0)
    confirm_ttl_s: float = Field(default=900, gt=0)
    clock_offset_s: float = 0
    rate_limit: int | None = Field(default=None, gt=0)
    """Requests a minute from one address; off by default, since the default address is loopback."""


@dataclass(frozen=True)
class Home:
    """The folder that holds everything a company's Deskhand knows and has done."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Home:
        """Make the folder usable. Raises NotUsable when it cannot be written to."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            probe = path / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise NotUsable(
                f"The home {path} cannot be written to ({error.strerror}). Set DESKHAND_HOME to a folder that can."
            ) from error
        return cls(path)

    def secret(self, name: str) -> str:
        """A secret of this home, made at the first start and readable by its owner alone."""
        file = self.path / name
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return file.read_text().strip()
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_urlsafe(32))
        return file.read_text().strip()


Report = Callable[[str], None]


@contextlib.asynccontextmanager
async def opened(settings: Settings, report: Report = lambda _: None) -> AsyncIterator[tuple[Front, AsyncSqliteSaver]]:
    """A working desk behind its front door. Raises NotUsable, PlaybookError, EmbeddingUnavailable, IndexMismatch."""
    home = Home.at(settings.home)
    clock = Clock(settings.clock_offset_s)
    code_secret = home.secret("code_secret").encode()
    url = settings.backoffice_url or f"http://127.0.0.1:{settings.port}/backoffice/api"
    async with contextlib.AsyncExitStack() as stack:
        backoffice = Backoffice(url)
        stack.push_async_callback(backoffice.close)
        catalog = harbor_catalog(backoffice, code_secret, clock.now)
        words = vocabulary(catalog)
        report("Checking the playbook")
        releases = Releases(home.path, words)
        live = releases.publish(settings.playbook)
        report("Opening the search index")
        embedder = await asyncio.to_thread(MiniLM)
        search = Search(home.path, embedder)
        await asyncio.to_thread(search.build, live)
        report("Opening the case files")
        store = settings.database_url or f"sqlite+aiosqlite:///{home.path / 'cases.db'}"
        database = await Database.open(store)
        stack.push_async_callback(database.close)
        saver = await stack.enter_async_context(AsyncSqliteSaver.from_conn_string(str(home.path / "checkpoints.db")))
        await saver.conn.execute("PRAGMA synchronous=NORMAL")  # checkpoints are a cache; the truth is the case file
        desk = Desk(
            files=CaseFiles(database, clock, live.playbook.company.id),
            catalog=catalog,
            vocabulary=words,
            releases=releases,
            live=live,
            search=search,
            model_for=models_for(settings.model, settings.openai_base_url, settings.openai_api_key, search, embedder),
            code_secret=code_secret,
            limits=Limits(settings.turn_timeout_s, settings.approval_ttl_s, settings.confirm_ttl_s),
        )
        turns = Turns(desk, saver)
        front = Front(desk, turns, home.secret("staff_token"), home.secret("customer_secret"), database.engine.name)
        sweeper = asyncio.create_task(turns.sweep_forever())
        try:
            yield front, saver
        finally:
            sweeper.cancel()
            await turns.stop()


def build(settings: Settings, report: Report = lambda _: None) -> FastAPI:
    """The app: the contract's routes, the pages, and the demo company's systems."""
    home = Home.at(settings.home)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings, report) as (front, saver):
            app.state.front, app.state.saver = front, saver
            yield

    app = create_app(lifespan, rate_limit=settings.rate_limit)
    report("Seeding Harbor Goods")
    app.mount("/backoffice", create_backoffice(home.path / "backoffice.db"))
    return app
