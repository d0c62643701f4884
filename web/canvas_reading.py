"""A document as people read it beside its text: each clause with its rules in words, a workflow as a drawing.

Only the one document is read, so that it can be shown while others, or a part of it, are still wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from knowledge.documents import PlaybookError, read_yaml, shaped
from knowledge.plain import rule_in_words
from knowledge.playbook import Clause, Workflow
from knowledge.policies import read_policy
from knowledge.rules import Vocabulary


@dataclass(frozen=True)
class Said:
    """A rule in three ways: as it is written, what it asks for, and as a sentence."""

    when: str
    asks: str
    words: str


@dataclass(frozen=True)
class ClauseRead:
    """A clause and, beside it, what its rules say."""

    clause: Clause
    rules: list[Said]


@dataclass(frozen=True)
class Reading:
    """What a document says; empty for kinds that speak for themselves, and while it cannot be read."""

    clauses: list[ClauseRead] = field(default_factory=list)
    workflow: Workflow | None = None


def read(file: str, text: str, vocabulary: Vocabulary) -> Reading:
    """The reading of one document."""
    folder, stem = PurePosixPath(file).parent.name, PurePosixPath(file).stem
    try:
        if folder == "policies":
            _, clauses = read_policy(file, text)
            return Reading([_read(clause, vocabulary) for clause in clauses.values()])
        if folder == "workflows":
            return Reading(workflow=shaped(Workflow, read_yaml(file, text), id=stem))
    except PlaybookError:
        pass  # the findings beside it say what is wrong
    return Reading()


def _read(clause: Clause, vocabulary: Vocabulary) -> ClauseRead:
    said = []
    for rule in clause.rules:
        asks = [f"then: {rule.then}"] if rule.then else []
        asks += [f"identity: {rule.identity}"] if rule.identity else []
        said.append(Said(rule.when, "\n".join(asks), rule_in_words(rule, vocabulary)))
    return ClauseRead(clause, said)
