"""What "Connect a system" tells a reader to do is done here, to the letter, on a copy of the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import uvicorn.importer

from tests.backoffice import serving
from tests.docs.pages import block, says
from tests.docs.reader import Copy

PAGE = "docs/connect-a-system.md"
NEW = ("get_membership", "get_weather", "pause_membership", "put_aside", "warehouse.clear")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # the machines that run these tests are busy


async def test_a_reader_connects_three_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Copy.at(tmp_path / "reader")
    mine = copy.root / "mine"
    mine.mkdir()
    copy.follow(PAGE)
    settings = {"DESKHAND_CONNECTIONS": "mine/connections.yaml"}
    monkeypatch.syspath_prepend(mine)
    club = uvicorn.importer.import_from_string("crm:app")
    async with serving(club) as url:
        declaration = mine / "crm.yaml"
        declaration.write_text(declaration.read_text().replace("http://127.0.0.1:8103", url))
        save = "import json, crm; json.dump(crm.app.openapi(), open('mine/crm-api.json', 'w'))"
        assert await copy.command("-c", save, PYTHONPATH=str(mine)) == (0, "")
        code, imported = await copy.python("cli", "tools", "import", "mine/warehouse.yaml")
        assert code == 0, imported
        says(PAGE, "the import", block(imported))
        code, listed = await copy.python("cli", "tools", "list", **settings)
        assert code == 0, listed
        says(PAGE, "the list", block(_new_ones(listed)))
        code, found = await copy.python("cli", "tools", "doctor", **settings)
        assert code == 1
        says(PAGE, "the doctor", block(_shortened(found)))
        declaration.write_text(declaration.read_text().replace("body.until", "body.till"))
        code, wrong = await copy.python("cli", "tools", "list", **settings)
        assert code == 1
        says(PAGE, "a mistake", block(wrong))


def _new_ones(listed: str) -> str:
    """The new tools with what they do, and the systems."""
    lines = listed.splitlines()
    kept = [i for i, line in enumerate(lines) if line.startswith(("tool ", *NEW))]
    return "\n".join(
        [*(lines[at] for i in kept for at in (i, i + 1)), *(x for x in lines if x.startswith("The system"))]
    )


def _shortened(found: str) -> str:
    """Every class that is missing, and the first of the texts."""
    lines = [line for line in found.splitlines() if "has no class" in line]
    return "\n".join([*lines, *[line for line in found.splitlines() if re.search(r"the text", line)][:2], "…"])
