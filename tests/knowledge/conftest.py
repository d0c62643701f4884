from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.embed import MiniLM
from knowledge.load import load
from knowledge.playbook import Playbook
from knowledge.release import Release, Releases
from knowledge.rules import Vocabulary
from knowledge.search import Search
from tests.knowledge.vocabulary import HARBOR_TOOLS

HARBOR = Path(__file__).parents[2] / "knowledge" / "harbor"
Plant = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return HARBOR_TOOLS


@pytest.fixture(scope="session")
def harbor(vocabulary: Vocabulary) -> Playbook:
    return load(HARBOR, vocabulary)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A copy of Harbor's documents to break."""
    return shutil.copytree(HARBOR, tmp_path / "documents")


@pytest.fixture(scope="session")
def minilm() -> MiniLM:
    return MiniLM.load()


@pytest.fixture(scope="session")
def release(kept_home: Path, vocabulary: Vocabulary) -> Release:
    return Releases(kept_home, vocabulary).keep(HARBOR)


@pytest.fixture(scope="session")
def search(kept_home: Path, release: Release, minilm: MiniLM) -> Search:
    built = Search(kept_home, lambda _: minilm)
    built.build(release)
    return built
