"""A playbook as far as it can be read, and where each part stands, so that all mistakes can be told at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from knowledge.company import Company
from knowledge.documents import Finding, PlaybookError, Source, Where, attempt, read_text, read_yaml, shaped
from knowledge.playbook import ActionDef, Article, Clause, IntentDef, Translation, Wording
from knowledge.policies import citing, read_article, read_policy
from knowledge.rules import closest
from knowledge.scenarios import Scenario
from knowledge.schemas import schema_named
from knowledge.terms import Document
from knowledge.workflows import Workflow

FILES = ("company.yaml", "intents.yaml", "actions.yaml")
FOLDERS = {
    "workflows": ".yaml", "policies": ".md", "articles": ".md", "wording": ".yaml", "scenarios": ".yaml",
    "translations": ".yaml",
}  # fmt: skip
BY_LOCALE = ("wording", "translations")
"""Folders whose files are named for a language."""
_STEM = re.compile(r"[a-z][a-z0-9_-]*")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
D = TypeVar("D", bound=Document)


@dataclass
class Draft:
    """What was read. A kind in `partial` could not be read in whole: nothing can be said to be missing there."""

    company: Company | None = None
    intents: dict[str, IntentDef] = field(default_factory=dict)
    actions: dict[str, ActionDef] = field(default_factory=dict)
    workflows: dict[str, Workflow] = field(default_factory=dict)
    clauses: dict[str, Clause] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    wording: dict[str, Wording] = field(default_factory=dict)
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    translations: dict[str, dict[str, Translation]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    schemas: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Document → the schema that its head names, and the line in which it does."""
    findings: list[Finding] = field(default_factory=list)
    partial: set[str] = field(default_factory=set)

    def absent(self, kind: str, name: str) -> bool:
        """Whether it is certain that there is no such intent, action, workflow, clause, article or wording."""
        return kind not in self.partial and name not in getattr(self, kind)

    def finding(self, file: str, where: Where, wrong: str, instead: str = "") -> Finding:
        """A mistake in a part of a document that was read."""
        return self.sources[file].finding(wrong, instead, where)


def document_files(root: Path) -> list[str]:
    """The documents in a folder, sorted, relative to it; what is not a document is not among them."""
    named = [file for file in FILES if (root / file).is_file()]
    for folder, suffix in FOLDERS.items():
        named += [f"{folder}/{path.name}" for path in (root / folder).glob(f"*{suffix}") if not _aside(path.name)]
    return sorted(named)


def is_document(file: str) -> bool:
    """Whether a document can stand under this name: it has a place, and can be cited by its name."""
    folder, _, name = file.rpartition("/")
    stem = PurePosixPath(name).stem
    if not folder:
        return name in FILES
    fits = LOCALE if folder in BY_LOCALE else _STEM
    return folder in FOLDERS and name == f"{stem}{FOLDERS[folder]}" and fits.fullmatch(stem) is not None


def read_draft(root: Path) -> Draft:
    """Read all documents of a folder; mistakes are in `findings`. Raises PlaybookError when there is no folder."""
    if not root.is_dir():
        raise PlaybookError([Finding(str(root), 1, "there is no such folder", "name the folder of your playbook")])
    draft = Draft(findings=list(_strays(root)))
    files = sorted({*FILES, *document_files(root)})
    for file in files:
        kind = _kind(file)
        if attempt(draft.findings, partial(_read, draft, root, file, kind)) is None:
            draft.partial.add(kind)
    return draft


def _read(draft: Draft, root: Path, file: str, kind: str) -> bool:
    stem = PurePosixPath(file).stem
    _well_named(file, stem, kind)
    text = read_text(root, file)
    if kind == "clauses":
        draft.sources[file], clauses = read_policy(file, text)
        draft.clauses |= clauses
    elif kind == "articles":
        draft.sources[file], draft.articles[stem] = read_article(file, text)
    else:
        if (named := schema_named(text)) is not None:
            draft.schemas[file] = named
        draft.sources[file] = source = citing(read_yaml(file, text), text)
        _read_yaml_document(draft, source, stem, kind)
    return True


def _read_yaml_document(draft: Draft, source: Source, stem: str, kind: str) -> None:
    if kind == "company":
        draft.company = shaped(Company, source)
    elif kind == "intents":
        _entries(draft.intents, IntentDef, source)
    elif kind == "actions":
        _entries(draft.actions, ActionDef, source)
    elif kind == "workflows":
        draft.workflows[stem] = shaped(Workflow, source, id=stem)
    elif kind == "scenarios":
        _entries(draft.scenarios, Scenario, source)
    elif kind == "translations":
        draft.translations[stem] = {key: shaped(Translation, source, (key,)) for key in source.data}
    else:
        draft.wording[stem] = _wording(source, stem)


def _entries(into: dict[str, D], model: type[D], source: Source) -> None:
    """Read a document of named entries; those that can be read are kept beside the findings of the others."""
    findings: list[Finding] = []
    for key in source.data:
        if key in into:
            findings.append(source.finding(f"'{key}' stands in another file too", "give it another name", (key,)))
        entry = attempt(findings, partial(shaped, model, source, (key,), name=key))
        if entry is not None:
            into[key] = entry
    if findings:
        raise PlaybookError(findings)


def _wording(source: Source, locale: str) -> Wording:
    wrong = [
        source.finding(f"'{key}' should be a text", "put it in quotes", (key,))
        for key, text in source.data.items()
        if not isinstance(text, str)
    ]
    if wrong:
        raise PlaybookError(wrong)
    return Wording(locale=locale, texts=source.data)


def _kind(file: str) -> str:
    folder = PurePosixPath(file).parent.name
    return {"": PurePosixPath(file).stem, "policies": "clauses"}.get(folder, folder)


def _well_named(file: str, stem: str, kind: str) -> None:
    if kind in BY_LOCALE and not LOCALE.fullmatch(stem):
        raise PlaybookError([Finding(file, 1, f"'{stem}' is no language", "name the file like en.yaml")])
    if kind not in BY_LOCALE and not _STEM.fullmatch(stem):
        wrong = f"the name '{stem}' cannot be cited"
        raise PlaybookError([Finding(file, 1, wrong, "use small letters, digits, - and _, beginning with a letter")])


def _strays(root: Path) -> Iterator[Finding]:
    """Files that would be passed over in silence."""
    known = set(document_files(root))
    for path in sorted(root.rglob("*")):
        file = path.relative_to(root).as_posix()
        if path.is_file() and file not in known and not any(map(_aside, file.split("/"))):
            yield Finding(file, 1, "this is not the place of any document", _place(file))


def _place(file: str) -> str:
    folder, _, name = file.rpartition("/")
    if not folder:
        return closest(name, [*FILES, *(f"{f}/" for f in FOLDERS)])
    if folder in FOLDERS:
        return f"files in {folder}/ end in {FOLDERS[folder]}"
    return closest(f"{folder}/", [f"{f}/" for f in FOLDERS])


def _aside(name: str) -> bool:
    return name.startswith((".", "_")) or name == "README.md"
