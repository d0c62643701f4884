"""The form of a decision: what it offers, and what was sent as the API's own `Decided`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue, ValidationError
from starlette.datastructures import FormData

from agent.casefile.records import Approval, Args
from tools.contract import Catalog
from web.console_session import field
from web.problems import Problem
from web.staff_api import Decided, Undo

ARG = "arg."
"""Begins the names of the fields that hold arguments."""
LONG = 60
CHOICES = ("approve", "edit", "reject", "respond")


@dataclass(frozen=True)
class Typed:
    """What stands in the form, as text; kept when a decision is refused."""

    decision: str
    reason: str
    text: str
    digest: str
    args: dict[str, str]


@dataclass(frozen=True)
class Field:
    """One argument in the form."""

    name: str
    value: str
    options: list[str]
    """What may be chosen; empty: free text."""
    long: bool


def blank(approval: Approval) -> Typed:
    """The form as it is first shown: nothing chosen, the arguments as proposed."""
    return Typed("", "", "", approval.digest, {name: _text(value) for name, value in approval.args.items()})


def typed(form: FormData, approval: Approval) -> Typed:
    """The form as it was sent."""
    decision, reason, text, digest = (field(form, name).strip() for name in ("decision", "reason", "text", "digest"))
    args = {name: field(form, ARG + name) for name in approval.args}
    return Typed(decision, reason, text, digest, args)


def given(sent: Typed, approval: Approval) -> Decided:
    """The decision that was sent, bound to the proposal that was shown. Answers 422 for one that is not complete."""
    if sent.decision not in CHOICES:
        raise Problem(422, "Choose whether to approve, change, reject or answer.")
    if not sent.reason:
        raise Problem(422, "Give a reason: it stands in the case’s log.")
    if sent.decision == "respond" and not sent.text:
        raise Problem(422, "Write what the customer shall read.")
    args = {name: _value(name, text, approval.args[name]) for name, text in sent.args.items()}
    try:
        return Decided(
            decision=sent.decision,
            reason=sent.reason,
            digest=sent.digest,
            args=args if sent.decision == "edit" else None,
            text=sent.text if sent.decision == "respond" else None,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise Problem(422, f"{str(wrong['loc'][0]).capitalize()}: {wrong['msg']}.") from None


def undo(form: FormData) -> Undo:
    """What is to be taken back, and why. Answers 422 without a reason."""
    try:
        return Undo(effect=field(form, "effect"), reason=field(form, "reason"))
    except ValidationError:
        raise Problem(422, "Give a reason why it is taken back: it stands in the case’s log.") from None


def fields(catalog: Catalog, approval: Approval, sent: Typed) -> list[Field]:
    """The arguments as fields, filled in; a closed choice is offered as one."""
    tool = catalog.tools.get(approval.action)
    schemas: dict[str, Any] = tool.args.model_json_schema().get("properties", {}) if tool is not None else {}
    return [
        Field(
            name,
            sent.args.get(name, ""),
            [_text(option) for option in schemas.get(name, {}).get("enum", [])],
            len(_text(value)) > LONG or isinstance(value, dict | list),
        )
        for name, value in approval.args.items()
    ]


def changes(approval: Approval, args: Args | None) -> list[tuple[str, str, str]]:
    """What an edit made of the arguments: name, before, after."""
    both = [(name, _text(approval.args.get(name)), _text(value)) for name, value in (args or {}).items()]
    return [(name, before, after) for name, before, after in both if before != after]


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(name: str, text: str, before: JsonValue) -> JsonValue:
    """What was typed, as the tool's own model will take it: it reads numbers from text, but no lists."""
    if before is None and not text:
        return None
    if not isinstance(before, dict | list):
        return text
    try:
        read: JsonValue = json.loads(text)
    except json.JSONDecodeError:
        raise Problem(422, f"`{name}` is not valid JSON; write it like it was.") from None
    return read
