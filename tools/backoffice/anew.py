"""A back office that is made anew at will, at one address: for demos and rehearsals, where nothing real is touched."""

from __future__ import annotations

import itertools
import shutil
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from tools.backoffice.app import create_app


class Anew:
    """Serve it like the app of a back office; `renew` puts a freshly seeded one in its place."""

    def __init__(self, folder: Path, today: date) -> None:
        """The databases stand in `folder`, one after the other. Raises `store.Unusable`."""
        self._folder, self._numbers = folder, itertools.count(1)
        self._app = self._made(today)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the back office that stands here now."""
        await self._app(scope, receive, send)

    def renew(self, today: date) -> None:
        """Begin again with the records as they are seeded on that day; no call may be under way."""
        self.close()
        self._app = self._made(today)

    def close(self) -> None:
        """Give the database back, and the space it took."""
        self._app.state.store.close()
        shutil.rmtree(self._here)

    def _made(self, today: date) -> FastAPI:
        """Seeded once a day, and copied after that: seeding takes ten times as long as opening."""
        seeded = self._folder / f"{today}.db"
        if not seeded.exists():
            create_app(seeded, today=today).state.store.close()
        self._here = self._folder / str(next(self._numbers))
        self._here.mkdir()
        return create_app(Path(shutil.copy(seeded, self._here / "backoffice.db")), today=today)
