"""One home for all of these tests, in which Harbor is indexed once, and a scratch company over it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

import server
from agent.settings import HARBOR
from evals.cases import Opening
from evals.scratch import Scratch
from tests.cases.conftest import built_home, copied

__all__ = ["built_home"]


@pytest.fixture(scope="session")
def settings(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> server.Settings:
    return server.Settings(home=copied(built_home, tmp_path_factory.mktemp("home") / "home"))


@pytest.fixture(scope="session")
def command_home(built_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for commands, which keep something there."""
    return copied(built_home, tmp_path_factory.mktemp("commands") / "home")


@pytest.fixture(scope="session")
def opening(settings: server.Settings) -> Opening:
    return partial(server.scratch, settings, playbook=HARBOR)


@pytest.fixture(scope="session")
async def company(opening: Opening, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scratch]:
    async with opening(tmp_path_factory.mktemp("scratch")) as opened:
        yield opened


@pytest.fixture
def harbor() -> Path:
    return HARBOR
