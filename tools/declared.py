"""Declarations: YAML and JSON files that people write about their systems, read into typed records.

Whatever does not fit is told in one sentence, with the file, the line and what to write instead.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import ErrorDetails

D = TypeVar("D")
Where = Sequence[str | int]
"""The way to a part of a file: `("systems", 0, "token")`."""


class DeclarationError(ValueError):
    """A declaration that cannot be used: one sentence, with `FILE:LINE: ` before it as soon as that is known."""

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.placed = bool(place)


class Declared(BaseModel):
    """Base of what is declared: exact and immutable; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Secret(Declared):
    """Where a secret stands; it is never written into a declaration itself."""

    env: str | None = None
    file: Path | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("a secret stands in one place: write {env: NAME} or {file: PATH}.")
        return self


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: a day is a text, and only `true` and `false` are truth values."""

    yaml_implicit_resolvers = {
        sign: [(tag, pattern) for tag, pattern in known if not tag.endswith((":timestamp", ":bool"))]
        for sign, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


class File:
    """A file that was read: its plain data, and the line that each part of it stands on."""

    def __init__(self, path: Path) -> None:
        """Raises DeclarationError when there is no such file, or nothing in it that could be read."""
        self.path = path
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise DeclarationError(f"the file cannot be read ({error.strerror}).", str(path)) from None
        except UnicodeDecodeError:
            raise DeclarationError("this is not UTF-8; save the file as UTF-8.", str(path)) from None
        try:
            self._tree: yaml.Node | None = None if path.suffix == ".json" else yaml.compose(text, Loader=_Loader)
            self.data: Any = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_Loader)  # noqa: S506
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = f"{path}:{mark.line + 1 if mark else 1}"
            raise DeclarationError(f"this is no YAML: {error.problem}.", place) from None
        except (json.JSONDecodeError, yaml.YAMLError) as error:
            raise DeclarationError(f"this cannot be read: {error}.", str(path)) from None
        if not isinstance(self.data, dict):
            raise DeclarationError("there is nothing to read here; write `key: value` lines.", f"{path}:1")

    def wrong(self, what: str, where: Where = ()) -> DeclarationError:
        """The error that says what is wrong in a part of this file."""
        line = f":{self._line(where)}" if self._tree is not None else ""
        return DeclarationError(what, f"{self.path}{line}")

    def shaped(self, shape: type[D], where: Where = ()) -> D:
        """A part of the file as `shape`. Raises DeclarationError."""
        data: Any = self.data
        for step in where:
            data = data[step]
        try:
            return TypeAdapter(shape).validate_python(data)
        except ValidationError as error:
            detail = error.errors()[0]
            raise self.wrong(_told(shape, detail), (*where, *detail["loc"])) from None

    def _line(self, where: Where) -> int:
        """The line of a part, or of the nearest part around it."""
        node = self._tree
        line = node.start_mark.line if node is not None else 0
        for step in where:
            inner = _inner(node, step)
            if inner is None:
                continue  # Pydantic names the branch of a union, too
            line, node = inner
        return line + 1


def closest(name: str, known: Iterable[str]) -> str:
    """`did you mean 'x'?`, or the list of what is known when nothing is close."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else f"write one of {', '.join(names)}."


def _inner(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    """The line on which a part begins, and the part."""
    if isinstance(node, yaml.MappingNode):
        found = next((pair for pair in node.value if pair[0].value == str(step)), None)
        return None if found is None else (found[0].start_mark.line, found[1])
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None


def _told(shape: Any, detail: ErrorDetails) -> str:
    """One complaint of Pydantic in words for who wrote the file."""
    name = detail["loc"][-1] if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        fields = getattr(shape, "model_fields", {}) if len(detail["loc"]) == 1 else {}
        return f"unknown key '{name}'; " + (closest(str(name), fields) if fields else "remove it, or see its spelling.")
    if detail["type"] == "missing":
        return f"'{name}' is missing; add a line `{name}: …`."
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    return f"'{name}' is {detail['input']!r:.60}: {detail['msg'].lower()}."
