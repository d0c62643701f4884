"""The command: its help teaches, and what it cannot do it says in a sentence."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
import server
from agent.casefile.events import CaseOpened

HARBOR = Path(__file__).parents[1] / "knowledge" / "harbor"


class Deskhand:
    """The command over a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *words: str, **settings: str) -> Result:
        return CliRunner().invoke(cli.app, words, env={"DESKHAND_HOME": str(self.home)} | settings)


@pytest.fixture
def deskhand(tmp_path: Path) -> Deskhand:
    return Deskhand(tmp_path)


def test_the_help_says_where_to_begin(deskhand: Deskhand) -> None:
    shown = deskhand("--help")
    assert shown.exit_code == 0
    for words in ("deskhand run", "deskhand chat", "playbook check", "DESKHAND_HOME"):
        assert words in shown.stdout


def test_each_tool_is_listed_with_its_class_and_proof_within_eighty_columns(deskhand: Deskhand) -> None:
    lines = deskhand("tools", "list").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    [refund] = [line.split("  ") for line in lines if line.startswith("issue_refund")]
    assert [cell.strip() for cell in refund if cell] == [
        "issue_refund", "customer_confirmed", "verified", "read again", "its key",
    ]  # fmt: skip


def test_a_playbook_that_holds_is_counted_and_a_broken_one_named_by_line(deskhand: Deskhand) -> None:
    assert "Nothing to mend" in deskhand("playbook", "check").stdout
    book = shutil.copytree(HARBOR, deskhand.home / "book")
    actions = book / "actions.yaml"
    actions.write_text(actions.read_text().replace("customer_confirmed", "customer_confirmd", 1))
    found = deskhand("playbook", "check", str(book))
    assert found.exit_code == 1
    assert "actions.yaml:" in found.stderr
    assert "customer_confirmd" in found.stderr


def test_machines_are_told_each_finding_by_its_parts(deskhand: Deskhand) -> None:
    whole = deskhand("playbook", "check", "--json")
    assert (whole.exit_code, json.loads(whole.stdout)) == (0, [])
    book = shutil.copytree(HARBOR, deskhand.home / "book")
    rule = book / "policies" / "refunds.md"
    rule.write_text(rule.read_text().replace("customer.refunds_30d", "customer.refund_30d", 1))
    (book / "company.yaml").unlink()
    found = deskhand("playbook", "check", str(book), "--json")
    assert found.exit_code == 1
    missing, unknown = json.loads(found.stdout)
    assert missing["file"] == "company.yaml"
    line = rule.read_text().partition("refund_30d")[0].count("\n") + 1
    assert unknown == {
        "file": "policies/refunds.md",
        "line": line,
        "wrong": "unknown fact 'customer.refund_30d'",
        "instead": "did you mean 'customer.refunds_30d'?",
    }
    nowhere = deskhand("playbook", "check", str(deskhand.home / "nowhere"), "--json")
    assert (nowhere.exit_code, [one["line"] for one in json.loads(nowhere.stdout)]) == (1, [1])


def test_the_schemas_are_written_with_one_command(deskhand: Deskhand) -> None:
    book = shutil.copytree(HARBOR, deskhand.home / "book", ignore=shutil.ignore_patterns("_schemas"))
    written = deskhand("playbook", "schema", str(book))
    assert written.exit_code == 0
    for kept in (HARBOR / "_schemas").iterdir():
        assert (book / "_schemas" / kept.name).read_bytes() == kept.read_bytes()
        assert kept.name in written.stdout


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nowhere", "http://"])
def test_a_talk_with_nobody_says_how_to_start_one(deskhand: Deskhand, url: str) -> None:
    said = deskhand("chat", "--url", url)
    assert said.exit_code == 1
    assert "No Deskhand answers" in said.stderr
    assert "deskhand run" in said.stderr


def test_an_audit_of_no_case_says_so(deskhand: Deskhand) -> None:
    assert deskhand("audit", "verify").stdout == "releases  0 steps  whole\n"
    unknown = deskhand("audit", "verify", "nosuch")
    assert (unknown.exit_code, unknown.stderr.strip()) == (1, "There is no case nosuch.")


def test_an_edited_log_of_releases_is_found_broken(deskhand: Deskhand) -> None:
    assert "first start" in deskhand("playbook", "releases").stdout
    assert deskhand("audit", "verify").stdout == "releases  2 steps  whole\n"
    with contextlib.closing(sqlite3.connect(deskhand.home / "cases.db")) as store, store:
        store.execute("UPDATE release_log SET body = replace(body, 'first start', 'Mara')")
    edited = deskhand("audit", "verify")
    assert (edited.exit_code, edited.stdout) == (1, "releases  2 steps  BROKEN at 1\n")


def test_a_setting_is_named_as_it_is_set(deskhand: Deskhand) -> None:
    refused = deskhand("audit", "verify", DESKHAND_APPROVAL_TTL_S="-1")
    assert (refused.exit_code, "DESKHAND_APPROVAL_TTL_S" in refused.stderr) == (1, True)


async def _a_case(home: Path) -> str:
    async with server.case_files(server.Settings(home=home)) as files:
        case_id, _ = await files.open(CaseOpened(release="r", channel="web", locale="en"))
    return case_id


def test_an_edited_file_is_found_broken(deskhand: Deskhand) -> None:
    case_id = asyncio.run(_a_case(deskhand.home))
    whole = deskhand("audit", "verify")
    assert (whole.exit_code, whole.stdout) == (0, f"{case_id}  1 events  whole\nreleases  0 steps  whole\n")
    with contextlib.closing(sqlite3.connect(deskhand.home / "cases.db")) as store, store:
        store.execute("UPDATE events SET body = replace(body, 'web', 'fax')")
    edited = deskhand("audit", "verify", case_id)
    assert (edited.exit_code, "BROKEN at 1" in edited.stdout) == (1, True)
