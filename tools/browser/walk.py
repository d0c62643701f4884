"""A walk: the steps of a recipe, taken on one page, each logged with where it was and what was to be seen.

A locator has to match one element, else the walk stops: a page that has drifted is for a person to look at, and what
they get is the screenshot. Secrets go into the page and nowhere else: screenshots cover them, addresses and reasons
have them taken out.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit

from playwright.async_api import Error, Page, Request, Response
from playwright.async_api import Locator as Found
from pydantic import JsonValue

from tools.browser.gate import Gate
from tools.browser.recipe import ADDRESS, PLAIN, Locator, Login, Recipe, SecretRef, Step
from tools.finding import Record

ELEMENT_MS = 3000
"""How long a page may take to show what a step looks for."""
DOING_MS = 10_000
"""How long what is done with it may take; the visit's own limit may end it before."""
ARRIVAL_S = 3.0
"""How long the page that follows a click may take to come."""
MOST_STEPS = 60
"""Steps of a walk that are logged, logins included."""
QUALITY = 70
NOT_FOUND = 404
WRONG = 400
GONE_ASTRAY = frozenset({"data", "blob", "file", "filesystem", "javascript"})
HIDDEN = "•••"


class Stopped(Exception):
    """The walk cannot go on; says why, for a person."""


class NoSuchPage(Stopped):
    """The system has no page for this record."""


