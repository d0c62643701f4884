"""Search: the passages of a release that carry a question, best first, each with how well it does.

Chroma finds pieces that mean the same, BM25 finds words that are the same, reciprocal ranks choose the candidates among
both, and late interaction orders them. `support` is absolute: 0.5 is where an answer becomes more likely right than
wrong. What a longer request needs in all, which no one passage carries, is ranked by `needed`.

There is one collection for each tenant, locale and set of texts, since a filter costs more than the search; releases
that say the same share it, so that a rule is published without embedding anything. Embeddings are always passed in;
Chroma computes none and reports nothing to anyone.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from knowledge.embed import Vectors, WordEmbedder
from knowledge.interaction import Interaction, Scores
from knowledge.lexical import Bm25, Rarity, words
from knowledge.passages import Passage, passages_of, pieces_of, sentences_of
from knowledge.release import Release

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI

PIECES = 200
"""How many pieces are compared closely."""
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
RANK_OFFSET = 60
"""Of reciprocal-rank fusion: how little it matters whether a passage is first or third."""
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
    interaction: Interaction

    @cached_property
    def whole(self) -> Vectors:
        """What each passage means as a whole: one row a passage, the mean of its pieces."""
        stored = self.collection.get(include=["embeddings"])
        pieces = np.asarray(stored["embeddings"], np.float32)
        rows = np.zeros((len(self.passages), pieces.shape[1]), np.float32)
        np.add.at(rows, [self.position[piece.rpartition("#")[0]] for piece in stored["ids"]], pieces)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))

    @cached_property
    def position(self) -> dict[str, int]:
        return {passage.id: at for at, passage in enumerate(self.passages)}

    def cosines(self, question: Vectors) -> Scores:
        """Each passage's best cosine; those beyond the nearest pieces count as the last of these."""
        near = self.collection.query(query_embeddings=question, n_results=min(PIECES, self.size), include=["distances"])
        cosines = [1.0 - distance for distance in (near["distances"] or [[]])[0]]
        best = np.full(len(self.passages), min(cosines))
        for piece, cosine in zip(near["ids"][0], cosines, strict=True):
            at = self.position[piece.rpartition("#")[0]]
            best[at] = max(best[at], cosine)
        return best


