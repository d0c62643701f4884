"""The composition root: settings → desk → app. Everything is built here, once, and nothing on import."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from agent.backtest import Past, past_rulings
from agent.casefile.clock import Clock
from agent.casefile.database import Database
from agent.casefile.drafts import Drafts
from agent.casefile.release_log import ReleaseLog
from agent.casefile.store import CaseFiles
from agent.connected import connected_tools, tenant_of, tools_of
from agent.desk import Desk, Limits
from agent.errors import DeskhandError, NotUsable
from agent.graph import build
from agent.home import Home
from agent.models.choice import connected, models_for
from agent.models.port import Model
from agent.own import OwnSide
from agent.policy.facts import vocabulary
from agent.publishing import Publisher, Rehearsal
from agent.settings import HOST
from agent.settings import Settings as Settings
from agent.turns import Turns
from evals.oracle import Oracle
from evals.past import past_or_played
from evals.scenario import Held, hold
from evals.scratch import Calendar, Scratch
from knowledge.embed import EmbeddingUnavailable
from knowledge.embedders import Embedders
from knowledge.learnt import Languages
from knowledge.load import PlaybookError
from knowledge.release import Release, ReleaseError, Releases
from knowledge.search import IndexMismatch, IndexUnavailable, Search
from tools.backoffice import session as backoffice_staff
from tools.backoffice.anew import Anew
from tools.backoffice.app import create_app as create_backoffice
from tools.backoffice.store import Unusable
from tools.contract import ToolLost
from tools.declared import DeclarationError
from web.app import create_app
from web.canvas_company import Tries
from web.canvas_testing import Testing
from web.front import Front
from web.serving import claim, free_port, served

REFUSALS = (
    DeskhandError,
    PlaybookError,
    ReleaseError,
    EmbeddingUnavailable,
    IndexMismatch,
    IndexUnavailable,
    Unusable,
    DeclarationError,
    ToolLost,
)
"""What stops a command, each with one sentence that says what to do."""


@contextlib.asynccontextmanager
async def case_files(settings: Settings) -> AsyncIterator[CaseFiles]:
    """The case files alone, to look at. Raises NotUsable, PlaybookError."""
    Home.at(settings.home)
    database = await Database.open(settings.store)
    try:
        yield CaseFiles(database, Clock(settings.clock_offset_s), tenant_of(settings.playbook))
    finally:
        await database.close()


Report = Callable[[str], None]
Models = Callable[[Release], Model]
Lifespan = Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def checkpoints(home: Home) -> AsyncIterator[AsyncSqliteSaver]:
    """Where runs that wait for a person are kept; only a cache, so commits need not survive a power cut.

    Raises NotUsable.
    """
    file = home.path / "checkpoints.db"
    async with AsyncSqliteSaver.from_conn_string(str(file)) as kept:
        try:
            await kept.conn.execute("PRAGMA busy_timeout=5000")
            await kept.conn.execute("PRAGMA synchronous=NORMAL")
            await kept.setup()
        except sqlite3.Error as error:
            raise NotUsable(
                f"The checkpoints {file} cannot be used ({error}). Delete the file: nothing is lost."
            ) from error
        yield kept


@contextlib.asynccontextmanager
async def opened(
    settings: Settings,
    report: Report = lambda _: None,
    models: Models | None = None,
    clock: Clock | None = None,
    *,
    lasting: bool = True,
) -> AsyncIterator[Front]:
    """A working desk behind its front door; `models` and `clock` stand in for the settings' own.

    `lasting=False`: its case files are thrown away. Raises one of REFUSALS.
    """
    home = Home.at(settings.home)
    clock = clock or Clock(settings.clock_offset_s)
    code_secret = home.secret("code_secret").encode()
    async with contextlib.AsyncExitStack() as stack:
        own = OwnSide()
        catalog, _ = await stack.enter_async_context(connected_tools(settings, code_secret, own, clock=clock))
        known = vocabulary(catalog)
        loading = asyncio.get_running_loop().run_in_executor(None, Embedders.load, settings.embedder)  # meanwhile
        report("Checking the playbook")
        database = await Database.open(settings.store, lasting=lasting)
        stack.push_async_callback(database.close)
        files = CaseFiles(database, clock, tenant_of(settings.playbook))
        releases, log = Releases(home.path, known), ReleaseLog(database, clock, files.tenant)
        report("Opening the search index")
        embedders = await loading
        search = Search(home.path, embedders.of)
        languages = Languages(home.path, embedders, search)
        budget_s, language = settings.turn_timeout_s / 3, None
        if settings.model:
            at = settings.openai_base_url, settings.openai_api_key
            language = await asyncio.to_thread(connected, settings.model, *at, timeout_s=budget_s)
            stack.push_async_callback(language.close)
        maker = models or models_for(languages, language, budget_s=budget_s)
        publisher = Publisher(releases, log, known, clock, prepared(search, maker))
        live = await publisher.begin(settings.playbook)
        await publisher.prepare(live)
        report("Opening the case files")
        kept = await stack.enter_async_context(checkpoints(home))
        desk = Desk(
            files=files,
            catalog=catalog,
            vocabulary=known,
            releases=releases,
            log=log,
            search=search,
            model_for=maker,
            code_secret=code_secret,
            limits=Limits(**settings.model_dump(include=set(Limits.__dataclass_fields__))),
            languages=languages,
        )
        own.serve(desk)
        turns = Turns(desk, kept)
        secrets = home.secret("staff_token"), home.secret("customer_secret")
        drafts = Drafts(database, clock, files.tenant)
        testing = Testing(publisher, partial(_scenes, settings), partial(_past, settings, files))
        tries = Tries(partial(stage, settings))
        front = Front(desk, turns, *secrets, database.engine.name, publisher, drafts, testing, tries)
        beside = [asyncio.create_task(turns.sweep_forever()), asyncio.create_task(desk.stand_by())]
        try:
            yield front
        finally:
            for task in beside:
                task.cancel()
            await testing.stop()
            await tries.stop()
            await turns.stop()


def prepared(search: Search, models: Models) -> Callable[[Release], Awaitable[None]]:
    """What makes a release ready for customers: the index is built and the intent head is fitted."""

    async def prepare(release: Release) -> None:
        await asyncio.to_thread(search.build, release)
        await asyncio.to_thread(models, release)

    return prepare


@contextlib.asynccontextmanager
async def publishing(settings: Settings) -> AsyncIterator[tuple[Publisher, CaseFiles]]:
    """The releases of a home and its case files, also while it is served. Raises one of REFUSALS."""
    home, clock = Home.at(settings.home), Clock(settings.clock_offset_s)
    database = await Database.open(settings.store)
    try:
        known, tenant = vocabulary(tools_of(settings)), tenant_of(settings.playbook)

        async def prepare(release: Release) -> None:
            embedders = await asyncio.to_thread(Embedders.load, settings.embedder)
            models = models_for(Languages(home.path, embedders), None, budget_s=settings.turn_timeout_s)
            await prepared(Search(home.path, embedders.of), models)(release)

        log = ReleaseLog(database, clock, tenant)
        publisher = Publisher(Releases(home.path, known), log, known, clock, prepare)
        await publisher.begin(settings.playbook)
        yield publisher, CaseFiles(database, clock, tenant)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def scratch(settings: Settings, home: Path, playbook: Path) -> AsyncIterator[Scratch]:
    """A company where nothing real is touched: in a home of its own, whatever else the settings name.

    The demo company's systems, made anew at will, and a desk over them that follows `playbook` by a clock of its own;
    the embedded model answers. Raises one of REFUSALS.
    """
    at, clock, port = Home.at(home), Calendar(), free_port()
    _demo_login(at)
    index = Home.at(settings.home).path / "index"  # named by what is in it: built once for the company and its copies
    index.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (at.path / "index").symlink_to(index.resolve())
    systems = Anew(at.path, clock.now().date())
    own = settings.model_copy(
        update={
            "home": at.path,
            "playbook": playbook,
            "port": port,
            "backoffice_url": f"http://{HOST}:{port}",
            "database_url": None,
            "connections": None,
            "model": None,
        }
    )
    with contextlib.closing(systems):
        async with (
            served(systems, port, stops_by_signal=False),
            Oracle(own.address) as oracle,
            opened(own, clock=clock, lasting=False) as front,
        ):
            yield Scratch(front.desk, front.turns, oracle, clock, await front.desk.live(), systems.renew)


@contextlib.asynccontextmanager
async def stage(settings: Settings, playbook: Path) -> AsyncIterator[Scratch]:
    """`scratch` in a home that is thrown away."""
    with TemporaryDirectory(prefix="deskhand-stage-") as home:
        async with scratch(settings, Path(home), playbook) as company:
            yield company


async def rehearsed(settings: Settings, draft: Path, live: Path) -> Held:
    """The scenarios of the documents in one folder, held against those in the other. Raises one of REFUSALS."""
    async with stage(settings, draft) as company:
        return await hold(company, live)


async def past_of(
    settings: Settings,
    files: CaseFiles,
    live: Path,
    cases: int,
    *,
    workers: int = 1,
    told: Callable[[int], None] = lambda _: None,
) -> tuple[list[Past], int]:
    """The rulings to try a draft on, and how many cases were played for it by the live release's documents.

    What is missing can be played by the demo company's customers alone. Raises one of REFUSALS.
    """
    if settings.connections or settings.backoffice_url:
        return await past_rulings(files, cases), 0
    opening = partial(scratch, settings, playbook=live)
    return await past_or_played(files, opening, cases, workers=workers, told=told)


async def _past(settings: Settings, files: CaseFiles, live: Path, cases: int) -> list[Past]:
    return (await past_of(settings, files, live, cases))[0]


async def _scenes(settings: Settings, draft: Path, live: Path) -> Rehearsal:
    return (await rehearsed(settings, draft, live)).rehearsal


def app_of(settings: Settings, lifespan: Lifespan | None = None) -> FastAPI:
    """The app: the contract's routes, the pages, and the demo company's systems, seeded at the first start."""
    home = Home.at(settings.home)
    app = create_app(lifespan, rate_limit=settings.rate_limit)
    app.mount("/backoffice", create_backoffice(home.path / "backoffice.db"))
    if settings.backoffice_url is None:
        _demo_login(home)
    return app


def _demo_login(home: Home) -> None:
    home.keep("backoffice_login", backoffice_staff.LOGIN)
    home.keep("backoffice_password", backoffice_staff.PASSWORD)


def app_with_its_own_desk(settings: Settings) -> FastAPI:
    """The app for a server that is not ours, such as Studio's: the desk opens and closes with it."""

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opened(settings) as front:
            app.state.front = front
            yield

    return app_of(settings, lifespan)


@contextlib.asynccontextmanager
async def running(
    settings: Settings, report: Report = lambda _: None, models: Models | None = None
) -> AsyncIterator[tuple[Front, asyncio.Task[None]]]:
    """The product served on loopback: its front, and the task that ends when the server is told to stop.

    Raises what `opened` raises, and NotUsable when the port is taken.
    """
    claim(settings.port)
    report("Seeding Harbor Goods")
    app = app_of(settings)
    async with opened(settings, report, models) as front:
        app.state.front = front
        async with served(app, settings.port) as serving:
            yield front, serving


# Studio's server (see langgraph.json) takes these: the same graph, app and saver, made when it asks for them.


@lru_cache(maxsize=1)
def _studio() -> FastAPI:
    return app_with_its_own_desk(Settings())


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    return _studio()


def graph() -> Any:
    """The graph over the open desk, without a checkpointer: Studio's server brings the one of `saver`."""
    front: Front = _studio().state.front
    return build(front.turns).compile()


@contextlib.asynccontextmanager
async def saver() -> AsyncIterator[BaseCheckpointSaver[str]]:
    """Checkpoints in the home, as the product itself keeps them."""
    async with checkpoints(Home.at(Settings().home)) as kept:
        yield kept
