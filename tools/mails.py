"""Mails: texts that the desk has on file, sent to the customer's address on file.

No argument carries a text that a model worded: a mail is a reminder the customer set, the summary of a case, or an
approved article, and the server writes it anew for the write and for each look at it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from tools.contract import (
    Action,
    Arguments,
    Finding,
    KeyKind,
    Lookup,
    Record,
    Risk,
    Scope,
    Snapshot,
    Target,
    Tool,
    ToolRefused,
)
from tools.customers import Person
from tools.http import Backoffice, as_read
from tools.own import Own, Paper
from tools.reminders import ReminderId, What

ArticleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,80}$")]


class SendReminder(Arguments):
    """The reminder that is due, and its text."""

    reminder_id: ReminderId
    text: What


class SendSummary(Arguments):
    """What the case came to before this event of its file."""

    since: Annotated[int, Field(ge=0, lt=2**53)]


class SendArticle(Arguments):
    """Which article, and its title as the customer was told."""

    article_id: ArticleId
    title: str


class OneArticle(Arguments):
    """Names an article."""

    article_id: ArticleId


class About(Arguments):
    """What it should be about, in the customer's words."""

    about: Annotated[str, StringConstraints(max_length=4000)]


class Article(BaseModel):
    """An approved article."""

    id: str
    title: str


class Library(BaseModel):
    """The articles that answer best, best first."""

    found: list[Article]


@dataclass(frozen=True)
class _Mail:
    """One kind of mail; `write` gives its text, and raises `ToolRefused` when there is nothing to send."""

    backoffice: Backoffice
    kind: str
    write: Callable[[Any, Scope], Awaitable[Paper]]

    async def before(self, args: Arguments, scope: Scope) -> JsonValue:
        """The address on file and the mails of this kind that went out."""
        await self.write(args, scope)
        return Snapshot(record={"to": await self._address(scope)}, rows=await self._sent(scope)).kept()

    async def run(self, args: Arguments, scope: Scope, key: str) -> Record:
        body = await self._message(args, scope, await self._address(scope))
        return await self.backoffice.post("messages", body, key)

    async def verify(self, args: Arguments, scope: Scope, before: JsonValue) -> Finding:
        """One new mail with this text, to the address that was on file."""
        then = Snapshot.model_validate(before)
        wanted = await self._message(args, scope, str(then.record["to"]))
        return Finding.added(then.rows, await self._sent(scope), wanted)

    async def _address(self, scope: Scope) -> str:
        record = await self.backoffice.item("customers", scope.customer())
        to = as_read(Person, record).email if record else ""
        if not to:
            raise ToolRefused("There is no e-mail address on file.")
        return to

    async def _sent(self, scope: Scope) -> list[Record]:
        return await self.backoffice.rows("messages", customer_id=scope.customer(), kind=self.kind)

    async def _message(self, args: Arguments, scope: Scope, to: str) -> Record:
        paper = await self.write(args, scope)
        whom: Record = {"customer_id": scope.customer_id, "kind": self.kind, "to": to, "channel": "email"}
        return whom | {"subject": paper.title, "body": paper.text}


@dataclass(frozen=True)
class _Papers:
    own: Own

    async def find(self, args: About, scope: Scope) -> Library:
        found = await self.own.articles(scope.case_id, args.about)
        return Library(found=[Article(id=paper.id, title=paper.title) for paper in found])

    async def get(self, args: OneArticle, scope: Scope) -> Article | None:
        paper = await self.own.article(scope.case_id, args.article_id)
        return Article(id=paper.id, title=paper.title) if paper is not None else None

    async def article(self, args: SendArticle, scope: Scope) -> Paper:
        paper = await self.own.article(scope.case_id, args.article_id)
        if paper is None or paper.title != args.title:
            raise ToolRefused(f"There is no article {args.article_id}.")
        return paper

    async def summary(self, args: SendSummary, scope: Scope) -> Paper:
        return await self.own.summary(scope.case_id, args.since)

    @staticmethod
    async def reminder(args: SendReminder, _: Scope) -> Paper:
        return Paper(args.reminder_id, "Your reminder", f"You asked us to remind you:\n\n{args.text}\n")


def mail_tools(backoffice: Backoffice, own: Own) -> list[Tool]:
    """Mails to the address on file, and the approved articles that may be sent."""
    papers = _Papers(own)
    return [
        Lookup(
            name="find_articles",
            summary="Find the approved articles on something.",
            system="desk",
            args=About,
            result=Library,
            subject="library",
            run=papers.find,
        ),
        Lookup(
            name="get_article",
            summary="Look up one approved article.",
            system="desk",
            args=OneArticle,
            result=Article,
            subject="article",
            run=papers.get,
        ),
        _mail(
            "send_reminder", "Mail a reminder that is due.", SendReminder, Risk.LOW,
            _Mail(backoffice, "reminder", papers.reminder),
        ),
        _mail(
            "send_summary", "Mail the customer a summary of the case.", SendSummary, Risk.CUSTOMER_CONFIRMED,
            _Mail(backoffice, "summary", papers.summary),
        ),
        _mail(
            "send_article", "Mail the customer an approved article.", SendArticle, Risk.CUSTOMER_CONFIRMED,
            _Mail(backoffice, "article", papers.article),
        ),
    ]  # fmt: skip


def _mail(name: str, summary: str, args: type[Arguments], risk: Risk, mail: _Mail) -> Action:
    return Action(
        name=name,
        summary=summary,
        system="backoffice",
        args=args,
        risk=risk,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda _: Target(kind="customer", id=""),
        before=mail.before,
        run=mail.run,
        verify=mail.verify,
    )
