import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.tools.backoffice.conftest import TODAY, Api
from tools.backoffice.app import create_app
from tools.backoffice.seed import seeds
from tools.backoffice.store import Seeds, Store, Unusable

ROOT = Path(__file__).parents[3]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tools.backoffice", *arguments]


def test_it_runs_alone(tmp_path: Path, free_port: int) -> None:
    database = tmp_path / "deep" / "harbor.db"
    running = subprocess.Popen(command("--port", str(free_port), "--database", str(database)), cwd=ROOT)  # noqa: S603 - our own command
    try:
        for _ in range(200):
            try:
                assert len(httpx.get(f"http://127.0.0.1:{free_port}/api/customers").json()) == 200
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        else:
            pytest.fail("it never answered")
    finally:
        running.terminate()
        running.wait(10)
    assert database.exists()


@pytest.mark.parametrize("kind", ["a folder", "no database", "of another layout"])
def test_a_file_that_cannot_serve_is_named_in_one_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "harbor.db"
    match kind:
        case "a folder":
            path.mkdir()
        case "no database":
            path.write_text("dear diary, " * 100)
        case _:
            other = sqlite3.connect(path)
            other.execute("pragma user_version = 99")
            other.close()
    with pytest.raises(Unusable, match="name another file"):
        create_app(path)


def test_the_command_says_so_too(tmp_path: Path) -> None:
    alone = command("--database", str(tmp_path))
    ended = subprocess.run(alone, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - ours
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert str(tmp_path) in ended.stderr


def test_seeding_that_dies_halfway_leaves_nothing_behind(tmp_path: Path) -> None:
    def dying() -> Seeds:
        yield from list(seeds(TODAY))[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Store(tmp_path / "harbor.db", dying)
    store = create_app(tmp_path / "harbor.db").state.store
    assert len(store.records("orders")) == 500
    store.close()


async def test_a_busy_database_is_said_to_be_busy(planted: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(planted, tmp_path))
    app = create_app(path)
    app.state.store.rows("pragma busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    async with Api(app) as http:
        answer = await http.patch("customers/cus_100001", json={"note": "x"})
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        other.execute("rollback")
        assert (await http.patch("customers/cus_100001", json={"note": "x"})).status_code == 200
    other.close()
    app.state.store.close()


@pytest.mark.parametrize("field", ["customer_id", "order_id", "email"])
def test_looking_up_whose_a_record_is_uses_an_index(store: Store, field: str) -> None:
    statements: list[str] = []
    with store.transaction() as db:
        db.set_trace_callback(statements.append)
        store.listing("refunds", {field: ["x"]})
        db.set_trace_callback(None)
    (plan,) = store.rows(f"explain query plan {statements[0].partition(' order by')[0]}")
    assert f"records_by_{field.removesuffix('_id')}" in str(plan[-1])
