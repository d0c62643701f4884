"""Releases: immutable copies of a playbook's documents, named by their content.

A case stays pinned to the release it began under, so published documents are kept as they were, whatever happens to the
folder they came from. The same documents have the same id on every machine.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.documents import Finding, PlaybookError, read_text
from knowledge.draft import document_files
from knowledge.files import put_folder
from knowledge.load import checked, load
from knowledge.playbook import Playbook
from knowledge.rules import Vocabulary


class ReleaseError(Exception):
    """A release that is not there, or is no longer what was published; the text says what to do."""


@dataclass(frozen=True)
class Release:
    """One published playbook."""

    id: str
    """The first 12 hex digits of the sha256 over its documents."""
    playbook: Playbook


class Releases:
    """The releases kept under `home/releases/ID/`; `agent/publishing.py` says which of them is live."""

    def __init__(self, home: Path, vocabulary: Vocabulary) -> None:
        self._folder = home / "releases"
        self._vocabulary = vocabulary
        self._kept: dict[str, Release] = {}

    def keep(self, folder: Path) -> Release:
        """Check the documents and keep a copy of them, unless this very release is kept already.

        Raises PlaybookError when something is wrong with them, ReleaseError when they change meanwhile, OSError when
        the home cannot be written.
        """
        documents = _normalised(folder)
        release_id = _id(documents)
        if not (self._folder / release_id).exists():
            checked(folder, self._vocabulary)
            if _normalised(folder) != documents:
                raise ReleaseError(
                    f"The documents in {folder} were changed while they were checked: publish them again."
                )
            self._keep(release_id, documents)
        return self.get(release_id)

    def draft(self, folder: Path) -> Release:
        """The documents of a folder as the release that they would be; nothing is kept. Raises PlaybookError."""
        return Release(_id(_normalised(folder)), load(folder, self._vocabulary))

    def folder(self, release_id: str) -> Path:
        """Where the documents of a release are kept, to be read. Raises ReleaseError."""
        return self._verify(release_id)

    def findings(self, release_id: str, today: date) -> list[Finding]:
        """What a check finds in a release by now: tools may have changed since, and days have passed."""
        try:
            checked(self._verify(release_id), self._vocabulary, today)
        except PlaybookError as error:
            return error.findings
        return []

    def get(self, release_id: str) -> Release:
        """A published release; read once, then kept in memory.

        Raises ReleaseError when it is missing or was edited, PlaybookError when it does not fit the tools any more.
        """
        if release_id not in self._kept:
            self._kept[release_id] = self._read(release_id)
        return self._kept[release_id]

    def _read(self, release_id: str) -> Release:
        return Release(release_id, load(self._verify(release_id), self._vocabulary))

    def _verify(self, release_id: str) -> Path:
        folder = self._folder / release_id
        if not release_id.isalnum() or not folder.is_dir():
            raise ReleaseError(f"There is no release '{release_id}' in {self._folder}: publish its documents again.")
        if _id(_normalised(folder)) != release_id:
            raise ReleaseError(
                f"The release in {folder} is not what was published: restore it, or delete that folder and publish its "
                "documents again."
            )
        return folder

    def _keep(self, release_id: str, documents: dict[str, str]) -> None:
        def write(beside: Path) -> None:
            for file, text in documents.items():
                _write(beside / file, text)

        put_folder(self._folder / release_id, write)


def _normalised(folder: Path) -> dict[str, str]:
    return {file: read_text(folder, file) for file in document_files(folder)}


def _id(documents: dict[str, str]) -> str:
    """A digest that depends on names and texts alone: each is framed by its length, in the order of the names."""
    digest = hashlib.sha256()
    for file, text in sorted(documents.items()):
        for part in (file.encode(), text.encode()):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o444)
