"""The app: all routes, behind one set of rules for errors, sizes and headers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from web import api, console, problems, shop, staff_api
from web.limits import RateLimit

DESCRIPTION = """\
A support agent that does the work and proves it. Open a case, send messages, read turns; people decide on approvals
and receive handoffs. Every refusal is problem+json (RFC 9457) and has changed nothing.
"""


def create_app(
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None, *, rate_limit: int | None = None
) -> FastAPI:
    """The app without the company's systems. Whoever serves it puts a `Front` into `app.state.front`.

    `rate_limit`: requests a minute from one address; None: no limit.
    """
    app = FastAPIOffline(title="Deskhand", version="0.1.0", description=DESCRIPTION, lifespan=lifespan, redoc_url=None)
    problems.install(app)
    if rate_limit is not None:
        app.add_middleware(RateLimit, per_minute=rate_limit)
    app.include_router(api.router)
    app.include_router(staff_api.router)
    app.include_router(shop.router)
    app.include_router(console.router)
    return app
