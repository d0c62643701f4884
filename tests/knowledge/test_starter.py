"""A new company's documents: they hold, they are safe, and they are nobody else's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from agent.dispatch import HOUSEKEEPING
from knowledge.documents import PlaybookError
from knowledge.load import checked
from knowledge.rules import ActionShape, Vocabulary
from knowledge.schemas import schemas
from knowledge.starter import start
from tests.knowledge.conftest import HARBOR
from tests.knowledge.test_schemas import complaints


@pytest.fixture
def new(tmp_path: Path, vocabulary: Vocabulary) -> Path:
    start(tmp_path / "Tea & Co 2", vocabulary, HARBOR, HOUSEKEEPING)
    return tmp_path / "Tea & Co 2"


def test_it_holds_as_it_stands(new: Path, vocabulary: Vocabulary) -> None:
    book = checked(new, vocabulary, date.today())
    assert (book.company.id, book.company.name) == ("tea-co-2", "Tea & Co 2")
    assert {intent.kind for intent in book.intents.values()} >= {"question", "person", "greeting", "thanks", "goodbye"}
    assert (len(book.workflows), len(book.articles)) == (0, 1)
    assert any(clause.rules for clause in book.clauses.values())


def test_every_change_waits_for_a_person(new: Path, vocabulary: Vocabulary) -> None:
    book = checked(new, vocabulary)
    classified = [name for name, shape in vocabulary.actions.items() if not shape.forbidden]
    assert book.actions.keys() == {*vocabulary.lookups, *classified}
    for name, action in book.actions.items():
        if name in vocabulary.actions and name not in HOUSEKEEPING:
            assert (action.risk, action.identity) == ("human_approved", "verified")
        assert (action.identity == "anonymous") == (name in ("find_customer", "create_ticket"))


def test_a_tool_that_nobody_has_written_words_for_is_spoken_of_by_its_name(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    more = {**vocabulary.actions, "water_plant": ActionShape(args={"plant_id": "string"})}
    known = Vocabulary(
        facts=vocabulary.facts, proposal=vocabulary.proposal, lookups=vocabulary.lookups, actions=more,
        domains=vocabulary.domains,
    )  # fmt: skip
    start(tmp_path / "garden", known, HARBOR, HOUSEKEEPING)
    texts = checked(tmp_path / "garden", known).wording["en"].texts
    assert texts["confirm.water_plant"] == "Shall I water a plant? Please answer yes or no."
    assert texts["outcome.water_plant.failed"] == "I could not water a plant. Our system did not accept it."


def test_its_documents_fit_their_schemas(new: Path, vocabulary: Vocabulary) -> None:
    for file in sorted(new.rglob("*.yaml")):
        assert complaints(new, file.relative_to(new).as_posix()) == []
    for schema in schemas(vocabulary).values():
        Draft202012Validator.check_schema(schema)


def test_its_words_are_those_of_the_template(new: Path, vocabulary: Vocabulary) -> None:
    ours, theirs = (checked(book, vocabulary).wording["en"].texts for book in (new, HARBOR))
    assert ours.items() <= theirs.items()


@pytest.mark.parametrize("name", ["2", "ü", "Größe", "x" * 60])
def test_any_name_of_a_folder_makes_an_id(tmp_path: Path, vocabulary: Vocabulary, name: str) -> None:
    start(tmp_path / name, vocabulary, HARBOR, HOUSEKEEPING)
    assert checked(tmp_path / name, vocabulary).company.id.isascii()


def test_nothing_is_written_over(new: Path, vocabulary: Vocabulary) -> None:
    before = {file: file.read_bytes() for file in new.rglob("*") if file.is_file()}
    with pytest.raises(PlaybookError, match="there is something here already; name a new folder"):
        start(new, vocabulary, HARBOR, HOUSEKEEPING)
    assert before == {file: file.read_bytes() for file in new.rglob("*") if file.is_file()}
