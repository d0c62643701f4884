"""Changes: the things on file that a customer lists in one breath, all to become something else.

"Update my address and phone: …" wants two things by one verb, and so does "update e-mail … and phone …": each is a
matter of its own, with its own new value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from agent.models.cues import Cues, phrases, words
from agent.models.recognisers.found import TAKEN


@dataclass(frozen=True)
class Listed:
    """A list of two things or more that shall change."""

    names: tuple[re.Match[str], ...]
    """Where each is named; the last group is its kind."""

    @property
    def kinds(self) -> set[str]:
        """`email`, `phone`, `address`."""
        return {str(name.lastgroup) for name in self.names}

    def alone(self, text: str, name: re.Match[str]) -> str:
        """The text as if only this one were listed."""
        return text[: self.names[0].start()] + name[0] + text[self.names[-1].end() :]


def listed(text: str, cues: Cues) -> Listed | None:
    """The first list of things that shall change; None where there is none."""
    for found in _list(cues).finditer(text):
        names = tuple(_name(cues).finditer(text, *found.span("names")))
        one = Listed(names)
        if len(one.kinds) > 1:
            return one
    return None


@cache
def _name(cues: Cues) -> re.Pattern[str]:
    kinds = "|".join(f"(?P<{kind}>{phrases(called)})" for kind, called in cues.things.items())
    return re.compile(rf"(?<!\w)(?:{kinds})(?!\w)", re.IGNORECASE)


@cache
def _list(cues: Cues) -> re.Pattern[str]:
    """Names that a word of changing goes before, or comes soon after."""
    called = "|".join(phrases(names) for names in cues.things.values())
    owned = rf"(?:(?:{'|'.join(words(cues.owned))})\s){{0,3}}"
    joined = rf"(?:\s?[,&/+]\s?|,?\s(?:{'|'.join(words(cues.joint))})\s){{1,2}}"
    given = rf"(?:\s?:?\s?{TAKEN}+)?"
    names = rf"(?P<names>(?:{called}){given}(?:{joined}{owned}(?:{called}){given})+)(?!\w)"
    altered = rf"(?:{phrases(cues.alters)})(?!\w)"
    return re.compile(
        rf"(?<!\w)(?:(?P<verb>{altered}\s{owned}))?{names}(?(verb)|(?=(?:\s\w+){{0,3}}\s{altered}))", re.IGNORECASE
    )
