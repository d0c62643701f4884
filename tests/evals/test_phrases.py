"""The words of simulated customers: for each intent, in each language, and nobody else's."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from evals.phrases import LANGUAGES, fitting, named, phrases_in
from knowledge.draft import read_draft

ROOT = Path(__file__).parents[2]
MEASURED = ("*/held_out*.yaml", "*/developed.yaml", "knowledge/openings.yaml", "knowledge/questions.yaml")
KNOWN = {
    "order_id", "amount", "reason", "email", "phone", "address", "postcode", "question", "plan_words", "date", "day",
    "time", "task", "topic", "bug", "preference",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_intent_of_harbor_can_be_wanted(language: str, harbor: Path) -> None:
    phrases = phrases_in(language)
    for intent in read_draft(harbor).intents:
        texts = phrases.wants(intent)
        assert texts, intent
        assert set().union(*map(named, texts)) <= KNOWN, intent
        assert fitting(texts, dict.fromkeys(KNOWN, "x")), intent


def test_no_phrase_is_an_example_or_a_line_that_something_is_measured_by(harbor: Path) -> None:
    draft = read_draft(harbor)
    taken = {text for intent in draft.intents.values() for texts in intent.examples.values() for text in texts}
    taken |= {text for clause in draft.clauses.values() for text in clause.asked}
    taken |= {text for article in draft.articles.values() for text in article.asked}
    measured = [file for pattern in MEASURED for file in (ROOT / "tests").rglob(pattern.rpartition("/")[2])]
    assert len(measured) >= 4
    for file in measured:
        taken |= set(re.findall(r'"([^"]+)"', json.dumps(yaml.safe_load(file.read_text()), ensure_ascii=False)))
    known = {plain(text) for text in taken}
    phrases = {plain(text) for language in LANGUAGES for text in phrases_in(language).all()}
    assert not {text for text in phrases & known if len(text.split()) > 2}


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", re.sub(r"HG-\d+|\{\w+\}", "", text).lower()))
