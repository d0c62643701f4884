"""Sentences: a stream of text, cut where a sentence ends.

The cuts do not depend on how the stream was chunked. In doubt two sentences stay one: a reply is checked sentence by
sentence, and half a sentence can say the opposite of the whole.
"""

from __future__ import annotations

import re
import unicodedata

from agent.models.port import ModelFailed

LONGEST_SENTENCE = 500
"""Characters; more than this without an end is no sentence."""

_END = re.compile(
    r"""[.!?…]+["'”’»)\]]*\s+(?=\S)"""  # a stop and a gap; what follows decides
    r"""|[。！？]+[」』”’）]*\s*(?=[^\s」』”’）。！？])"""  # scripts that leave no gap
    r"""|\s*\n\s*\n\s*(?=\S)"""  # a blank line
    r"""|\n\s*(?=[-*•]\s)"""  # the next point of a list
)
_ALWAYS_SHORT = {
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "sra", "mme", "mlle", "approx", "incl", "excl", "inkl", "zzgl", "bzw",
    "ca", "evtl", "ggf", "vs",
}  # fmt: skip
_SHORT_BEFORE_A_NUMBER = {"no", "nr", "núm", "art", "abs", "tel", "fig", "p", "pág"}
_DOTTED = re.compile(r"(?:[^\W\d]\.)+[^\W\d]")
"""`e.g`, `p.m`: single letters with stops between them, unlike a price or an address."""
_MARKUP = re.compile(r"<[|/!a-zA-Z]")
_ORNAMENT = re.compile(r"^(?:[-*•]\s+|#+\s+)|\*\*|`")


class Sentences:
    """Feed it pieces of text; it gives back whole sentences, in plain text."""

    def __init__(self) -> None:
        self._open = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that this piece completed. Raises `ModelFailed` for text that no customer should get."""
        self._open += piece
        done, start = [], 0
        for cut in _END.finditer(self._open):
            if _ends_here(self._open[start : cut.start()], cut.group(), self._open[cut.end()]):
                done.append(self._open[start : cut.end()])
                start = cut.end()
        self._open = self._open[start:]
        _refuse_endless(self._open)
        return [text for raw in done if (text := _plain(raw))]

    def rest(self) -> list[str]:
        """What is left when the stream has ended well."""
        text, self._open = _plain(self._open), ""
        return [text] if text else []


def _ends_here(before: str, cut: str, following: str) -> bool:
    if not cut.startswith("."):
        return not (cut[0] in "!?…" and following.islower())
    return not following.islower() and not (cut.rstrip() == "." and _is_short(before, following))


def _is_short(before: str, following: str) -> bool:
    """Whether the stop belongs to the word before it: an abbreviation, an initial, an ordinal."""
    word = (before.split() or [""])[-1].lstrip("(\"'“‘«[").casefold()
    return (
        word in _ALWAYS_SHORT
        or (word in _SHORT_BEFORE_A_NUMBER and following.isdigit())
        or _DOTTED.fullmatch(word) is not None
        or (len(word) == 1 and word.isalpha())
        or (len(word) <= 2 and word.isdigit())
    )


def _plain(raw: str) -> str:
    """One line of plain text; empty when there is no word in it."""
    _refuse_endless(raw)
    if _MARKUP.search(raw):
        raise ModelFailed("the wording holds markup")
    text = _ORNAMENT.sub("", " ".join(raw.split()))
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cs", "Co"})
    return text.strip() if any(char.isalnum() for char in text) else ""


def _refuse_endless(text: str) -> None:
    if len(text) > LONGEST_SENTENCE:
        raise ModelFailed("the wording does not come to an end")
