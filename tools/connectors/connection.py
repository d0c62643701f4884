"""A connection: the tools that one system of a company gives, what they need, and how to let go of it.

A kind of connection is one file in this folder. It has a settings model, a function `connect` that reaches nothing,
and `KIND`, which joins the two; `tools/connections.py` finds it by the file's name.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

from tools.contract import Action, Arguments, KeyKind, Risk, Target, Tool, ToolLost, ToolRefused
from tools.declared import DeclarationError, Declared, Secret
from tools.http import Backoffice
from tools.own import Own

S = TypeVar("S", bound="SystemSettings")


class SystemSettings(Declared):
    """What the entry of any system has; each kind adds its own."""

    connector: str


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What tools may need of the house."""

    clock: Callable[[], datetime]
    """Tells an aware time."""
    code_secret: bytes
    """Makes one-time codes."""
    customers: Backoffice
    """Where the customers are on file."""
    own: Own
    """What the desk itself keeps."""
    zone: tzinfo = UTC
    """The company's, in which people are told times."""
    folder: Path = Path()
    """Where paths in the declarations begin."""
    looking: bool = False
    """True: the tools are only looked at, so that a secret may be missing."""

    def secret(self, named: Secret) -> str:
        """The secret itself, "" when it is missing and nothing is to be called. Raises DeclarationError."""
        try:
            place = f"the variable {named.env}" if named.env else f"the file {named.file}"
            found = os.environ.get(named.env, "") if named.env else self.at(named.file or Path()).read_text().strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found and not self.looking:
            raise DeclarationError(f"A secret is missing: {place} is not there, or empty. Set it, and start again.")
        return found

    def at(self, path: Path) -> Path:
        """A path of a declaration as one that can be opened."""
        return self.folder / path


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a connection, and what a person can do about it."""

    wrong: str
    advice: str


async def _nothing() -> None:
    return None


async def _no_trouble() -> list[Trouble]:
    return []


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One system, ready to be asked: nothing of it was reached yet, that happens when a tool is called."""

    system: str
    """Its name in `Tool.system`: what is out of reach is known by it."""
    tools: Sequence[Tool]
    """A tool with the name of another connection's earlier one stands in its place."""
    close: Callable[[], Awaitable[None]] = _nothing
    """Gives back what the connection holds; no tool is called after it."""
    probe: Callable[[], Awaitable[list[Trouble]]] = _no_trouble
    """Makes a cheap read and tells what is wrong; it changes nothing and raises nothing. See `tried`."""


@dataclass(frozen=True)
class Kind(Generic[S]):
    """A kind of connection: how its entry is written, and what makes a connection of one."""

    settings: type[S]
    connect: Callable[[S, Needs], Connection]
    """Reaches nothing. Raises DeclarationError."""


async def tried(read: Awaitable[object]) -> list[Trouble]:
    """What a read of a system shows to be wrong with it."""
    try:
        await read
    except ToolLost as error:
        return [Trouble(str(error), error.advice or "see that the system runs and that its address is right")]
    except ToolRefused as error:
        return [Trouble(str(error), "see that its secret is the right one and may do this")]
    return []


class NoArguments(Arguments):
    """A tool that nobody can call takes nothing."""


def forbidden(name: str, summary: str, system: str) -> Action:
    """A tool that a system offers and nobody has classified: everybody sees it, and nothing can run it."""

    async def refuse(*_: object) -> NoReturn:
        raise ToolRefused(f"`{name}` has not been classified, so nobody may use it.")

    return Action(
        name=name,
        summary=summary,
        system=system,
        args=NoArguments,
        risk=Risk.FORBIDDEN,
        key=KeyKind.NONE,
        target=lambda _: Target(kind=system, id=name),
        before=refuse,
        run=refuse,
        verify=refuse,
    )
