"""Person: the wish to reach one, which holds whatever it is about.

"I want to talk to a manager about my refund" has more words of refunds than of persons, so its form decides.
"""

from __future__ import annotations

import re
from functools import cache

from agent.models.cues import Cues, phrases, words


def wants_person(said: str, cues: Cues) -> bool:
    """Whether someone asks to be brought together with a person of the company, and does not decline one."""
    return any(_spared(cues).search(said[: wish.start()]) is None for wish in _wish(cues).finditer(said))


@cache
def _wish(cues: Cues) -> re.Pattern[str]:
    staff, anyone = phrases(cues.staff), phrases(cues.anyone)
    some = rf"(?:(?:{'|'.join(words(cues.some))})\s){{0,4}}"
    spoken = rf"(?:{phrases(cues.speaks)})\s{some}(?:{staff}|{anyone})"
    brought = rf"(?:{phrases(cues.gets)})\s{some}(?:{staff})"
    sought = rf"(?:{staff}|{anyone})\s(?:{phrases(cues.to_speak_to)})"
    asked = rf"(?:{staff})\s(?:{'|'.join(words(cues.please))})"
    return re.compile(rf"(?<!\w)(?:{spoken}|{brought}|{sought}|{asked})(?![\w-])", re.IGNORECASE)


@cache
def _spared(cues: Cues) -> re.Pattern[str]:
    """A refusal right before the wish: "I don't need to talk to a person"."""
    return re.compile(rf"(?<!\w)(?:{phrases(cues.spares)})(?:\s\w+){{0,3}}\s$", re.IGNORECASE)
