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
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import NamedTuple

from knowledge.documents import Finding, PlaybookError, Source, Where, attempt, read_yaml, shaped
from knowledge.playbook import Article, Clause, Rule
from knowledge.rules import closest

_HEADING = re.compile(r"## +(\d+(?:\.\d+)*) +(\S.*)")
_BLOCK = re.compile(r"^```(\w*)[ \t]*\n((?:(?!```).*\n)*)```[ \t]*$", re.MULTILINE)
_ITEM = re.compile(r"\s*(?:[-*] |\d+\. )")
_CITED = re.compile(r"(?<![\w/.-])[a-z][a-z0-9_-]*/\d+(?:\.\d+)*(?![\w/])")
CITES = "§"
"""`(CITES, CLAUSE)` in a source's lines: where its text cites that clause."""


class _Text(NamedTuple):
    """A stretch of a file, and the line that it begins in."""

    line: int
    text: str


class _Parts(NamedTuple):
    """What stands under a heading."""

    prose: str
    rules: list[_Text]
    asked: list[str]


def cited(text: str) -> list[str]:
    """The ids of clauses that a text cites, as in `refunds/4.2`."""
    return _CITED.findall(text)


def citing(source: Source, text: str) -> Source:
    """A source that knows where its text, comments included, first cites each clause."""
    lines = reversed(list(enumerate(text.split("\n"), 1)))
    cites: dict[Where, int] = {(CITES, clause): number for number, line in lines for clause in cited(line)}
    return replace(source, lines={**source.lines, **cites})


def read_policy(file: str, text: str) -> tuple[Source, dict[str, Clause]]:
    """The front matter and the clauses of `policies/STEM.md`, by their ids `STEM/NUMBER`. Raises PlaybookError."""
    front, body = _front_matter(file, text)
    preamble, *sections = _sections(body)
    findings = [
        Finding(file, number, "this text is in no clause", "put it under a `## 1.1 Title` line")
        for number, line in enumerate(preamble.text.split("\n"), preamble.line)
        if line.strip() and not line.startswith("# ")
    ]
    clauses: dict[str, Clause] = {}
    for section in sections:
        clause = attempt(findings, partial(_clause, front, section))
        if clause is not None and clause.id in clauses:
            wrong = f"clause '{clause.id}' stands here twice"
            findings.append(Finding(file, section.line, wrong, "give it a number of its own"))
        elif clause is not None:
            clauses[clause.id] = clause
    if findings:
        raise PlaybookError(findings)
    return front, clauses


def read_article(file: str, text: str) -> tuple[Source, Article]:
    """The front matter and the text of `articles/ID.md`. Raises PlaybookError."""
    front, body = _front_matter(file, text)
    text = body.text.lstrip("\n")
    number = body.line + len(body.text) - len(text)
    title, _, rest = text.partition("\n")
    if not title.startswith("# "):
        raise PlaybookError([Finding(file, number, "an article begins with its title", "write `# Title` first")])
    findings: list[Finding] = []
    parts = _apart(file, _Text(number + 1, rest), findings)
    if not parts.prose:
        findings.append(Finding(file, number, "the article has no text", "write the answer under its title"))
    findings += [Finding(file, rule.line, "an article has no rules", "move it to a policy") for rule in parts.rules]
    if findings:
        raise PlaybookError(findings)
    known = {"id": PurePosixPath(file).stem, "title": title[2:].strip(), "text": parts.prose, "asked": parts.asked}
    return front, shaped(Article, front, **known)


def _front_matter(file: str, text: str) -> tuple[Source, _Text]:
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        advice = "begin with `---`, `owner:`, `locale:` and `valid_from:` lines, and `---`"
        raise PlaybookError([Finding(file, 1, "the front matter is missing", advice)])
    front = read_yaml(file, "\n".join(lines[1:end]), offset=1)
    return citing(front, text), _Text(end + 2, "\n".join(lines[end + 1 :]))


def _sections(body: _Text) -> list[_Text]:
    """What stands before the first heading, then each heading with what follows it."""
    sections, line = [], body.line
    for part in re.split(r"^(?=## )", body.text, flags=re.MULTILINE):
        sections.append(_Text(line, part))
        line += part.count("\n")
    return sections


def _clause(front: Source, section: _Text) -> Clause:
    title, _, rest = section.text.partition("\n")
    heading = _HEADING.fullmatch(title.rstrip())
    if heading is None:
        advice = "write it like `## 4.2 Title`"
        raise PlaybookError([Finding(front.file, section.line, "the heading has no number", advice)])
    clause = f"{PurePosixPath(front.file).stem}/{heading[1]}"
    findings: list[Finding] = []
    parts = _apart(front.file, _Text(section.line + 1, rest), findings)
    if not parts.prose:
        wrong = f"clause '{clause}' has no prose"
        findings.append(Finding(front.file, section.line, wrong, "write what the customer may be told"))
    rules = [attempt(findings, partial(_rule, front.file, clause, block)) for block in parts.rules]
    if findings:
        raise PlaybookError(findings)
    known = {"id": clause, "title": heading[2].strip(), "text": parts.prose, "asked": parts.asked}
    return shaped(Clause, front, **known, rules=[rule for rule in rules if rule])


def _apart(file: str, section: _Text, findings: list[Finding]) -> _Parts:
    """The prose of a clause or an article, and the blocks in it; a block that would be lost is a finding."""
    blocks: dict[str, list[_Text]] = {"rule": [], "asked": []}
    for block in _BLOCK.finditer(section.text):
        line = section.line + section.text.count("\n", 0, block.start())
        if block[1] in blocks:
            blocks[block[1]].append(_Text(line, block[2]))
        else:
            findings.append(Finding(file, line, f"unknown block '{block[1]}'", closest(block[1], blocks)))
    prose = _BLOCK.sub(lambda block: "\n" * block[0].count("\n"), section.text).split("\n")
    for number, text in enumerate(prose, section.line):
        if text.startswith("```"):
            findings.append(Finding(file, number, "the block has no end", "close it with a line of ```"))
    asked = [line.strip() for block in blocks["asked"] for line in block.text.split("\n") if line.strip()]
    return _Parts(_flowed(prose), blocks["rule"], asked)


def _rule(file: str, clause: str, block: _Text) -> Rule:
    source = read_yaml(file, block.text, offset=block.line)
    return shaped(Rule, source, clause=clause, source=f"{file}:{source.line(('when',))}")


def _flowed(lines: list[str]) -> str:
    """The prose with wrapped lines joined: one line a paragraph or list item."""
    return "\n".join(_joined(lines)).strip()


def _joined(lines: list[str]) -> Iterator[str]:
    held = ""
    for line in lines:
        if line.strip() and not _ITEM.match(line):
            held = f"{held} {line.strip()}".strip()
            continue
        if held:
            yield held
        held = line.strip()
        if not held:
            yield ""
    yield held
