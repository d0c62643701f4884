"""Rendering: what is said comes from authored wording and from records, never from a model's idea of them (G3).

An outcome is told from its receipt alone: the receipt's state picks the wording, its arguments fill it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from agent.casefile.records import Args, Ask, AskName, Citation, Passage, Proposal, Receipt
from knowledge.moments import hours_spoken
from knowledge.playbook import Article, Clause, Playbook
from knowledge.release import Release
from knowledge.wording import render

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
        return render(self._wording, wording, **values)

    def has(self, wording: str) -> bool:
        """Whether such a text was authored."""
        return wording in self._wording.texts

    def social(self, wording: str) -> str:
        """A greeting and its like."""
        return self.say(wording, company=self._company.name)

    def doing(self, action: str, args: Args) -> str:
        """A fragment that names an action: `cancel order HG-123456`."""
        return self.say(f"do.{action}", **args)

    def outcome(self, receipt: Receipt) -> str:
        """What came of an effect: the only sentences in which the product claims an outcome."""
        return self.say(f"outcome.{receipt.action}.{receipt.state}", **{"made": made(receipt)} | receipt.args)

    def question(self, proposal: Proposal, again: str = "") -> str:
        """The question for a yes to exactly this proposal; `again`: the wording for asking once more."""
        question = self.say(f"confirm.{proposal.action}", **proposal.args)
        return self.say(again, question=question) if again else question

    def ask_for(self, slots: Sequence[str], proof: Sequence[str], asked: Mapping[str, str]) -> str:
        """One friendly sentence that asks for all of these; `proof` shows who the customer is.

        `asked`: the wording of a slot that is not asked for by its name.
        """
        things = [self.say(asked.get(name, f"ask.{name}")) for name in slots]
        things += [self.say(f"proof.{name}") for name in proof]
        return self.say("ask.sentence", things=things, why=self.say("ask.identity_why") if proof else "")

    def options(self, asked: str, options: Sequence[str], *, many: bool, more: bool) -> str:
        """The question for one of these options, or for several; `asked` words it, `more`: there are others."""
        thing = self.say(asked)
        return self.say("ask.options", thing=thing, options=list(options), many=many, more=more)

    def about(self, wording: str, action: str, args: Args, clauses: Sequence[str] = ()) -> str:
        """A text about a proposal, with the clause that rules it."""
        book = self._release.playbook
        clause = book.said_in(self.locale, book.clauses[clauses[0]]) if clauses else None
        title, quote = (clause.title, clause.text) if clause is not None else ("", "")
        return self.say(wording, doing=self.doing(action, args), title=title, quote=quote)

    def handoff(self, reason: str) -> str:
        """What the customer hears at a handoff: why, what the person knows already, what comes next."""
        wording = f"handoff.{reason}" if self.has(f"handoff.{reason}") else "handoff.internal"
        return self.say(wording, hours=hours_spoken(self._company.business_hours, self._wording.locale))


def made(receipt: Receipt) -> str:
    """The id of the one record that an effect was seen to make; "" where it made none."""
    read_back = receipt.evidence.get("read_back")
    seen = read_back.get("seen") if isinstance(read_back, dict) else None
    rows = seen.get("added") if isinstance(seen, dict) else None
    found = [str(row["id"]) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return found[0] if len(found) == 1 else ""


def cite(release: Release, ids: Iterable[str], language: str) -> list[Citation]:
    """Citations of clauses and articles of this release, by id, in a language where they are told in it.

    Unknown ids are left out.
    """
    book = release.playbook
    found = [_told(book, id_, language) for id_ in ids]
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


def _told(book: Playbook, id_: str, language: str) -> Clause | Article | None:
    clause, article = book.clauses.get(id_), book.articles.get(id_)
    if clause is not None:
        return book.said_in(language, clause)
    return book.said_in(language, article) if article is not None else None


def cited(release: Release, passages: Iterable[Passage], language: str) -> list[Citation]:
    """Citations of the passages that carry an answer."""
    return cite(release, [passage.id for passage in passages], language)


def slots_asked(names: Iterable[str]) -> list[Ask]:
    """Asks for new values."""
    return [Ask(kind="slot", name=cast("AskName", name)) for name in names]


def proof_asked(names: Iterable[str]) -> list[Ask]:
    """Asks for facts that prove who someone is."""
    return [Ask(kind="identity", name=cast("AskName", name)) for name in names]
