"""What stands in a draft: its documents, what a check finds in them, and a folder of them for whoever reads folders."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from agent.casefile.drafts import Draft
from knowledge.check import all_findings
from knowledge.documents import Finding, read_text
from knowledge.draft import document_files, read_draft
from knowledge.release import Releases
from knowledge.rules import Vocabulary


def released(release_id: str | None, releases: Releases) -> dict[str, str]:
    """The documents of a release; none of no release. Raises ReleaseError."""
    if release_id is None:
        return {}
    folder = releases.folder(release_id)
    return {file: read_text(folder, file) for file in document_files(folder)}


def documents(draft: Draft, releases: Releases) -> dict[str, str]:
    """The documents of a draft as they stand. Raises ReleaseError when its base is not kept any more."""
    return draft.applied(released(draft.base, releases))


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
    """All that a check finds in these documents, in the order of files and lines."""
    with laid_out(texts) as folder:
        draft = read_draft(folder)
        return sorted({*draft.findings, *all_findings(draft, vocabulary, today)})
