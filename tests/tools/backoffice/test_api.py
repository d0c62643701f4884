import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.tools.backoffice.conftest import Api
from tools.backoffice.collection import COLLECTIONS
from tools.backoffice.problems import BODY_LIMIT

# The contract's own lists of fields.
FIELDS = {
    "customers": "id name email phone postcode address locale tier note",
    "orders": "id customer_id status items total placed_at delivered_at delivery refunds note",
    "returns": "id order_id customer_id items reason status created_at label",
    "refunds": "id order_id customer_id amount reason status created_at",
    "subscriptions": "id customer_id plan status price next_at",
    "slots": "id starts_at ends_at kind free",
    "appointments": "id customer_id slot_id kind status",
    "tickets": "id customer_id case_id kind subject body status priority",
    "messages": "id customer_id to channel kind subject body code at",
}


def is_problem(answer: httpx.Response, status: int, *words: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert all(word in answer.json()["detail"] for word in words), answer.text


async def free_slot(http: Api, kind: str) -> str:
    rows = await http.rows("slots", kind=kind, free="true", limit=1)
    return str(rows[0]["id"])


@pytest.mark.parametrize("name", COLLECTIONS)
async def test_a_collection_is_a_bare_array_with_the_fields_of_the_contract(http: Api, name: str) -> None:
    rows = await http.rows(name)
    assert set(FIELDS[name].split()) <= set(rows[0])
    assert await http.row(f"{name}/{rows[-1]['id']}") == rows[-1]
    is_problem(await http.get(f"{name}/nobody"), 404, "nobody")


async def test_lists_filter_by_any_field_and_page(http: Api) -> None:
    orders = await http.rows("orders")
    shipped = [order for order in orders if order["status"] == "shipped"]
    assert await http.rows("orders", status="shipped") == shipped
    assert await http.rows("orders", status="shipped", limit=3, offset=2) == shipped[2:5]
    customer = orders[0]["customer_id"]
    theirs = [order for order in orders if order["customer_id"] == customer and order["status"] == "shipped"]
    assert await http.rows("orders", customer_id=customer, status="shipped") == theirs
    undelivered = [order for order in orders if order["delivered_at"] is None]
    assert await http.rows("orders", delivered_at="null") == undelivered
    assert len(await http.rows("orders", status=["shipped", "cancelled"])) == 130
    slots = await http.rows("slots")
    for text, free in (("false", False), ("true", True)):
        assert await http.rows("slots", free=text) == [slot for slot in slots if slot["free"] is free]
    assert await http.rows("slots", free="1") == []
    injection = (await http.rows("customers", limit=1))[0]["note"] + "' or 1=1 --"
    assert await http.rows("customers", note=injection) == []
    assert await http.rows("orders", limit=0) == []


async def test_an_unknown_filter_is_refused_rather_than_forgotten(http: Api) -> None:
    is_problem(await http.get("orders", params={"custmer_id": "cus_100001"}), 400, "custmer_id", "customer_id")
    is_problem(await http.get("orders", params={"limit": "-1"}), 422, "limit")
    is_problem(await http.get("journal", params={"after": "9" * 30}), 422, "after")


async def test_each_collection_takes_new_records(http: Api) -> None:
    order = (await http.rows("orders", status="delivered", limit=1))[0]
    who, slot = {"customer_id": order["customer_id"]}, await free_slot(http, "service")
    when = {"starts_at": "2026-04-01T10:00:00+02:00", "ends_at": "2026-04-01T11:00:00+02:00"}
    bodies: dict[str, dict[str, Any]] = {
        "customers": {
            "name": "Nina Ø",
            "email": "n@x.example",
            "phone": "+4915112345678",
            "postcode": "1",
            "address": "A 1",
        },
        "orders": {**who, "items": order["items"], "total": order["total"]},
        "returns": {"order_id": order["id"], "items": [{"sku": order["items"][0]["sku"]}], "reason": "chipped"},
        "refunds": {"order_id": order["id"], "amount": {"amount": "3.50", "currency": "EUR"}, "reason": "chipped"},
        "subscriptions": {**who, "plan": "weekly", "price": {"amount": "9.9"}},
        "slots": {**when, "kind": "service"},
        "appointments": {**who, "slot_id": slot, "kind": "service"},
        "tickets": {**who, "kind": "bug", "subject": "Broken page", "case_id": "c1"},
        "messages": {**who, "kind": "one_time_code", "subject": "Code", "code": "123456"},
    }
    assert bodies.keys() == COLLECTIONS.keys()
    for name, body in bodies.items():
        made = await http.post(name, json=body)
        assert made.status_code == 201, made.text
        row = made.json()
        assert row["id"].startswith(COLLECTIONS[name].prefix)
        assert await http.row(f"{name}/{row['id']}") == row
        assert (await http.rows(name))[-1] == row
        is_problem(await http.post(name, json={}), 422, "body")
    assert (await http.rows("slots"))[-1]["starts_at"] == "2026-04-01T08:00:00Z"
    assert (await http.rows("subscriptions"))[-1]["price"] == {"amount": "9.90", "currency": "EUR"}


async def test_a_patch_merges_nested_fields_and_ignores_what_it_may_not_touch(http: Api) -> None:
    before = (await http.rows("orders", status="processing", limit=1))[0]
    patch = {"delivery": {"preference": "at the back door", "speed": 9}, "id": "HG-1", "no_such_field": 1}
    answer = await http.patch(f"orders/{before['id']}", json=patch | {"customer_id": "cus_100002", "refunds": []})
    assert answer.status_code == 200
    expected = before | {"delivery": before["delivery"] | {"preference": "at the back door"}}
    assert answer.json() == expected == await http.row(f"orders/{before['id']}")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("orders", {"status": "lost"}),
        ("orders", {"status": None}),
        ("orders", {"delivery": "tomorrow"}),
        ("orders", {"delivery": {"eta": "soon"}}),
        ("customers", {"email": "not an address"}),
        ("customers", {"phone": "0171 123"}),
        ("customers", {"name": 7}),
        ("customers", {"name": "\ud800"}),
        ("customers", ["name"]),
        ("subscriptions", {"plan": "daily"}),
        ("subscriptions", {"price": {"amount": "1.005", "currency": "EUR"}}),
        ("subscriptions", {"price": {"amount": "1.00", "currency": "USD"}}),
        ("subscriptions", {"next_at": "2026-04-01T10:00:00"}),
        ("slots", {"free": "false"}),
    ],
)
async def test_a_patch_of_the_wrong_type_changes_nothing(http: Api, name: str, body: Any) -> None:
    before = await http.rows(name)
    kind = {"Content-Type": "application/json"}
    is_problem(await http.patch(f"{name}/{before[0]['id']}", content=json.dumps(body), headers=kind), 422, "body")
    assert await http.rows(name) == before
    assert await http.rows("journal") == []


