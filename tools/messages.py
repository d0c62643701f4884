"""Messages: send the customer a one-time code, to the address on file.

A code is made from a secret, the case and how many were sent before it, so that it need not be kept anywhere. It
stands in the mail and nowhere else: what `before`, `run` and `verify` give to the case file says of the code and of
the text only whether they are as sent.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, JsonValue

from tools.contract import (
    Action,
    Arguments,
    Finding,
    KeyKind,
    Record,
    Risk,
    Scope,
    Snapshot,
    Target,
    ToolLost,
    ToolRefused,
)
from tools.customers import Person
from tools.http import Backoffice, as_read

KIND = "one_time_code"
DIGITS = 6
SECRET = ("code", "subject", "body")
AS_SENT, OTHERWISE = "as sent", "not as sent"


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


@dataclass(frozen=True)
class _SendCode:
    backoffice: Backoffice
    secret: bytes
    mail: CodeMail

    async def before(self, _: SendCode, scope: Scope) -> JsonValue:
        """The address on file and the ids of the codes already sent."""
        to = await self._address(scope.customer())
        sent = [Record(id=row["id"]) for row in await self._sent(scope)]
        return Snapshot(record={"to": to}, rows=sent).kept()

    async def run(self, args: SendCode, scope: Scope, key: str) -> Record:
        to = await self._address(scope.customer())
        code = one_time_code(self.secret, scope.case_id, args.ordinal)
        body = self._message(args, scope, to)
        try:
            return _redacted(await self.backoffice.post("messages", body, key), body)
        except ToolRefused as error:
            raise ToolRefused(str(error).replace(code, AS_SENT)) from None
        except ToolLost as error:
            raise ToolLost(str(error).replace(code, AS_SENT), answered=error.answered) from None

    async def verify(self, args: SendCode, scope: Scope, before: JsonValue) -> Finding:
        """One new message with this code, to the address that was on file."""
        then = Snapshot.model_validate(before)
        intended = self._message(args, scope, str(then.record["to"]))
        rows = [_redacted(row, intended) for row in await self._sent(scope)]
        return Finding.added(then.rows, rows, _redacted(intended, intended))

    async def _address(self, customer_id: str) -> str:
        record = await self.backoffice.item("customers", customer_id)
        to = as_read(Person, record).email if record else ""
        if not to:
            raise ToolRefused("There is no e-mail address on file that a code could go to.")
        return to

    async def _sent(self, scope: Scope) -> list[Record]:
        return await self.backoffice.rows("messages", customer_id=scope.customer(), kind=KIND)

    def _message(self, args: SendCode, scope: Scope, to: str) -> Record:
        code = one_time_code(self.secret, scope.case_id, args.ordinal)
        text: Record = {"subject": self.mail.subject, "body": self.mail.body.replace("{code}", code), "code": code}
        return {"customer_id": scope.customer_id, "to": to, "channel": "email", "kind": KIND} | text


def _redacted(record: Record, sent: Record) -> Record:
    """The record without its text and code, wherever in it the code may have ended up."""
    code = str(sent["code"])
    shown = {name: value.replace(code, AS_SENT) if isinstance(value, str) else value for name, value in record.items()}
    return shown | {name: AS_SENT if record.get(name) == sent[name] else OTHERWISE for name in SECRET}


def send_code(backoffice: Backoffice, secret: bytes, mail: CodeMail = ENGLISH) -> Action:
    """The tool `send_code`: anybody in scope may be sent a code, for it goes only to the address on file."""
    code = _SendCode(backoffice, secret, mail)
    return Action(
        name="send_code",
        summary="Send the customer a one-time code to the e-mail address on file.",
        system="backoffice",
        args=SendCode,
        risk=Risk.LOW,
        key=KeyKind.IDEMPOTENCY_KEY,
        target=lambda _: Target(kind="customer", id=""),
        before=code.before,
        run=code.run,
        verify=code.verify,
    )
