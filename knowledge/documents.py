"""Reading what people wrote, so that every mistake is told with its file, its line and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.rules import closest
from knowledge.terms import PATTERNS, Document

Where = tuple[str | int, ...]
"""The way to a part of a document: `("steps", 2, "when")`."""
DEEPEST = 20
"""No document needs more: each branch in a workflow takes two."""
_INSTEAD = {
    "int_": "write a whole number",
    "float_": "write a number, such as 0.5",
    "bool_": "write true or false",
    "date_": "write a day that there is, such as 2026-01-31",
    "list_": "write a list: lines that begin with `- `, or [one, other]",
    "dict_": "write `key: value` lines under it",
    "model_": "write `key: value` lines under it",
    "greater_than_equal": "write {ge:g} or more",
    "less_than_equal": "write {le:g} or less",
    "too_short": "write {min_length} or more",
    "string_too_long": "write {max_length} characters or less",
}
"""How a kind of complaint begins → what to write instead."""
D = TypeVar("D", bound=Document)
T = TypeVar("T")


class Finding(NamedTuple):
    """One mistake in the documents."""

    file: str
    """Relative to the folder, with forward slashes."""
    line: int
    wrong: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.wrong}" + (f"; {self.instead}" if self.instead else "")


class PlaybookError(ValueError):
    """Documents that cannot be used; the text lists all findings, one a line."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings))
        super().__init__("\n".join(map(str, self.findings)))


