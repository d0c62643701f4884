"""A copy of the project, in which a test does what a page tells its readers to do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from agent.settings import HOST
from tests.docs.pages import PROJECT, Fence, fences
from web.serving import free_port

ROOMS = ("agent", "tools", "knowledge", "evals", "web", "commands", "tests")
FILES = ("server.py", "cli.py", "pyproject.toml")
PATIENCE_S = 240
"""For one command: the machines that run these tests are busy."""


@dataclass(frozen=True)
class Copy:
    """The copy's folder, and commands run in it."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Copy:
        """Copy the project's own files."""
        for room in ROOMS:
            shutil.copytree(PROJECT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
        for file in FILES:
            shutil.copy(PROJECT / file, root / file)
        return cls(root)

    def follow(self, page: str, *, until: str = "", after: str = "") -> None:
        """Put each block of a page into the file that the line above it names, and remove what `rm` does there."""
        text = (PROJECT / page).read_text(encoding="utf-8").splitlines()
        first = text.index(after) + 1 if after else 0
        last = text.index(until) + 1 if until else len(text)
        for fence in fences(page):
            if first < fence.line <= last and fence.language == "sh" and fence.text.startswith("rm "):
                for name in shlex.split(fence.text.replace("\\\n", ""))[1:]:
                    self._remove(name)
            elif fence.file is not None and first < fence.line <= last:
                self._put(page, fence, fence.file)

    def _remove(self, name: str) -> None:
        path = self.root / name
        if path.is_dir():
            shutil.rmtree(path)
        elif name != "-r":
            path.unlink()

    def _put(self, page: str, fence: Fence, file: str) -> None:
        """A diff changes its one place; anything else is a new file, or more at the end of one."""
        path = self.root / file
        if fence.language != "diff":
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            path.write_text(f"{before}\n{fence.text}" if before else fence.text, encoding="utf-8")
            return
        lines = fence.text.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        stands = path.read_text(encoding="utf-8")
        assert stands.count(old) == 1, f"{page}:{fence.line}: this does not stand once in {file}:\n{old}"
        path.write_text(stands.replace(old, new), encoding="utf-8")

    async def python(self, *args: str, **settings: str) -> tuple[int, str]:
        """Run `python -m …` here; gives its exit code and what it said."""
        return await self.command("-m", *args, **settings)

    async def command(self, *args: str, **settings: str) -> tuple[int, str]:
        """Run `python …` here; gives its exit code and what it said."""
        process = await self._start(*args, **settings)
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, said.decode()

    @contextlib.asynccontextmanager
    async def running(self, home: Path, **settings: str) -> AsyncIterator[tuple[str, str]]:
        """`deskhand run` here; gives its address and all that it printed until it was ready."""
        port = free_port()
        process = await self._start("-m", "cli", "run", PORT=str(port), DESKHAND_HOME=str(home), **settings)
        try:
            async with asyncio.timeout(PATIENCE_S):
                yield f"http://{HOST}:{port}", await _until_ready(process)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.communicate()

    async def _start(self, *args: str, **settings: str) -> asyncio.subprocess.Process:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DESKHAND_")}
        inherited["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{inherited.get('PATH', '')}"
        plain = {"PYTHONPATH": str(self.root), "COLUMNS": "120", "NO_COLOR": "1"}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *args,
            cwd=self.root,
            env=inherited | plain | settings,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )


async def _until_ready(process: asyncio.subprocess.Process) -> str:
    said = ""
    assert process.stdout is not None
    async for line in process.stdout:
        said += line.decode()
        if "staff token" in said:
            return said
    raise AssertionError(f"the server ended:\n{said}")
