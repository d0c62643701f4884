"""Each planted mistake is found where it stands, and alone."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.draft import document_files
from knowledge.load import PlaybookError, checked
from knowledge.rules import Vocabulary

TODAY = date(2026, 12, 1)


class Fault(NamedTuple):
    file: str
    right: str
    wrong: str
    at: str
    says: str
    found: str = ""
    """The file in which it is found, where that is another."""
    copied: str = ""
    """The document that `file` is a copy of."""


FAULTS = {
    name: Fault(**fault)
    for name, fault in yaml.safe_load(Path(__file__).with_name("faults.yaml").read_text(encoding="utf-8")).items()
}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, id=name, marks=[pytest.mark.slow] if number % 6 else [])
        for number, (name, fault) in enumerate(FAULTS.items())
    ],
)
def test_a_mistake_is_found_where_it_stands(documents: Path, vocabulary: Vocabulary, fault: Fault) -> None:
    line = plant(documents, fault)
    found = findings(documents, vocabulary)
    told = [text for text in found if text.startswith(f"{fault.found or fault.file}:{line}: ")]
    assert any(fault.says in text for text in told), "\n".join(found)
    assert [text for text in told if "; " not in text] == [], "it is not told what to write instead"
    if fault.file.startswith(("policies", "actions", "intents")):
        assert len(found) <= 2, "a document that cannot be read is not said to lack anything"


def test_all_mistakes_are_told_at_once(documents: Path, vocabulary: Vocabulary) -> None:
    chosen = ("unknown fact", "unknown argument", "unknown key", "template with an unknown value", "unknown handoff")
    lines = [f"{FAULTS[name].file}:{plant(documents, FAULTS[name])}: " for name in chosen]
    found = findings(documents, vocabulary)
    assert [line for line in lines if not any(text.startswith(line) for text in found)] == []


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (
            "policies/refunds.txt",
            "policies/refunds.txt:1: this is not the place of any document; files in policies/ end in .md",
        ),
        (
            "polices/refunds.md",
            "polices/refunds.md:1: this is not the place of any document; did you mean 'policies/'?",
        ),
        ("intent.yaml", "intent.yaml:1: this is not the place of any document; did you mean 'intents.yaml'?"),
        ("policies/Refunds 2.md", "policies/Refunds 2.md:1: the name 'Refunds 2' cannot be cited"),
        ("wording/english.yaml", "wording/english.yaml:1: 'english' is no language"),
    ],
)
def test_no_file_is_passed_over_in_silence(documents: Path, vocabulary: Vocabulary, file: str, says: str) -> None:
    (documents / file).parent.mkdir(exist_ok=True)
    (documents / file).write_text("", encoding="utf-8")
    assert any(text.startswith(says) for text in findings(documents, vocabulary))


def test_what_is_beside_the_documents_is_left_alone(documents: Path, vocabulary: Vocabulary) -> None:
    for file in ("README.md", ".DS_Store", "policies/.refunds.md.swp"):
        (documents / file).write_text("x", encoding="utf-8")
    checked(documents, vocabulary, TODAY)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("currency: EUR", "currency: Euro", "'currency' is 'Euro'; write three capital letters, such as EUR"),
        ("id: harbor", "id: H", "'id' is 'H'; use 2 to 41 small letters, digits, - and _, beginning with a letter"),
        ("facts_needed: 2", "facts_needed: two", "'facts_needed' is 'two'; write a whole number"),
        (
            "name: phone, in_order_mail: false",
            "name: phone, in_order_mail: mostly",
            "'in_order_mail' is 'mostly'; write true",
        ),
        ("support_threshold: 0.6", "support_threshold: 6", "'support_threshold' is '6'; write 1 or less"),
        ("support_threshold: 0.6", "support_threshold: much", "'support_threshold' is 'much'; write a number, such as"),
        ("locales: [en, es, de, fr]", "locales: en", "'locales' is 'en'; write a list: lines that begin with `- `"),
        ("locales: [en, es, de, fr]", "locales: []", "'locales' is []; write 1 or more"),
        ("name: postcode,", "name: post_code,", "'name' is 'post_code'; did you mean 'postcode'?"),
        ("monday: 9:00 to 18:00", "monday: 9 to 6", "'9 to 6' is no opening time; write it like 9:00 to 12:30"),
        ("monday: 9:00", "mondays: 9:00", "unknown key 'mondays'; did you mean 'monday'?"),
    ],
)
def test_it_is_told_what_to_write_instead(
    documents: Path, vocabulary: Vocabulary, right: str, wrong: str, says: str
) -> None:
    line = plant(documents, Fault("company.yaml", right, wrong, wrong, says))
    assert any(text.startswith(f"company.yaml:{line}: {says}") for text in findings(documents, vocabulary))


def test_a_rule_cannot_ask_for_hours_that_are_only_said(documents: Path, vocabulary: Vocabulary) -> None:
    company, policy = documents / "company.yaml", documents / "policies" / "service.md"
    rule = 'when: action.name == "ask_for_call" && !time.open'
    policy.write_text(
        f"{policy.read_text()}\n## 11.9 In our hours\nWe ring you then.\n```rule\n{rule}\nthen: approve\n```\n"
    )
    checked(documents, vocabulary)
    text = company.read_text()
    company.write_text(
        text[: text.index("business_hours:")] + "business_hours: in the morning\n" + text[text.index("tone:") :]
    )
    [finding] = findings(documents, vocabulary)
    line = policy.read_text().partition(rule)[0].count("\n") + 1
    assert finding.startswith(f"policies/service.md:{line}: 'time.open' is never known")


@pytest.mark.parametrize("file", ["company.yaml", "intents.yaml", "actions.yaml"])
def test_a_missing_document_is_named(documents: Path, vocabulary: Vocabulary, file: str) -> None:
    (documents / file).unlink()
    assert f"{file}:1: the file is missing; write it; every playbook has one" in findings(documents, vocabulary)


def test_a_missing_folder_is_named(tmp_path: Path, vocabulary: Vocabulary) -> None:
    assert "there is no such folder" in findings(tmp_path / "nowhere", vocabulary)[0]


def test_bytes_that_are_no_text_are_found_in_their_line(documents: Path, vocabulary: Vocabulary) -> None:
    file = documents / "articles" / "shops.md"
    file.write_bytes(file.read_bytes().replace(b"Dogs are welcome", b"Dogs are \xff welcome"))
    line = file.read_bytes().partition(b"\xff")[0].count(b"\n") + 1
    assert findings(documents, vocabulary) == [f"articles/shops.md:{line}: this is not UTF-8; save the file as UTF-8"]


@pytest.mark.parametrize("text", ["a: " + "[" * 5000 + "]" * 5000, "a: " + "{b: " * 999 + "c" + "}" * 999])
def test_a_document_that_is_nested_too_deeply_is_not_read(documents: Path, vocabulary: Vocabulary, text: str) -> None:
    (documents / "actions.yaml").write_text(text, encoding="utf-8")
    assert "actions.yaml:1: this is nested too deeply; write it out plainly" in findings(documents, vocabulary)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_told_with_a_line_of_a_document(
    documents: Path, vocabulary: Vocabulary, data: st.DataObject
) -> None:
    file = data.draw(st.sampled_from(document_files(documents)))
    path = documents / file
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 60)))
    noise = data.draw(
        st.sampled_from([b"", b"```", b"---\n", b": ", b"\t", b"{{", b"\xff", b"\0", b"## 1.1 x\n", b"'", b"- "])
    )
    try:
        path.write_bytes(whole[:start] + noise + whole[end:])
        checked(documents, vocabulary, TODAY)
    except PlaybookError as error:
        for finding in error.findings:
            lines = (documents / finding.file).read_bytes().replace(b"\r", b"\n").count(b"\n") + 1
            assert 1 <= finding.line <= lines
            assert finding.wrong
            assert finding.instead, finding
    finally:
        path.write_bytes(whole)


def plant(documents: Path, fault: Fault) -> int:
    """Put the mistake into its file; the number of the line that it is found in."""
    file = documents / fault.file
    if fault.copied:
        shutil.copy(documents / fault.copied, file)
    text = file.read_text(encoding="utf-8")
    assert fault.right in text, "the document has changed: plant the mistake elsewhere"
    text = text.replace(fault.right, fault.wrong, 1)
    file.write_text(text, encoding="utf-8")
    text = (documents / (fault.found or fault.file)).read_text(encoding="utf-8")
    assert text.count(fault.at) == 1, f"{fault.at!r} stands there {text.count(fault.at)} times"
    return text[: text.index(fault.at)].count("\n") + 1


def findings(documents: Path, vocabulary: Vocabulary) -> list[str]:
    with pytest.raises(PlaybookError) as raised:
        checked(documents, vocabulary, TODAY)
    return str(raised.value).split("\n")