@pytest.mark.parametrize("amount", [0, "-1", "1e3", "NaN", True, "1.001", 1.005, "", {"amount": 0}])
async def test_a_refund_needs_an_amount_above_nothing(http: Api, amount: Any) -> None:
    order = (await http.rows("orders", limit=1))[0]["id"]
    is_problem(await http.post("refunds", json={"order_id": order, "amount": amount, "reason": "x"}), 422, "amount")


async def test_the_refund_api_does_not_defend_the_total(http: Api) -> None:
    order = (await http.rows("orders", status="delivered", limit=1))[0]
    body = {"order_id": order["id"], "amount": 99999.5, "reason": "generous"}
    made = [(await http.post("refunds", json=body)).json() for _ in range(2)]
    assert made[0]["amount"] == {"amount": "99999.50", "currency": "EUR"}
    assert made[0]["customer_id"] == order["customer_id"]
    assert (await http.row(f"orders/{order['id']}"))["refunds"] == order["refunds"] + made


async def test_a_return_sends_its_label_in_the_language_of_the_customer(http: Api) -> None:
    german = (await http.rows("customers", locale="de", limit=1))[0]
    order = (await http.rows("orders", customer_id=german["id"], limit=1))[0]
    body = {"order_id": order["id"], "items": [{"sku": order["items"][0]["sku"], "qty": 1}], "reason": "zu klein"}
    made = (await http.post("returns", json=body)).json()
    label = (await http.rows("messages", customer_id=german["id"], kind="return_label"))[-1]
    assert made["label"] in label["body"]
    assert (label["to"], label["channel"], label["code"]) == (german["email"], "email", None)
    assert "Rücksendeetikett" in label["subject"]
    is_problem(await http.post("returns", json=body | {"items": [{"sku": "NOT-BOUGHT"}]}), 422, "NOT-BOUGHT")


