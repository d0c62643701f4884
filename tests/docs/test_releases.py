"""What "Publish, try and take back" tells is done here, with a copy of the playbook in which a limit is loosened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT, says
from tests.docs.reader import Copy

PAGE = "docs/releases.md"
STEPS = (
    'playbook submit draft --by Mara --why "Most of these are approved anyway"',
    'playbook test DRAFT --cases 1 --by Mara --why "Before it goes live"',
    'playbook publish DRAFT --by Mara --why "From Monday on"',
    'playbook accept DRAFT --by Ida --why "Ten a week, and all were approved"',
    'playbook publish DRAFT --by Mara --why "From Monday on"',
    'playbook publish DRAFT --by Ben --why "Looked at it with Ida"',
    'playbook rollback --by Ben --why "More refunds than we thought"',
    "playbook releases",
)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the machines that run these tests are busy


async def test_a_loosened_limit_goes_to_the_customers_and_back(tmp_path: Path) -> None:
    copy = Copy.at(tmp_path / "project")
    draft = copy.root / "draft"
    (copy.root / "knowledge" / "harbor").rename(draft)
    _edit(draft / "policies" / "refunds.md", "amount > 50.0", "amount > 80.0")
    given = 'total: [{}, 400], refunded: false}}}}\n  customer: ["I would like {}'
    _edit(draft / "scenarios" / "refunds.yaml", given.format(60, "50.01"), given.format(90, "80.01"))
    (copy.root / "knowledge" / "harbor").symlink_to(PROJECT / "knowledge" / "harbor")
    told, names, codes = list[str](), dict[str, str](), list[int]()
    for step in STEPS:
        code, said = await copy.python("cli", *_words(_named(step, names)), DESKHAND_HOME="home")
        codes.append(code)
        if not names:
            names["DRAFT"] = re.findall(r"\b[0-9a-f]{12}\b", said)[0]
        told += [f"$ deskhand {step}", *_plain(said, names), ""]
    assert codes == [0, 0, 1, 0, 1, 0, 0, 0], "\n".join(told)
    says(PAGE, "to the customers and back", "```console\n" + "\n".join(told).strip() + "\n```\n")


def _edit(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def _words(step: str) -> list[str]:
    return [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', step)]


def _named(step: str, names: dict[str, str]) -> str:
    return step.replace("DRAFT", names.get("DRAFT", "DRAFT"))


def _plain(said: str, names: dict[str, str]) -> list[str]:
    """What was said, with the ids of this run under their names, and what depends on the day left out."""
    said = said.replace(names["DRAFT"], "DRAFT")
    said = re.sub(r"\b[0-9a-f]{12}\b", "LIVE", said)
    said = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+", "…", said)
    said = re.sub(r"\d+ of \d+ rulings of \d+ cases", "0 of … rulings of 1 cases", said)
    lines = [line for line in said.splitlines() if not line.endswith(": passed") and "cases were played" not in line]
    return [re.sub(r", as where .*", ", as where …", line) for line in lines]
