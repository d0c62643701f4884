"""What stands in a draft, as a release has it and as a check reads it."""

from datetime import date
from pathlib import Path

import pytest

from agent.casefile.drafts import Draft, DraftStep
from agent.casefile.release_log import Board, Checked, Entry, Published
from agent.drafting import as_release, authors, findings, laid_out, released
from knowledge.draft import document_files, is_document
from knowledge.load import PlaybookError
from knowledge.release import Releases
from tests.knowledge.conftest import HARBOR
from tests.knowledge.vocabulary import HARBOR_TOOLS

TODAY = date(2026, 11, 27)


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path, HARBOR_TOOLS)


def draft(base: str | None, *by: str) -> Draft:
    steps = [DraftStep(seq=at, at="", by=who, kind="written", file="a.md", text="") for at, who in enumerate(by, 2)]
    return Draft(id="d", name="", base=base, created_at="", steps=steps)


def test_the_documents_of_a_release_make_that_release_again(releases: Releases) -> None:
    kept = releases.keep(HARBOR)
    texts = released(kept.id, releases)
    assert list(texts) == document_files(HARBOR)
    assert all(map(is_document, texts))
    assert as_release(texts, releases).id == kept.id
    assert findings(texts, HARBOR_TOOLS, TODAY) == []
    assert released(None, releases) == {}


def test_a_folder_is_there_as_long_as_it_is_looked_at() -> None:
    with laid_out({"policies/ä.md": "ö\n", "company.yaml": "a: b\r\n"}) as folder:
        assert (folder / "policies/ä.md").read_bytes() == "ö\n".encode()
        assert (folder / "company.yaml").read_bytes() == b"a: b\r\n"
    assert not folder.exists()


def test_mistakes_are_found_in_order_and_make_no_release(releases: Releases) -> None:
    texts = released(releases.keep(HARBOR).id, releases) | {"policies/refunds.md": "# Refunds", "intents.yaml": "a: ["}
    found = findings(texts, HARBOR_TOOLS, TODAY)
    assert {finding.file for finding in found} >= {"policies/refunds.md", "intents.yaml"}
    assert found == sorted(found)
    with pytest.raises(PlaybookError):
        as_release(texts, releases)


@pytest.mark.parametrize(
    "file",
    ["../company.yaml", "policies/../x.md", "policies/a/b.md", "policies/.md", "policies/_x.md", "policies/x.yaml",
     "README.md", "wording/english.yaml", "workflows/X.yaml", "_schemas/x.yaml", "", "policies/", "policies/x.md\n"],
)  # fmt: skip
def test_no_document_has_another_place(file: str) -> None:
    assert not is_document(file)


@pytest.mark.parametrize(
    ("base", "expected"), [("live", ["Ben"]), ("other", ["Ben", "Mara"]), (None, ["Ben"]), ("unknown", ["Ben"])]
)
def test_authors_are_those_of_what_is_not_live(base: str | None, expected: list[str]) -> None:
    steps = [
        Checked(release="live", authors=["Zoe"]),
        Published(release="live", was=None),
        Checked(release="other", authors=["Mara"]),
    ]
    entries = [Entry(seq=at, at="", by="", why="", kind="", body=step) for at, step in enumerate(steps, 1)]
    assert authors(draft(base, "Ben", "Ben"), Board().after(entries)) == expected
