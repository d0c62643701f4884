"""Messages: what is mailed to a customer, such as a one-time code. How a mail is sent stands in `tools/mailing.py`.

A code is made from a secret, the case and how many were sent before it, so that it need not be kept anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tools.contract import Action, Arguments, Risk, Scope
from tools.http import Backoffice
from tools.mailing import Letter, Mailer, Recipient, mailing

KIND = "one_time_code"
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


@dataclass(frozen=True)
class CodeMail:
    """The text of the mail; `{code}` in the body is replaced by the code."""

    subject: str
    body: str


ENGLISH = CodeMail(
    subject="Your Harbor Goods code",
    body=(
        "Hello,\n\nyour code is {code}. It is valid for ten minutes; please type it into the chat with us.\n\n"
        "Nobody from Harbor Goods will ever ask you for this code by phone. If you did not ask for one, you can simply"
        " ignore this mail: without the code nothing changes.\n\nYour Harbor Goods team\n"
    ),
)


class SendCode(Arguments):
    """The how-manieth code of the case it is."""

    ordinal: Annotated[int, Field(ge=0, lt=2**63)]


def send_code(customers: Backoffice, mailer: Mailer, secret: bytes, text: CodeMail = ENGLISH) -> Action:
    """The tool `send_code`: anybody in scope may be sent a code, for it goes only to the address on file."""

    async def write(args: SendCode, scope: Scope, _: Recipient) -> Letter:
        code = one_time_code(secret, scope.case_id, args.ordinal)
        body = text.body.replace("{code}", code)
        return Letter(subject=text.subject, body=body, secret=code, fields={"code": code})

    return mailing(
        name="send_code",
        summary="Send the customer a one-time code to the e-mail address on file.",
        args=SendCode,
        risk=Risk.LOW,
        kind=KIND,
        write=write,
        customers=customers,
        mailer=mailer,
    )


def message_tools(customers: Backoffice, mailer: Mailer, code_secret: bytes) -> list[Action]:
    """Every tool that mails: `customers` is the system of record, `mailer` the way that the mails take."""
    return [send_code(customers, mailer, code_secret)]
