"""A connection: the tools that one system of a company gives, and how to let go of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tools.contract import Tool


async def _nothing() -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One system, ready to be asked: nothing of it was reached yet, that happens when a tool is called."""

    system: str
    """Its name in `Tool.system`: what is out of reach is known by it."""
    tools: Sequence[Tool]
    """A tool with the name of another connection's earlier one stands in its place."""
    close: Callable[[], Awaitable[None]] = _nothing
    """Gives back what the connection holds; no tool is called after it."""
