import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.backoffice.conftest import TODAY, Api, serving
from tools.backoffice.app import create_app
from tools.backoffice.bending import Bend
from tools.backoffice.collection import COLLECTIONS
from tools.backoffice.fields import Row
from tools.backoffice.problems import Conflict, NotFound
from tools.backoffice.seed import seeds
from tools.backoffice.store import Store
from tools.backoffice.writes import Call, journal, write


@contextmanager
def copy_of(planted: Path) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as keep:
        store = Store(Path(shutil.copy(planted, keep)), lambda: seeds(TODAY))
        yield store
        store.close()


def call(name: str, asked: Row, id: str | None = None, key: str | None = None) -> Call:  # noqa: A002
    collection = COLLECTIONS[name]
    body = (collection.new if id is None else collection.patch).model_validate(asked)
    return Call(collection=collection, id=id, asked=collection.asked(body), sent=asked, key=key, actor="test")


async def test_a_write_is_journaled_with_who_what_and_from_what_to_what(http: Api) -> None:
    before = await http.row("customers/cus_100001")
    headers = {"X-Actor": "agent", "Idempotency-Key": "k1"}
    await http.patch("customers/cus_100001", json={"phone": "+4930231259", "tier": before["tier"]}, headers=headers)
    made = (await http.post("tickets", json={"kind": "bug", "subject": "Broken"})).json()
    patched, posted = await http.rows("journal")
    assert patched == {
        "seq": 1,
        "at": patched["at"],
        "method": "PATCH",
        "resource": "customers",
        "id": "cus_100001",
        "key": "k1",
        "actor": "agent",
        "applied": True,
        "changes": {"phone": [before["phone"], "+4930231259"]},
    }
    assert (posted["seq"], posted["id"], posted["key"], posted["actor"]) == (2, made["id"], None, "unknown")
    assert posted["changes"] == {name: [None, value] for name, value in made.items() if value is not None}
    assert await http.rows("journal", after=1) == [posted]


async def test_a_patch_that_changes_nothing_is_journaled_with_empty_changes(http: Api) -> None:
    before = await http.row("customers/cus_100001")
    assert (await http.patch("customers/cus_100001", json={"tier": before["tier"]})).status_code == 200
    assert (await http.patch("customers/cus_100001", json={"no_such_field": 1})).status_code == 200
    same, unknown = await http.rows("journal")
    assert (same["applied"], same["changes"]) == (True, {})
    assert (unknown["applied"], unknown["changes"]) == (False, {})


async def test_follow_up_writes_have_no_rows_of_their_own(http: Api) -> None:
    order = (await http.rows("orders", status="delivered", limit=1))[0]
    await http.post("refunds", json={"order_id": order["id"], "amount": "1.50", "reason": "chipped"})
    (row,) = await http.rows("journal")
    assert row["resource"] == "refunds"
    assert row["changes"]["amount"] == [None, {"amount": "1.50", "currency": "EUR"}]