@dataclass
class Walk:
    """One visit, step by step. `values` fill the templates; `shots` is where screenshots go, `home` what they are
    told relative to."""

    page: Page
    gate: Gate
    recipe: Recipe
    base: str
    values: Mapping[str, JsonValue]
    secrets: Mapping[str, str]
    shots: Path
    home: Path
    in_session: bool = False
    """Whether somebody was signed in before, and may still be."""
    log: list[JsonValue] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    """What the steps that send have sent; a login is not among it."""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _arrivals: int = 0
    _signed_in: int = 0
    _secret_fields: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(DOING_MS)
        self.page.on("domcontentloaded", self._arrive)

    async def take(self, steps: list[Step]) -> None:
        """Take these steps, signed in where the recipe says how. Raises Stopped.

        When the session has expired by then, it is signed in again once, and the steps begin anew: only as long as
        nothing was sent.
        """
        if self.recipe.login is not None and not self.in_session and not self._signed_in:
            await self._sign_in(self.recipe.login)
        while True:
            over = await self._taken(steps)
            if over is None:
                return
            if self.sent:
                raise Stopped("The session had ended when the form was sent.")
            if self._signed_in > 1:
                raise Stopped("The session ended again as soon as it had begun.")
            await self._sign_in(over)

    async def _taken(self, steps: list[Step]) -> Login | None:
        """Take the steps until a page shows that nobody is signed in: gives the login that it wants then."""
        login = self.recipe.login
        for step in steps:
            await self._step(step)
            if login is not None and await self.all(login.signed_out).count():
                return login
        return None

    async def one(self, locator: Locator) -> Found:
        """The one element of a locator. Raises Stopped."""
        found = self.all(locator)
        try:
            await found.first.wait_for(state="attached", timeout=ELEMENT_MS)
        except Error:
            raise Stopped(f"{locator} matches nothing on the page; it has to match one element.") from None
        count = await found.count()
        if count != 1:
            raise Stopped(f"{locator} matches {count} elements; it has to match one.")
        return found

    def all(self, locator: Locator) -> Found:
        """Whatever a locator matches."""
        around: Page | Found = self.all(locator.within) if locator.within else self.page
        if locator.role is not None:
            # The role's name is data, not one of Playwright's literals, until it looks for it.
            return around.get_by_role(locator.role, name=self._filled(locator.name), exact=True)  # type: ignore[arg-type]
        if locator.label is not None:
            return around.get_by_label(self._filled(locator.label) or "", exact=True)
        if locator.text is not None:
            return around.get_by_text(self._filled(locator.text) or "", exact=True)
        return around.locator(f"css={self._filled(locator.css)}")

    def without_secrets(self, text: str) -> str:
        """Text that may be kept."""
        for secret in self.secrets.values():
            for form in (secret, quote(secret), quote_plus(secret)):
                text = text.replace(form, HIDDEN)
        return text

    async def _step(self, step: Step) -> None:
        try:
            await self._do(step)
            self._in_bounds()
        except Error as error:
            raise Stopped(f"The step `{step}` could not be taken ({type(error).__name__}).") from error
        finally:
            await self._note(step)

    async def _do(self, step: Step) -> None:
        match step:
            case Step(goto=str(path)):
                await self._goto(f"{self.base}{ADDRESS.from_string(path).render(self.values)}")
            case Step(fill=SecretRef(secret=name), into=Locator() as into):
                found = await self.one(into)
                self._secret_fields.append(found)
                await found.fill(self.secrets[name])
            case Step(fill=str(text), into=Locator() as into):
                await (await self.one(into)).fill(PLAIN.from_string(text).render(self.values))
            case Step(select=str(label), into=Locator() as into):
                await (await self.one(into)).select_option(label=PLAIN.from_string(label).render(self.values))
            case Step(check=Locator() as box):
                await (await self.one(box)).check()
            case Step(click=Locator() as button):
                await self._click(button)
            case Step(submit=Locator() as button):
                await self._submit(button)
            case Step(expect=Locator() as sight):
                await self.one(sight)
            case Step(at=str(path)):
                self._at(f"{self.base}{ADDRESS.from_string(path).render(self.values)}")

    async def _goto(self, address: str) -> None:
        response: Response | None = await self.page.goto(address, wait_until="load")
        if response is not None and response.status == NOT_FOUND:
            raise NoSuchPage("The system has no such page.")
        if response is not None and not response.ok:
            raise Stopped(f"The system answered {response.status}.")

    async def _click(self, button: Locator) -> None:
        found = await self.one(button)
        gone, came = self.gate.navigations, self._arrivals
        await found.click()
        await self.gate.quiet()
        if self.gate.navigations > gone:
            await self._arrival(came)

    async def _submit(self, button: Locator) -> None:
        before = len(self.gate.sent)
        try:
            with self.gate.sending():
                await self._click(button)
        finally:
            self.sent += self.gate.sent[before:]
        if not self.sent:
            raise Stopped("The page sent nothing: it did not accept what was filled in.")
        worst = self.worst_answer
        if worst is None or worst >= WRONG:
            raise Stopped("No answer came." if worst is None else f"The system answered {worst}.")

    @property
    def worst_answer(self) -> int | None:
        """The highest status that came back for what the steps sent; None while something was not answered."""
        statuses = dict(self.gate.answers)
        if not self.sent or any(request not in statuses for request in self.sent):
            return None
        return max(statuses[request] for request in self.sent)

    async def _arrival(self, came: int) -> None:
        try:
            async with asyncio.timeout(ARRIVAL_S):
                while self._arrivals == came:
                    self._arrived.clear()
                    await self._arrived.wait()
                await self.page.wait_for_load_state("load")
        except TimeoutError:
            return  # what the next step looks for will show where this led

    def _arrive(self, _: Page) -> None:
        self._arrivals += 1
        self._arrived.set()

    def _at(self, address: str) -> None:
        if self.page.url.split("?", 1)[0].split("#", 1)[0].rstrip("/") != address.rstrip("/"):
            raise Stopped(f"The page is at {self.without_secrets(self.page.url)}, which is not where it should be.")

    def _in_bounds(self) -> None:
        """The page itself is of the recipe's sites, and nothing in it is of a kind that no site can answer for."""
        if self.page.url != "about:blank" and not self.gate.admits(self.page.url):
            raise Stopped(f"The page led out of its sites, to {self.without_secrets(self.page.url)[:200]}.")
        astray = [frame.url for frame in self.page.frames if urlsplit(frame.url).scheme in GONE_ASTRAY]
        if astray:
            raise Stopped(f"The page embeds a document of its own making ({urlsplit(astray[0]).scheme}:).")

    async def _sign_in(self, login: Login) -> None:
        self._signed_in += 1
        for step in login.steps:
            with self.gate.sending() if step.click else contextlib.nullcontext():
                await self._step(step)
        if await self.all(login.signed_out).count():
            raise Stopped("The system does not accept the login.")

    async def _note(self, step: Step) -> None:
        """Log a step. A page that cannot be photographed any more is logged all the same."""
        if len(self.log) >= MOST_STEPS:
            return
        entry: Record = {"step": str(step), "at": self.without_secrets(self.page.url)[:300]}
        self.log.append(entry)
        try:
            picture = await self.page.screenshot(type="jpeg", quality=QUALITY, mask=self._covered(), timeout=ELEMENT_MS)
        except Error:
            return
        name = self.shots / f"{len(self.log):02d}.jpg"
        await asyncio.to_thread(_keep, name, picture)
        entry |= {"shot": hashlib.sha256(picture).hexdigest(), "file": name.relative_to(self.home).as_posix()}

    def _covered(self) -> list[Found]:
        """What no picture shows: fields that a secret went into, all for passwords, and text that has one in it."""
        covered = list(self._secret_fields)
        for frame in self.page.frames:
            covered.append(frame.locator("input[type=password]"))
            for secret in self.secrets.values():
                covered += [frame.get_by_text(secret), frame.locator(f"[value={_quoted(secret)}]")]
        return covered

    def _filled(self, text: str | None) -> str | None:
        return None if text is None else PLAIN.from_string(text).render(self.values)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _keep(file: Path, picture: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(picture)
