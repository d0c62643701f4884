"""Moods: sentiment, urgency and confusion of single messages, as the embedded model reads them.

Rows have `text`, what of `sentiment`, `urgency` and `confused` is not neutral, normal and false, and `language` where
it is not English. How far reader and label agree is told by Cohen's kappa, which leaves out what agrees by chance.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import yaml
from pydantic import ValidationError

from agent.casefile.records import Mood
from agent.models.cues import CUES, ENGLISH
from agent.models.languages import language_of
from agent.models.mood import MoodReader
from agent.models.mood_head import Example, learn, open_moods, said_in
from evals.suites.report import Case, Options, Report
from evals.suites.rows import DataUnusable, Row, drawn, read_rows
from knowledge.embed import MiniLM

READ = "en"
"""What the embedder reads."""
KINDS = {
    "sentiment": ("negative", "neutral", "positive"),
    "urgency": ("low", "normal", "high"),
    "confused": (True, False),
}
ALARM = ("negative", "high")
"""Who is angry and in haste is likeliest to be given to a person: that must not be said of others."""
Pairs = Sequence[tuple[Mood, Mood]]
"""The label, and what was read."""


def run(options: Options) -> Report:
    """Read every message by the head that the product has, or by one that is learnt from other examples."""
    began = time.monotonic()
    asked = drawn(examples_in(options.data), options.limit)
    embedder = MiniLM.load()
    with tempfile.TemporaryDirectory(prefix="deskhand-eval-") as home:
        reader = open_moods(Path(home), {READ: embedder})
    if options.train is not None:
        known = [one for _, one in examples_in(options.train) if one.language == READ]
        reader = MoodReader({READ: (learn(known, embedder), embedder)})
    cases, pairs = [], []
    for number, (id_, one) in enumerate(asked):
        options.told(number, len(asked))
        got = _read(reader, one)
        pairs.append((one.language, (one.mood, got)))
        cases.append(_case(id_, one, got))
    by_language = {
        name: [pair for other, pair in pairs if other == name] for name in sorted({name for name, _ in pairs})
    }
    return Report(
        suite="moods",
        data=str(options.data),
        model=f"{embedder.id}, a head for {READ}, signs elsewhere",
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures={
            f"{figure}, {name}": value for name, some in by_language.items() for figure, value in figures(some).items()
        },
        cases=cases,
        split="held out by a hash of the text; learnt from "
        + (options.train.name if options.train else "the other half, in agent/models/moods"),
    )


def is_held_out(text: str) -> bool:
    """On which side of the split a message lies, by itself alone."""
    return int(sha256(text.encode()).hexdigest(), 16) % 2 == 0


def figures(pairs: Pairs) -> dict[str, float]:
    """Accuracy, macro-F1 and kappa of each kind, and how far an alarm can be trusted."""
    told: dict[str, float] = {}
    for kind, values in KINDS.items():
        table = np.zeros((len(values), len(values)))
        for label, got in pairs:
            table[values.index(getattr(label, kind)), values.index(getattr(got, kind))] += 1
        told |= {f"{kind}, {figure}": value for figure, value in _agreement(table).items()}
    due = [(_alarms(label), _alarms(got)) for label, got in pairs]
    given, met = sum(got for _, got in due), sum(label and got for label, got in due)
    wanted = sum(label for label, _ in due)
    told |= {"negative and high, precision": met / given} if given else {}
    told |= {"negative and high, recall": met / wanted} if wanted else {}
    return told | {"messages": float(len(pairs))}


def _agreement(table: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> dict[str, float]:
    """Of a table of labels by readings. Values that neither has count for nothing."""
    hits, labels, read = np.diag(table), table.sum(axis=1), table.sum(axis=0)
    there = labels + read > 0
    chance = float(labels @ read) / table.sum() ** 2
    accuracy = float(hits.sum() / table.sum())
    return {
        "accuracy": accuracy,
        "macro-F1": float((2 * hits[there] / (labels + read)[there]).mean()),
        "kappa": (accuracy - chance) / (1 - chance) if chance < 1 else 1.0,
    }


def _alarms(mood: Mood) -> bool:
    return (mood.sentiment, mood.urgency) == ALARM


def _read(reader: MoodReader, one: Example) -> Mood:
    language = language_of(one.text, one.language, [*CUES])
    return reader.read(one.text, said_in(one.text, language), language, CUES.get(language, ENGLISH))


def _case(id_: str, one: Example, got: Mood) -> Case:
    expected, read = _labels(one.mood), _labels(got)
    return Case(id=id_, expected=expected, got=read, variant=one.language, text=one.text, right=expected == read)


def _labels(mood: Mood) -> list[str]:
    return [mood.sentiment, mood.urgency, *(["confused"] if mood.confused else [])]


def examples_in(path: Path) -> list[tuple[str, Example]]:
    """The messages of a file, by id. Raises DataUnusable."""
    rows = _rows(path)
    try:
        return [(str(row.get("id", number)), _example(row)) for number, row in enumerate(rows)]
    except (KeyError, ValidationError) as error:
        raise DataUnusable(f"{path} holds a row that is no message with its mood ({error}).") from None


def _example(row: Row) -> Example:
    mood = Mood.model_validate({kind: row[kind] for kind in KINDS if kind in row})
    return Example(row["text"], row.get("language", "en"), mood)


def _rows(path: Path) -> list[Row]:
    if path.suffix not in {".yaml", ".yml"}:
        return read_rows(path)
    try:
        read = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise DataUnusable(f"{path} cannot be read as a list of messages ({error}).") from None
    if not isinstance(read, list) or not read or not all(isinstance(row, dict) for row in read):
        raise DataUnusable(f"{path} is no list of messages, each with `text`.")
    return read
