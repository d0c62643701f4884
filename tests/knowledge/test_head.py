from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from knowledge.embed import Embedder, MiniLM
from knowledge.head import Head, HeadError, examples_of, features, fit, fit_several, held_out_logits, open_head
from knowledge.playbook import Playbook
from knowledge.release import Release
from knowledge.remembered import Remembered
from knowledge.squares import best_line, solved
from tests.knowledge.fakes import StemEmbedder

SHAPES = {
    "circle": [f"round {word} without corners" for word in ("ring", "disc", "ball", "wheel", "coin", "plate")],
    "square": [f"{word} with four equal sides" for word in ("tile", "box", "field", "frame", "window", "board")],
    "line": [f"straight {word} from here to there" for word in ("road", "edge", "wire", "string", "track", "ray")],
}


def public(name: str) -> Path:
    """A public data set beside the project, where there is one."""
    found = [parent / "shared" / "data" / "intents" / name for parent in Path(__file__).parents[3:]]
    here = next((path for path in found if path.exists()), None)
    if here is None:
        pytest.skip(f"no ../shared/data/intents/{name} beside the project")
    return here


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(public(name), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def few(labelled: Sequence[dict[str, str]], shots: int, intents: int) -> dict[str, list[str]]:
    """So many examples of so many intents, drawn by a fixed seed."""
    by_intent: dict[str, list[str]] = {}
    for row in labelled:
        by_intent.setdefault(row["intent"], []).append(row["text"])
    draw = random.Random(20)
    return {name: draw.sample(by_intent[name], shots) for name in draw.sample(sorted(by_intent), intents)}


def accuracy(head: Head, embedder: Embedder, asked: Sequence[dict[str, str]]) -> float:
    scores = head.scores([row["text"] for row in asked], embedder)
    return float(np.mean([next(iter(one)) == row["intent"] for one, row in zip(scores, asked, strict=True)]))


def test_examples_are_learnt_and_carried_over() -> None:
    embedder = StemEmbedder()
    head = fit(SHAPES, embedder)
    unseen = [
        "a round button without corners",
        "a courtyard with four equal sides",
        "a straight path from here to there",
    ]
    assert [next(iter(scores)) for scores in head.scores(unseen, embedder)] == ["circle", "square", "line"]


def test_several_labels_are_carried_together() -> None:
    embedder = StemEmbedder()
    alone = [(text, [name]) for name, texts in SHAPES.items() for text in texts]
    pairs = [
        (f"{one}, and a {other}", ["circle", "square"]) for one, other in zip(*list(SHAPES.values())[:2], strict=True)
    ]
    head = fit_several([*alone, *pairs, ("please water the garden", [])], embedder)
    asked = [
        "a round button without corners, and a courtyard with four equal sides",
        "a straight path from here to there",
    ]
    assert head.carried(asked, embedder) == [["circle", "square"], ["line"]]


def test_scores_without_an_example_are_those_of_a_fit_without_it() -> None:
    draw = np.random.default_rng(3)
    known, carried = draw.normal(size=(12, 5)), np.sign(draw.normal(size=(12, 2)))
    _, _, left_out = solved(known, carried)
    for row in range(12):
        weights, bias, _ = solved(np.delete(known, row, axis=0), np.delete(carried, row, axis=0))
        assert np.allclose(known[row] @ weights.T + bias, left_out[row])


def test_the_line_is_where_most_labels_are_read_right() -> None:
    scores, carried = np.array([[0.9, -0.2], [0.1, -0.6]]), np.array([[1.0, 1.0], [-1.0, -1.0]])
    assert best_line(scores, carried) == -0.2
    assert best_line(scores, np.array([[1.0, -1.0], [-1.0, -1.0]])) == 0.9


def test_what_resembles_nothing_is_out_of_scope() -> None:
    embedder = StemEmbedder()
    head = fit(SHAPES, embedder)
    highest = head.logits(["please water the garden", "a round coin without corners"], embedder).max(axis=1)
    assert highest[0] < head.threshold < highest[1]


def test_scores_name_every_intent_likeliest_first() -> None:
    embedder = StemEmbedder()
    head = fit(SHAPES, embedder)
    scores = head.scores(["round ring"], embedder)[0]
    assert set(scores) == set(SHAPES)
    assert list(scores.values()) == sorted(scores.values(), reverse=True)


def test_the_same_examples_give_the_same_head_in_any_order() -> None:
    first, second = fit(SHAPES, StemEmbedder()), fit(dict(reversed(SHAPES.items())), StemEmbedder())
    assert first.names == second.names
    assert np.array_equal(first.weights, second.weights)
    assert first.threshold == second.threshold


def test_the_fit_is_where_the_loss_is_least() -> None:
    """Checked against the definition, not against the solver: no small step anywhere makes the loss smaller."""
    embedder = StemEmbedder()
    head = fit(SHAPES, embedder)
    known = features([text for name in head.names for text in SHAPES[name]], embedder, head.spelling)
    labels = np.repeat(np.arange(3), 6)

    def loss(weights: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
        logits = known @ weights.T + head.bias
        likelihood = logits[np.arange(18), labels] - np.log(np.exp(logits).sum(axis=1))
        return float(-30.0 * likelihood.sum() + 0.5 * (weights**2).sum())

    best = loss(head.weights)
    draw = np.random.default_rng(7)
    for _ in range(50):
        assert loss(head.weights + 0.2 * draw.normal(size=head.weights.shape)) > best
    assert loss(0.8 * head.weights) > best
    assert loss(1.2 * head.weights) > best


def test_an_intent_with_many_examples_does_not_swallow_the_others() -> None:
    embedder = StemEmbedder()
    many = {**SHAPES, "line": SHAPES["line"] + [f"line {word}" for word in "abcdefghijklmnopqrstuvwxyz" * 4]}
    scores = fit(many, embedder).scores(["round thing without corners"], embedder)
    assert next(iter(scores[0])) == "circle"


def test_a_head_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    embedder = StemEmbedder()
    head = fit(SHAPES, embedder)
    head.save(tmp_path / "head.npz")
    again = Head.load(tmp_path / "head.npz")
    texts = ["round ring", "straight wire"]
    assert again.scores(texts, embedder) == head.scores(texts, embedder)
    assert (again.threshold, again.embedder, again.names) == (head.threshold, head.embedder, head.names)
    assert [file.name for file in tmp_path.iterdir()] == ["head.npz"]


@pytest.mark.parametrize("content", [b"", b"not a head", b"PK\x03\x04 broken"])
def test_a_file_that_is_no_head_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.npz").write_bytes(content)
    with pytest.raises(HeadError, match="cannot be read"):
        Head.load(tmp_path / "head.npz")


@pytest.fixture(scope="module")
def trimmed(release: Release) -> Release:
    """The same with a few intents, whose head is fitted in a moment."""
    intents = {name: release.playbook.intents[name] for name in ("question", "refund", "cancel_order")}
    return replace(release, playbook=release.playbook.model_copy(update={"intents": intents}))


def test_a_release_has_its_head_fitted_once(tmp_path: Path, trimmed: Release) -> None:
    embedder = StemEmbedder("first")
    head = open_head(tmp_path, trimmed, "en", embedder)
    assert set(head.names) == set(trimmed.playbook.intents)
    known = len(embedder.embedded)
    assert np.array_equal(open_head(tmp_path, trimmed, "en", embedder).weights, head.weights)
    assert len(embedder.embedded) == known
    assert open_head(tmp_path, trimmed, "en", StemEmbedder("second")).embedder == "second"


def test_a_kept_head_that_cannot_be_used_is_fitted_anew(tmp_path: Path, trimmed: Release) -> None:
    head = open_head(tmp_path, trimmed, "en", StemEmbedder())
    [kept] = (tmp_path / "index").glob("*.head.npz")
    kept.write_bytes(b"of an earlier version")
    assert np.array_equal(open_head(tmp_path, trimmed, "en", StemEmbedder()).weights, head.weights)
    assert np.array_equal(Head.load(kept).weights, head.weights)


@pytest.fixture(scope="module")
def embedder(kept_home: Path, minilm: MiniLM) -> Remembered:
    return Remembered(minilm, kept_home / "index" / "examples.db")


@pytest.fixture(scope="module")
def intents(kept_home: Path, release: Release, embedder: Remembered) -> Head:
    return open_head(kept_home, release, "en", embedder)


def test_harbors_intents_are_told_apart(harbor: Playbook, intents: Head, embedder: Remembered) -> None:
    """Each example read by a head that has not seen it nor its fold; examples differ more than messages do.

    Measured: 0.87 with 25 intents, and 0.84 to 0.85 with 38, of which several are about one coffee plan.
    """
    examples = examples_of(harbor, "en")
    own = [(name, text) for name in intents.names for text in harbor.intents[name].examples["en"]]
    texts = [text for name in intents.names for text in examples[name]]
    labels = np.repeat(np.arange(len(intents.names)), [len(examples[name]) for name in intents.names])
    logits = held_out_logits(features(texts, embedder, intents.spelling), labels, len(intents.names))
    read = dict(zip(texts, logits, strict=True))
    right = [intents.names[int(read[text].argmax())] == name for name, text in own]
    near = [name in [intents.names[place] for place in np.argsort(-read[text])[:2]] for name, text in own]
    assert np.mean(right) >= 0.84
    assert np.mean(near) >= 0.93


def test_messages_of_others_are_read(intents: Head, embedder: Remembered) -> None:
    """Measured: 0.88, and 0.86 without the spelling."""
    known: list[dict[str, Any]] = yaml.safe_load((Path(__file__).with_name("openings.yaml")).read_text("utf-8"))
    inside = [opening for opening in known if opening["intent"] is not None]
    scores = intents.scores([opening["say"] for opening in inside], embedder)
    right = [next(iter(one)) in opening["intent"] for one, opening in zip(scores, inside, strict=True)]
    assert np.mean(right) >= 0.87


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("How many days do I have to send something back?", "question"),
        ("Please cancel order HG-204417", "cancel_order"),
        ("I want to talk to a person", "person"),
        ("hello", "greeting"),
        ("my teapot came broken, I'd like my money back", "refund"),
        ("has my order been shipped already?", "order_status"),
        ("I've got a new mobile number", "change_phone"),
        ("we moved to another town, please use our new address", "change_address"),
        ("please use another e-mail address for me", "change_email"),
        ("no thank you, that was all", "goodbye"),
    ],
)
def test_plain_messages_are_read_plainly(intents: Head, embedder: Remembered, message: str, name: str) -> None:
    scores = intents.scores([message], embedder)[0]
    assert next(iter(scores)) == name
    assert scores[name] > intents.threshold


