"""What must stand before anything is imported: the same as for the product, and no real model anywhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ |= {
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "LANGSMITH_TRACING": "false",
    "OPENBLAS_NUM_THREADS": "1",
    "DESKHAND_EMBEDDER": "none",  # a house learns other languages for minutes: where a test is of them, it says so
}
for name in ("DESKHAND_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL", "DESKHAND_HOME", "PORT"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def kept_home(request: pytest.FixtureRequest) -> Path:
    """A home that outlives the run, as a real one does: what is built once for the same documents is found again."""
    return request.config.cache.mkdir("deskhand-home")
