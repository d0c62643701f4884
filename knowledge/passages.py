"""Passages: what is found and cited is a whole clause or article; what is compared with a question are its pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.playbook import Article, Clause, Playbook

_SENTENCE_ENDS = re.compile(r"(?<=[.!?:;])\s+|(?<=[。！？])|\n+")
Fits = Callable[[str], bool]
"""Whether a text is short enough to be embedded whole."""


@dataclass(frozen=True)
class Passage:
    """A clause or an article, as the search knows it."""

    kind: Literal["clause", "article"]
    source: Clause | Article

    @property
    def id(self) -> str:
        """`refunds/4.2`, or an article's name."""
        return self.source.id

    @property
    def text(self) -> str:
        """All that may be looked for in it: its title, its text, and the questions that it answers."""
        return "\n".join((self.source.title, self.source.text, *self.source.asked))

    def in_force(self, day: date) -> bool:
        """Whether it may be cited on that day."""
        return self.source.in_force(day)


def passages_of(playbook: Playbook, locale: str) -> list[Passage]:
    """The passages for one language, whether in force or not: what is not written in it is taken from the first one."""
    locales = (locale, playbook.company.locales[0])
    clauses = [
        Passage("clause", playbook.said_in(locale, clause))
        for clause in playbook.clauses.values()
        if clause.locale in locales
    ]
    articles = [
        Passage("article", playbook.said_in(locale, article))
        for article in playbook.articles.values()
        if article.locale in locales
    ]
    return clauses + articles


def pieces_of(passage: Passage, fits: Fits, *, sentences: bool = True) -> list[str]:
    """The texts that stand for a passage: as much as fits at once, each sentence, and the questions it answers.

    Without `sentences`, these have no piece of their own. Each but the questions begins with the title, without which a
    sentence often says too little.
    """
    title = passage.source.title
    cut = [piece for sentence in sentences_of(passage.source.text) for piece in _short_enough(sentence, title, fits)]
    titled = [f"{title}: {text}" for text in (*_windows(cut, title, fits), *(cut if sentences else ()))]
    return list(dict.fromkeys((*titled, *passage.source.asked)))


def sentences_of(text: str) -> list[str]:
    """A text, cut where its sentences and lines end."""
    return [sentence for sentence in map(str.strip, _SENTENCE_ENDS.split(text)) if sentence]


def _windows(sentences: Sequence[str], title: str, fits: Fits) -> Iterator[str]:
    window = ""
    for sentence in sentences:
        longer = f"{window} {sentence}".strip()
        if window and not fits(f"{title}: {longer}"):
            yield window
            longer = sentence
        window = longer
    if window:
        yield window


def _short_enough(text: str, title: str, fits: Fits) -> list[str]:
    """The text, cut in halves between words until each part fits."""
    words = text.split()
    if fits(f"{title}: {text}") or len(words) < 2:
        return [text]
    middle = len(words) // 2
    return [part for half in (words[:middle], words[middle:]) for part in _short_enough(" ".join(half), title, fits)]