async def test_an_appointment_takes_its_slot_and_gives_it_back(http: Api) -> None:
    first, second = await free_slot(http, "service"), await free_slot(http, "delivery")
    body = {"customer_id": "cus_100001", "slot_id": first, "kind": "service"}
    made = (await http.post("appointments", json=body)).json()
    assert (await http.row(f"slots/{first}"))["free"] is False
    is_problem(await http.post("appointments", json=body), 409, first)
    assert (await http.patch(f"appointments/{made['id']}", json={"slot_id": second})).status_code == 200
    assert [(await http.row(f"slots/{slot}"))["free"] for slot in (first, second)] == [True, False]
    assert (await http.patch(f"appointments/{made['id']}", json={"status": "cancelled"})).status_code == 200
    assert (await http.row(f"slots/{second}"))["free"] is True
    assert (await http.post("appointments", json=body | {"slot_id": second})).status_code == 201
    is_problem(await http.patch(f"appointments/{made['id']}", json={"status": "booked"}), 409, second)
    is_problem(await http.post("appointments", json=body | {"slot_id": None}), 422, "callback")
    callback = await http.post("appointments", json={"customer_id": "cus_100001", "kind": "callback"})
    assert callback.json() | {"slot_id": None, "status": "booked"} == callback.json()


async def test_a_message_goes_to_the_address_on_file(http: Api) -> None:
    customer = await http.row("customers/cus_100001")
    for channel, field in (("email", "email"), ("sms", "phone")):
        body = {"customer_id": customer["id"], "kind": "password_reset", "channel": channel}
        assert (await http.post("messages", json=body)).json()["to"] == customer[field]
    is_problem(await http.post("messages", json={"kind": "reply"}), 422, "customer_id")
    is_problem(await http.post("messages", json={"kind": "reply", "customer_id": "cus_9"}), 422, "cus_9")


@pytest.mark.parametrize("name", ["orders", "subscriptions", "appointments", "tickets"])
async def test_a_record_of_nobody_is_refused(http: Api, name: str) -> None:
    whole = (await http.rows(name))[0] | {"customer_id": "cus_0", "slot_id": None, "kind": "callback"}
    is_problem(await http.post(name, json=whole), 422, "cus_0")
    is_problem(await http.post("refunds", json={"order_id": "HG-0", "amount": "1", "reason": "x"}), 422, "HG-0")


async def test_bodies_that_are_no_json_or_too_large_are_refused_cleanly(http: Api) -> None:
    path, kind = "customers/cus_100001", {"Content-Type": "application/json"}
    is_problem(await http.patch(path, content=b"{", headers=kind), 400)
    is_problem(await http.patch(path, content=b"\xff\xfe{", headers=kind), 400)
    is_problem(await http.patch(path, content=b"[" * 100_000, headers=kind), 400)
    is_problem(await http.patch(path, data={"name": "form"}), 415, "application/json")
    is_problem(await http.patch(path, content=b'{"name":"x"}', headers={"Content-Type": "text/plain"}), 415)
    is_problem(await http.patch(path, content=b" " * (BODY_LIMIT + 1), headers=kind), 413)

    async def endless() -> Any:
        for _ in range(BODY_LIMIT // 1000 + 2):
            yield b" " * 1000

    is_problem(await http.patch(path, content=endless(), headers=kind), 413)
    assert await http.rows("journal") == []


async def test_what_is_not_there_is_a_problem_too(http: Api) -> None:
    is_problem(await http.get("loyalty"), 404)
    is_problem(await http.delete("orders/HG-1"), 405)
    is_problem(await http.patch("orders/HG-0", json={"note": "x"}), 404, "HG-0")
    is_problem(await http.put("orders", json={}), 405)


async def test_openapi_describes_bodies_records_and_headers(http: Api) -> None:
    described = (await http.get("http://shop.test/openapi.json")).json()
    schemas = described["components"]["schemas"]
    assert set(schemas["NewRefund"]["required"]) == {"order_id", "amount", "reason"}
    assert set(schemas["OrderPatch"]["properties"]) == {"status", "items", "total", "delivered_at", "delivery", "note"}
    assert "required" not in schemas["OrderPatch"]
    assert schemas["Order"]["properties"]["id"]["readOnly"] is True
    posted = described["paths"]["/api/orders"]["post"]
    assert list(posted["responses"]["4XX"]["content"]) == ["application/problem+json"]
    headers = {parameter["name"] for parameter in posted["parameters"]}
    assert headers == {"idempotency-key", "x-actor", "x-oracle"}


async def test_it_works_the_same_under_a_prefix(app: FastAPI) -> None:
    house = FastAPI()
    house.mount("/backoffice", app)
    async with Api(house, "/backoffice/api") as http:
        assert len(await http.rows("orders", status="shipped", limit=3)) == 3
        assert (await http.patch("customers/cus_100001", json={"note": "hello"})).status_code == 200
        is_problem(await http.get("customers/nobody"), 404)