async def test_a_used_key_is_answered_as_before_and_writes_nothing(http: Api) -> None:
    order = (await http.rows("orders", status="delivered", limit=1))[0]["id"]
    body, key = (
        {"order_id": order, "amount": {"amount": "5.00", "currency": "EUR"}, "reason": "x"},
        {"Idempotency-Key": "a"},
    )
    first = await http.post("refunds", json=body, headers=key)
    await http.patch(f"refunds/{first.json()['id']}", json={"reason": "changed since"})
    again = await http.post("refunds", json=dict(reversed(body.items())), headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    other_body = await http.post("refunds", json=body | {"amount": "6.00"}, headers=key)
    other_path = await http.post("returns", json=body, headers=key)
    other_method = await http.patch(f"orders/{order}", json={"note": "x"}, headers=key)
    assert [answer.status_code for answer in (other_body, other_method)] == [409, 409]
    assert other_path.status_code == 422, "a body that fits no return is refused before its key is looked at"
    assert len(await http.rows("journal")) == 2
    assert len(await http.rows("refunds", order_id=order, reason="changed since")) == 1


async def test_a_refused_call_uses_no_key(http: Api) -> None:
    key = {"Idempotency-Key": "b"}
    assert (await http.patch("orders/HG-0", json={"note": "x"}, headers=key)).status_code == 404
    assert (await http.patch("customers/cus_100001", json={"note": "x"}, headers=key)).status_code == 200
    assert (
        await http.post("tickets", json={"kind": "bug", "subject": "x"}, headers={"Idempotency-Key": ""})
    ).status_code == 422
    assert (
        await http.post("tickets", json={"kind": "bug", "subject": "x"}, headers={"Idempotency-Key": "k" * 256})
    ).status_code == 422
    assert len(await http.rows("journal")) == 1


async def test_racing_calls_with_one_key_make_one_write_even_from_two_processes(planted: Path, tmp_path: Path) -> None:
    # Two apps on one file stand for two processes: they share nothing but the file.
    path = Path(shutil.copy(planted, tmp_path / "shared.db"))
    apps: list[FastAPI] = [create_app(path), create_app(path)]
    for app in apps:  # the framework builds its routes at the first call, and not so that two threads may at once
        async with Api(app) as http:
            await http.rows("faults")
    ticket, key = {"kind": "bug", "subject": "Race"}, {"Idempotency-Key": "race"}
    with serving(apps[0]) as one, serving(apps[1]) as two:
        async with httpx.AsyncClient() as racer:
            doors = [f"{address}/api/tickets" for address in (one, two) * 10]
            answers = await asyncio.gather(*(racer.post(door, json=ticket, headers=key) for door in doors))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    for app in apps:
        async with Api(app) as http:
            assert len(await http.rows("journal")) == len(await http.rows("tickets", subject="Race")) == 1
        app.state.store.close()


subjects = st.sampled_from(["a", "b"])
keys = st.sampled_from(["k1", "k2", "k3"])


@settings(max_examples=25, deadline=None)
@given(posts=st.lists(st.tuples(keys, subjects), max_size=12))
def test_however_often_a_key_is_sent_it_writes_once(planted: Path, posts: list[tuple[str, str]]) -> None:
    with copy_of(planted) as store:
        first: dict[str, tuple[str, str]] = {}
        for key, subject in posts:
            asked = call("tickets", {"kind": "bug", "subject": subject}, key=key)
            if key in first and first[key][0] != subject:
                with pytest.raises(Conflict):
                    write(store, asked)
            else:
                answer = write(store, asked)
                assert answer.body == first.setdefault(key, (subject, answer.body))[1]
        assert [row["key"] for row in journal(store)] == list(first)
        assert len(store.records("tickets")) == 8 + len(first)


ORDER_IDS = [row["id"] for collection, rows in seeds(TODAY) if collection.name == "orders" for row in rows[:3]]
orders = st.sampled_from(ORDER_IDS)
slots = st.sampled_from([f"slo_{n:06d}" for n in range(1, 4)])
appointments = st.sampled_from([f"app_{n:06d}" for n in range(15, 20)])
preferences = st.fixed_dictionaries({"preference": subjects})


def posting(name: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(name), st.fixed_dictionaries(fields))


def patching(name: str, ids: st.SearchStrategy[str], /, **fields: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.tuples(st.just(name), st.fixed_dictionaries({}, optional=fields), ids)


calls = st.one_of(
    posting("refunds", order_id=orders, amount=st.just("2.50"), reason=subjects),
    posting("appointments", customer_id=st.just("cus_100001"), kind=st.just("service"), slot_id=slots),
    patching("appointments", appointments, slot_id=slots, status=st.sampled_from(["booked", "cancelled"])),
    patching("orders", orders, note=subjects, delivery=preferences),
    patching("customers", st.just("cus_100001"), name=subjects, note=subjects, tier=st.sampled_from(["plus", "trade"])),
)
bends = st.none() | st.sampled_from(["lost_write", "partial_write", "wrong_field"])


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.tuples(calls, bends), max_size=10))
def test_the_journal_replayed_over_the_seeds_gives_the_records(
    planted: Path, steps: list[tuple[Any, Bend | None]]
) -> None:
    with copy_of(planted) as store:
        replayed = {name: {row["id"]: row for row in store.records(name)} for name in COLLECTIONS}
        for (name, *asked), fault in steps:
            with suppress(Conflict, NotFound):  # a slot that is taken, an appointment not made yet
                write(store, call(name, *asked), fault)
        for row in journal(store):
            held = replayed[row["resource"]].setdefault(row["id"], {}) if row["changes"] else {}
            for field, (before, after) in row["changes"].items():
                assert held.get(field) == before
                held[field] = after
        _follow(replayed)
        for name, rows in replayed.items():
            assert {row["id"]: _told(row) for row in store.records(name)} == {key: _told(rows[key]) for key in rows}


def _told(row: Row) -> Row:
    """A record without its nulls, which a new record's journal row leaves out."""
    return {field: value for field, value in row.items() if value is not None}


def _follow(replayed: dict[str, dict[str, Row]]) -> None:
    """What the back office does of itself, said again: refunds stand in their order, live appointments hold slots."""
    for order in replayed["orders"].values():
        order["refunds"] = [row for row in replayed["refunds"].values() if row["order_id"] == order["id"]]
    held = {row.get("slot_id") for row in replayed["appointments"].values() if row["status"] != "cancelled"}
    for slot in replayed["slots"].values():
        slot["free"] = slot["id"] not in held
