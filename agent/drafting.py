"""What stands in a draft: its documents, what a check finds in them, and a folder of them for whoever reads folders."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from agent.casefile.drafts import Draft
from agent.casefile.release_log import Board
from knowledge.check import all_findings
from knowledge.documents import Finding, read_text
from knowledge.draft import document_files, read_draft
from knowledge.release import Release, Releases
from knowledge.rules import Vocabulary


def released(release_id: str | None, releases: Releases) -> dict[str, str]:
    """The documents of a release; none of no release. Raises ReleaseError."""
    if release_id is None:
        return {}
    folder = releases.folder(release_id)
    return {file: read_text(folder, file) for file in document_files(folder)}


def authors(draft: Draft, board: Board) -> list[str]:
    """Who wrote what the documents of a draft have that the live ones have not: those of an earlier draft too."""
    before = board.authors(draft.base) if draft.base is not None and draft.base != board.live else []
    return list(dict.fromkeys([*draft.authors, *before]))


@contextlib.contextmanager
def laid_out(texts: Mapping[str, str]) -> Iterator[Path]:
    """A folder with these documents, for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="deskhand-draft-") as name:
        folder = Path(name)
        for file, text in texts.items():
            path = folder / file
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        yield folder


def findings(texts: Mapping[str, str], vocabulary: Vocabulary, today: date) -> list[Finding]:
    """All that a check finds in these documents, in the order of files and lines; at once where it did so lately."""
    return [*_found(frozenset(texts.items()), vocabulary, today)]


@lru_cache(maxsize=16)  # a page is shown more often than its draft is changed, and a proof takes half a second
def _found(texts: frozenset[tuple[str, str]], vocabulary: Vocabulary, today: date) -> tuple[Finding, ...]:
    with laid_out(dict(texts)) as folder:
        draft = read_draft(folder)
        return tuple(sorted({*draft.findings, *all_findings(draft, vocabulary, today)}))


def as_release(texts: Mapping[str, str], releases: Releases) -> Release:
    """The release that these documents would be; nothing is kept. Raises PlaybookError."""
    with laid_out(texts) as folder:
        return releases.draft(folder)
