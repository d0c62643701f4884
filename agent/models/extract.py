"""Extract: the sentences of a text that answer a question, word for word and in their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.casefile.records import Passage
from agent.models.cues import Cues, words
from agent.models.segment import segment, sentences
from knowledge.embed import Embedder

MOST = 3
"""Sentences in an answer."""
CLOSE = 0.75
"""A sentence belongs to the answer when it is at least so close to the question, relative to the closest one."""
NEEDED = 0.1
"""How much closer another passage must come, in cosine, to what else was asked."""


def answer(question: str, passages: Sequence[Passage], embedder: Embedder, cues: Cues) -> list[str]:
    """At most `MOST` sentences, of one passage; of two when the question has two parts that two passages answer.

    Passages come best first. No passage, no answer.
    """
    if not passages:
        return []
    texts = [[passage.text[start:end] for start, end in sentences(passage.text, cues)] for passage in passages]
    asked = [question[start:end] for start, end in segment(question, cues)][:2] or [question]
    titled = [[f"{passage.title}: {text}" for text in said] for passage, said in zip(passages, texts, strict=True)]
    close = [embedder.embed(said) @ embedder.embed(asked).T for said in titled]
    chosen = {0: close[0].max(axis=1)}
    for part in range(1, len(asked)):
        other = max(range(len(passages)), key=lambda place: close[place][:, part].max())
        if other and close[other][:, part].max() > close[0][:, part].max() + NEEDED:
            chosen = {0: close[0][:, 0], other: close[other][:, part]}
    room = MOST if len(chosen) == 1 else 2
    return [texts[place][at] for place, ranks in chosen.items() for at in _best(texts[place], ranks, room, cues)]


def _best(said: Sequence[str], ranks: np.ndarray, most: int, cues: Cues) -> list[int]:
    """The places of the sentences that answer best, in their order; one that leans on the one before brings it."""
    best: set[int] = set()
    for place in map(int, np.argsort(-ranks)):
        wanted = {place - 1, place} if place and _leans(said[place], cues) else {place}
        if ranks[place] >= CLOSE * ranks.max() and len(best | wanted) <= most:
            best |= wanted
    return sorted(best or {int(ranks.argmax())})


def _leans(sentence: str, cues: Cues) -> bool:
    """Whether a sentence says too little without the one before."""
    return sentence.split()[0].lower().strip(",") in words(cues.dependent)
