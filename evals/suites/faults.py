"""Faults: what can be made of a recorded conversation so that its true claim is true no longer, or another one is made.

Nothing here knows a certain tool or company: what is changed is found by the shape of calls and records.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from agent.speech.lexicon import lexicon
from agent.speech.tool import Tool
from agent.speech.values import is_id
from evals.suites.rows import Row

Fault = Callable[[Row, Sequence[Tool], Random], Row | None]
_SUM = re.compile(r"(?<=[$€£])(\d[\d,]*)\.(\d\d)")
_OTHER_DEEDS = ("cancelled", "returned", "exchanged", "refunded", "suspended", "delivered")


def stale(row: Row, tools: Sequence[Tool], dice: Random) -> Row | None:
    """The record as it was read before the change, in the place of the one that shows it."""
    del dice
    messages = copy.deepcopy(row["messages"])
    answer = _last_change(messages, tools)
    after = _record(answer)
    earlier = [message for message in messages[: messages.index(answer)] if answer and _identity(message) == after[0]]
    if answer is None or after[0] is None or not earlier:
        return None
    answer["content"] = earlier[-1]["content"]
    return row | {"messages": messages}


def partial(row: Row, tools: Sequence[Tool], dice: Random) -> Row | None:
    """One less of what the call lists was done."""
    del dice
    messages = copy.deepcopy(row["messages"])
    answer = _last_change(messages, tools)
    call = _call_of(messages, answer)
    lists = [values for values in (call or {}).get("arguments", {}).values() if isinstance(values, list)]
    if answer is None or not lists or min(map(len, lists)) < 2:
        return None
    gone = {json.dumps(values.pop()) for values in lists}
    identity, record = _record(answer)
    if identity is not None:
        answer["content"] = json.dumps(_without(record, gone))
    return row | {"messages": messages}


def wrong_sum(row: Row, tools: Sequence[Tool], dice: Random) -> Row | None:
    """Another sum is told than was recorded."""
    del tools

    def other(found: re.Match[str]) -> str:
        return f"{int(found[1].replace(',', '')) + dice.choice((1, 10, 200))}.{found[2]}"

    told = [_SUM.sub(other, sentence) for sentence in row["claim_sentences"]]
    return row | {"claim_sentences": told} if told != row["claim_sentences"] else None


def wrong_value(row: Row, tools: Sequence[Tool], dice: Random) -> Row | None:
    """The call has another figure in a value that is no id, and so has the record: a house number, a postcode."""
    messages = copy.deepcopy(row["messages"])
    answer = _last_change(messages, tools)
    call = _call_of(messages, answer)
    values = [
        (name, value)
        for name, value in (call or {}).get("arguments", {}).items()
        if isinstance(value, str) and re.search(r"\d{2}", value) and (" " in value or value.isdigit())
    ]
    if answer is None or call is None or not values:
        return None
    for name, value in values:
        changed = re.sub(r"\d", lambda found: str((int(found[0]) + dice.randrange(1, 9)) % 10), value)
        call["arguments"][name] = changed
        answer["content"] = str(answer["content"]).replace(value, changed)
    return row | {"messages": messages}


def wrong_deed(row: Row, tools: Sequence[Tool], dice: Random) -> Row | None:
    """Something else is told as done."""
    del tools
    known = lexicon("en")
    if known is None:
        return None

    def other(found: re.Match[str]) -> str:
        deeds = known.deeds_of(found[0].lower())
        if not deeds or known.things_of(found[0].lower()):
            return found[0]
        return dice.choice([deed for deed in _OTHER_DEEDS if not deeds & known.deeds_of(deed)])

    told = [re.sub(r"[A-Za-z]+", other, sentence) for sentence in row["claim_sentences"]]
    return row | {"claim_sentences": told} if told != row["claim_sentences"] else None


FAULTS: dict[str, Fault] = {
    "stale": stale,
    "part": partial,
    "wrong_sum": wrong_sum,
    "wrong_value": wrong_value,
    "wrong_deed": wrong_deed,
}


def faulty(rows: Sequence[Row], tools: Sequence[Tool], seed: int) -> Iterator[Row]:
    """Every fault that can be made of each true claim, by the seed."""
    dice = Random(seed)  # noqa: S311 - faults, not secrets
    for row in rows:
        for name, fault in FAULTS.items():
            if row["label"] == "supported" and (made := fault(row, tools, dice)) is not None:
                yield made | {"id": f"{row.get('id')}#{name}", "variant": name, "label": "unsupported"}


def _last_change(messages: Sequence[Row], tools: Sequence[Tool]) -> Any:
    """The answer to the last call that changed something and did not fail; None without one."""
    changing = {tool.name for tool in tools if tool.changes}
    answers = [
        one for one in messages if one["role"] == "tool" and one.get("name") in changing and not one.get("error")
    ]
    return answers[-1] if answers else None


def _call_of(messages: Sequence[Row], answer: Any) -> Any:
    calls = [call for message in messages for call in message.get("tool_calls") or []]
    return next((call for call in calls if answer and call["id"] == answer["tool_call_id"]), None)


def _record(answer: Any) -> tuple[str | None, Any]:
    """A record that a message holds, by the first id in it; None without one."""
    try:
        record = json.loads(answer["content"]) if answer else None
    except (TypeError, ValueError):
        record = None
    ids = [str(value) for value in record.values() if is_id(value)] if isinstance(record, dict) else []
    return (ids[0] if ids else None), record


def _identity(message: Row) -> str | None:
    return _record(message)[0] if message["role"] == "tool" and not message.get("error") else None


def _without(record: Any, gone: set[str]) -> Any:
    """A record whose plain lists hold none of these."""
    if isinstance(record, dict):
        return {name: _without(value, gone) for name, value in record.items()}
    if isinstance(record, list):
        return [_without(value, gone) for value in record if json.dumps(value) not in gone]
    return record
