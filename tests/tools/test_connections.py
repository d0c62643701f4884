"""A company's file of connections: found by kind, told by line, joined to the catalog."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.tools.papers import Drawer
from tools.catalog import connected_catalog
from tools.connections import connections_of, kinds
from tools.connectors.connection import Connection, Needs, forbidden, tried
from tools.contract import Action, Arguments, Catalog, KeyKind, Lookup, Risk, Scope, Target, Tool, ToolLost, ToolRefused
from tools.declared import DeclarationError, Secret
from tools.http import Backoffice

PYTHON = "systems:\n  - connector: python\n    file: "
GREETING = """
from pydantic import BaseModel
from tools.contract import Arguments, Lookup

class Greeting(BaseModel):
    text: str

def tools(needs):
    async def run(args, scope):
        return Greeting(text=f"{needs.clock().year}")
    about = {"name": "greet", "summary": "", "system": "hello", "subject": "greeting"}
    return [Lookup(**about, args=Arguments, result=Greeting, run=run)]
"""


def needs(folder: Path, *, looking: bool = False) -> Needs:
    nobody, clock = Backoffice("http://127.0.0.1:9"), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    return Needs(clock=clock, code_secret=b"", customers=nobody, own=Drawer(), folder=folder, looking=looking)


def connected(folder: Path, text: str, *, looking: bool = False) -> list[Connection]:
    (folder / "connections.yaml").write_text(text)
    return connections_of(folder / "connections.yaml", needs(Path("elsewhere"), looking=looking))


def test_without_a_file_there_are_no_connections(tmp_path: Path) -> None:
    assert connections_of(None, needs(tmp_path)) == []


def test_every_kind_is_found_by_its_files_name() -> None:
    assert {"python"} <= set(kinds())
    assert "connection" not in kinds()


def test_paths_in_the_file_begin_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(GREETING)
    [connection] = connected(tmp_path, f"{PYTHON}hello.py\n")
    assert (connection.system, [tool.name for tool in connection.tools]) == ("hello", ["greet"])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("systems:\n  - connector: pythn\n", "connections.yaml:2: unknown connector 'pythn'; did you mean 'python'?"),
        ("systems:\n  - file: a.py\n", "connections.yaml:2: unknown connector ''; write one of"),
        ("systems:\n  - connector: python\n", "connections.yaml:2: 'file' is missing"),
        (f"{PYTHON}a.py\n    fil: b.py\n", "connections.yaml:4: unknown key 'fil'; did you mean 'file'?"),
        ("system: []\n", "connections.yaml:1: unknown key 'system'; did you mean 'systems'?"),
        (f"{PYTHON}[\n", "connections.yaml:4: this is no YAML"),
        ("- a\n", "connections.yaml:1: there is nothing to read"),
        (f"{PYTHON}gone.py\n", "gone.py: there is no such Python file"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DeclarationError) as raised:
        connected(tmp_path, text)
    assert told in str(raised.value)


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"no\.yaml: the file cannot be read"):
        connections_of(tmp_path / "no.yaml", needs(tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it has no `def tools"),
        ("tools = 3", "it has no `def tools"),
        ("def tools(needs): return [1]", "a list of Lookup and Action"),
        ("def tools(", "cannot be loaded: SyntaxError"),
        ("import nowhere", "cannot be loaded: ModuleNotFoundError"),
        (f"{GREETING}\nclass Arguments(Arguments):\n    customer_id: str\n", "takes a customer's id"),
    ],
)  # fmt: skip
def test_a_python_file_that_gives_no_tools_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "mine.py").write_text(text)
    with pytest.raises(DeclarationError) as raised:
        connected(tmp_path, f"{PYTHON}mine.py\n")
    assert "mine.py: " in str(raised.value)
    assert told in str(raised.value)


def test_a_secret_is_named_and_read_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("from a file\n")
    monkeypatch.setenv("A_TOKEN", "from the environment")
    assert needs(tmp_path).secret(Secret(file=Path("token"))) == "from a file"
    assert needs(tmp_path).secret(Secret(env="A_TOKEN")) == "from the environment"


@pytest.mark.parametrize("secret", [Secret(env="NO_SUCH_TOKEN"), Secret(file=Path("no-such-file"))])
def test_a_missing_secret_stops_the_start_and_not_a_look(tmp_path: Path, secret: Secret) -> None:
    with pytest.raises(DeclarationError, match=r"A secret is missing: the .*(no-such-file|NO_SUCH_TOKEN)"):
        needs(tmp_path).secret(secret)
    assert needs(tmp_path, looking=True).secret(secret) == ""


@pytest.mark.parametrize("wrong", [{}, {"env": "A", "file": "b"}, {"value": "s3cret"}])
def test_a_secret_is_never_written_out(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"env: NAME|value"):
        Secret.model_validate(wrong)


class _OneOrder(Arguments):
    order_id: str


class _MaybeOrder(Arguments):
    order_id: str | None = None
    reason: str


async def _never(*_: object) -> NoReturn:
    raise AssertionError("nothing is called to join catalogs")


LOOKUP = Lookup(
    name="get", summary="", system="a", args=_OneOrder, result=_MaybeOrder, subject="order", run=_never
)  # fmt: skip
ACTION = Action(
    name="do", summary="", system="a", args=_OneOrder, risk=Risk.CUSTOMER_CONFIRMED, key=KeyKind.NONE,
    target=lambda _: Target(kind="order", id=""), before=_never, run=_never, verify=_never,
)  # fmt: skip


def lookup(**other: Any) -> Lookup:
    return replace(LOOKUP, **other)


def action(**other: Any) -> Action:
    return replace(ACTION, **other)


@pytest.mark.parametrize(
    "new",
    [
        lookup(system="b", summary="the same from elsewhere"),
        action(system="b", risk=Risk.HUMAN_APPROVED),
        lookup(name="another", args=_MaybeOrder),
    ],
)
def test_a_tool_stands_in_the_place_of_one_that_is_the_same_to_the_playbook(new: Tool) -> None:
    own = Catalog.of(lookup(), action())
    joined = connected_catalog(own, [Connection(system="b", tools=[new])])
    assert joined.tools[new.name] is new
    assert set(joined.tools) == {*own.tools, new.name}


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (lookup(system="b", args=_MaybeOrder), r"arguments should be \{'order_id': 'string'\}"),
        (lookup(system="b", result=_OneOrder), "facts should be"),
        (lookup(system="b", subject="ticket"), "subject should be order"),
        (action(system="b", risk=Risk.LOW), "class should be customer_confirmed, not low_risk"),
        (lookup(system="b", name="do"), "kind should be Action"),
        (forbidden("get", "", "b"), "kind should be Lookup"),
    ],
)
def test_another_tool_cannot_take_its_place(new: Tool, told: str) -> None:
    with pytest.raises(DeclarationError, match=told):
        connected_catalog(Catalog.of(lookup(), action()), [Connection(system="b", tools=[new])])


def test_two_tools_of_one_system_need_two_names() -> None:
    with pytest.raises(DeclarationError, match="two tools named 'get'"):
        connected_catalog(Catalog.of(), [Connection(system="b", tools=[lookup(), lookup()])])


async def test_a_forbidden_tool_runs_never() -> None:
    tool = forbidden("drop_all", "Drop everything.", "b")
    assert tool.risk is Risk.FORBIDDEN
    nobody = Scope(tenant="t", case_id="c", customer_id=None)
    for call in (tool.before(None, nobody), tool.run(None, nobody, ""), tool.verify(None, nobody, None)):
        with pytest.raises(ToolRefused, match="not been classified"):
            await call


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (ToolLost("gone"), "see that the system runs"),
        (ToolLost("401", advice="renew the token"), "renew the token"),
        (ToolRefused("no"), "may do this"),
    ],
)
async def test_a_read_that_fails_says_what_is_wrong_and_what_to_do(error: Exception, advice: str) -> None:
    async def read() -> None:
        raise error

    [trouble] = await tried(read())
    assert trouble.wrong == str(error)
    assert advice in trouble.advice
    assert await tried(_fine()) == []


async def _fine() -> int:
    return 1
