"""The public data sets beside the project, where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.settings import Settings


def public(name: str) -> Path:
    """A file of the folder of data sets; skips the test where it is absent."""
    path = Settings().data / name
    if not path.exists():
        pytest.skip(f"no {name} in the folder of data sets ({path.parents[1]})")
    return path
