"""Each fault through a real socket, met by a client that waits no longer than a second."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI

from tests.tools.backoffice.conftest import Api, serving
from tools.backoffice.faults import Name
from tools.backoffice.fields import Row

NAMES = get_args(Name)
WRITES = [name for name in NAMES if name not in ("stale_read", "server_error", "slow")]


@pytest.fixture
async def caller(served: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{served}/api/", timeout=1) as client:
        yield client


async def arm(http: httpx.AsyncClient, name: str, n: int = 1, **more: Any) -> None:
    answer = await http.post("faults", json={"name": name, "n": n, **more})
    assert answer.status_code == 201, answer.text


async def an_order(http: Api, status: str = "delivered") -> Row:
    orders = await http.rows("orders", status=status)
    return next(order for order in orders if not order["refunds"])


def refund_of(order: Row) -> Row:
    return {"order_id": order["id"], "amount": {"amount": "7.50", "currency": "EUR"}, "reason": "chipped"}


@pytest.mark.parametrize("name", NAMES)
async def test_a_fault_is_armed_listed_and_disarmed(http: Api, name: str) -> None:
    await arm(http, name, n=2)
    method = "GET" if name == "stale_read" else "POST"
    await arm(http, name, method=method, resource="orders", ms=20)
    any_call = {"name": name, "n": 2, "resource": None, "method": None, "ms": 1500}
    aimed = {"name": name, "n": 1, "resource": "orders", "method": method, "ms": 20}
    assert await http.rows("faults") == [any_call, aimed]
    assert (await http.delete("faults")).status_code == 204
    assert await http.rows("faults") == []


@pytest.mark.parametrize(
    "fault",
    [
        {"name": "no_such_fault"},
        {"name": "slow", "n": 0},
        {"name": "slow", "ms": -1},
        {"name": "slow", "resource": "payments"},
        {"name": "stale_read", "method": "POST"},
        {"name": "lost_write", "method": "GET"},
    ],
)
async def test_a_fault_that_nobody_could_meet_is_refused(http: Api, fault: Row) -> None:
    assert (await http.post("faults", json=fault)).status_code == 422
    assert await http.rows("faults") == []


async def test_a_lost_write_answers_as_if_it_were_stored(caller: httpx.AsyncClient, http: Api) -> None:
    order = await an_order(http)
    before = await http.rows("refunds")
    await arm(caller, "lost_write", n=2)
    answer = await caller.post("refunds", json=refund_of(order), headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    lost = answer.json()
    assert lost == lost | refund_of(order) | {"customer_id": order["customer_id"], "status": "posted"}
    assert (await caller.get(f"refunds/{lost['id']}")).status_code == 404
    patched = await caller.patch(f"orders/{order['id']}", json={"status": "cancelled"})
    assert (patched.status_code, patched.json()["status"]) == (200, "cancelled")
    assert await http.rows("refunds") == before
    assert await http.row(f"orders/{order['id']}") == order
    rows = await http.rows("journal")
    assert [(row["id"], row["applied"], row["changes"]) for row in rows] == [
        (lost["id"], False, {}),
        (order["id"], False, {}),
    ]
    again = await caller.post("refunds", json=refund_of(order), headers={"Idempotency-Key": "k"})
    assert again.json() == lost, "the key was used: the system is sure that it has done this"
    fresh = await caller.post("refunds", json=refund_of(order))
    assert fresh.json()["id"] != lost["id"], "a lost id never turns into another record"


async def test_an_error_after_the_write_hides_that_it_happened(caller: httpx.AsyncClient, http: Api) -> None:
    order, key = await an_order(http), {"Idempotency-Key": "k"}
    await arm(caller, "error_after_write", n=2)
    assert (await caller.post("refunds", json=refund_of(order), headers=key)).status_code == 500
    (refund,) = await http.rows("refunds", order_id=order["id"])
    assert (await caller.post("refunds", json=refund_of(order), headers=key)).status_code == 500
    replayed = await caller.post("refunds", json=refund_of(order), headers=key)
    assert (replayed.status_code, replayed.json()) == (201, refund)
    assert [row["applied"] for row in await http.rows("journal")] == [True]


async def test_a_timeout_after_the_write_outlasts_the_caller(caller: httpx.AsyncClient, http: Api) -> None:
    order, key = await an_order(http, "processing"), {"Idempotency-Key": "k"}
    await arm(caller, "timeout_after_write")
    with pytest.raises(httpx.ReadTimeout):
        await caller.patch(f"orders/{order['id']}", json={"status": "cancelled"}, headers=key)
    assert (await http.row(f"orders/{order['id']}"))["status"] == "cancelled"
    replayed = await caller.patch(f"orders/{order['id']}", json={"status": "cancelled"}, headers=key)
    assert (replayed.status_code, replayed.json()["status"]) == (200, "cancelled")
    assert len(await http.rows("journal")) == 1


async def test_a_timeout_before_the_write_never_writes(caller: httpx.AsyncClient, http: Api) -> None:
    order, key = await an_order(http, "processing"), {"Idempotency-Key": "k"}
    await arm(caller, "timeout_before_write")
    await arm(caller, "timeout_before_write", ms=50)
    with pytest.raises(httpx.ReadTimeout):
        await caller.patch(f"orders/{order['id']}", json={"status": "cancelled"}, headers=key)
    waited = await caller.patch(f"orders/{order['id']}", json={"status": "cancelled"}, headers=key)
    assert (waited.status_code, waited.headers["content-type"]) == (504, "application/problem+json")
    await asyncio.sleep(0.7)
    assert await http.row(f"orders/{order['id']}") == order
    assert await http.rows("journal") == []
    retried = await caller.patch(f"orders/{order['id']}", json={"status": "cancelled"}, headers=key)
    assert retried.json()["status"] == (await http.row(f"orders/{order['id']}"))["status"] == "cancelled"


async def test_a_slow_write_is_done_even_when_the_caller_has_gone(app: FastAPI, http: Api) -> None:
    house = FastAPI()
    house.mount("/backoffice", app)
    order = await an_order(http, "processing")
    await arm(http, "slow", method="PATCH", ms=400)
    with serving(house) as address:
        async with httpx.AsyncClient(base_url=f"{address}/backoffice/api/", timeout=0.1) as hurried:
            with pytest.raises(httpx.ReadTimeout):
                await hurried.patch(f"orders/{order['id']}", json={"status": "cancelled"})
            assert (await http.row(f"orders/{order['id']}"))["status"] == "processing"
        await asyncio.sleep(0.6)
    assert (await http.row(f"orders/{order['id']}"))["status"] == "cancelled"


async def test_slow_delays_reads_too(http: Api) -> None:
    await arm(http, "slow", ms=80)
    begun = time.perf_counter()
    assert len((await http.get("orders")).json()) == 500
    assert time.perf_counter() - begun >= 0.08


async def test_a_partial_write_claims_all_and_keeps_half(caller: httpx.AsyncClient, http: Api) -> None:
    order, customer = await an_order(http), await http.row("customers/cus_100007")
    await arm(caller, "partial_write", n=3)
    contact = {"email": "new@x.example", "phone": "+4930555555"}
    assert (await caller.patch("customers/cus_100007", json=contact)).json() == customer | contact
    assert await http.row("customers/cus_100007") == customer | {"email": "new@x.example"}
    refund = (await caller.post("refunds", json=refund_of(order))).json()
    assert refund["reason"] == "chipped"
    assert await http.row(f"refunds/{refund['id']}") == refund | {"reason": ""}
    assert (await http.row(f"orders/{order['id']}"))["refunds"] == [refund | {"reason": ""}]
    assert (await caller.patch("customers/cus_100007", json={"name": "Other"})).json()["name"] == "Other"
    assert (await http.row("customers/cus_100007"))["name"] == customer["name"]
    rows = await http.rows("journal")
    assert [row["applied"] for row in rows] == [False, False, False]
    assert rows[0]["changes"] == {"email": [customer["email"], "new@x.example"]}
    assert rows[2]["changes"] == {}


async def test_a_wrong_field_claims_the_right_one(caller: httpx.AsyncClient, http: Api) -> None:
    customer = await http.row("customers/cus_100008")
    await arm(caller, "wrong_field")
    answer = await caller.patch("customers/cus_100008", json={"email": "new@x.example"})
    assert answer.json() == customer | {"email": "new@x.example"}
    assert await http.row("customers/cus_100008") == customer | {"note": "new@x.example"}
    (row,) = await http.rows("journal")
    assert (row["applied"], row["changes"]) == (False, {"note": [customer["note"], "new@x.example"]})


async def test_a_stale_read_shows_what_was_before_the_last_write(caller: httpx.AsyncClient, http: Api) -> None:
    order = await an_order(http, "processing")
    path = f"orders/{order['id']}"
    await caller.patch(path, json={"note": "first"})
    await caller.patch(path, json={"status": "cancelled"})
    after_first = order | {"note": "first"}
    await arm(caller, "stale_read", n=4)
    assert (await caller.get(path)).json() == after_first
    assert after_first in (await caller.get("orders", params={"customer_id": order["customer_id"]})).json()
    assert after_first in (await caller.get("orders", params={"status": "processing"})).json()
    assert order["id"] not in [row["id"] for row in (await caller.get("orders", params={"status": "cancelled"})).json()]
    assert (await caller.get(path)).json() == after_first | {"status": "cancelled"}


async def test_a_stale_read_does_not_know_the_newest_record(caller: httpx.AsyncClient, http: Api) -> None:
    order = await an_order(http)
    refunds = [(await caller.post("refunds", json=refund_of(order))).json() for _ in range(2)]
    await caller.post("refunds", json=refund_of((await http.rows("orders", limit=1))[0]))
    await arm(caller, "stale_read", n=4, resource="refunds")
    assert (await caller.get(f"refunds/{refunds[1]['id']}")).status_code == 404
    assert (await caller.get("refunds", params={"order_id": order["id"]})).json() == refunds[:1]
    assert len((await caller.get("refunds", params={"order_id": order["id"], "limit": 5})).json()) == 1
    untouched = (await http.rows("refunds", limit=1))[0]
    assert (await caller.get(f"refunds/{untouched['id']}")).json() == untouched, "what nobody wrote is never stale"


async def test_a_stale_list_takes_back_the_last_write_among_what_it_shows(http: Api) -> None:
    first, second = await http.rows("orders", delivered_at="null", note="", limit=2)
    await http.patch(f"orders/{first['id']}", json={"note": "first"})
    await http.patch(f"orders/{second['id']}", json={"note": "second"})
    await http.post("tickets", json={"kind": "bug", "subject": "a record that was nowhere before"})
    await arm(http, "stale_read", n=2, resource="orders")
    stale = (await http.get("orders", params={"delivered_at": "null", "limit": 500})).json()
    now = await http.rows("orders", delivered_at="null")
    assert stale == [second if row["id"] == second["id"] else row for row in now]
    theirs = (await http.get("orders", params={"customer_id": first["customer_id"], "id": first["id"]})).json()
    assert theirs == [first], "for another list its own last write is the last"


async def test_a_server_error_writes_nothing(caller: httpx.AsyncClient, http: Api) -> None:
    await arm(caller, "server_error", n=2)
    failed = await caller.patch("customers/cus_100001", json={"note": "x"}, headers={"Idempotency-Key": "k"})
    assert (failed.status_code, failed.headers["content-type"]) == (500, "application/problem+json")
    assert (await caller.get("customers/cus_100001")).status_code == 500
    assert await http.rows("journal") == []
    done = await caller.patch("customers/cus_100001", json={"note": "x"}, headers={"Idempotency-Key": "k"})
    assert done.json()["note"] == "x"


async def test_faults_are_met_in_the_order_of_arming_by_the_calls_they_are_for(http: Api) -> None:
    await arm(http, "server_error", resource="orders", method="PATCH")
    await arm(http, "server_error", n=2, method="GET")
    await arm(http, "error_after_write", resource="tickets")
    path, ticket = (await http.rows("orders"))[0]["id"], {"kind": "bug", "subject": "x"}
    assert (await http.patch("customers/cus_100001", json={"note": "x"})).status_code == 200
    assert (await http.patch(f"orders/{path}", json={"note": "x"})).status_code == 500
    assert (await http.patch(f"orders/{path}", json={"note": "x"})).status_code == 200
    assert [(await http.get(name)).status_code for name in ("slots", "orders", "slots")] == [500, 500, 200]
    assert [(await http.post("tickets", json=ticket)).status_code for _ in range(2)] == [500, 201]
    assert await http.rows("faults") == []


@pytest.mark.parametrize("name", WRITES)
async def test_what_is_for_the_oracle_or_another_method_meets_nothing(http: Api, name: str) -> None:
    await arm(http, name)
    await http.get("orders")
    await http.get("journal")
    answer = await http.patch("customers/cus_100001", json={"note": "x"}, headers={"X-Oracle": "1"})
    assert answer.json()["note"] == (await http.row("customers/cus_100001"))["note"] == "x"
    assert (await http.patch("customers/cus_100001", json={"name": 7})).status_code == 422
    assert [fault["n"] for fault in await http.rows("faults")] == [1]


async def test_a_refused_write_stays_refused_whatever_is_armed(http: Api) -> None:
    await arm(http, "lost_write")
    await arm(http, "timeout_after_write", ms=60_000)
    await arm(http, "error_after_write")
    for _ in range(3):
        assert (await http.patch("orders/HG-0", json={"note": "x"})).status_code == 404
    assert await http.rows("faults") == []
