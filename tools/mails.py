"""Mails: texts that the desk has on file, sent to the customer's address on file.

No argument carries a text that a model worded: a mail is a reminder the customer set, the summary of a case, or an
approved article, and the server writes it anew for the write and for each look at it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from pydantic import BaseModel, Field, StringConstraints

from tools.contract import (
    Action,
    Arguments,
    Lookup,
    Risk,
    Scope,
    Tool,
    ToolRefused,
)
from tools.http import Backoffice
from tools.mailing import Letter, Mailer, Recipient, mailing
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


def article_tools(own: Own) -> list[Tool]:
    """The approved articles that may be sent, to look up."""
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
    ]


def mail_tools(customers: Backoffice, mailer: Mailer, own: Own) -> list[Action]:
    """Mails to the address on file; `mailer` is the way that they take."""
    papers = _Papers(own)
    way: _Way = {"customers": customers, "mailer": mailer}
    return [
        mailing(
            name="send_reminder",
            summary="Mail a reminder that is due.",
            args=SendReminder,
            risk=Risk.LOW,
            kind="reminder",
            write=_letter(papers.reminder),
            **way,
        ),
        mailing(
            name="send_summary",
            summary="Mail the customer a summary of the case.",
            args=SendSummary,
            risk=Risk.CUSTOMER_CONFIRMED,
            kind="summary",
            write=_letter(papers.summary),
            **way,
        ),
        mailing(
            name="send_article",
            summary="Mail the customer an approved article.",
            args=SendArticle,
            risk=Risk.CUSTOMER_CONFIRMED,
            kind="article",
            write=_letter(papers.article),
            **way,
        ),
    ]


class _Way(TypedDict):
    customers: Backoffice
    mailer: Mailer


def _letter(write: Callable[[Any, Scope], Awaitable[Paper]]) -> Callable[[Any, Scope, Recipient], Awaitable[Letter]]:
    async def letter(args: Arguments, scope: Scope, _: Recipient) -> Letter:
        paper = await write(args, scope)
        return Letter(subject=paper.title, body=paper.text)

    return letter
