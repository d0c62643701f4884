"""Extract: the sentences of a text that answer a question, word for word and in their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.casefile.records import Passage
from agent.models.cues import Cues, words
from agent.models.segment import segment, sentences
from knowledge.embed import Embedder

MOST = 3
"""Sentences in an answer from one passage; one less from each of two."""
FEWEST_WORDS = 8
"""In an answer, if the passage has them: a shorter one hardly says more than the question."""
NEEDED = 0.1
"""How much closer another passage must come, in cosine, to what else was asked."""
WORTH = 0.05
"""What a sentence more is worth, in cosine: an exception left out is worse than a word too many."""


def answer(question: str, passages: Sequence[Passage], embedder: Embedder, cues: Cues) -> list[str]:
    """The stretch of the best passage that answers; of two when the question has two parts that two passages answer.

    Passages come best first. No passage, no answer.
    """
    if not passages:
        return []
    asked = [question[start:end] for start, end in segment(question, cues)][:2] or [question]
    chosen = {0: question}
    if len(asked) == 2 and (other := _other(asked[1], passages, embedder)):
        chosen = {0: asked[0], other: asked[1]}
    return [
        sentence
        for place, part in chosen.items()
        for sentence in _stretch(part, passages[place], MOST + 1 - len(chosen), embedder, cues)
    ]


def _other(asked: str, passages: Sequence[Passage], embedder: Embedder) -> int:
    """The place of the passage that a second question needs; 0 when the first will do."""
    titled = [f"{passage.title}: {passage.text}" for passage in passages]
    close = list(embedder.embed(titled) @ embedder.embed([asked])[0])
    best = max(range(len(close)), key=lambda place: close[place])
    return best if close[best] > close[0] + NEEDED else 0


def _stretch(question: str, passage: Passage, most: int, embedder: Embedder, cues: Cues) -> list[str]:
    """The sentences in a row, at most so many, that come closest to the question together."""
    said = [passage.text[start:end] for start, end in sentences(passage.text, cues)]
    starts = [start for start in range(len(said)) if start == 0 or not _leans(said[start], cues)]
    whole = len(passage.text.split())
    rows = [said[start : start + size] for start in starts for size in range(1, most + 1) if start + size <= len(said)]
    rows = [row for row in rows if len(" ".join(row).split()) >= min(FEWEST_WORDS, whole)]
    if not rows:
        return []
    close = embedder.embed([" ".join(row) for row in rows]) @ embedder.embed([question])[0]
    return rows[int(np.argmax(close + [WORTH * len(row) for row in rows]))]


def _leans(sentence: str, cues: Cues) -> bool:
    """Whether a sentence says too little without the one before."""
    return sentence.split()[0].lower().strip(",") in words(cues.dependent)
