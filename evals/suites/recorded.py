"""Recorded conversations with their tool calls, as evidence for the claim check."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from agent.speech.evidence import Call, History, Said
from agent.speech.tool import Tool
from evals.suites.rows import DataUnusable, Row

_FAILED = re.compile(r"\s*[\"{\[]*\s*(?:error|failed|failure|exception)\b", re.IGNORECASE)
_FIELD = re.compile(r"^\s*\{?\s*\"\w+\"\s*:\s*\"")
_FIELD_ENDS = re.compile(r"\"\s*,?\s*\}?\s*$")


def tools_of(paths: Iterable[Path]) -> list[Tool]:
    """The tools that files describe: JSON lists as in `tau_retail/tools.json`. Raises DataUnusable."""
    found = []
    for path in paths:
        try:
            for tool in json.loads(path.read_text("utf-8")):
                asked = (tool.get("parameters") or {}).get("properties") or {}
                means = {name: str(about.get("description") or "") for name, about in asked.items()}
                changes = str(tool.get("tool_type", "WRITE")).upper() == "WRITE"
                found.append(Tool(tool["name"], tool.get("description") or "", means, changes))
        except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
            raise DataUnusable(f"{path} does not describe tools as a JSON list ({error!r}).") from None
    return found


def history_of(messages: Sequence[Row], tools: Sequence[Tool]) -> History:
    """What was said, read and done in these messages, in their order."""
    calls, talk, places, since = list[Call](), list[Said](), dict[str, int](), 0
    for message in messages:
        for call in message.get("tool_calls") or []:
            places[call["id"]] = len(calls)
            calls.append(Call(call["name"], call.get("arguments") or {}, None, "unknown"))
        text = message.get("content")
        if message["role"] == "tool":
            if (at := places.get(message["tool_call_id"])) is not None:
                failed = bool(message.get("error")) or _FAILED.match(str(text)) is not None
                calls[at] = Call(calls[at].tool, calls[at].args, text, "failed" if failed else "verified")
        elif text:
            by_customer = message["role"] == "user"
            talk.append(Said("customer" if by_customer else "agent", text, len(calls)))
            since = len(calls) if by_customer else since
    return History(tools, calls, talk, since)


def spoken(text: str) -> str:
    """What of a message is for the customer, where it was recorded as a field of JSON: without what is around it."""
    plain = text.replace("\\n", "\n").replace('\\"', '"')
    return _FIELD_ENDS.sub("", _FIELD.sub("", plain))
