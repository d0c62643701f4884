"""Load: a folder of documents becomes a playbook, or all that is wrong with it is told."""

from __future__ import annotations

from pathlib import Path

from knowledge.check import run_checks
from knowledge.documents import Finding, PlaybookError
from knowledge.draft import read_draft
from knowledge.playbook import Playbook
from knowledge.rules import Vocabulary


def load(folder: Path, vocabulary: Vocabulary) -> Playbook:
    """Read and check the documents of a company.

    Raises PlaybookError with all findings, each with file, line, what is wrong and what to write instead.
    """
    draft = read_draft(folder)
    findings: list[Finding] = [*draft.findings, *run_checks(draft, vocabulary)]
    if findings or draft.company is None:
        raise PlaybookError(findings)
    return Playbook(
        company=draft.company,
        intents=draft.intents,
        actions=draft.actions,
        workflows=draft.workflows,
        clauses=draft.clauses,
        articles=draft.articles,
        wording=draft.wording,
    )


__all__ = ["Finding", "PlaybookError", "load"]
