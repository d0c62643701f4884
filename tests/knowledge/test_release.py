from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.load import PlaybookError, checked
from knowledge.release import ReleaseError, Releases
from knowledge.rules import ActionShape, Domain, Vocabulary
from tests.knowledge.conftest import HARBOR
from tests.knowledge.vocabulary import HARBOR_TOOLS

FRONT = "---\nowner: Care\nlocale: en\nvalid_from: 2026-01-01\n---\n# Patience\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Releases:
    return Releases(tmp_path_factory.mktemp("home"), vocabulary)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.sampled_from(["\n", "\r\n", "\r"]), mark=st.booleans(), seed=st.integers())
def test_the_same_documents_are_the_same_release_on_any_machine(
    tmp_path_factory: pytest.TempPathFactory, small: Releases, ends: str, mark: bool, seed: int
) -> None:
    copy = tmp_path_factory.mktemp("copy")
    files = [file for file in HARBOR.rglob("*") if file.is_file()]
    random.Random(seed).shuffle(files)
    for file in files:
        target = copy / file.relative_to(HARBOR)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8").replace("\n", ends)
        target.write_bytes((b"\xef\xbb\xbf" if mark else b"") + text.encode())
    (copy / "README.md").write_text(f"{seed}", encoding="utf-8")
    assert small.keep(copy).id == small.keep(HARBOR).id


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("policies/refunds.md", "50 EUR", "60 EUR"),
        ("wording/en.yaml", "You are welcome!", "You are welcome."),
        ("company.yaml", "name: Harbor Goods", "name: Harbour Goods"),
    ],
)
def test_any_change_is_another_release(documents: Path, small: Releases, file: str, right: str, wrong: str) -> None:
    before = small.keep(documents).id
    text = (documents / file).read_text(encoding="utf-8")
    (documents / file).write_text(text.replace(right, wrong), encoding="utf-8")
    assert text.count(right) > 0
    assert small.keep(documents).id != before


def test_moving_text_between_documents_is_another_release(documents: Path, small: Releases) -> None:
    before = small.keep(documents).id
    (documents / "articles" / "candles.md").rename(documents / "articles" / "our-candles.md")
    assert small.keep(documents).id != before


def test_a_case_keeps_its_release_when_the_documents_change(
    documents: Path, tmp_path: Path, vocabulary: Vocabulary
) -> None:
    first = Releases(tmp_path, vocabulary).keep(documents)
    policy = documents / "policies" / "refunds.md"
    policy.write_text(policy.read_text(encoding="utf-8").replace("amount > 50.0", "amount > 80.0"), encoding="utf-8")
    second = Releases(tmp_path, vocabulary).keep(documents)
    shutil.rmtree(documents)
    again = Releases(tmp_path, vocabulary)
    assert again.get(first.id).playbook == first.playbook
    assert again.get(second.id).playbook == second.playbook
    assert first.playbook != second.playbook
    assert again.get(first.id) is again.get(first.id)


def test_nothing_is_published_that_is_broken(documents: Path, tmp_path: Path, vocabulary: Vocabulary) -> None:
    (documents / "company.yaml").write_text("id: harbor\n", encoding="utf-8")
    with pytest.raises(PlaybookError):
        Releases(tmp_path, vocabulary).keep(documents)
    assert not (tmp_path / "releases").exists()


def test_what_is_no_longer_called_good_can_still_be_worked_by(documents: Path, tmp_path: Path) -> None:
    """By other tools a rule of a kept release may be one that can never hold; the cases under it go on."""
    rule = 'when: action.name == "cancel_order" && state.repeats > 4\nthen: handoff'
    policy = FRONT + f"## 1.1 Patience\nWho asks often enough talks to us.\n```rule\n{rule}\n```\n"
    (documents / "policies" / "patience.md").write_text(policy, encoding="utf-8")
    kept = Releases(tmp_path, HARBOR_TOOLS).keep(documents)
    by_now = replace(HARBOR_TOOLS, domains={**HARBOR_TOOLS.domains, "state.repeats": Domain(most=4)})
    assert Releases(tmp_path, by_now).get(kept.id).playbook == kept.playbook
    with pytest.raises(PlaybookError, match="is never more than 4"):
        checked(documents, by_now)


@dataclass(frozen=True, kw_only=True)
class Meddled(Vocabulary):
    """A vocabulary under whose eyes somebody else writes."""

    file: Path

    def tool(self, name: str) -> ActionShape | None:
        self.file.write_text("# Nothing holds any more\n", encoding="utf-8")
        return super().tool(name)


def test_what_changes_while_it_is_checked_is_not_published(documents: Path, tmp_path: Path) -> None:
    known = {field.name: getattr(HARBOR_TOOLS, field.name) for field in fields(HARBOR_TOOLS)}
    meddled = Meddled(**known, file=documents / "policies" / "refunds.md")
    with pytest.raises(ReleaseError, match="changed while they were checked"):
        Releases(tmp_path, meddled).keep(documents)
    assert not (tmp_path / "releases").exists()


@pytest.mark.parametrize("release_id", ["0123456789ab", "..", "", "../releases"])
def test_a_release_that_was_not_published_is_told(tmp_path: Path, vocabulary: Vocabulary, release_id: str) -> None:
    with pytest.raises(ReleaseError, match="publish its documents again"):
        Releases(tmp_path, vocabulary).get(release_id)


def test_an_edited_release_is_noticed(tmp_path: Path, vocabulary: Vocabulary) -> None:
    release = Releases(tmp_path, vocabulary).keep(HARBOR)
    file = tmp_path / "releases" / release.id / "policies" / "refunds.md"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    file.write_text(text.replace("50.0", "5000.0"), encoding="utf-8")
    for meet in (lambda: Releases(tmp_path, vocabulary).get(release.id), lambda: publish(tmp_path, vocabulary)):
        with pytest.raises(ReleaseError, match="is not what was published"):
            meet()


def test_kept_documents_cannot_be_written_by_accident(tmp_path: Path, vocabulary: Vocabulary) -> None:
    publish(tmp_path, vocabulary)
    kept = [file for file in (tmp_path / "releases").rglob("*") if file.is_file()]
    assert kept
    assert {file.stat().st_mode & 0o222 for file in kept} == {0}


def test_several_processes_may_publish_at_once(tmp_path: Path, vocabulary: Vocabulary) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: publish(tmp_path, vocabulary), range(4)))
    assert [folder.name for folder in (tmp_path / "releases").iterdir()] == list(ids)


def publish(home: Path, vocabulary: Vocabulary) -> str:
    return Releases(home, vocabulary).keep(HARBOR).id
