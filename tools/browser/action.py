"""A recipe as an action: read before, done once, and proven in a context that knows nothing of the doing.

What a visit that broke off means is told by what left the browser, not by what the page said:

| what the steps sent | the call |
|---|---|
| nothing | `ToolLost(answered=True)`: nothing can arrive later |
| something that no answer came for, or a gateway's | `ToolLost` |
| something that was answered with 4xx | `ToolRefused`; 408, 425, 429: `ToolLost(answered=True)`; 409: `ToolLost` |
| something that was answered otherwise | `ToolLost(answered=True)` |
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import urlsplit

from playwright.async_api import Error, StorageState
from pydantic import JsonValue, ValidationError

from tools.browser.chromium import Chromium
from tools.browser.load import load_recipe
from tools.browser.recipe import PLAIN, Proof, Recipe
from tools.browser.record import intended, read_record, reckoned
from tools.browser.walk import WRONG, NoSuchPage, Stopped, Walk
from tools.calls import GATEWAY, LATER
from tools.contract import Action, Arguments, Lookup, Scope, Target, ToolLost, ToolRefused, Undo
from tools.declared import Secret
from tools.finding import Finding, Record, Snapshot

RECIPES = Path(__file__).parent / "recipes"
CONFLICT = 409
SERVER_ERROR = 500
Gave = TypeVar("Gave")


@dataclass(frozen=True)
class Browsing:
    """What recipes run on: the browser, the home that screenshots are kept under, the sites' addresses by name."""

    chromium: Chromium
    home: Path
    sites: Mapping[str, str]
    sessions: dict[tuple[str, bool], StorageState] = field(default_factory=dict)
    """Who is signed in, by recipe, and apart for what proves: nothing is proven in the session that did it."""

    def reaches(self, recipe: Recipe) -> bool:
        """Whether every site of a recipe has an address here."""
        return all(site in self.sites or urlsplit(site).scheme for site in recipe.sites)


@dataclass(frozen=True)
class _Browsed:
    """One recipe at work."""

    recipe: Recipe
    browsing: Browsing
    lookup: Lookup | None
    """What proves it, where that is no page."""

    async def before(self, args: Arguments, scope: Scope) -> JsonValue:
        scope.customer()
        record, _ = await self._record("before", args, scope)
        if not self._is_theirs(record, scope):
            raise ToolRefused("There is no such record of this customer.")
        return Snapshot(record=record).kept()

    async def run(self, args: Arguments, scope: Scope, key: str) -> Record:
        scope.customer()
        values = {**_values(args, scope), "marker": marker(key)}

        async def act(walk: Walk) -> Record:
            if self.recipe.owner is not None and not self._is_theirs(await self._read_on(walk), scope):
                raise ToolRefused("There is no such record of this customer.")
            await walk.take(self.recipe.steps)
            return {"recipe": self.recipe.label, "refused": list(walk.gate.refused), "log": walk.log}

        return await self._visit("run", values, scope, act, _lost)

    async def verify(self, args: Arguments, scope: Scope, before: JsonValue) -> Finding:
        try:
            after, log = await self._record("verify", args, scope)
        except ToolRefused as error:
            raise ToolLost(str(error), answered=True) from error
        stood = Snapshot.model_validate(before).record
        values = {**_values(args, scope), "marker": marker(scope.effect)}
        found = Finding.changed(stood, after, intended(self.recipe.proves, stood, after, values))
        return found.model_copy(update={"log": log})

    @property
    def undo(self) -> Undo | None:
        declared = self.recipe.undo
        if declared is None:
            return None

        def back(args: Arguments, before: JsonValue) -> Record:
            names = {**args.model_dump(mode="json"), "before": Snapshot.model_validate(before).record}
            return {name: reckoned(what, names) for name, what in declared.with_.items()}

        return Undo(declared.action or self.recipe.id, back)

    def target(self, args: Arguments) -> Target:
        aim = self.recipe.target
        return Target(kind=aim.kind, id=PLAIN.from_string(aim.id).render(vars(args)))

    async def _record(self, phase: str, args: Arguments, scope: Scope) -> tuple[Record, list[JsonValue]]:
        """The record as it stands, and how it was read. Raises `ToolRefused` where there is none, and `ToolLost`."""
        values = _values(args, scope)
        if self.lookup is not None and self.recipe.proof is not None:
            return await _looked_up(self.lookup, self.recipe.proof, values, scope), []

        async def look(walk: Walk) -> tuple[Record, list[JsonValue]]:
            return await self._read_on(walk), walk.log

        return await self._visit(phase, values, scope, look, _unread)

    async def _read_on(self, walk: Walk) -> Record:
        assert self.recipe.read is not None  # noqa: S101 - what has no proof by a lookup is read
        return await read_record(walk, self.recipe.read)

    def _is_theirs(self, record: Record, scope: Scope) -> bool:
        return self.recipe.owner is None or record.get(self.recipe.owner) == scope.customer_id

    async def _visit(
        self,
        phase: str,
        values: Mapping[str, JsonValue],
        scope: Scope,
        work: Callable[[Walk], Awaitable[Gave]],
        failed: Callable[[Walk, str], ToolLost | ToolRefused],
    ) -> Gave:
        """Do some work in a fresh context, within the recipe's time; `failed` says what it means that it broke off."""
        home = self.browsing.home
        secrets = {name: _secret(secret, home) for name, secret in self.recipe.secrets.items()}
        sites = [self.browsing.sites.get(site, site).rstrip("/") for site in self.recipe.sites]
        held = self.recipe.label, phase == "verify"
        session = self.browsing.sessions.get(held)
        async with self.browsing.chromium.visit(sites, session) as (page, gate):
            shots = _folder(home, scope, phase)
            walk = Walk(page, gate, self.recipe, sites[0], values, secrets, shots, home, session is not None)
            try:
                async with asyncio.timeout(self.recipe.limit_s):
                    gave = await work(walk)
                    self.browsing.sessions[held] = await page.context.storage_state()
                    return gave
            except NoSuchPage as error:
                if not walk.sent:
                    raise ToolRefused("There is no such record of this customer.") from error
                raise failed(walk, str(error)) from error
            except Stopped as error:
                raise failed(walk, str(error)) from error
            except TimeoutError as error:
                raise failed(walk, f"It took longer than {self.recipe.limit_s:g} s.") from error
            except Error as error:
                raise failed(walk, f"The browser broke off ({type(error).__name__}).") from error


