"""Policies and articles: Markdown with a front matter, numbered clauses, and rules beside their prose.

---
owner: Customer care
locale: en
valid_from: 2026-01-01
---
# Refunds

## 4.2 Large refunds wait for a person
A refund above 50 EUR is made only after a person has approved it.
```rule
when: action.name == "issue_refund" && action.args.amount > 50.0
then: approve
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple

from knowledge.documents import Finding, PlaybookError, Source, Where, attempt, read_yaml, shaped
from knowledge.playbook import Article, Clause, Rule
from knowledge.rules import closest

_HEADING = re.compile(r"## +(\d+(?:\.\d+)*) +(\S.*)")
_ITEM = re.compile(r"\s*(?:[-*] |\d+\. )")
_CITED = re.compile(r"(?<![\w/.-])[a-z][a-z0-9_-]*/\d+(?:\.\d+)*(?![\w/])")
CITES = "cites"
"""`(CITES, CLAUSE)` in a source's lines: where its text cites that clause."""
Line = tuple[int, str]
"""A line's number in its file, and its text."""


class _Parts(NamedTuple):
    """What stands under a heading."""

    text: str
    rules: list[list[Line]]
    asked: list[str]


def cited(text: str) -> list[str]:
    """The ids of clauses that a text cites, as in `refunds/4.2`."""
    return _CITED.findall(text)


def read_policy(file: str, text: str) -> tuple[Source, dict[str, Clause]]:
    """The front matter and the clauses of `policies/STEM.md`, by their ids `STEM/NUMBER`. Raises PlaybookError."""
    front, body = _front_matter(file, text)
    preamble, *sections = _split(body)
    findings = [
        Finding(file, number, "this text is in no clause", "put it under a `## 1.1 Title` line")
        for number, line in preamble
        if line.strip() and not line.startswith("# ")
    ]
    clauses: dict[str, Clause] = {}
    for section in sections:
        clause = attempt(findings, partial(_clause, front, section))
        if clause is not None and clause.id in clauses:
            wrong = f"clause '{clause.id}' stands here twice"
            findings.append(Finding(file, section[0][0], wrong, "give it a number of its own"))
        elif clause is not None:
            clauses[clause.id] = clause
    if findings:
        raise PlaybookError(findings)
    return front, clauses


def read_article(file: str, text: str) -> tuple[Source, Article]:
    """The front matter and the text of `articles/ID.md`. Raises PlaybookError."""
    front, body = _front_matter(file, text)
    start = next((i for i, (_, line) in enumerate(body) if line.strip()), len(body))
    number, title = body[start] if start < len(body) else (1, "")
    if not title.startswith("# "):
        raise PlaybookError([Finding(file, number, "an article begins with its title", "write `# Title` first")])
    findings: list[Finding] = []
    parts = _apart(file, body[start + 1 :], findings)
    if not parts.text:
        findings.append(Finding(file, number, "the article has no text", "write the answer under its title"))
    findings += [Finding(file, rule[0][0], "an article has no rules", "move it to a policy") for rule in parts.rules]
    if findings:
        raise PlaybookError(findings)
    known = {"id": PurePosixPath(file).stem, "title": title[2:].strip(), "text": parts.text, "asked": parts.asked}
    return front, shaped(Article, front, **known)


def _front_matter(file: str, text: str) -> tuple[Source, list[Line]]:
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        advice = "begin with `---`, `owner:`, `locale:` and `valid_from:` lines, and `---`"
        raise PlaybookError([Finding(file, 1, "the front matter is missing", advice)])
    front, body = read_yaml(file, "\n".join(lines[1:end]), offset=1), list(enumerate(lines[end + 1 :], end + 2))
    cites: dict[Where, int] = {(CITES, clause): number for number, line in reversed(body) for clause in cited(line)}
    return replace(front, lines={**front.lines, **cites}), body


def _split(body: Sequence[Line]) -> list[list[Line]]:
    """What stands before the first heading, then each heading with what follows it."""
    parts: list[list[Line]] = [[]]
    for number, line in body:
        if line.startswith("## "):
            parts.append([])
        parts[-1].append((number, line))
    return parts


def _clause(front: Source, section: Sequence[Line]) -> Clause:
    file, (number, title) = front.file, section[0]
    heading = _HEADING.fullmatch(title.rstrip())
    if heading is None:
        raise PlaybookError([Finding(file, number, "the heading has no number", "write it like `## 4.2 Title`")])
    clause = f"{PurePosixPath(file).stem}/{heading[1]}"
    findings: list[Finding] = []
    parts = _apart(file, section[1:], findings)
    if not parts.text:
        wrong = f"clause '{clause}' has no prose"
        findings.append(Finding(file, number, wrong, "write what the customer may be told"))
    rules = [attempt(findings, partial(_rule, file, clause, block)) for block in parts.rules]
    if findings:
        raise PlaybookError(findings)
    known = {"id": clause, "title": heading[2].strip(), "text": parts.text, "asked": parts.asked}
    return shaped(Clause, front, **known, rules=[rule for rule in rules if rule])


def _apart(file: str, lines: Sequence[Line], findings: list[Finding]) -> _Parts:
    """The prose of a clause or an article, and the blocks in it, each with its opening line."""
    prose: list[str] = []
    blocks: dict[str, list[list[Line]]] = {"```rule": [], "```asked": []}
    opened: list[Line] | None = None
    for number, line in lines:
        if line.startswith("```") and opened is None:
            opened = [(number, line)]
            blocks.setdefault(line.rstrip(), []).append(opened)
        elif line.startswith("```"):
            opened = None
        elif opened is None:
            prose.append(line)
        else:
            opened.append((number, line))
    if opened is not None:
        findings.append(Finding(file, opened[0][0], "the block has no end", "close it with a line of ```"))
    for opening in list(blocks)[2:]:
        advice = closest(opening, ["```rule", "```asked"])
        findings.append(Finding(file, blocks[opening][0][0][0], f"unknown block '{opening}'", advice))
    asked = [line.strip() for block in blocks["```asked"] for _, line in block[1:] if line.strip()]
    return _Parts(_flowed(prose), blocks["```rule"], asked)


def _rule(file: str, clause: str, block: Sequence[Line]) -> Rule:
    opening = block[0][0]
    source = read_yaml(file, "\n".join(line for _, line in block[1:]), offset=opening)
    return shaped(Rule, source, clause=clause, source=f"{file}:{source.line(('when',))}")


def _flowed(lines: Sequence[str]) -> str:
    """The prose with wrapped lines joined: one line a paragraph or list item."""
    return "\n".join(_joined(lines)).strip()


def _joined(lines: Sequence[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        if not line.strip() or _ITEM.match(line):
            if held:
                yield held
            held = line.strip()
            if not held:
                yield ""
        else:
            held = f"{held} {line.strip()}".strip()
    yield held
