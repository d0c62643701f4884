"""The intent head: which intent a message carries, by a linear model on frozen embeddings and on the spelling.

Multinomial logistic regression with L2, fitted when a release is built, from the examples of its intents; the same
examples give the same head. What no intent is likely for is out of scope: its highest logit lies under a threshold,
which cross-validation sets so that 95 of 100 messages that are in scope stay in.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
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
from knowledge.spelling import Spelling

IN_SCOPE_RECALL = 0.95
FOLDS = 5
SPELLING = 0.7
"""How much the spelling counts beside the embedding: at 1, requests that are worded like questions are read as such."""


class HeadError(Exception):
    """A stored head that cannot be used."""


@dataclass(frozen=True, eq=False)
class Head:
    """A fitted head. It must be asked with the embedder whose id it carries."""

    names: tuple[str, ...]
    weights: Matrix
    """One row an intent: for the embedding's dimensions, then for the spelling's."""
    bias: Matrix
    threshold: float
    """A message whose highest logit is lower is out of scope."""
    embedder: str
    spelling: Spelling

    def logits(self, texts: Sequence[str], embedder: Embedder) -> Matrix:
        """One row a text, one column a name."""
        return np.asarray(features(texts, embedder, self.spelling) @ self.weights.T + self.bias)

    def scores(self, texts: Sequence[str], embedder: Embedder) -> list[dict[str, float]]:
        """For each text its logits by name, likeliest first."""
        named = [zip(self.names, map(float, row), strict=True) for row in self.logits(texts, embedder)]
        return [dict(sorted(row, key=lambda pair: -pair[1])) for row in named]

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
                runs=self.spelling.runs,
                rarity=self.spelling.rarity,
            )
        os.replace(beside, path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a stored head. Raises FileNotFoundError, or HeadError when the file holds something else."""
        try:
            with path.open("rb") as stored, np.load(stored, allow_pickle=False) as file:
                names = tuple(map(str, file["names"]))
                spelling = Spelling(file["runs"], file["rarity"])
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
    head = fit(examples, embedder)
    head.save(path)
    return head


def examples_of(playbook: Playbook, locale: str) -> dict[str, list[str]]:
    """What each intent looks like; what documents say they are asked counts for the intents of kind `question`."""
    documents: tuple[Clause | Article, ...] = (*playbook.clauses.values(), *playbook.articles.values())
    asked = [question for document in documents if document.locale == locale for question in document.asked]
    return {
        name: [*intent.examples[locale], *(asked if intent.kind == "question" else [])]
        for name, intent in playbook.intents.items()
    }


def fit(examples: Mapping[str, Sequence[str]], embedder: Embedder) -> Head:
    """Fit a head on named examples; takes some seconds for a thousand of them, besides embedding them."""
    names = tuple(sorted(examples))
    texts = [text for name in names for text in examples[name]]
    labels = np.repeat(np.arange(len(names)), [len(examples[name]) for name in names])
    spelling = Spelling.learnt(texts)
    known = features(texts, embedder, spelling)
    weights, bias = fitted(known, labels, len(names))
    return Head(names, weights, bias, _threshold(known, labels, len(names)), embedder.id, spelling)


def features(texts: Sequence[str], embedder: Embedder, spelling: Spelling) -> Matrix:
    """What the head sees of each text: its embedding and its spelling."""
    return np.hstack((embedder.embed(texts).astype(np.float64), SPELLING * spelling.of(texts)))


def held_out_logits(known: Matrix, labels: NDArray[np.int64], classes: int, folds: int = FOLDS) -> Matrix:
    """The logits that each example gets from a head fitted without it and its fold."""
    logits = np.empty((len(labels), classes))
    fold = _folds(labels, folds)
    for number in range(folds):
        out = fold == number
        weights, bias = fitted(known[~out], labels[~out], classes)
        logits[out] = known[out] @ weights.T + bias
    return logits


def _threshold(known: Matrix, labels: NDArray[np.int64], classes: int) -> float:
    return float(np.quantile(held_out_logits(known, labels, classes).max(axis=1), 1 - IN_SCOPE_RECALL))


def _folds(labels: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """A fold for each example, so that each intent is spread evenly over all of them."""
    seen: dict[int, int] = {}
    numbers = []
    for label in labels.tolist():
        numbers.append(seen.get(label, 0) % folds)
        seen[label] = seen.get(label, 0) + 1
    return np.array(numbers)
