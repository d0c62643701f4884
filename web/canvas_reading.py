"""A document as people read it beside its text: each clause with its rules in words, a workflow as a drawing.

Each document is read alone, so that it can be shown while others are still wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from knowledge.documents import PlaybookError, attempt, read_yaml, shaped
from knowledge.plain import rule_in_words
from knowledge.playbook import Clause
from knowledge.policies import read_policy
from knowledge.rules import Vocabulary
from knowledge.workflows import Workflow
from web.canvas_diagram import Diagram, drawn
from web.canvas_workflow import Told, told


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
    title: str = ""
    steps: list[Told] = field(default_factory=list)
    """Of a workflow."""

    @property
    def diagram(self) -> Diagram:
        """The drawing of the steps."""
        return drawn(self.steps)


def read(file: str, documents: Mapping[str, str], vocabulary: Vocabulary) -> Reading:
    """The reading of one of these documents."""
    folder = PurePosixPath(file).parent.name
    try:
        if folder == "policies":
            _, clauses = read_policy(file, documents[file])
            return Reading([_read(clause, vocabulary) for clause in clauses.values()])
        if folder == "workflows":
            workflow = _workflow(file, documents[file])
            return Reading(title=workflow.title, steps=told(workflow, _workflows(documents), vocabulary))
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


def _workflow(file: str, text: str) -> Workflow:
    return shaped(Workflow, read_yaml(file, text), id=PurePosixPath(file).stem)


def _workflows(documents: Mapping[str, str]) -> dict[str, Workflow]:
    """Those that can be read."""
    files = [file for file in documents if file.startswith("workflows/")]
    found = (attempt([], partial(_workflow, file, documents[file])) for file in files)
    return {workflow.id: workflow for workflow in found if workflow is not None}
