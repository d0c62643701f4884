"""The back office of Harbor Goods as one ASGI app: REST under `/api`, pages for its staff, SQLite below.

Another company's system: it knows nothing of who calls it. It runs alone (`python -m tools.backoffice`) or mounted
under any prefix; every link it writes carries the prefix it was called under.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from fastapi import FastAPI

from tools.backoffice import api as rest
from tools.backoffice.problems import answer_with_problems
from tools.backoffice.seed import seeds
from tools.backoffice.staff import staff_pages
from tools.backoffice.store import Store


def create_app(database: Path, *, today: date | None = None) -> FastAPI:
    """Open (and at first start lay out and seed) `database`; `today` (UTC) is the day the seeds are relative to.

    Raises `store.Unusable` when the file cannot serve. The owner may give the file back: `app.state.store.close()`.
    """
    store = Store(database, lambda: seeds(today or datetime.now(UTC).date()))
    # No page for the OpenAPI document: the framework's own loads its scripts from elsewhere.
    app = FastAPI(
        title="Harbor Goods back office", version="1", description=rest.__doc__ or "", docs_url=None, redoc_url=None
    )
    app.state.store = store
    answer_with_problems(app)
    # Taken over as built: an included router builds its routes anew, and only when the first call is waiting.
    app.router.routes.extend([*rest.api(store).routes, *staff_pages(store).routes])
    return app