class Search:
    """Searches in the releases it has built. May be called from several threads."""

    def __init__(self, home: Path, embedder: WordEmbedder) -> None:
        self._folder = home / "index"
        self._embedder = embedder
        self._indexes: dict[tuple[str, str], _Index] = {}

    def build(self, release: Release) -> None:
        """Make a release searchable; quick when it was built before. A locale without documents gets the first one's.

        Raises IndexMismatch when another model built it, IndexUnavailable when the index cannot be opened.
        """
        playbook = release.playbook
        messages = [
            text for intent in playbook.intents.values() for group in intent.examples.values() for text in group
        ]
        first = playbook.company.locales[0]
        for locale in playbook.company.locales:
            passages = passages_of(playbook, locale) or passages_of(playbook, first)
            try:
                self._indexes[release.id, locale] = self._open(playbook.company.id, locale, passages, messages)
            except (OSError, EOFError, ValueError) as error:
                raise self._unusable(error) from None

    def find(self, query: str, release_id: str, locale: str, at: date, k: int = 6) -> list[Found]:
        """The passages in force on that day that carry the query best, at most k, best first.

        Raises IndexUnavailable for a release that was not built, or a locale that its company does not serve.
        """
        index = self._index(release_id, locale)
        if not words(query):
            return []
        in_force = [place for place, passage in enumerate(index.passages) if passage.in_force(at)]
        met: dict[int, float] = {}
        for part in _parts(query):
            for place, well in self._met(part, index, in_force, max(k, CANDIDATES)):
                met[place] = max(well, met.get(place, well))
        found = [_found(index.passages[place], _support(well)) for place, well in met.items()]
        return sorted(found, key=lambda one: (-one.support, one.id))[:k]

    def needed(self, request: str, release_id: str, locale: str, at: date, k: int = 10) -> list[str]:
        """The ids of the passages in force that day that a whole request calls for, at most k, best first.

        Each sentence counts for itself beside the request as a whole. Raises as `find` does.
        """
        index = self._index(release_id, locale)
        said = [text for text in _sentences(request)[:MOST_SAID] if words(text)]
        if not said:
            return []
        calls = np.stack([self._called(text, index) for text in said])
        total = np.log(np.exp(SOFTNESS * (calls - calls.max())).mean(axis=0))
        in_force = [place for place, passage in enumerate(index.passages) if passage.in_force(at)]
        return [index.passages[place].id for place in sorted(in_force, key=lambda place: -total[place])[:k]]

    def _called(self, text: str, index: _Index) -> Scores:
        """How much a text calls for each passage: as a whole, by its nearest piece, and by words."""
        vector = self._embedder.embed([text])
        shared = index.bm25.scores(text)
        length = float(np.linalg.norm(shared)) or 1.0
        return np.asarray(index.whole @ vector[0] + NEAREST_PIECE * index.cosines(vector) + shared / length)

    def _index(self, release_id: str, locale: str) -> _Index:
        index = self._indexes.get((release_id, locale))
        if index is None:
            raise IndexUnavailable(f"Release {release_id} has no index in '{locale}': build it before searching it.")
        return index

    def _met(self, query: str, index: _Index, places: Sequence[int], count: int) -> Iterable[tuple[int, float]]:
        """Of these passages the likeliest, and how well each meets the query."""
        [(said, meanings)] = self._embedder.words([query])  # the whole query's vector is kept with them
        cosines = index.cosines(self._embedder.embed([query]))
        near = _fused(places, cosines, index.bm25.scores(query))[:count]
        return zip(near, map(float, index.interaction.of(said, meanings, near)), strict=True)

    def _open(self, tenant: str, locale: str, passages: Sequence[Passage], messages: Iterable[str]) -> _Index:
        fits = self._embedder.fits
        cut = {passage.id: pieces_of(passage, fits) for passage in passages}
        if sum(map(len, cut.values())) > MOST_PIECES:
            cut = {passage.id: pieces_of(passage, fits, sentences=False) for passage in passages}
        pieces = {f"{id_}#{number}": piece for id_, parts in cut.items() for number, piece in enumerate(parts)}
        texts, titles = [passage.text for passage in passages], [passage.source.title for passage in passages]
        said = "\0".join([*(f"{key}\0{piece}" for key, piece in pieces.items()), *texts, *titles])
        name = f"{tenant}.{hashlib.sha256(said.encode()).hexdigest()[:12]}.{locale}"
        collection = self._collection(name)  # another model's is refused before anything is embedded
        bm25 = Bm25(self._folder / "words" / name, texts)
        rare = Rarity([*texts, *messages])
        interaction = Interaction(self._folder / "interaction" / name, titles, list(cut.values()), self._embedder, rare)
        if collection.count() != len(pieces):
            self._fill(collection, pieces)  # what each word means was just computed, and what all of them mean with it
        return _Index(passages, collection, len(pieces), bm25, interaction)

    def _collection(self, name: str) -> Collection:
        """The collection of that name, in which some pieces may be missing."""
        collection = self._client.get_or_create_collection(
            name,
            metadata={"model": self._embedder.id},
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
        )
        model = (collection.metadata or {}).get("model")
        if model != self._embedder.id:
            raise IndexMismatch(
                f"The search index in {self._folder} was built with the model {model}, but {self._embedder.id} is in "
                f"use: go back to that model, or delete {self._folder} to have it built anew."
            )
        return collection

    def _fill(self, collection: Collection, pieces: dict[str, str]) -> None:
        """Add all pieces; done twice, or by two processes, it comes to the same."""
        keys, at_once = list(pieces), self._client.get_max_batch_size()
        for start in range(0, len(keys), at_once):
            batch = keys[start : start + at_once]
            collection.upsert(ids=batch, embeddings=self._embedder.embed([pieces[key] for key in batch]))

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


def _fused(places: Sequence[int], cosines: Scores, bm25: Scores) -> list[int]:
    """The places by reciprocal ranks in both lists; who shares no word has no rank among the words."""
    total = dict.fromkeys(places, 0.0)
    for scores in (cosines, bm25):
        ranked = sorted(places, key=lambda place: -scores[place])
        for rank, place in enumerate(ranked):
            total[place] += 1 / (RANK_OFFSET + rank) if scores[place] > 0 else 0.0
    return sorted(places, key=lambda place: -total[place])


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
