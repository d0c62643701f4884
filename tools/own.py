"""The desk's own side of a case, as tools see it: reminders that wait, and what can be sent from file and playbook.

The desk implements it (`agent/own.py`); a tool reaches it like any other system, through `Scope` alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Waiting:
    """A reminder that is not due yet."""

    id: str
    due_at: str
    """ISO 8601 in UTC."""
    text: str


@dataclass(frozen=True)
class Paper:
    """A text that may be sent: an approved article, or a summary."""

    id: str
    title: str
    text: str


class Own(Protocol):
    """Each raises `ToolLost` when the desk's store cannot be reached."""

    async def remind(self, case_id: str, key: str, due_at: str, text: str) -> str:
        """Keep a reminder, once for a key; its id."""
        ...

    async def waiting(self, case_id: str) -> list[Waiting]:
        """The case's reminders that are not due yet, soonest first."""
        ...

    async def withdraw(self, case_id: str, reminder_id: str) -> None:
        """Have a reminder never become due."""
        ...

    async def summary(self, case_id: str, since: int) -> Paper:
        """What the case came to before its file had this event."""
        ...

    async def articles(self, case_id: str, about: str) -> list[Paper]:
        """The approved articles that answer best, in the release and language of the case."""
        ...

    async def article(self, case_id: str, article_id: str) -> Paper | None:
        """One approved article of the case's release."""
        ...
