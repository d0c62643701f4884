"""The home: the folder that holds everything a company's Deskhand knows and has done, and its secrets."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from agent.errors import NotUsable

SHORTEST_SECRET = 16
"""In characters."""


@dataclass(frozen=True)
class Home:
    """A folder that was found usable."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Home:
        """Make the folder usable. Raises NotUsable when it cannot be written to."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            probe = path / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise NotUsable(
                f"The home {path} cannot be written to ({error.strerror}). Set DESKHAND_HOME to a folder that can."
            ) from error
        return cls(path)

    def secret(self, name: str) -> str:
        """A secret of this home, made at the first start, whole or not at all, and readable by its owner alone.

        Raises NotUsable for one that anybody could guess: an empty file would let everybody in.
        """
        file = self.keep(name, secrets.token_urlsafe(32))
        secret = file.read_text().strip()
        if len(secret) < SHORTEST_SECRET:
            raise NotUsable(f"The secret in {file} is empty or too short; delete the file to have a new one made.")
        return secret

    def keep(self, name: str, text: str) -> Path:
        """A file of this home with this text, whole and readable by its owner alone; one that is there stays."""
        file = self.path / name
        if not file.exists():
            with tempfile.NamedTemporaryFile("w", dir=self.path, prefix=f".{name}-") as draft:
                draft.write(text)
                draft.flush()
                with contextlib.suppress(FileExistsError):  # another process was faster: its text counts
                    os.link(draft.name, file)
        return file
