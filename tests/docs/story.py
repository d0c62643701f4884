"""A case as a transcript: who said what, and beneath it what the desk's records and the systems' journal show."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import Any

from evals.talk import Case, Turn
from tests.backoffice import Oracle, Record

WIDTH = 108
INDENT = 12


@dataclass
class Story:
    """A transcript under way. `hidden`: what differs from run to run, and what is shown in its place."""

    oracle: Oracle
    case: Case
    seen: int
    """Where the journal stood when the last line was written."""
    lines: list[str] = field(default_factory=list)
    hidden: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, oracle: Oracle, case: Case) -> Story:
        """An empty transcript."""
        return cls(oracle, case, await oracle.seq())

    async def customer(self, text: str, shown: str = "") -> Turn:
        """The customer says this, and the desk answers."""
        if shown:
            self.hidden[text] = shown
        self.note("customer", text)
        turn = await self.case.say(text)
        await self.desk(turn)
        return turn

    async def desk(self, turn: Turn) -> None:
        """A turn of the desk: its words, and what stands behind them."""
        self.note("deskhand", turn["reply"])
        for name, shown in _behind(turn):
            self.note(name, shown, inner=True)
        for row in await self.oracle.written(self.seen):
            self.note("journal", _written(row), inner=True)
            self.seen = row["seq"]

    def note(self, who: str, text: str, *, inner: bool = False) -> None:
        """One line of somebody, wrapped; `inner` stands beneath what was said."""
        for varies, shown in self.hidden.items():
            text = text.replace(varies, shown)
        label, first = (f"{'':{INDENT}}· {who:<10}" if inner else f"{who:<{INDENT}}"), True
        for paragraph in filter(None, text.split("\n")):
            head = label if first else " " * len(label)
            self.lines += textwrap.wrap(
                paragraph, WIDTH, initial_indent=head, subsequent_indent=" " * len(label), break_on_hyphens=False
            )
            first = False

    @property
    def text(self) -> str:
        """The transcript."""
        return "\n".join(self.lines)


def _behind(turn: Turn) -> list[tuple[str, str]]:
    """The ruling where it decided something, the receipts, and the handoff."""
    done = [receipt["action"] for receipt in turn["receipts"]]
    ruling: dict[str, Any] | None = turn["ruling"]
    notes: list[tuple[str, str]] = []
    if ruling is not None and ruling["action"] not in done:
        clauses = ", ".join(ruling["clauses"])
        notes.append(
            ("ruling", f"{ruling['action']}: {ruling['outcome']}, by {clauses} ({ruling['reason'].rstrip('.')})")
        )
    notes += [("receipt", f"{receipt['action']}: {receipt['state']}") for receipt in turn["receipts"]]
    if (handoff := turn["handoff"]) is not None:
        notes.append(("handoff", f"{handoff['reason']}, ticket {handoff['ticket_id']}"))
    # That an answer is waited for can be read in the reply itself.
    return notes if turn["status"] == "waiting_customer" else [*notes, ("status", turn["status"])]


def _written(row: Record) -> str:
    """A new record's number depends on what was written before, so it is left out."""
    what = row["resource"] if row["method"] == "POST" else f"{row['resource']}/{row['id']}"
    return f"{row['method']} {what}: {'applied' if row['applied'] else 'answered, not applied'}"
