"""Search: the passages of a release that carry a question, best first, each with how well it does.

A request calls for a passage by what it means as a whole, by what its nearest piece means and by the words that
both have (BM25); each sentence calls for itself. `needed` ranks by that what a request needs in all, which no one
passage carries. `find` takes the first of them for candidates, and late interaction orders these. Its `support` is
absolute: 0.5 is where an answer becomes more likely right than wrong. Where an embedder tells no words, as that of
other languages than English, how far a passage stands out gives the support (`Nearness`).

There is one collection for each tenant, locale and set of texts, since a filter costs more than the search; releases
that say the same share it, and only what was never said before is embedded. Embeddings are always passed in;
Chroma computes none and reports nothing to anyone.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from knowledge.embed import Embedder, WordEmbedder
from knowledge.interaction import Interaction, Scores
from knowledge.lately import Vectors
from knowledge.lexical import Bm25, Rarity, words
from knowledge.nearness import Nearness
from knowledge.passages import Passage, passages_of, pieces_of, sentences_of
from knowledge.release import Release
from knowledge.told import Text, told

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI

CANDIDATES = 24
MOST_PARTS = 6
"""What is looked for in one query: itself and some of its sentences."""
FEWEST_WORDS = 4
"""A shorter sentence is not looked for by itself."""
QUESTION_MARKS = ("?", "？")
MOST_SAID = 32
"""Sentences of a request that are looked for, to rank what it needs in all."""
NEAREST_PIECE = 0.5
"""Beside the passage as a whole and its words: how much its nearest piece counts."""
SOFTNESS = 5.0
"""How little a sentence counts for a passage that another one calls for; all three are chosen with the 51 tasks of the
tau banking set in view, where the ranking is as good within half and twice of each."""
MOST_PIECES = 8000
"""Of more, sentences get no piece of their own: the windows that they stand in have to do."""
EVEN_EVIDENCE = 0.66
"""The interaction at which a passage carries a question as likely as not."""
STEEPNESS = 16.5
"""Both are fitted on the tuning half of `tests/knowledge/questions.yaml`, for MiniLM."""


class IndexMismatch(Exception):
    """The index was built by another embedding model; the text says what to do."""


class IndexUnavailable(Exception):
    """The index cannot be opened, or holds no such release; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A passage that may carry a question."""

    id: str
    kind: Literal["clause", "article"]
    title: str
    text: str
    locale: str
    support: float
    """0 to 1: how likely this passage carries the question."""


@dataclass(frozen=True)
class _Index:
    """What is looked up for one release and locale."""

    passages: Sequence[Passage]
    collection: Collection
    size: int
    bm25: Bm25
    embedder: Embedder
    interaction: Interaction | None
    """None: the embedder tells no words, and `nearness` judges."""

    @cached_property
    def pieces(self) -> tuple[list[int], Vectors]:
        """Of each piece the place of its passage, and what it means."""
        stored = self.collection.get(include=["embeddings"])
        places = [self.position[piece.rpartition("#")[0]] for piece in stored["ids"]]
        return places, np.asarray(stored["embeddings"], np.float32)

    @cached_property
    def whole(self) -> Vectors:
        """What each passage means as a whole: one row a passage, the mean of its pieces."""
        places, vectors = self.pieces
        rows = np.zeros((len(self.passages), vectors.shape[1]), np.float32)
        np.add.at(rows, places, vectors)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    @cached_property
    def nearness(self) -> Nearness:
        """How likely the nearest passage is right."""
        stored = self.collection.get(include=["documents"])["documents"] or []
        places, vectors = self.pieces
        asked = [
            piece
            for piece, (place, text) in enumerate(zip(places, stored, strict=True))
            if text in self.passages[place].source.asked
        ]
        return Nearness.learnt(places, vectors, asked)

    def supports(self, texts: Sequence[str], near: Sequence[int]) -> Scores:
        """How likely each of these passages carries the question that these texts are, or are parts of."""
        if self.interaction is not None and isinstance(self.embedder, WordEmbedder):
            asked = self.embedder.words(texts)  # the vector of each whole text is kept with them
            met = np.max([self.interaction.of(*part, near) for part in asked], axis=0)
            return np.array([_support(float(well)) for well in met])
        cosines = [self.cosines(vector) for vector in self.embedder.embed(texts)]
        return np.asarray(np.max([[self.nearness.support(one, place) for place in near] for one in cosines], axis=0))

    @cached_property
    def position(self) -> dict[str, int]:
        return {passage.id: at for at, passage in enumerate(self.passages)}

    def cosines(self, question: Vectors) -> Scores:
        """The cosine of each passage's nearest piece."""
        places, vectors = self.pieces
        best = np.full(len(self.passages), -1.0)
        np.maximum.at(best, places, vectors @ question)
        return best


