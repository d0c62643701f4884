"""Mails: a text to the address on file of the customer in scope, by whichever way the company sends its mail.

A tool that mails says only what it writes (`Letter`); the way it takes, a `Mailer`, is the company's to choose: the
messages of its back office, or a mail server (`tools/connectors/smtp.py`). No argument names the address: it is read
from the system of record. What only the recipient may read, a code or a link, stands in the mail and nowhere else:
what `before`, `run` and `verify` give to the case file says of the text around it only whether it is as sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import BaseModel, JsonValue

from tools.contract import Action, Arguments, KeyKind, Risk, Scope, Target, ToolLost, ToolRefused
from tools.customers import Person
from tools.finding import Finding, Record, Snapshot
from tools.http import Backoffice, as_read

TEXT = ("subject", "body")
AS_SENT, OTHERWISE = "as sent", "not as sent"


class Recipient(BaseModel):
    """To whom a mail goes, as the system of record has it."""

    email: str
    name: str
    locale: str


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is written to somebody."""

    subject: str
    body: str
    secret: str = ""
    """The part of the text that only the recipient may read; "" when anybody who works on the case may."""
    fields: Mapping[str, JsonValue] = field(default_factory=dict)
    """What a record of the mail holds beside the text, where there are such records."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A letter on its way."""

    to: str
    kind: str
    letter: Letter


@dataclass(frozen=True, kw_only=True)
class Way:
    """What a way of sending means for the tools that use it: see the fields of these names in `Action`."""

    system: str
    key: KeyKind
    queued: bool = False
    proof: str = "read again"


BACKOFFICE = Way(system="backoffice", key=KeyKind.IDEMPOTENCY_KEY)


class Mailer(Protocol):
    """A way for mails to leave the house, and a place where it is seen that they did."""

    @property
    def way(self) -> Way:
        """What it means for the tools that use it."""

    def record(self, mail: Mail, scope: Scope) -> Record:
        """How the mail stands there when it went out as intended. Raises `ToolRefused` for one that cannot go out."""

    async def send(self, mail: Mail, scope: Scope, key: str) -> Record:
        """Hand the mail over, once. Raises `ToolRefused` or `ToolLost`."""

    async def sent(self, kind: str, scope: Scope, *, wait: bool = False) -> list[Record] | None:
        """The mails among which it will stand, each with an id; with `wait`, after giving it time to arrive.

        None where no copy is kept that anybody could look at. Raises `ToolLost`.
        """


@dataclass(frozen=True)
class BackofficeMails:
    """The messages of the back office, which sends them and keeps them."""

    backoffice: Backoffice
    way: Way = BACKOFFICE

    def record(self, mail: Mail, scope: Scope) -> Record:
        """A record of `messages`, without its id and time."""
        letter = mail.letter
        text: Record = {"subject": letter.subject, "body": letter.body, **letter.fields}
        return {"kind": mail.kind, "customer_id": scope.customer_id, "to": mail.to, "channel": "email"} | text

    async def send(self, mail: Mail, scope: Scope, key: str) -> Record:
        """See `Mailer`."""
        return await self.backoffice.post("messages", self.record(mail, scope), key)

    async def sent(self, kind: str, scope: Scope, *, wait: bool = False) -> list[Record]:  # noqa: ARG002
        """All messages of the kind to the customer in scope: the back office shows them at once."""
        return await self.backoffice.rows("messages", customer_id=scope.customer(), kind=kind)


@dataclass(frozen=True)
class _SendMail:
    customers: Backoffice
    mailer: Mailer
    kind: str
    write: Callable[[Any, Scope, Recipient], Awaitable[Letter]]

    async def before(self, args: Arguments, scope: Scope) -> JsonValue:
        """The recipient on file and the ids of the mails already sent. Refuses what cannot be sent."""
        to = await self._recipient(scope)
        self.mailer.record(await self._mail(args, scope, to), scope)
        earlier = await self.mailer.sent(self.kind, scope) or []
        return Snapshot(record=to.model_dump(), rows=[Record(id=row["id"]) for row in earlier]).kept()

    async def run(self, args: Arguments, scope: Scope, key: str) -> Record:
        mail = await self._mail(args, scope, await self._recipient(scope))
        secret = mail.letter.secret
        try:
            return _shown(await self.mailer.send(mail, scope, key), self.mailer.record(mail, scope), secret)
        except ToolRefused as error:
            raise ToolRefused(_without(secret, str(error))) from None
        except ToolLost as error:
            raise ToolLost(_without(secret, str(error)), answered=error.answered) from None

    async def verify(self, args: Arguments, scope: Scope, before: JsonValue) -> Finding:
        """One new mail with this text, to the address that was on file."""
        then = Snapshot.model_validate(before)
        mail = await self._mail(args, scope, Recipient.model_validate(then.record))
        intended, secret = self.mailer.record(mail, scope), mail.letter.secret
        found = await self.mailer.sent(self.kind, scope, wait=True)
        if found is None:
            return Finding(state="pending", seen={"copies": "No copy of the company's mail is kept to look at."})
        shown = [_shown(row, intended, secret) for row in found]
        return Finding.added(then.rows, shown, _shown(intended, intended, secret))

    async def _recipient(self, scope: Scope) -> Recipient:
        record = await self.customers.item("customers", scope.customer())
        person = as_read(Person, record) if record else None
        if person is None or not person.email:
            raise ToolRefused("There is no e-mail address on file that a mail could go to.")
        return Recipient(email=person.email, name=person.name, locale=person.locale)

    async def _mail(self, args: Arguments, scope: Scope, to: Recipient) -> Mail:
        return Mail(to=to.email, kind=self.kind, letter=await self.write(args, scope, to))


def _shown(record: Record, intended: Record, secret: str) -> Record:
    """The record without the secret and the text around it, wherever in it the secret may have ended up."""
    if not secret:
        return record
    hidden = {name for name, value in intended.items() if name in TEXT or secret in str(value)}
    shown: Record = {k: _without(secret, v) if isinstance(v, str) else v for k, v in record.items()}
    return shown | {name: AS_SENT if record.get(name) == intended[name] else OTHERWISE for name in hidden}


def _without(secret: str, text: str) -> str:
    return text.replace(secret, AS_SENT) if secret else text


def mailing(
    *,
    name: str,
    summary: str,
    args: type[Arguments],
    risk: Risk,
    kind: str,
    write: Callable[[Any, Scope, Recipient], Awaitable[Letter]],
    customers: Backoffice,
    mailer: Mailer,
) -> Action:
    """A tool that mails the customer in scope what `write` makes of its arguments, always the same of the same.

    `write` raises `ToolRefused` where there is nothing to send.
    """
    mails = _SendMail(customers, mailer, kind, write)
    return Action(
        name=name,
        summary=summary,
        system=mailer.way.system,
        args=args,
        risk=risk,
        key=mailer.way.key,
        target=lambda _: Target(kind="customer", id=""),
        before=mails.before,
        run=mails.run,
        verify=mails.verify,
        queued=mailer.way.queued,
        proof=mailer.way.proof,
    )
