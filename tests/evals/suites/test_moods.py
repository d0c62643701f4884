"""The suite of moods: its messages, its split, and what it counts."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from agent.casefile.records import Mood
from agent.models.mood_head import examples_of
from evals.suites import moods
from evals.suites.registry import PROJECT, SUITES
from evals.suites.report import Options
from evals.suites.rows import DataUnusable

HELD_OUT = yaml.safe_load((PROJECT / SUITES["moods"].runs[0].data).read_text("utf-8"))
LANGUAGES = ("en", "es", "de", "fr")


def test_the_messages_are_many_and_none_that_is_held_out_is_learnt_from() -> None:
    held_out = Counter(row["language"] for row in HELD_OUT)
    learnt = {name: examples_of(name) for name in LANGUAGES}
    assert held_out["en"] + len(learnt["en"]) >= 200
    assert all(held_out[name] + len(learnt[name]) >= 35 for name in LANGUAGES)
    assert all(moods.is_held_out(row["text"]) for row in HELD_OUT)
    assert not any(moods.is_held_out(one.text) for some in learnt.values() for one in some)
    texts = [row["text"] for row in HELD_OUT] + [one.text for some in learnt.values() for one in some]
    assert len({text.casefold() for text in texts}) == len(texts) >= 300


def test_the_figures_are_those_of_the_table() -> None:
    angry, calm, glad = (Mood(sentiment=one) for one in ("negative", "neutral", "positive"))
    alarm = Mood(sentiment="negative", urgency="high")
    told = moods.figures([*[(angry, angry)] * 20, *[(angry, calm)] * 5, *[(calm, angry)] * 10, *[(calm, calm)] * 15])
    assert told["sentiment, accuracy"] == pytest.approx(0.7)
    assert told["sentiment, kappa"] == pytest.approx(0.4)
    assert told["sentiment, macro-F1"] == pytest.approx((40 / 55 + 30 / 45) / 2)
    assert told["urgency, kappa"] == 1.0
    assert "negative and high, precision" not in told
    told = moods.figures([(alarm, alarm), (angry, alarm), (glad, alarm), (alarm, glad)])
    assert told["negative and high, precision"] == pytest.approx(1 / 3)
    assert told["negative and high, recall"] == pytest.approx(1 / 2)


def test_other_messages_are_read_and_other_examples_learnt_from(tmp_path: Path) -> None:
    data = tmp_path / "told.jsonl"
    rows = [
        {"text": "You are the worst shop ever, I am furious", "sentiment": "negative"},
        {"text": "Where is my cup?"},
    ]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    report = moods.run(Options(data=data))
    assert [case.got for case in report.cases] == [["negative", "normal"], ["neutral", "normal"]]
    assert report.figures["sentiment, kappa, en"] == 1.0
    train = tmp_path / "train.yaml"
    known = [{"text": one.text, **one.mood.model_dump()} for one in examples_of("en")]
    swapped = {"negative": "positive", "positive": "negative", "neutral": "neutral"}
    train.write_text(yaml.safe_dump([row | {"sentiment": swapped[row["sentiment"]]} for row in known]))
    assert moods.run(Options(data=data, train=train)).cases[0].got == ["positive", "normal"]


def test_what_tells_no_moods_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "told.yaml"
    for text in ("{}", "[]", "- {text: a, sentiment: cross}", "- {sentiment: neutral}", "a: ["):
        data.write_text(text)
        with pytest.raises(DataUnusable, match=r"told\.yaml"):
            moods.run(Options(data=data))
