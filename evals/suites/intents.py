"""Intents: which one a message carries, by the head that reads messages in conversations."""

from __future__ import annotations

import time
from collections import defaultdict

import numpy as np

from evals.suites.report import Case, Options, Report
from evals.suites.rows import DataUnusable, drawn, read_rows
from knowledge.embed import MiniLM
from knowledge.head import fit


def run(options: Options) -> Report:
    """Learn from the training part and read the test part."""
    began = time.monotonic()
    if options.train is None:
        raise DataUnusable(f"{options.data.name} has no part to learn from: name one with --train.")
    examples = defaultdict[str, list[str]](list)
    for row in read_rows(options.train):
        examples[row["intent"]].append(row["text"])
    embedder = MiniLM.load()
    head = fit(examples, embedder)
    asked = drawn(read_rows(options.data), options.limit)
    cases = []
    for number, row in enumerate(asked):
        options.told(number, len(asked))
        logits = head.logits([row["text"]], embedder)[0]
        got = head.names[int(logits.argmax())]
        right = got == row["intent"]
        cases.append(
            Case(
                id=str(number),
                expected=row["intent"],
                got=got,
                score=float(logits.max()),
                text=row["text"],
                right=right,
            )
        )
    return Report(
        suite="intents",
        data=str(options.data),
        model=embedder.id,
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures={"accuracy": float(np.mean([case.right for case in cases]))},
        cases=cases,
        split=f"learnt from {options.train.name}",
    )
