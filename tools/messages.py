"""Messages: mail the customer a secret, a one-time code or a link for a new password, to the address on file.

A secret is made from a key, the case and how many were sent before it, so that it need not be kept anywhere. How a mail
is sent, and that the secret stands in it and nowhere else, is `tools/mailing.py`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from tools.contract import Action, Arguments, Lookup, Risk, Scope
from tools.customers import NoArguments
from tools.http import Backoffice, as_read
from tools.mailing import Letter, Mailer, Recipient, mailing

CODE_KIND, LINK_KIND = "one_time_code", "password_reset"
DIGITS = 6


def hotp(key: bytes, counter: int, digits: int = DIGITS) -> str:
    """RFC 4226 with HMAC-SHA-256 (as RFC 6238 allows it)."""
    digest = hmac.digest(key, counter.to_bytes(8, "big"), hashlib.sha256)
    place = digest[-1] & 0xF
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def one_time_code(secret: bytes, case_id: str, ordinal: int) -> str:
    """The six digits of a case's code number `ordinal`; each case has a key of its own."""
    return hotp(hmac.digest(secret, case_id.encode(), hashlib.sha256), ordinal)


def link_token(secret: bytes, case_id: str, customer_id: str, ordinal: int) -> str:
    """The token of a case's link number `ordinal` for this customer: 256 bits that nobody can guess.

    The message that carries it tells the shop whose it is (`customer_id`), for what (`kind`) and since when (`at`).
    """
    said = json.dumps([LINK_KIND, case_id, customer_id, ordinal]).encode()
    return base64.urlsafe_b64encode(hmac.digest(secret, said, hashlib.sha256)).decode().rstrip("=")


@dataclass(frozen=True)
class SecretMail:
    """The text of a mail; `{secret}` in the body is replaced by the secret."""

    subject: str
    body: str


CODE_MAIL = SecretMail(
    subject="Your Harbor Goods code",
    body=(
        "Hello,\n\nyour code is {secret}. It is valid for ten minutes; please type it into the chat with us.\n\n"
        "Nobody from Harbor Goods will ever ask you for this code by phone. If you did not ask for one, you can simply"
        " ignore this mail: without the code nothing changes.\n\nYour Harbor Goods team\n"
    ),
)
LINK_MAIL = SecretMail(
    subject="A new password for your Harbor Goods account",
    body=(
        "Hello,\n\nyou can set a new password here:\n"
        "https://www.harbor-goods.example/account/new-password?token={secret}\n\n"
        "The link is good for 30 minutes and works once. Nobody from Harbor Goods will ever ask you for your password."
        " If you did not ask for this link, you can simply ignore this mail: your password stays as it is.\n\n"
        "Your Harbor Goods team\n"
    ),
)


class SendCode(Arguments):
    """The how-manieth code of the case it is."""

    ordinal: Annotated[int, Field(ge=0, lt=2**63)]


class SendResetLink(Arguments):
    """The how-manieth link for a new password of this customer it is."""

    ordinal: Annotated[int, Field(ge=1, lt=2**63)]


Secret = Callable[[Scope, int], str]
"""Makes the secret of an ordinal for the customer in scope, always the same."""


@dataclass(frozen=True, kw_only=True)
class _Secrets:
    """What mails secrets of a kind."""

    kind: str
    secret: Secret
    mail: SecretMail

    async def write(self, args: SendCode | SendResetLink, scope: Scope, _: Recipient) -> Letter:
        secret = self.secret(scope, args.ordinal)
        body = self.mail.body.replace("{secret}", secret)
        return Letter(subject=self.mail.subject, body=body, secret=secret, fields={"code": secret})


def send_code(customers: Backoffice, mailer: Mailer, secret: bytes, mail: SecretMail = CODE_MAIL) -> Action:
    """The tool `send_code`: anybody in scope may be sent a code, for it goes only to the address on file."""

    def code(scope: Scope, ordinal: int) -> str:
        return one_time_code(secret, scope.case_id, ordinal)

    return mailing(
        name="send_code",
        summary="Send the customer a one-time code to the e-mail address on file.",
        args=SendCode,
        risk=Risk.LOW,
        kind=CODE_KIND,
        write=_Secrets(kind=CODE_KIND, secret=code, mail=mail).write,
        customers=customers,
        mailer=mailer,
    )


def send_reset_link(customers: Backoffice, mailer: Mailer, secret: bytes, mail: SecretMail = LINK_MAIL) -> Action:
    """The tool `send_reset_link`: no password is ever set or sent; the link goes only to the address on file."""

    def token(scope: Scope, ordinal: int) -> str:
        return link_token(secret, scope.case_id, scope.customer(), ordinal)

    return mailing(
        name="send_reset_link",
        summary="Send the customer a link for a new password to the e-mail address on file.",
        args=SendResetLink,
        risk=Risk.CUSTOMER_CONFIRMED,
        kind=LINK_KIND,
        write=_Secrets(kind=LINK_KIND, secret=token, mail=mail).write,
        customers=customers,
        mailer=mailer,
    )


def message_tools(customers: Backoffice, mailer: Mailer, secret: bytes) -> list[Action]:
    """Every tool that mails a secret: `customers` is the system of record, `mailer` the way that the mails take."""
    return [send_code(customers, mailer, secret), send_reset_link(customers, mailer, secret)]


class ResetLinks(BaseModel):
    """The links for a new password that this customer was sent."""

    next: int
    """The ordinal of the one that would come next."""
    today: Annotated[int, Field(title="number sent in 24 hours")]
    """How many were sent in the last 24 hours."""


class _Sent(BaseModel):
    at: AwareDatetime


def get_reset_links(backoffice: Backoffice, clock: Callable[[], datetime]) -> Lookup:
    """The lookup `get_reset_links`; `clock` tells an aware time."""

    async def run(_: NoArguments, scope: Scope) -> ResetLinks | None:
        if scope.customer_id is None:
            return None
        rows = await backoffice.rows("messages", customer_id=scope.customer_id, kind=LINK_KIND)
        since = clock() - timedelta(days=1)
        return ResetLinks(next=len(rows) + 1, today=sum(as_read(_Sent, row).at >= since for row in rows))

    return Lookup(
        name="get_reset_links",
        summary="Look up how many links for a new password the customer was sent.",
        system="backoffice",
        args=NoArguments,
        result=ResetLinks,
        subject="reset_links",
        run=run,
    )