def test_public_intents_are_told_apart_as_well_as_measured(embedder: Remembered) -> None:
    """30 intents of Banking77 with ten examples each; all 77 give 0.85 (measured on 1,200 test messages)."""
    examples = few(rows("banking77_train.jsonl.gz"), shots=10, intents=30)
    asked = [row for row in rows("banking77_test.jsonl.gz") if row["intent"] in examples]
    asked = random.Random(20).sample(asked, 200)
    head = fit(examples, embedder)
    assert accuracy(head, embedder, asked) >= 0.85


def test_public_messages_out_of_scope_are_kept_out(embedder: Remembered) -> None:
    """30 intents of CLINC150 with ten examples each; with all 150 the head is right in 0.92, and parts 0.96 (AUROC)."""
    known = rows("clinc150_full.jsonl.gz")
    examples = few([row for row in known if row["split"] == "train" and not row["oos"]], shots=10, intents=30)
    tests = [row for row in known if row["split"] == "test"]
    draw = random.Random(20)
    inside = draw.sample([row for row in tests if row["intent"] in examples], 150)
    outside = draw.sample([row for row in tests if row["oos"]], 150)
    head = fit(examples, embedder)
    highest = head.logits([row["text"] for row in inside + outside], embedder).max(axis=1)
    assert accuracy(head, embedder, inside) >= 0.9
    assert np.mean(highest[:150] >= head.threshold) >= 0.9
    assert np.mean(highest[150:] < head.threshold) >= 0.6
    assert np.mean([inner > outer for inner in highest[:150] for outer in highest[150:]]) >= 0.93
