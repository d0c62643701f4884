"""Turns: what an agent's turn does: it tells of something as done, reports a failure, asks for a yes, or else.

By the head that the claim check asks. It learns from the project's own sentences and from the training file; without
one, from the other dialogues of the data: five parts, each read by a head that has not seen it.
"""

from __future__ import annotations

import re
import statistics
import time
import zlib
from collections.abc import Sequence

from agent.speech.acts import ACTS, Act, Acts, Example, Tried, own, written
from agent.speech.lexicon import lexicon
from evals.suites.report import Case, Options, Report
from evals.suites.rows import Row, drawn, read_rows

FOLDS = 5
_NAME = re.compile(r"[A-Z]?[a-z]+")


def run(options: Options) -> Report:
    """Read each turn."""
    began = time.monotonic()
    rows = drawn(read_rows(options.data), options.limit)
    heads = _heads(rows, options)
    cases = []
    for number, (row, head) in enumerate(zip(rows, heads, strict=True)):
        options.told(number, len(rows))
        scores = head.scores(row["system"], tried(row))
        got = max(ACTS, key=lambda act, scores=scores: scores[act])  # type: ignore[misc]  # a default binds the loop's
        expected = row["label"]
        case = Case(
            id=row.get("id", str(number)),
            expected=expected,
            got=got,
            score=scores[got],
            text=row["system"],
            right=got == expected,
        )
        cases.append(case)
    unlearnt = [own().act(row["system"], tried(row)) for row in rows]
    labels = [row["label"] for row in rows]
    alone = f1(labels, unlearnt)
    return Report(
        suite="turns",
        data=str(options.data),
        model="acts",
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures=f1(labels, [str(case.got) for case in cases]) | {"macro_f1_own_sentences_alone": alone["macro_f1"]},
        cases=cases,
        split=f"learnt from {options.train.name}" if options.train else f"{FOLDS} parts by dialogue, each unseen",
    )


def tried(row: Row) -> Tried | None:
    """What the service had just been called for, as far as its name tells."""
    known = lexicon("en")
    if row.get("service_call") is None:
        return "nothing"
    if row.get("n_results") == 0:
        return "in vain"
    words = [word.lower() for word in _NAME.findall(row["service_call"])]
    if known is None or not words or words[0] == "get":  # to get the weather is to read, to get a taxi is not
        return None
    return "read" if words[0] in known["reads"] else "changed"


def f1(labels: Sequence[str], read: Sequence[str]) -> dict[str, float]:
    """F1 of each act, and their mean."""
    each = {}
    for act in ACTS:
        hits = sum(label == got == act for label, got in zip(labels, read, strict=True))
        each[f"f1_{act}"] = 2 * hits / max(1, labels.count(act) + list(read).count(act))
    three = [value for name, value in each.items() if name != "f1_other"]
    return {"macro_f1": statistics.mean(each.values()), "macro_f1_without_other": statistics.mean(three)} | each


def _heads(rows: Sequence[Row], options: Options) -> list[Acts]:
    """For each row the head that reads it."""
    if options.train is not None:
        head = Acts.learnt([*written(), *map(_example, read_rows(options.train))])
        return [head] * len(rows)
    parts = [_part(row, number) for number, row in enumerate(rows)]
    learnt = [
        Acts.learnt([*written(), *(_example(row) for row, at in zip(rows, parts, strict=True) if at != part)])
        for part in range(FOLDS)
    ]
    return [learnt[part] for part in parts]


def _part(row: Row, number: int) -> int:
    """The part of a row: the same for all turns of its dialogue."""
    dialogue = str(row.get("id", number)).rpartition("/")[0] or str(row.get("id", number))
    return zlib.crc32(dialogue.encode()) % FOLDS


def _example(row: Row) -> Example:
    act: Act = row["label"]
    return Example(row["system"], act, tried(row))
