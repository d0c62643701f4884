"""Loading recipes: one from its file, or one sentence on what no part of it can see alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import meta

from tools.browser.gate import origin
from tools.browser.recipe import PLAIN, Recipe
from tools.contract import KeyKind
from tools.declared import File, closest

Where = tuple[str | int, ...]
Misfit = tuple[Where, str]


def load_recipe(path: Path) -> Recipe:
    """The recipe of a file. Raises DeclarationError with file, line, what is wrong and what to write instead."""
    file = File(path)
    recipe = file.shaped(Recipe)
    for where, wrong in _misfits(recipe):
        raise file.wrong(wrong, where)
    return recipe


def _misfits(recipe: Recipe) -> Iterator[Misfit]:
    """What no part of a recipe can see alone."""
    yield from _sites(recipe)
    yield from _sends(recipe)
    yield from _names(recipe)
    yield from _record(recipe)
    if not _bound(recipe):
        yield (
            (),
            "nothing binds this to the customer in scope; write `{{ customer }}` in the addresses that `read` and "
            "`steps` go to, or `owner: FIELD` for the field of the record that says whose it is.",
        )


def _sites(recipe: Recipe) -> Iterator[Misfit]:
    for index, site in enumerate(recipe.sites):
        named = re.fullmatch(r"[a-z][a-z0-9_]*", site) is not None
        if not named and (origin(site) is None or urlsplit(site).query or urlsplit(site).fragment):
            yield ("sites", index), f"'{site}' is neither a name nor an address; write `name` or `https://host`."


def _sends(recipe: Recipe) -> Iterator[Misfit]:
    if not any(step.submit for step in recipe.steps):
        yield ("steps",), "no step sends anything; the click that does is a `submit: …`."
    for name, part in (("read", recipe.read), ("login", recipe.login)):
        for index, step in enumerate(part.steps if part else []):
            if step.submit:
                yield (name, "steps", index), f"'{name}' changes nothing; write `click: …`."


def _names(recipe: Recipe) -> Iterator[Misfit]:
    """Values and secrets that are named somewhere and exist nowhere, and a marker that is left out."""
    given = recipe.arguments.keys() | {"customer"}
    known = {
        "login": set[str](),
        "target": set(recipe.arguments),
        "proof": given,
        "read": given,
        "steps": given | {"marker"},
        "proves": given | {"marker", "before"},
        "undo": recipe.arguments.keys() | {"before"},
    }
    parts = recipe.model_dump(by_alias=True, exclude_none=True)
    for part, names in known.items():
        yield from _unknown((part,), parts.get(part), names, recipe.secrets.keys())
    for part in ("steps", "proves") if recipe.key is KeyKind.MARKER else ():
        if "marker" not in str(parts[part]):
            yield (part,), "'key: marker' wants `{{ marker }}` in a text that is filled in, and in what that proves."


def _unknown(where: Where, part: Any, names: AbstractSet[str], secrets: AbstractSet[str]) -> Iterator[Misfit]:
    match part:
        case {"secret": str(secret)} if secret not in secrets:
            yield where, f"there is no secret '{secret}'; declare it under `secrets:`."
        case {"value": str(text)}:
            yield from _undeclared(where, f"{{{{ {text} }}}}", names)
        case dict():
            for key, inner in part.items():
                yield from _unknown((*where, key), inner, names, secrets)
        case list():
            for index, inner in enumerate(part):
                yield from _unknown((*where, index), inner, names, secrets)
        case str():
            yield from _undeclared(where, part, names)


def _undeclared(where: Where, text: str, known: AbstractSet[str]) -> Iterator[Misfit]:
    for name in sorted(meta.find_undeclared_variables(PLAIN.parse(text)) - known):
        yield where, f"there is no value '{name}'; {closest(name, known)}"


def _record(recipe: Recipe) -> Iterator[Misfit]:
    if (recipe.read is None) == (recipe.proof is None):
        yield (), "the record is read in one way: write either `read:` (pages) or `proof:` (a lookup)."
    if recipe.read is None:
        return
    fields, forms = recipe.read.fields, {name for name, of in recipe.read.fields.items() if of.as_ == "form"}
    plain = fields.keys() - forms
    for name in recipe.proves:
        if name not in plain and name.partition(".")[0] not in forms:
            yield ("proves", name), f"`read` has no field '{name}'; {closest(name, plain)}"
    if recipe.owner is not None and recipe.owner not in plain and recipe.owner.partition(".")[0] not in forms:
        yield ("owner",), f"`read` has no field '{recipe.owner}'; {closest(recipe.owner, plain)}"
    if recipe.owner in recipe.proves:
        yield ("owner",), f"'{recipe.owner}' says whose record it is, so the recipe may not change it."


def _bound(recipe: Recipe) -> bool:
    if recipe.owner is not None or recipe.proof is not None:  # a lookup knows its customer
        return True
    visits = [recipe.steps, *([recipe.read.steps] if recipe.read else [])]
    return all(
        all("customer" in meta.find_undeclared_variables(PLAIN.parse(step.goto)) for step in steps if step.goto)
        and any(step.goto for step in steps)
        for steps in visits
    )
