"""Embeddings that are remembered on disk: the examples of a changed playbook are mostly those of the one before."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embed import Embedder
from knowledge.lately import Vectors

PATIENCE_S = 30.0
_log = logging.getLogger(__name__)


class Remembered:
    """An embedder that asks another one only for texts it has not met; several processes may share a file."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self.id, self.dim, self.fits = embedder.id, embedder.dim, embedder.fits
        self._embedder, self._file = embedder, file

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text. A file that cannot be used costs the time of embedding them all, and a warning."""
        try:
            return self._recalled(texts)
        except (sqlite3.Error, OSError) as error:
            _log.warning("%s cannot be used (%s), so nothing is remembered: delete it.", self._file, error)
            return self._embedder.embed(texts)

    def _recalled(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.sha256(f"{self.id}\0{text}".encode()).digest() for text in texts]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._file, timeout=PATIENCE_S)) as store, store:
            store.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
            found = (store.execute("SELECT key, vector FROM vectors WHERE key = ?", (key,)).fetchone() for key in keys)
            known = {row[0]: np.frombuffer(row[1], np.float32) for row in found if row}
            new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if new:
                known |= zip(new, self._embedder.embed(list(new.values())), strict=True)
                rows = [(key, known[key].astype(np.float32).tobytes()) for key in new]
                store.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
        return np.stack([known[key] for key in keys]) if keys else np.empty((0, self.dim), np.float32)
