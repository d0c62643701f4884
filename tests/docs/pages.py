"""The pages of the documentation: their fences, their links, and the parts that tests write.

A part between `<!-- from a run: NAME -->` and `<!-- end: NAME -->` is what a real run said. The test that makes the run
fails when the page says otherwise; with DESKHAND_REWRITE=1 it writes the page instead.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

PROJECT = Path(__file__).parents[2]
REWRITE = "DESKHAND_REWRITE"
_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<language>[\w-]*)")
_NAMED = re.compile(r"`([\w./-]+\.[a-z]+|Makefile)`")


@dataclass(frozen=True)
class Fence:
    """A block of code on a page."""

    language: str
    text: str
    line: int
    above: str
    """The last line of prose before it."""

    @property
    def file(self) -> str | None:
        """The file that the line above names last: the block is for it."""
        named = _NAMED.findall(self.above)
        return named[-1] if named else None


def pages() -> list[str]:
    """All pages, relative to the project."""
    found = [*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")]
    return sorted(page.relative_to(PROJECT).as_posix() for page in found)


def text_of(page: str) -> str:
    """A page as it stands."""
    return (PROJECT / page).read_text(encoding="utf-8")


def fences(page: str) -> Iterator[Fence]:
    """The blocks of code of a page, in order; a fence of four ticks may hold one of three."""
    above, opened = "", None
    for number, line in enumerate(text_of(page).splitlines(), 1):
        mark = _FENCE.fullmatch(line)
        if opened is None and mark is not None:
            opened = mark["ticks"], mark["language"], number, list[str]()
        elif opened is not None and line == opened[0]:
            yield Fence(opened[1], "\n".join(opened[3]) + "\n", opened[2], above)
            opened = None
        elif opened is not None:
            opened[3].append(line)
        elif line.strip():
            above = line
    assert opened is None, f"{page}: the block of line {opened[2] if opened else 0} has no end"


def prose(page: str) -> str:
    """A page without its blocks of code."""
    text = text_of(page)
    for fence in fences(page):
        text = text.replace(fence.text, "")
    return text


def within(text: str, name: str, page: str) -> tuple[str, str, str]:
    """The text of a page before its part `name`, the part itself, and what follows, the markers not in the part."""
    begin, end = f"<!-- from a run: {name} -->\n", f"<!-- end: {name} -->"
    assert text.count(begin) == text.count(end) == 1, f"{page} wants `{begin.strip()}` and `{end}`, once each"
    before, rest = text.split(begin)
    stands, after = rest.split(end)
    return before + begin, stands, end + after


def says(page: str, name: str, happened: str) -> None:
    """The part `name` of a page says what happened, or is made to when a rewrite is asked for."""
    before, stands, after = within(text_of(page), name, page)
    if os.environ.get(REWRITE) == "1":
        (PROJECT / page).write_text(f"{before}{happened}{after}", encoding="utf-8")
        return
    diff = "\n".join(unified_diff(stands.splitlines(), happened.splitlines(), page, "this run", lineterm=""))
    assert not diff, f"the part '{name}' is not what happened; {REWRITE}=1 writes it anew\n{diff}"


def block(text: str, language: str = "text") -> str:
    """Text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"
