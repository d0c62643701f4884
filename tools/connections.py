"""Connections: the systems that a company's file names, found by kind, joined to its tools, and let go of."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from tools import connectors
from tools.connectors.connection import Connection, Kind, Needs
from tools.declared import DeclarationError, Declared, File, closest


class _Systems(Declared):
    """`DESKHAND_CONNECTIONS`: one entry a system, each under `connector: KIND` with what that kind wants to know."""

    systems: list[dict[str, Any]] = []


def connections_of(path: Path | None, needs: Needs) -> list[Connection]:
    """The connections of this file, which reach nothing yet; none without one. Paths in it begin in its folder.

    Raises DeclarationError.
    """
    if path is None:
        return []
    file, beside = File(path), replace(needs, folder=path.parent)
    entries = file.shaped(_Systems).systems
    return [_connected(file, ("systems", index), entry, beside) for index, entry in enumerate(entries)]


def _connected(file: File, where: tuple[str | int, ...], entry: dict[str, Any], needs: Needs) -> Connection:
    name = str(entry.get("connector", ""))
    kind = kind_of(name)
    if kind is None:
        at = (*where, "connector") if name else where
        raise file.wrong(f"unknown connector '{name}'; {closest(name, kinds())}", at)
    settings = file.shaped(kind.settings, where)
    try:
        return kind.connect(settings, needs)
    except DeclarationError as error:
        # What a kind says of its own files has its place in it; what it says of the entry gets the entry's.
        raise (error if error.placed else file.wrong(str(error), where)) from None


def kind_of(name: str) -> Kind[Any] | None:
    """The kind of connection in the file of that name."""
    if name not in _files():
        return None
    kind = getattr(import_module(f"{connectors.__name__}.{name}"), "KIND", None)
    return kind if isinstance(kind, Kind) else None


def kinds() -> list[str]:
    """The names of all kinds that there are."""
    return [name for name in _files() if kind_of(name) is not None]


def _files() -> Sequence[str]:
    return [module.name for module in pkgutil.iter_modules(connectors.__path__)]
