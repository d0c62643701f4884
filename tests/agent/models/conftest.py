"""A scripted endpoint for the models' tests: started once a module, its script forgotten after each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent.models.language import Language
from tests.agent.models.cases import connected
from tests.scripted_model import ScriptedModel


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel() as server:
        yield server


@pytest.fixture
async def scripted(server: ScriptedModel) -> AsyncIterator[ScriptedModel]:
    yield server
    server.forget()


@pytest.fixture
async def language(scripted: ScriptedModel) -> AsyncIterator[Language]:
    language = connected(scripted)
    yield language
    await language.close()
