"""Load: a folder of documents becomes a playbook, or all that is wrong with it is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from knowledge.check import all_findings, misfits
from knowledge.documents import Finding, PlaybookError
from knowledge.draft import Draft, read_draft
from knowledge.playbook import Playbook
from knowledge.rules import Vocabulary


def load(folder: Path, vocabulary: Vocabulary) -> Playbook:
    """Read the documents of a company as far as they can be worked by: what fits together, and fits the tools.

    Raises PlaybookError with all findings, each with file, line, what is wrong and what to write instead.
    """
    draft = read_draft(folder)
    return _whole(draft, misfits(draft, vocabulary))


def checked(folder: Path, vocabulary: Vocabulary, today: date | None = None) -> Playbook:
    """`load` what holds in all that can be said of it, proofs included; without a day, nothing is called past its date.

    Raises PlaybookError as `load` does.
    """
    draft = read_draft(folder)
    return _whole(draft, all_findings(draft, vocabulary, today))


def _whole(draft: Draft, findings: list[Finding]) -> Playbook:
    found = [*draft.findings, *findings]
    if found or draft.company is None:
        raise PlaybookError(found)
    return Playbook(
        company=draft.company,
        intents=draft.intents,
        actions=draft.actions,
        workflows=draft.workflows,
        clauses=draft.clauses,
        articles=draft.articles,
        wording=draft.wording,
        scenarios=draft.scenarios,
        translations=draft.translations,
    )


__all__ = ["Finding", "PlaybookError", "checked", "load"]
