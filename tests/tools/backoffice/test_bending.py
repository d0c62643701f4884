from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.backoffice.conftest import TODAY
from tools.backoffice.bending import Bend, at, bent, paths
from tools.backoffice.collection import COLLECTIONS, Collection
from tools.backoffice.fields import Row
from tools.backoffice.seed import seeds

WORLD = {collection.name: rows for collection, rows in seeds(TODAY)}
CUSTOMERS, ORDERS, REFUNDS = (COLLECTIONS[name] for name in ("customers", "orders", "refunds"))
CUSTOMER = WORLD["customers"][0]
ORDER = next(order for order in WORLD["orders"] if order["status"] == "shipped")


def patched(fault: Bend | None, collection: Collection, before: Row, **asked: Any) -> Row:
    return bent(fault, collection, before, collection.merged(before, asked), asked)


def made(fault: Bend, asked: Row) -> Row:
    wanted = {"id": "ref_1", "customer_id": "cus_1", "status": "posted", "created_at": "now"} | asked
    return bent(fault, REFUNDS, {}, wanted, asked)


REFUND = {"order_id": "HG-1", "amount": {"amount": "12.50", "currency": "EUR"}, "reason": "chipped"}


def test_a_partial_patch_keeps_the_first_half_of_what_would_change() -> None:
    stored = patched("partial_write", CUSTOMERS, CUSTOMER, phone="+49301", email="n@x.example", name=CUSTOMER["name"])
    assert stored == CUSTOMER | {"email": "n@x.example"}
    stored = patched("partial_write", CUSTOMERS, CUSTOMER, email="n@x.example", address="A 1", postcode="1")
    assert stored == CUSTOMER | {"email": "n@x.example", "postcode": "1"}


def test_a_partial_patch_of_one_field_keeps_nothing() -> None:
    assert patched("partial_write", ORDERS, ORDER, status="cancelled") == ORDER
    assert patched("partial_write", ORDERS, ORDER, delivery={"preference": "blue gate"}) == ORDER


def test_a_partial_patch_reaches_into_nested_fields() -> None:
    stored = patched("partial_write", ORDERS, ORDER, delivery={"preference": "blue gate", "address": "A 1"})
    assert stored == ORDER | {"delivery": ORDER["delivery"] | {"preference": "blue gate"}}


def test_a_partial_record_is_blank_where_its_last_fields_would_be() -> None:
    assert made("partial_write", REFUND) == made("partial_write", REFUND) | REFUND | {"reason": ""}
    assert made("partial_write", {"order_id": "HG-1", "amount": REFUND["amount"]})["amount"]["amount"] == "0.00"
    assert made("partial_write", {"order_id": "HG-1"}) == {}


@pytest.mark.parametrize(
    ("collection", "asked", "field", "other", "text"),
    [
        ("customers", {"email": "n@x.example"}, "email", "note", "n@x.example"),
        ("customers", {"note": "hello"}, "note", "name", "hello"),
        ("orders", {"status": "cancelled"}, "status", "note", "cancelled"),
        ("subscriptions", {"plan": "other"}, "plan", "status", "other"),
        ("subscriptions", {"price": {"amount": "1.00", "currency": "EUR"}}, "price", "next_at", "1.00 EUR"),
        ("appointments", {"slot_id": "slo_1"}, "slot_id", "kind", "slo_1"),
    ],
)
def test_a_value_gone_astray_stands_in_another_field(
    collection: str, asked: Row, field: str, other: str, text: str
) -> None:
    before = WORLD[collection][0]
    stored = patched("wrong_field", COLLECTIONS[collection], before, **asked)
    assert stored == before | {other: text}
    assert stored[field] == before[field]


def test_a_nested_value_goes_astray_within_its_object() -> None:
    stored = patched("wrong_field", ORDERS, ORDER, delivery={"preference": "blue gate"})
    assert stored == ORDER | {"delivery": ORDER["delivery"] | {"address": "blue gate"}}


def test_a_new_refund_with_its_amount_astray_gives_nothing_back() -> None:
    stored = made("wrong_field", REFUND)
    assert (stored["order_id"], stored["amount"]["amount"], stored["reason"]) == ("HG-1", "0.00", "12.50 EUR")


patches = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["processing", "cancelled", "shipped"]),
        "note": st.text(max_size=5),
        "delivered_at": st.none() | st.just("2026-01-01T00:00:00Z"),
        "total": st.sampled_from([{"amount": "1.00", "currency": "EUR"}, ORDER["total"]]),
        "delivery": st.dictionaries(st.sampled_from(["carrier", "eta", "preference", "address"]), st.text(max_size=5)),
    },
)


@given(asked=patches, fault=st.sampled_from(["lost_write", "partial_write", "wrong_field"]))
def test_a_bent_write_that_should_change_something_never_does_all_of_it(asked: Row, fault: Bend) -> None:
    wanted = ORDERS.merged(ORDER, asked)
    stored = bent(fault, ORDERS, ORDER, wanted, asked)
    assert stored.keys() == ORDER.keys()
    changing = [path for path in paths(ORDERS, asked) if at(ORDER, path) != at(wanted, path)]
    assert any(at(stored, path) != at(wanted, path) for path in changing) == bool(changing)
    assert wanted == ORDERS.merged(ORDER, asked), "what was wanted is left alone"


@given(asked=patches)
def test_without_a_fault_all_is_stored(asked: Row) -> None:
    assert patched(None, ORDERS, ORDER, **asked) == ORDERS.merged(ORDER, asked)
