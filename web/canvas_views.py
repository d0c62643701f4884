"""What the canvas shows of drafts and their documents; nothing is written here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from agent.casefile.drafts import Draft
from agent.drafting import findings, released
from knowledge.documents import Finding
from knowledge.draft import FOLDERS, is_document
from knowledge.release import ReleaseError
from knowledge.schemas import head
from web.front import Front
from web.problems import Problem

KINDS = {
    "policies": "Policies", "workflows": "Workflows", "articles": "Articles", "wording": "Wording",
    "translations": "Translations", "scenarios": "Scenarios", "": "Company",
}  # fmt: skip
"""Folder → what its documents are, in the order of pages; folders that are not named here come last."""
_FRONT = "---\nowner: \nlocale: en\nvalid_from: {today}\n---\n"
_STARTS = {
    "policies": _FRONT + "# {title}\n\n## 1.1 \n",
    "articles": _FRONT + "# {title}\n",
    "workflows": "{head}\ntitle: {title}\nidentity: anonymous\nsteps:\n  - ",
}


@dataclass(frozen=True)
class Sheet:
    """A draft with its documents, and those it began with."""

    draft: Draft
    base: dict[str, str]

    @cached_property
    def documents(self) -> dict[str, str]:
        """The documents as they stand."""
        return self.draft.applied(self.base)

    @property
    def groups(self) -> list[tuple[str, list[str]]]:
        """The documents by what they are, those that were removed left out."""
        folders: dict[str, list[str]] = {}
        for file in self.documents:
            folders.setdefault(_folder(file), []).append(file)
        order = [*KINDS, *sorted(folders.keys() - KINDS.keys())]
        return [(KINDS.get(name, name.capitalize()), folders[name]) for name in order if name in folders]

    @property
    def removed(self) -> list[str]:
        """What the base has, and this has not."""
        return [file for file in self.base if file not in self.documents]

    def mark(self, file: str) -> str:
        """How a document differs from the base: `new`, `changed` or ""."""
        if file not in self.base:
            return "new"
        return "" if self.documents[file] == self.base[file] else "changed"

    def text(self, file: str) -> str:
        """One document. Answers 404 when there is none of this name."""
        if file not in self.documents:
            raise Problem(404, f"There is no document {file} in this draft.")
        return self.documents[file]


async def sheet(door: Front, draft_id: str) -> Sheet:
    """A draft with its documents. Raises DraftUnknown; answers 409 when its base is lost."""
    draft = await door.drafts.get(draft_id)
    return Sheet(draft, await release_documents(door, draft.base))


async def release_documents(door: Front, release_id: str | None) -> dict[str, str]:
    """The documents of a release. Answers 409 when it is not kept as it was."""
    try:
        return await asyncio.to_thread(released, release_id, door.publisher.releases)
    except ReleaseError as error:
        raise Problem(409, str(error)) from None


async def checked(door: Front, texts: Mapping[str, str]) -> list[Finding]:
    """All that a check finds in these documents, off the loop: proofs take a moment."""
    today = door.desk.clock.now().date()
    return await asyncio.to_thread(findings, texts, door.desk.vocabulary, today)


def named_document(kind: str, name: str) -> str:
    """The file of a document of a kind that is to be written. Answers 422 when it cannot stand under that name."""
    file = f"{kind}/{name}{FOLDERS.get(kind, '')}" if kind else f"{name}.yaml"
    if not is_document(file):
        what = "en" if kind == "wording" else "company, intents or actions" if not kind else "late_parcel"
        raise Problem(422, f"A document cannot be called '{name}' there: write a name like {what}.")
    return file


def begun_text(file: str, today: str) -> str:
    """What a new document begins with."""
    start = _STARTS.get(_folder(file), "{head}\n" if file.endswith(".yaml") else "")
    title = PurePosixPath(file).stem.replace("_", " ").replace("-", " ").capitalize()
    return start.format(today=today, title=title, head=head(file) if file.endswith(".yaml") else "")


def _folder(file: str) -> str:
    return file.rpartition("/")[0]
