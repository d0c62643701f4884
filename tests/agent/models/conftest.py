"""The models' tests: a scripted endpoint, the real embedder with a fitted head, and sets of utterances."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from agent.casefile.records import Ask
from agent.models.language import Language
from agent.models.mood import MoodReader
from agent.models.mood_head import open_moods
from agent.models.offline import Offline
from agent.models.port import Frame, IntentChoice
from evals.scripted_model import ScriptedModel
from knowledge import head as head_module
from knowledge import logistic, spelling
from knowledge.embed import MiniLM
from knowledge.head import Head, fit
from knowledge.learnt import Learnt
from tests.agent.models.cases import connected

HERE = Path(__file__).parent
INTENTS = Path(__file__).parents[3] / "knowledge" / "harbor" / "intents.yaml"
Row = dict[str, Any]


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel() as server:
        yield server


@pytest.fixture
async def scripted(server: ScriptedModel) -> AsyncIterator[ScriptedModel]:
    """Its script is forgotten after each test."""
    yield server
    server.forget()


@pytest.fixture
async def language(scripted: ScriptedModel) -> AsyncIterator[Language]:
    language = connected(scripted)
    yield language
    await language.close()


def rows(name: str, kind: str) -> list[Row]:
    """The `values` or `messages` of a set."""
    found: list[Row] = yaml.safe_load((HERE / name).read_text("utf-8"))[kind]
    return found


def asks(*named: str) -> list[Ask]:
    """Asks from `slot email`, `identity name` …"""
    return [Ask.model_validate(dict(zip(("kind", "name"), one.split(), strict=True))) for one in named]


def frame(*asked: str, **more: Any) -> Frame:
    return Frame.model_validate({"locale": "en", "window": [], "asks": asks(*asked), "intents": []} | more)


@pytest.fixture(scope="session")
def embedder() -> MiniLM:
    return MiniLM.load()


@pytest.fixture(scope="session")
def head(embedder: MiniLM, pytestconfig: pytest.Config) -> Head:
    """Kept between runs, since fitting takes seconds; another embedder, other examples or other code make another."""
    code = (Path(str(module.__file__)).read_bytes() for module in (head_module, spelling, logistic))
    written = INTENTS.read_bytes() + b"".join(code)
    cache = pytestconfig.cache.mkdir("heads") if pytestconfig.cache else Path(mkdtemp())
    kept = cache / f"{sha256(written + embedder.id.encode()).hexdigest()[:16]}.npz"
    if not kept.exists():
        examples = yaml.safe_load(INTENTS.read_bytes())
        fit({name: intent["examples"]["en"] for name, intent in examples.items()}, embedder).save(kept)
    return Head.load(kept)


@pytest.fixture(scope="session")
def moods(embedder: MiniLM, tmp_path_factory: pytest.TempPathFactory) -> MoodReader:
    return open_moods(tmp_path_factory.mktemp("moods"), {"en": embedder})


@pytest.fixture(scope="session")
def offline(embedder: MiniLM, head: Head, moods: MoodReader) -> Offline:
    return Offline(lambda _: Learnt(embedder, head), ["en"], moods, region="DE")


@pytest.fixture(scope="session")
def choices(head: Head) -> list[IntentChoice]:
    return [IntentChoice(name=name, means=name, examples=[]) for name in head.names]
