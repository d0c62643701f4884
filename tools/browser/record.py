"""A record as the pages show it: each declared field, read once, and what an action should have made of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from playwright.async_api import Locator as Found
from pydantic import JsonValue

from tools.browser.recipe import PLAIN, FieldOf, Gains, Intended, Read, Reckoned
from tools.browser.walk import Stopped, Walk
from tools.finding import Record

LONGEST = 4000
"""Characters that are kept of a text."""
MOST_ROWS = 500
ROWS = """(table) => {
  const text = (cell) => cell.innerText.replace(/\\s+/g, ' ').trim();
  const titles = [...table.querySelectorAll('thead th')].map(text);
  return [...table.querySelectorAll('tbody tr')]
    .map((row) => [...row.cells].map(text))
    .filter((cells) => cells.length === titles.length)
    .map((cells) => Object.fromEntries(cells.map((cell, at) => [titles[at] || String(at), cell])));
}"""
"""A row that lacks a cell for some column is the table's way to say that it is empty."""
CONTROLS = """(form) => Object.fromEntries(
  [...form.elements]
    .filter((part) => part.name && !['hidden', 'submit', 'button', 'password', 'file', 'fieldset'].includes(part.type))
    .filter((part) => part.type !== 'radio' || part.checked)
    .map((part) => [part.name, part.type === 'checkbox' ? part.checked : part.type === 'select-multiple'
      ? [...part.selectedOptions].map((option) => option.text.trim()).join(', ') : part.value]))"""


async def read_record(walk: Walk, read: Read) -> Record:
    """Go where the record is, and read every field of it. Raises Stopped."""
    await walk.take(read.steps)
    record: Record = {}
    for name, field in read.fields.items():
        if field.as_ == "form":
            controls = await (await walk.one(field)).evaluate(CONTROLS)
            record |= {f"{name}.{control}": value for control, value in controls.items()}
        else:
            record[name] = await _value(walk, name, field)
    return record


async def _value(walk: Walk, name: str, field: FieldOf) -> JsonValue:
    match field.as_:
        case "value":
            return (await (await walk.one(field)).input_value())[:LONGEST]
        case "int":
            return _number(name, await _text(await walk.one(field)))
        case "rows":
            rows: list[JsonValue] = await (await walk.one(field)).evaluate(ROWS)
            return rows[:MOST_ROWS]
        case "list":
            return [_plain(text) for text in (await walk.all(field).all_inner_texts())[:MOST_ROWS]]
        case _:
            return _part(name, await _text(await walk.one(field)), field.part)


async def _text(found: Found) -> str:
    return _plain(await found.inner_text())


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:LONGEST]


def _part(name: str, text: str, pattern: str | None) -> str:
    if pattern is None:
        return text
    found = re.search(pattern, text)
    if found is None:
        raise Stopped(f"'{name}' does not say on the page what it should.")
    return found.group()


def _number(name: str, text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", text):
        raise Stopped(f"'{name}' is no whole number on the page.")
    return int(text)


def intended(
    proves: Mapping[str, Intended], before: Record, after: Record, values: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """What the named fields should say now, for `Finding.changed`.

    Where a list should have gained one entry, and did, it should say what it says.
    """
    names = {**values, "before": before}
    return {name: _meant(name, what, before, after, names) for name, what in proves.items()}


def reckoned(what: str | Reckoned, names: Mapping[str, JsonValue]) -> JsonValue:
    """A text filled in, or a value reckoned."""
    if isinstance(what, Reckoned):
        value: JsonValue = PLAIN.compile_expression(what.value, undefined_to_none=False)(**names)
        return value
    return PLAIN.from_string(what).render(names)


def _meant(name: str, what: Intended, before: Record, after: Record, names: Mapping[str, JsonValue]) -> JsonValue:
    if not isinstance(what, Gains):
        value = reckoned(what, names)
        return _plain(value) if isinstance(value, str) else value
    wanted: JsonValue = (
        _plain(str(reckoned(what.gains, names)))
        if isinstance(what.gains, str)
        else {cell: _plain(str(reckoned(text, names))) for cell, text in what.gains.items()}
    )
    had, has = _entries(before.get(name)), _entries(after.get(name))
    new, lost = _less(has, had), _less(had, has)
    if len(new) == 1 and not lost and _fits(new[0], wanted):
        return [*has]
    return [*had, wanted]


def _entries(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _less(these: list[JsonValue], those: list[JsonValue]) -> list[JsonValue]:
    """These without those, each as often as it stands there more."""
    left = Counter(map(repr, those))
    found = []
    for entry in these:
        if left[repr(entry)] > 0:
            left[repr(entry)] -= 1
        else:
            found.append(entry)
    return found


def _fits(entry: JsonValue, wanted: JsonValue) -> bool:
    if isinstance(entry, dict) and isinstance(wanted, dict):
        return all(entry.get(cell) == text for cell, text in wanted.items())
    return isinstance(entry, str) and isinstance(wanted, str) and wanted in entry
