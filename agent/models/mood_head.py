"""The head of moods: learnt from messages whose mood was labelled, a file a language beside this module.

It is fitted in closed form when a home has none, kept there, and fitted anew when the messages or the phrases change.
A language with few messages of its own learns from the English ones too: its embedder reads both.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from agent.casefile.records import Mood
from agent.models.cues import CUES, ENGLISH
from agent.models.intents import saying
from agent.models.mood import LABELS, SIGNS, MoodReader, seen, signs_of
from agent.models.recognise import context_of, find
from knowledge.embed import Embedder
from knowledge.head import Head, HeadError
from knowledge.logistic import Matrix
from knowledge.spelling import Spelling
from knowledge.squares import likelier_from, solved

FOLDER = Path(__file__).parent / "moods"
SPELT = 0.5
"""How much letters and words count beside the embedding."""
PENALTY = 2.0
"""The labels are few and the messages short: more than for intents keeps a word from deciding alone."""


@dataclass(frozen=True)
class Example:
    """A message whose mood is known."""

    text: str
    language: str
    mood: Mood


def open_moods(home: Path, embedders: Mapping[str, Embedder]) -> MoodReader:
    """The reader of moods with a head for each language that has an embedder and examples.

    `embedders`: by ISO 639-1; one beside that of English reads English as well.
    """
    return MoodReader({lang: (_head(home, lang, one), one) for lang, one in embedders.items() if _file(lang).exists()})


def examples_of(language: str) -> list[Example]:
    """The labelled messages of a language that has a file."""
    rows = yaml.safe_load(_file(language).read_text("utf-8"))
    return [Example(row.pop("text"), language, Mood.model_validate(row)) for row in rows]


def learn(examples: Sequence[Example], embedder: Embedder) -> Head:
    """A head whose labels are carried from 0 on: a mood that is told of someone who is at ease costs as much as a miss.

    Takes a second for some hundred messages, nearly all to embed them.
    """
    spelling = Spelling.learnt([one.text for one in examples], weight=SPELT)
    known = np.stack([_row(one, embedder, spelling) for one in examples])
    carried = np.array([[1.0 if label in _labels(one.mood) else -1.0 for label in LABELS] for one in examples])
    weights, bias, left_out = solved(known, carried, PENALTY)
    lines = [likelier_from(*both) for both in zip(left_out.T, carried.T, strict=True)]
    return Head(LABELS, weights, bias - np.array(lines), 0.0, embedder.id, spelling)


def _head(home: Path, language: str, embedder: Embedder) -> Head:
    languages = dict.fromkeys((language, "en"))
    read = [(_file(one).read_text("utf-8"), repr(CUES.get(one, ENGLISH))) for one in languages]
    learnt = json.dumps([SPELT, PENALTY, SIGNS, read])
    path = home / "index" / f"{hashlib.sha256(learnt.encode()).hexdigest()[:12]}.{language}.moods.npz"
    with contextlib.suppress(FileNotFoundError, HeadError):
        kept = Head.load(path)
        if kept.embedder == embedder.id:
            return kept
    head = learn([example for one in languages for example in examples_of(one)], embedder)
    head.save(path)
    return head


def _file(language: str) -> Path:
    return FOLDER / f"{language}.yaml"


def said_in(text: str, language: str) -> list[str]:
    """The parts of a message that answers nothing, as they are embedded for its intents."""
    context = context_of(text, [], "", language)
    return saying(find(context), context) or [text]


def _row(example: Example, embedder: Embedder, spelling: Spelling) -> Matrix:
    signs = signs_of(example.text, CUES.get(example.language, ENGLISH))
    return seen(example.text, embedder.embed(said_in(example.text, example.language)), signs, spelling)


def _labels(mood: Mood) -> set[str]:
    return {mood.sentiment, mood.urgency, *(["confused"] if mood.confused else [])}
