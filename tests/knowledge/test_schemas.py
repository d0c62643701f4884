"""What editors are told about the documents is what the models take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import server
from agent.connected import tools_of
from agent.policy.facts import vocabulary as known_of
from knowledge.load import PlaybookError, checked
from knowledge.rules import Vocabulary
from knowledge.schemas import head, schema_of, schemas, write_schemas
from tests.knowledge.conftest import HARBOR
from tests.knowledge.test_broken_documents import FAULTS, plant

DOCUMENTS = sorted(file.relative_to(HARBOR).as_posix() for file in HARBOR.rglob("*.yaml"))
SHAPES = (
    "unknown key", "did you mean 'code_minutes'", "'risk' is", "should be a", "has no class", "unknown tool",
    "unknown lookup", "unknown action", "' is missing",
)  # fmt: skip
"""What findings say of a document that has not the shape of its model, or names no tool."""
SHAPELESS = [
    fault
    for fault in FAULTS.values()
    if fault.file.endswith(".yaml") and any(words in fault.says for words in SHAPES)
]  # fmt: skip


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    """The product's own tools."""
    return known_of(tools_of(server.Settings(home=tmp_path_factory.mktemp("home"))))


def complaints(root: Path, file: str) -> list[str]:
    """What an editor says of a document, by the schema that its head names."""
    text = (root / file).read_text(encoding="utf-8")
    assert text.startswith(f"{head(file)}\n")
    schema = json.loads((root / file).parent.joinpath(schema_of(file)).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(yaml.safe_load(text))]


def test_what_is_kept_is_what_the_models_give(tools: Vocabulary) -> None:
    """`deskhand playbook schema` writes them anew."""
    kept = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in (HARBOR / "_schemas").iterdir()}
    assert kept == schemas(tools)


@pytest.mark.parametrize("file", DOCUMENTS)
def test_each_document_fits_the_schema_that_it_names(file: str) -> None:
    assert complaints(HARBOR, file) == []


@pytest.mark.parametrize("fault", SHAPELESS, ids=lambda fault: fault.wrong[:30])
def test_a_document_that_is_broken_does_not(documents: Path, fault: Any) -> None:
    plant(documents, fault)
    assert complaints(documents, fault.file)


def test_there_are_such_faults() -> None:
    assert {fault.file.partition("/")[0] for fault in SHAPELESS} >= {"company.yaml", "intents.yaml", "actions.yaml"}
    assert len(SHAPELESS) >= 8


def test_texts_that_look_like_something_else_are_texts(documents: Path, vocabulary: Vocabulary) -> None:
    workflow, words = documents / "workflows" / "set_reminder.yaml", documents / "wording" / "en.yaml"
    workflow.write_text(workflow.read_text().replace("title: Remind a customer of something", "title: 2026"))
    words.write_text(words.read_text() + "\nsaid.first: yes\nsaid.then: 12:30\n")
    assert complaints(documents, "workflows/set_reminder.yaml") == complaints(documents, "wording/en.yaml") == []
    assert checked(documents, vocabulary).wording["en"].texts["said.first"] == "yes"


def test_the_models_words_are_shown(tools: Vocabulary) -> None:
    made = schemas(tools)
    assert made["company"]["properties"]["locales"]["description"].startswith("Those served")
    step = made["workflow"]["$defs"]["WorkflowStep"]["properties"]
    assert "issue_refund" in step["propose"]["enum"]
    assert "issue_refund" not in step["look_up"]["enum"]
    assert "order_id" in made["wording"]["properties"]["do.cancel_order"]["description"]
    assert "id" not in made["workflow"]["properties"]


def test_a_head_that_leads_elsewhere_is_a_mistake(documents: Path, vocabulary: Vocabulary) -> None:
    refund = documents / "workflows" / "refund.yaml"
    refund.write_text(refund.read_text().replace("../_schemas/workflow.json", "_schemas/workflow.json"))
    actions = documents / "actions.yaml"
    actions.write_text("# Ours.\n" + actions.read_text().replace("_schemas/actions.json", "_schemas/intents.json"))
    with pytest.raises(PlaybookError) as raised:
        checked(documents, vocabulary)
    assert str(raised.value).splitlines() == [
        "actions.yaml:2: '_schemas/intents.json' is not the schema of this document; "
        "write `# yaml-language-server: $schema=_schemas/actions.json`",
        "workflows/refund.yaml:1: '_schemas/workflow.json' is not the schema of this document; "
        "write `# yaml-language-server: $schema=../_schemas/workflow.json`",
    ]


@pytest.mark.parametrize("line", ["", "# yaml-language-server: $schema=https://example.org/workflow.json\n"])
def test_a_head_may_be_missing_or_lead_to_a_site(documents: Path, vocabulary: Vocabulary, line: str) -> None:
    refund = documents / "workflows" / "refund.yaml"
    refund.write_text(refund.read_text().replace(head("workflows/refund.yaml") + "\n", line))
    checked(documents, vocabulary)


def test_they_are_written_beside_the_documents(tmp_path: Path, vocabulary: Vocabulary) -> None:
    files = write_schemas(tmp_path / "book", vocabulary)
    assert {file.name for file in files} == {f"{kind}.json" for kind in schemas(vocabulary)}
    assert json.loads(files[0].read_text(encoding="utf-8")) == schemas(vocabulary)[files[0].stem]
