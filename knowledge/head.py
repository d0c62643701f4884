"""The intent head: which intent a message carries, by a linear model on frozen embeddings and on the spelling.

Multinomial logistic regression with L2, fitted when a release is built, from the examples of its intents; the same
examples give the same head. What no intent is likely for is out of scope: its highest logit lies under a threshold,
which cross-validation sets so that 95 of 100 messages that are in scope stay in.

Where a message may carry several labels at once, each one is fitted against all the rest, by least squares.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Embedder
from knowledge.logistic import Matrix, fitted
from knowledge.playbook import Article, Clause, Playbook
from knowledge.release import Release
from knowledge.remembered import Remembered
from knowledge.spelling import Spelling
from knowledge.squares import best_line, solved

HELD_IN = 0.965
"""The share of examples that a threshold keeps in. Messages differ from examples more than these do among each other:
on CLINC150's validation part, 95 of 100 messages stay in by it."""
FOLDS = 5
HELD_OUT = 1000
"""Examples that have to be read by heads which have not seen them, so that a threshold can be set."""
SPELLING = 0.6
"""How much letters and words count beside the embedding: at 1, requests that are worded like questions are read so."""

PLACES_FOR_SEVERAL = 8192
"""For the spelling where labels are several: in closed form more places cost little, and each word has its own. There
it counts fully: each label hangs on few words."""


class HeadError(Exception):
    """A stored head that cannot be used."""


@dataclass(frozen=True, eq=False)
class Head:
    """A fitted head. It must be asked with the embedder whose id it carries."""

    names: tuple[str, ...]
    weights: Matrix
    """One row an intent: for the embedding's dimensions, then for the spelling's, then for what else it is shown."""
    bias: Matrix
    threshold: float
    """A message whose highest logit is lower is out of scope; of several labels, those from here on are carried."""
    embedder: str
    spelling: Spelling

    def logits(self, texts: Sequence[str], embedder: Embedder) -> Matrix:
        """One row a text, one column a name."""
        return self.scored(features(texts, embedder, self.spelling))

    def scored(self, seen: Matrix) -> Matrix:
        """The logits of what was seen of texts: one row a text, as the weights have it."""
        return np.asarray(seen @ self.weights.T + self.bias)

    def scores(self, texts: Sequence[str], embedder: Embedder) -> list[dict[str, float]]:
        """For each text its logits by name, likeliest first."""
        named = [zip(self.names, map(float, row), strict=True) for row in self.logits(texts, embedder)]
        return [dict(sorted(row, key=lambda pair: -pair[1])) for row in named]

    def carried(self, texts: Sequence[str], embedder: Embedder) -> list[list[str]]:
        """For each text the labels that it carries, of a head that was fitted for several."""
        rows = self.logits(texts, embedder)
        return [[name for name, score in zip(self.names, row, strict=True) if score >= self.threshold] for row in rows]

    def save(self, path: Path) -> None:
        """Write the head at once: a reader finds all of it, or none."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file,
                names=np.array(self.names),
                weights=self.weights,
                bias=self.bias,
                threshold=np.array(self.threshold),
                embedder=np.array(self.embedder),
                rarity=self.spelling.rarity,
                spelt=np.array(self.spelling.weight),
            )
        os.replace(beside, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a stored head. Raises FileNotFoundError, or HeadError when the file holds something else."""
        try:
            with path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
                names = tuple(map(str, file["names"]))
                spelling = Spelling(file["rarity"], float(file["spelt"]))
                threshold, embedder = float(file["threshold"]), str(file["embedder"])
                return cls(names, file["weights"], file["bias"], threshold, embedder, spelling)
        except (KeyError, ValueError, EOFError, BadZipFile) as error:
            raise HeadError(f"The intent head in {path} cannot be read ({error}).") from None


def open_head(home: Path, release: Release, locale: str, embedder: Embedder) -> Head:
    """The head of a release and locale, kept beside the index for all that learn from the same examples.

    It is fitted when there is none that this model can use.
    """
    examples = examples_of(release.playbook, locale)
    learnt = hashlib.sha256(json.dumps(examples, sort_keys=True).encode()).hexdigest()[:12]
    path = home / "index" / f"{release.playbook.company.id}.{learnt}.{locale}.head.npz"
    with contextlib.suppress(FileNotFoundError, HeadError):
        head = Head.load(path)
        if head.embedder == embedder.id:
            return head
    head = fit(examples, Remembered(embedder, path.with_name("examples.db")))
    head.save(path)
    return head


def examples_of(playbook: Playbook, locale: str) -> dict[str, list[str]]:
    """What each intent looks like; what documents say they are asked counts for the intents of kind `question`."""
    documents: tuple[Clause | Article, ...] = (*playbook.clauses.values(), *playbook.articles.values())
    asked = [question for document in documents if document.locale == locale for question in document.asked]
    return {
        name: [*intent.examples.get(locale, []), *(asked if intent.kind == "question" else [])]
        for name, intent in playbook.intents.items()
    }


def fit(examples: Mapping[str, Sequence[str]], embedder: Embedder) -> Head:
    """Fit a head on named examples; takes some seconds for a thousand of them, besides embedding them."""
    names = tuple(sorted(examples))
    texts = [text for name in names for text in examples[name]]
    labels = np.repeat(np.arange(len(names)), [len(examples[name]) for name in names])
    spelling = Spelling.learnt(texts, weight=SPELLING)
    known = features(texts, embedder, spelling)
    weights, bias = fitted(known, labels, len(names))
    return Head(names, weights, bias, _threshold(known, labels, len(names)), embedder.id, spelling)


def fit_several(labelled: Sequence[tuple[str, Collection[str]]], embedder: Embedder) -> Head:
    """Fit a head on texts with all the labels that each one carries."""
    names = tuple(sorted({name for _, carried in labelled for name in carried}))
    texts = [text for text, _ in labelled]
    carried = np.array([[1.0 if name in own else -1.0 for name in names] for _, own in labelled])
    spelling = Spelling.learnt(texts, PLACES_FOR_SEVERAL)
    weights, bias, left_out = solved(features(texts, embedder, spelling), carried)
    return Head(names, weights, bias, best_line(left_out, carried), embedder.id, spelling)


def features(texts: Sequence[str], embedder: Embedder, spelling: Spelling) -> Matrix:
    """What the head sees of each text: its embedding and its spelling."""
    return np.hstack((embedder.embed(texts).astype(np.float64), spelling.of(texts)))


def held_out_logits(known: Matrix, labels: NDArray[np.int64], classes: int, tried: int = FOLDS) -> Matrix:
    """The logits that each example gets from a head fitted without it and its fold; nan in folds that are not tried."""
    logits = np.full((len(labels), classes), np.nan)
    fold = _folds(labels, FOLDS)
    for number in range(tried):
        out = fold == number
        weights, bias = fitted(known[~out], labels[~out], classes)
        logits[out] = known[out] @ weights.T + bias
    return logits


def _threshold(known: Matrix, labels: NDArray[np.int64], classes: int) -> float:
    tried = min(FOLDS, math.ceil(HELD_OUT * FOLDS / len(labels)))
    logits = held_out_logits(known, labels, classes, tried)
    return float(np.nanquantile(logits.max(axis=1), 1 - HELD_IN))


def _folds(labels: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """A fold for each example, so that each intent is spread evenly over all of them."""
    seen: dict[int, int] = {}
    numbers = []
    for label in labels.tolist():
        numbers.append(seen.get(label, 0) % folds)
        seen[label] = seen.get(label, 0) + 1
    return np.array(numbers)
