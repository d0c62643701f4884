"""What passages tell, kept on disk by what they say: a text is embedded once, in however many releases it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import repeat
from pathlib import Path

import numpy as np

from knowledge.embed import Embedder, WordEmbedder
from knowledge.files import put_folder
from knowledge.lately import Vectors


@dataclass(frozen=True)
class Text:
    """A passage as it is embedded."""

    title: str
    pieces: tuple[str, ...]

    def key(self, embedder: str) -> str:
        """The same for the same text and the same embedder."""
        return hashlib.sha256("\0".join((embedder, self.title, *self.pieces)).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Told:
    """The vectors of one passage, read as they are needed."""

    folder: Path

    @cached_property
    def pieces(self) -> Vectors:
        """One row a piece: what it means."""
        return self._read("pieces")

    @cached_property
    def words(self) -> Vectors:
        """One row a word of its pieces: what it means where it stands; a row of zeros where there is none."""
        return self._read("words")

    @cached_property
    def title(self) -> Vectors:
        """One row a word of its title."""
        return self._read("title")

    def _read(self, name: str) -> Vectors:
        read: Vectors = np.load(self.folder / f"{name}.npy", mmap_mode="r")
        return read


def told(folder: Path, texts: Sequence[Text], embedder: Embedder) -> list[Told]:
    """What each of these passages tells; only those whose words are new in the folder are embedded.

    Without words of its own where the embedder tells none.
    """
    kept = [Told(folder / text.key(embedder.id)) for text in texts]
    new = {one.folder: text for one, text in zip(kept, texts, strict=True) if not one.folder.is_dir()}
    if new:
        parts = _words(list(new.values()), embedder) if isinstance(embedder, WordEmbedder) else repeat({})
        rows = iter(embedder.embed([piece for text in new.values() for piece in text.pieces]))
        for (place, text), words in zip(new.items(), parts, strict=False):
            put_folder(place, partial(_write, {"pieces": np.stack([next(rows) for _ in text.pieces]), **words}))
    return kept


def _words(texts: Sequence[Text], embedder: WordEmbedder) -> Iterator[dict[str, Vectors]]:
    nothing = np.zeros((1, embedder.dim), np.float32)
    found = embedder.words([part for text in texts for part in (text.title, *text.pieces)])
    meanings = iter([vectors if len(vectors) else nothing for _, vectors in found])
    for text in texts:
        title = next(meanings)
        yield {"title": title, "words": np.concatenate([next(meanings) for _ in text.pieces])}


def _write(vectors: dict[str, Vectors], folder: Path) -> None:
    for name, rows in vectors.items():
        np.save(folder / f"{name}.npy", rows)
