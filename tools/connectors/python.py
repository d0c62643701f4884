"""Tools in a Python file of the company: `def tools(needs) -> list[Tool]`, run once at the start."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from tools.connectors.connection import Connection, Kind, Needs, SystemSettings
from tools.contract import Action, Lookup, Tool
from tools.declared import DeclarationError

FAULTS = (
    SyntaxError,
    ImportError,
    NameError,
    AttributeError,
    TypeError,
    ValueError,
    LookupError,
    OSError,
    RuntimeError,
)
"""What a file may raise while it is loaded."""


class Settings(SystemSettings):
    """`connector: python`."""

    connector: Literal["python"]
    file: Path
    system: str | None = None
    """What the console calls it; default the file's name."""


def connect(settings: Settings, needs: Needs) -> Connection:
    """The file's tools. Raises DeclarationError when it cannot be loaded or does not give any."""
    path = needs.at(settings.file)
    made = _function(path)(needs)
    if not isinstance(made, Sequence) or not all(isinstance(tool, Lookup | Action) for tool in made):
        raise DeclarationError("`tools` has to give a list of Lookup and Action.", str(path))
    return Connection(system=settings.system or path.stem, tools=list(_whole(made, path)))


def _function(path: Path) -> Any:
    name = f"deskhand_tools_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise DeclarationError("there is no such Python file.", str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Pydantic looks up the annotations of its models there
    try:
        spec.loader.exec_module(module)
    except FAULTS as error:
        raise DeclarationError(f"it cannot be loaded: {type(error).__name__}: {error}.", str(path)) from error
    function = getattr(module, "tools", None)
    if not callable(function):
        raise DeclarationError("it has no `def tools(needs) -> list[Tool]`; write one.", str(path))
    return function


def _whole(made: Sequence[Tool], path: Path) -> Iterator[Tool]:
    """Each tool, when no argument of it names a customer: whose record is touched is bound by the server."""
    for tool in made:
        if "customer_id" in tool.args.model_fields:
            raise DeclarationError(f"`{tool.name}` takes a customer's id; use `scope.customer()` instead.", str(path))
        yield tool


KIND = Kind(Settings, connect)