def marker(key: str) -> str:
    """What an effect's key leaves in a text: short, and no other effect's."""
    return f"dh-{hashlib.sha256(key.encode()).hexdigest()[:12]}"


def recipe_action(recipe: Recipe, browsing: Browsing, lookups: Mapping[str, Lookup] = MappingProxyType({})) -> Action:
    """The action that a recipe declares. Raises ValueError when the lookup that proves it is not one of `lookups`."""
    lookup = lookups.get(recipe.proof.lookup) if recipe.proof else None
    if recipe.proof is not None and lookup is None:
        raise ValueError(f"The recipe {recipe.label} is proven by '{recipe.proof.lookup}', which is no lookup here.")
    browsed = _Browsed(recipe, browsing, lookup)
    return Action(
        name=recipe.id,
        summary=recipe.summary,
        system=recipe.system,
        args=recipe.arguments_model(),
        risk=recipe.risk,
        key=recipe.key,
        target=browsed.target,
        before=browsed.before,
        run=browsed.run,
        verify=browsed.verify,
        undo=browsed.undo,
        proof="pages again" if lookup is None else lookup.name,
    )


def shipped_actions(browsing: Browsing) -> list[Action]:
    """The actions of the recipes that come with the product, as far as their sites are known here."""
    recipes = [load_recipe(path) for path in sorted(RECIPES.glob("*.yaml"))]
    return [recipe_action(recipe, browsing) for recipe in recipes if browsing.reaches(recipe)]


def _values(args: Arguments, scope: Scope) -> dict[str, JsonValue]:
    return {**args.model_dump(mode="json"), "customer": scope.customer()}


async def _looked_up(lookup: Lookup, proof: Proof, values: Mapping[str, JsonValue], scope: Scope) -> Record:
    try:
        exact = lookup.args.model_validate({name: reckoned(what, values) for name, what in proof.with_.items()})
    except ValidationError as error:
        raise ToolRefused("There is no such record of this customer.") from error
    found = await lookup.run(exact, replace(scope, effect=""))
    if found is None:
        raise ToolRefused("There is no such record of this customer.")
    return found.model_dump(mode="json")


def _secret(secret: Secret, home: Path) -> str:
    """Raises `ToolLost` for one that is missing or empty: nothing was sent."""
    value = os.environ.get(secret.env or "", "")
    if secret.file is not None:
        try:
            value = (home / secret.file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            value = ""
    if not value:
        where = f"the variable {secret.env}" if secret.env else f"the file {secret.file} of the home"
        raise ToolLost(f"A secret is missing: {where} is not there, or empty.", answered=True)
    return value


def _folder(home: Path, scope: Scope, phase: str) -> Path:
    """A new folder for the screenshots of one visit."""
    case = home / "browser" / scope.case_id
    case.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f"{phase}-", dir=case))


def _told(walk: Walk, reason: str) -> str:
    """A reason, with the last thing that was seen, for a person."""
    told = walk.without_secrets(reason)
    seen = [entry["file"] for entry in walk.log if isinstance(entry, dict) and "file" in entry]
    return f"{told} See {seen[-1]}." if seen else told


def _unread(walk: Walk, reason: str) -> ToolLost:
    return ToolLost(_told(walk, reason), answered=True)


def _lost(walk: Walk, reason: str) -> ToolLost | ToolRefused:
    told, status = _told(walk, reason), walk.worst_answer
    if not walk.sent:
        return ToolLost(told, answered=True)
    if status is None or status in GATEWAY or status == CONFLICT:
        return ToolLost(told)
    if WRONG <= status < SERVER_ERROR and status not in LATER:
        return ToolRefused(told)
    return ToolLost(told, answered=True)
