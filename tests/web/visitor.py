"""A visitor in front of the chat, on a page of a scripted desk."""

from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, expect

from tests.web.scripted_desk import ScriptedDesk

MODULE = """<!doctype html><html lang="en"><title>Embedded</title><link rel="icon" href="data:,">
<script type="module" src="{}/widget.js"></script>"""
WATCH = """log => {
  window.announced = [];
  new MutationObserver(changes => {
    const added = changes.flatMap(change => [...change.addedNodes]);
    const outermost = added.filter(node => !added.some(other => other !== node && other.contains(node)));
    window.announced.push(...outermost.map(node => node.textContent));
  }).observe(log, {childList: true, subtree: true});
}"""


@dataclass
class Visitor:
    """Somebody with a browser. `complaints` are the errors and warnings of the page's console."""

    page: Page
    desk: ScriptedDesk
    complaints: list[str] = field(default_factory=list)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your message")

    @property
    def notice(self) -> Locator:
        return self.page.get_by_role("alert")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def comes(self, tag: str = "<deskhand-chat></deskhand-chat>", api: ScriptedDesk | None = None) -> None:
        """Open a bare page with the widget on it, and the chat."""
        module = (api or self.desk).url
        self.desk.pages["bare"] = (MODULE.format(module) + tag, {})
        await self.page.clock.install()
        await self.page.goto(f"{self.desk.url}/pages/bare")
        await self.button("Chat with us").click()

    async def skips(self, seconds: float) -> None:
        """Let time pass for the page: timers that are due go off."""
        await self.page.clock.fast_forward(int(1000 * seconds))

    async def says(self, text: str) -> None:
        """Write a message and send it with Enter."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def sees(self, *lines: str) -> None:
        """Wait until the conversation, from all sides, reads exactly so."""
        await expect(self.page.locator(".line > .text")).to_have_text(list(lines))

    async def stored(self, name: str) -> str:
        """One field of what the browser remembers, as JSON text."""
        found = await self.page.evaluate(
            "name => JSON.stringify(Object.values(localStorage).map(text => JSON.parse(text)[name]))", name
        )
        return str(found)

    async def notes_announcements(self) -> None:
        """From now on, keep what is added to the live region."""
        await self.log.evaluate(WATCH)

    async def announced(self) -> list[str]:
        """What a screen reader was given since `notes_announcements`."""
        return list(await self.page.evaluate("window.announced"))
