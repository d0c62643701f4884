"""What the pages name is there: commands, settings, files, clauses, events, tables, names in the code."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
import server
from agent.casefile.tables import metadata
from agent.connected import tools_of
from agent.policy.facts import vocabulary
from knowledge import starter
from knowledge.load import load
from knowledge.policies import cited
from tests.docs.pages import PROJECT, fences, pages, prose, text_of

SOURCES = ("*.py", "*.yaml", "*.md")
_LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_NAME = re.compile(r"[A-Za-z_][\w.]*")


@pytest.fixture(params=pages())
def page(request: pytest.FixtureRequest) -> str:
    """Each page."""
    return str(request.param)


def _made_by_readers() -> set[str]:
    """The files that the walk-throughs tell their readers to write."""
    return {fence.file for page in pages() for fence in fences(page) if fence.file is not None}


def _coded(page: str) -> list[str]:
    return _CODE.findall(prose(page))


def test_links_lead_somewhere(page: str) -> None:
    for link in _LINK.findall(prose(page)):
        file, _, anchor = link.partition("#")
        target = (PROJECT / page).parent / file if file else PROJECT / page
        assert target.exists(), f"{page}: {link}"
        if anchor:
            titles = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}, link


def test_every_make_target_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for target in re.findall(r"(?:`|^)make ([a-z]+)", text_of(page), re.MULTILINE):
        assert target in targets, f"{page}: make {target}"


def test_every_command_exists(page: str) -> None:
    for command in re.findall(r"`deskhand ((?:-*[a-z]+ ?)+)`", text_of(page)):
        words = [word for word in command.split() if word != "--help"]
        said = CliRunner().invoke(cli.app, [*words, "--help"])
        assert said.exit_code == 0, f"{page}: deskhand {command}"


def test_the_table_of_settings_is_whole() -> None:
    table = text_of("README.md").partition("## Settings")[2]
    named = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))
    prefix = str(server.Settings.model_config["env_prefix"])
    fields = server.Settings.model_fields.items()
    assert named == {str(field.validation_alias or f"{prefix}{name}".upper()) for name, field in fields}


def test_every_clause_cited_exists(page: str, tmp_path: Path) -> None:
    settings = server.Settings(home=tmp_path)
    known = set(load(settings.playbook, vocabulary(tools_of(settings))).clauses)
    known |= {f"service/{number}" for number in re.findall(r"^## ([\d.]+) ", starter.POLICY, re.MULTILINE)}
    for fence in (fence for walk in pages() for fence in fences(walk) if fence.language == "markdown"):
        stem = Path(fence.file or "").stem
        known |= {f"{stem}/{number}" for number in re.findall(r"^## ([\d.]+) ", fence.text, re.MULTILINE)}
    assert set(cited(text_of(page))) <= known


def test_every_file_named_exists(page: str) -> None:
    made = _made_by_readers()
    for code in _coded(page):
        if "/" in code and _PATH.fullmatch(code):
            assert code in made or any(PROJECT.glob(code.rstrip("/"))) or _is_told_otherwise(code), f"{page}: {code}"


def _is_told_otherwise(code: str) -> bool:
    """A clause, an address of the server, or what an installation makes."""
    return bool(cited(code)) or code.startswith(("/", ".venv/"))


def test_every_name_stands_in_the_code(page: str) -> None:
    known = _words()
    for code in _coded(page):
        is_file = code.endswith((".py", ".md", ".yaml", ".toml", ".json"))
        if _NAME.fullmatch(code) and not is_file and not code.isupper():
            assert set(code.split(".")) <= known, f"{page}: {code}"


@cache
def _words() -> frozenset[str]:
    """Of all code and documents, and of the blocks of all pages."""
    return frozenset(re.findall(r"\w+", _source() + "".join(fence.text for one in pages() for fence in fences(one))))


def _source() -> str:
    """All code and documents of the rooms."""
    rooms = [path.parent for path in PROJECT.glob("*/__init__.py")]
    files = [*PROJECT.glob("*.py"), *(path for room in rooms for kind in SOURCES for path in room.rglob(kind))]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if "tests/docs" not in path.as_posix())


def test_the_architecture_names_every_table_and_room() -> None:
    text = text_of("docs/architecture.md")
    stored = text.partition("## What is stored")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", stored, re.MULTILINE)) == set(metadata.tables)
    rooms = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests"}
    assert set(re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE)) == rooms


def test_every_part_that_is_from_a_run_has_its_run() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (PROJECT / "tests").rglob("test_*.py"))
    for page in pages():
        for name in re.findall(r"<!-- from a run: ([a-z ]+) -->", text_of(page)):
            assert f'"{name}"' in tests, f"{page}: {name}"


def test_only_the_reply_and_the_handoff_speak() -> None:
    said = {str(path.relative_to(PROJECT)) for path in PROJECT.glob("agent/**/*.py") if _notes_a_reply(path)}
    speaking = {"agent/nodes/reply.py", "agent/nodes/answer.py", "agent/nodes/parts.py"}
    assert said == {*speaking, "agent/handoff.py", "agent/remind.py", "agent/reconcile.py", "agent/undo.py"}


def _notes_a_reply(path: Path) -> bool:
    return re.search(r"note\(\s*(?:e\.)?ReplySent\(", path.read_text(encoding="utf-8")) is not None


def test_what_is_shown_of_our_workflows_stands_in_them() -> None:
    shown = re.findall(
        r"`(knowledge/harbor/workflows/\w+\.yaml)`:\n\n((?: {4}.*\n|\n)+)", text_of("docs/add-a-workflow.md")
    )
    assert len(shown) == 2
    for file, lines in shown:
        assert textwrap.dedent(lines).strip() in (PROJECT / file).read_text(encoding="utf-8"), file