@dataclass(frozen=True)
class Source:
    """A document's plain data, and the line that each part of it stands on."""

    file: str
    data: Any
    lines: Mapping[Where, int]

    def line(self, where: Where) -> int:
        """The line of a part, or of the nearest part around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)

    def finding(self, wrong: str, instead: str = "", where: Where = ()) -> Finding:
        """A mistake in a part of this document."""
        return Finding(self.file, self.line(where), wrong, instead)


def attempt(findings: list[Finding], read: Callable[[], T]) -> T | None:
    """What `read` gives; None, with its findings added, when it raises PlaybookError."""
    try:
        return read()
    except PlaybookError as error:
        findings += error.findings
        return None


def read_text(root: Path, file: str) -> str:
    """A file's text with `\\n` at line ends and no byte order mark. Raises PlaybookError."""
    try:
        text = (root / file).read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise PlaybookError([Finding(file, 1, "the file is missing", "write it; every playbook has one")]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PlaybookError([Finding(file, line, "this is not UTF-8", "save the file as UTF-8")]) from None
    except OSError as error:
        raise PlaybookError(
            [
                Finding(
                    file,
                    1,
                    f"the file cannot be read: {error.strerror}",
                    "put a plain file there that everybody may read",
                )
            ]
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(file: str, text: str, offset: int = 0) -> Source:
    """A YAML mapping with the line of each part; `offset` is how many lines stand before the text in its file.

    All values are texts, lists or mappings: what a text means as a day or a number is for the models to say, so that
    `no` is a word and `12:30` a time. Raises PlaybookError for a key given twice, an alias (it hides what stands where,
    and can grow without bounds), a tag, or anything but a mapping.
    """
    lines: dict[Where, int] = {}
    try:
        findings = [
            Finding(file, line + offset, wrong, "write it out plainly")
            for line, wrong in _unwelcome(yaml.parse(text, Loader=yaml.CBaseLoader))
        ]
        loader = yaml.CBaseLoader(text)
        node = None if findings else loader.get_single_node()
        findings += _walk(node, (), lines, offset, file) if node else []
        data = loader.construct_document(node) if node and not findings else None
    except yaml.MarkedYAMLError as error:
        last = max(1, len(text.splitlines()))  # what a document lacks is missed behind its end
        line = min(_line(error.problem_mark or error.context_mark), last) + offset
        hint = "put a value that holds ': ' or begins with a sign in quotes, and indent with spaces"
        raise PlaybookError([Finding(file, line, f"this is no YAML: {error.problem}", hint)]) from None
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1 + offset
        raise PlaybookError([Finding(file, line, "there is a control character here", "remove it")]) from None
    if findings:
        raise PlaybookError(findings)
    if not isinstance(data, dict):
        raise PlaybookError([Finding(file, offset + 1, "there is nothing to read here", "write `key: value` lines")])
    return Source(file, data, lines)


def shaped(model: type[D], source: Source, where: Where = (), /, **given: Any) -> D:
    """A part of a document as its model, with what the document itself does not state. Raises PlaybookError."""
    data: Any = source.data
    for step in where:
        data = data[step]
    if not isinstance(data, dict):
        raise PlaybookError([source.finding("this should be a list of `key: value` lines", "indent them", where)])
    if stated := sorted(given.keys() & data.keys()):
        wrong = f"'{stated[0]}' is not written here, it follows from the file"
        raise PlaybookError([source.finding(wrong, "remove the line", (*where, stated[0]))])
    try:
        return model.model_validate({**data, **given})
    except ValidationError as error:
        raise PlaybookError(_told(model, source, where, detail) for detail in error.errors()) from None


def _unwelcome(events: Iterable[yaml.Event]) -> Iterator[tuple[int, str]]:
    """What YAML allows and no document needs: it could make a small text huge, or too deep to be read."""
    depth = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            yield _line(event.start_mark), "aliases (*name) are not used here"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            yield _line(event.start_mark), "this is nested too deeply"
            return


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1


def _walk(node: yaml.Node, where: Where, lines: dict[Where, int], offset: int, file: str) -> Iterator[Finding]:
    line = _line(node.start_mark) + offset
    lines.setdefault(where, line)
    if not node.tag.startswith("tag:yaml.org,2002:"):
        yield Finding(file, line, f"a value cannot begin with '{node.tag}'", "put the value in quotes")
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _walk(item, (*where, index), lines, offset, file)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = _line(key.start_mark) + offset
            if not isinstance(key, yaml.ScalarNode):
                yield Finding(file, line, "a key has to be a text", "write values with braces in quotes")
            elif (*where, key.value) in lines:
                first = lines[(*where, key.value)]
                yield Finding(file, line, f"'{key.value}' stands here twice, first in line {first}", "keep one of them")
            else:
                lines[(*where, key.value)] = line
                yield from _walk(value, (*where, key.value), lines, offset, file)


def _told(model: type[Document], source: Source, where: Where, detail: ErrorDetails) -> Finding:
    """One complaint of the model in words for who wrote the document."""
    place = (*where, *detail["loc"])
    name = detail["loc"][-1] if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        return source.finding(f"unknown key '{name}'", closest(str(name), _keys(model, detail["loc"])), place)
    if detail["type"] == "missing":
        return source.finding(f"'{name}' is missing", f"add a line `{name}: …`", place)
    if detail["type"] == "value_error":
        wrong, _, instead = detail["msg"].removeprefix("Value error, ").partition("; ")
        return source.finding(wrong, instead, place)
    named = f"'{name}'" if isinstance(name, str) else "this"
    if detail["type"] == "string_type":
        return source.finding(f"{named} should be a text, not {detail['input']!r:.40}", "put it in quotes", place)
    return source.finding(f"{named} is {detail['input']!r:.40}", _instead(detail), place)


def _instead(detail: ErrorDetails) -> str:
    """What to write in the place of a value that a model does not take."""
    kind, limits = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        return closest(str(detail["input"]), re.findall(r"'([^']*)'", str(limits["expected"])))
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(limits["pattern"], f"write what fits {limits['pattern']}")
    words = next((words for start, words in _INSTEAD.items() if kind.startswith(start)), None)
    return words.format(**limits) if words is not None else detail["msg"][:1].lower() + detail["msg"][1:]


def _keys(model: type[Document], loc: Where) -> list[str]:
    """The keys that could stand where an unknown one stands."""
    for step in loc[:-1]:
        if isinstance(step, str) and step in model.model_fields:
            inner = _inner(model.model_fields[step].annotation)
            if inner is None:
                return []
            model = inner
    return [f.alias or name for name, f in model.model_fields.items()]


def _inner(annotation: Any) -> type[Document] | None:
    if isinstance(annotation, type) and issubclass(annotation, Document):
        return annotation
    return next(filter(None, map(_inner, getattr(annotation, "__args__", ()))), None)
