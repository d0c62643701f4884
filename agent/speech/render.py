"""Rendering: what is said comes from authored wording and from records, never from a model's idea of them (G3).

An outcome is told from its receipt alone: the receipt's state picks the wording, its arguments fill it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from knowledge.release import Release
from knowledge.wording import render
from pydantic import JsonValue

from agent.casefile.records import Args, Ask, AskName, Citation, Passage, Proposal, Receipt, Ruling
from knowledge.playbook import Clause

QUOTE = 400
"""Characters of a passage that a citation quotes at the most."""


class Voice:
    """The wording of one release in one language."""

    def __init__(self, release: Release, language: str) -> None:
        playbook = release.playbook
        self.locale = language if language in playbook.wording else playbook.company.locales[0]
        self._release, self._wording, self._company = release, playbook.wording[self.locale], playbook.company

    def say(self, wording: str, **values: object) -> str:
        """One authored text, filled in. Raises WordingError when it is given less than it names."""
        return render(self._wording, wording, company=self._company.name, **values)

    def has(self, wording: str) -> bool:
        """Whether such a text was authored."""
        return wording in self._wording.texts

    def outcome(self, receipt: Receipt) -> str:
        """What came of an effect: the only sentences in which the product claims an outcome."""
        return self.say(f"outcome.{receipt.action}.{receipt.state}", **receipt.args)

    def question(self, proposal: Proposal) -> str:
        """The question for a yes to exactly this proposal."""
        return self.say(f"confirm.{proposal.action}", **proposal.args)

    def ask_for(self, names: Sequence[str], *, proof: bool) -> str:
        """One friendly sentence that asks for all of these; `proof`: they show who the customer is."""
        things = self.listed(self.say(f"ask.{name}") for name in names)
        why = self.say("ask.identity_why") if proof else ""
        return self.say("ask.sentence", things=things, why=why)

    def listed(self, things: Iterable[str]) -> str:
        """`a, b and c`."""
        *most, last = things
        return self.say("list.and", first=", ".join(most), last=last) if most else last

    def refused(self, ruling: Ruling) -> str:
        """A refusal with the clause that makes it."""
        clause = self._release.playbook.clauses[ruling.clauses[0]]
        return self.say("refused", title=clause.title, quote=clause.text, clause=clause.id)


def cite(release: Release, ids: Iterable[str]) -> list[Citation]:
    """Citations of clauses and articles of this release, by id; unknown ids are left out."""
    book = release.playbook
    found = [book.clauses.get(id_) or book.articles.get(id_) for id_ in ids]
    return [
        Citation(
            id=passage.id,
            kind="clause" if isinstance(passage, Clause) else "article",
            title=passage.title,
            release=release.id,
            quote=passage.text[:QUOTE],
        )
        for passage in found
        if passage is not None
    ]


def cited(release: Release, passages: Iterable[Passage]) -> list[Citation]:
    """Citations of the passages that carry an answer."""
    return cite(release, [passage.id for passage in passages])


def slots_asked(names: Iterable[str]) -> list[Ask]:
    """Asks for new values."""
    return [Ask(kind="slot", name=cast("AskName", name)) for name in names]


def proof_asked(names: Iterable[str]) -> list[Ask]:
    """Asks for facts that prove who someone is."""
    return [Ask(kind="identity", name=cast("AskName", name)) for name in names]


def as_values(found: Mapping[str, Args]) -> dict[str, JsonValue]:
    """What was looked up, as wording names it: `order.status`."""
    return dict(found)