class Search:
    """Searches in the releases it has built. May be called from several threads."""

    def __init__(self, home: Path, embedder_of: Callable[[str], Embedder | None]) -> None:
        """`embedder_of`: the embedder that reads a language, if there is one."""
        self._folder = home / "index"
        self._embedder_of = embedder_of
        self._indexes: dict[tuple[str, str], _Index] = {}
        self._releases: dict[str, Release] = {}
        self._lock = threading.Lock()

    def build(self, release: Release, locale: str | None = None) -> None:
        """Make a release searchable in a language, by default its first; quick when it was built before.

        What is not written in that language is found in the first one. Raises IndexMismatch when another model built
        it, IndexUnavailable when the index cannot be opened.
        """
        self._releases[release.id] = release
        playbook = release.playbook
        locale = locale or playbook.company.locales[0]
        embedder = self._embedder_of(locale)
        if embedder is None:
            raise IndexUnavailable(f"No embedding model reads '{locale}': install one, or serve other languages.")
        messages = [
            text for intent in playbook.intents.values() for group in intent.examples.values() for text in group
        ]
        with self._lock:
            if (release.id, locale) in self._indexes:
                return
            passages = passages_of(playbook, locale)
            try:
                index = self._open(playbook.company.id, locale, passages, messages, embedder)
            except (OSError, EOFError, ValueError) as error:
                raise self._unusable(error) from None
            self._indexes[release.id, locale] = index

    def find(self, query: str, release_id: str, locale: str, at: date, k: int = 6) -> list[Found]:
        """The passages in force on that day that carry the query best, at most k, best first.

        Raises IndexUnavailable for a release that was not built, or a locale that its company does not serve.
        """
        index = self._index(release_id, locale)
        if not words(query):
            return []
        said = _parts(query)
        near = self._ranked(query, index, at)[: max(k, CANDIDATES)]
        found = [
            _found(index.passages[place], float(support))
            for place, support in zip(near, index.supports(said, near), strict=True)
        ]
        return sorted(found, key=lambda one: (-one.support, one.id))[:k]

    def needed(self, request: str, release_id: str, locale: str, at: date, k: int = 10) -> list[str]:
        """The ids of the passages in force that day that a whole request calls for, at most k, best first.

        Each sentence counts for itself beside the request as a whole. Raises as `find` does.
        """
        index = self._index(release_id, locale)
        return [index.passages[place].id for place in self._ranked(request, index, at)[:k]] if words(request) else []

    def _ranked(self, request: str, index: _Index, at: date) -> list[int]:
        """The places of the passages in force that day, by how much the request calls for each."""
        calls = np.stack([self._called(text, index) for text in _sentences(request)[:MOST_SAID] if words(text)])
        total = np.log(np.exp(SOFTNESS * (calls - calls.max())).mean(axis=0))
        in_force = [place for place, passage in enumerate(index.passages) if passage.in_force(at)]
        return sorted(in_force, key=lambda place: -total[place])

    def _called(self, text: str, index: _Index) -> Scores:
        """How much a text calls for each passage: as a whole, by its nearest piece, and by words."""
        [vector] = index.embedder.embed([text])
        shared = index.bm25.scores(text)
        length = float(np.linalg.norm(shared)) or 1.0
        return np.asarray(index.whole @ vector + NEAREST_PIECE * index.cosines(vector) + shared / length)

    def _index(self, release_id: str, locale: str) -> _Index:
        release = self._releases.get(release_id)
        if release is not None and locale in release.playbook.company.locales:
            self.build(release, locale)
        index = self._indexes.get((release_id, locale))
        if index is None:
            raise IndexUnavailable(f"Release {release_id} has no index in '{locale}': build it before searching it.")
        return index

    def _open(
        self, tenant: str, locale: str, passages: Sequence[Passage], messages: Iterable[str], embedder: Embedder
    ) -> _Index:
        fits = embedder.fits
        cut = {passage.id: pieces_of(passage, fits) for passage in passages}
        if sum(map(len, cut.values())) > MOST_PIECES:
            cut = {passage.id: pieces_of(passage, fits, sentences=False) for passage in passages}
        pieces = {f"{id_}#{number}": piece for id_, parts in cut.items() for number, piece in enumerate(parts)}
        texts, titles = [passage.text for passage in passages], [passage.source.title for passage in passages]
        said = "\0".join([*(f"{key}\0{piece}" for key, piece in pieces.items()), *texts, *titles])
        name = f"{tenant}.{hashlib.sha256(said.encode()).hexdigest()[:12]}.{locale}"
        collection = self._collection(name, embedder)  # another model's is refused before anything is embedded
        bm25 = Bm25(self._folder / "words" / name, texts)
        rare = Rarity([*texts, *messages])
        parts = [Text(title, tuple(cut[passage.id])) for title, passage in zip(titles, passages, strict=True)]
        known = told(self._folder / "told", parts, embedder)
        if collection.count() != len(pieces):
            self._fill(collection, pieces, np.concatenate([one.pieces for one in known]))
        interaction = Interaction(known, rare) if isinstance(embedder, WordEmbedder) else None
        return _Index(passages, collection, len(pieces), bm25, embedder, interaction)

    def _collection(self, name: str, embedder: Embedder) -> Collection:
        """The collection of that name, in which some pieces may be missing."""
        collection = self._client.get_or_create_collection(
            name,
            metadata={"model": embedder.id},
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
        )
        model = (collection.metadata or {}).get("model")
        if model != embedder.id:
            raise IndexMismatch(
                f"The search index in {self._folder} was built with the model {model}, but {embedder.id} is in "
                f"use: go back to that model, or delete {self._folder} to have it built anew."
            )
        return collection

    def _fill(self, collection: Collection, pieces: dict[str, str], meanings: Vectors) -> None:
        """Add all pieces; done twice, or by two processes, it comes to the same."""
        keys, texts, at_once = list(pieces), list(pieces.values()), self._client.get_max_batch_size()
        for start in range(0, len(keys), at_once):
            batch = slice(start, start + at_once)
            collection.upsert(ids=keys[batch], embeddings=meanings[batch], documents=texts[batch])

    @cached_property
    def _client(self) -> ClientAPI:
        import chromadb  # takes a second to import
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(path=self._folder, settings=Settings(anonymized_telemetry=False))
        except (ChromaError, OSError) as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> IndexUnavailable:
        return IndexUnavailable(
            f"The search index in {self._folder} cannot be opened ({error}): make the folder writable, or delete "
            "it to have it built anew."
        )


def _parts(query: str) -> list[str]:
    """The query as a whole, and its sentences, those that ask first: what stands around shall not hide a question."""
    whole, *sentences = _sentences(query)
    sentences.sort(key=lambda sentence: not sentence.endswith(QUESTION_MARKS))
    return [whole, *sentences][:MOST_PARTS]


def _sentences(text: str) -> list[str]:
    """The text as a whole, and then its sentences that are long enough to be looked for."""
    long = [sentence for sentence in sentences_of(text) if len(sentence.split()) >= FEWEST_WORDS]
    return list(dict.fromkeys((text, *long)))


def _support(evidence: float) -> float:
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (evidence - EVEN_EVIDENCE)))


def _found(passage: Passage, support: float) -> Found:
    source = passage.source
    return Found(
        id=source.id,
        kind=passage.kind,
        title=source.title,
        text=source.text,
        locale=source.locale,
        support=round(support, 4),
    )
