from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.backoffice.conftest import TODAY
from tools.backoffice.app import create_app
from tools.backoffice.collection import COLLECTIONS
from tools.backoffice.fields import Row
from tools.backoffice.seed import seeds
from tools.backoffice.store import to_json

Planted = dict[str, list[Row]]


@pytest.fixture(scope="module")
def world() -> Planted:
    return {collection.name: rows for collection, rows in seeds(TODAY)}


def days_ago(at: str, today: date = TODAY) -> int:
    return (today - date.fromisoformat(at[:10])).days


def amount(money: dict[str, Any]) -> Decimal:
    return Decimal(money["amount"])


def test_the_same_day_gives_the_same_records_and_another_day_moves_them(world: Planted) -> None:
    again = {collection.name: rows for collection, rows in seeds(TODAY)}
    later = {collection.name: rows for collection, rows in seeds(TODAY + timedelta(days=9))}
    assert to_json(again) == to_json(world)
    assert days_ago(later["orders"][0]["placed_at"]) == days_ago(world["orders"][0]["placed_at"]) - 9


@settings(max_examples=8, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2032, 12, 31)))
def test_on_any_day_the_counts_hold_and_nothing_is_dated_ahead(today: date) -> None:
    planted = {collection.name: rows for collection, rows in seeds(today)}
    assert {name: len(planted[name]) for name in ("customers", "orders", "subscriptions")} == {
        "customers": 200,
        "orders": 500,
        "subscriptions": 80,
    }
    past = [order["placed_at"] for order in planted["orders"]] + [row["created_at"] for row in planted["refunds"]]
    past += [order["delivered_at"] for order in planted["orders"] if order["delivered_at"]]
    assert min(days_ago(at, today) for at in past) >= 1
    slots = [days_ago(slot["starts_at"], today) for slot in planted["slots"]]
    assert (max(slots), min(slots)) in {(-1, -14), (-2, -14), (-1, -13)}, "two weeks from tomorrow, Sundays off"


def test_opening_again_does_not_seed_again(tmp_path: Path) -> None:
    first = create_app(tmp_path / "harbor.db", today=TODAY).state.store
    with first.transaction():
        first.save("customers", first.record("customers", "cus_100001") | {"name": "Changed"}, seq=1)
    secret = first.secret
    first.close()
    second = create_app(tmp_path / "harbor.db", today=TODAY + timedelta(days=1)).state.store
    assert second.record("customers", "cus_100001")["name"] == "Changed"
    assert len(second.records("orders")) == 500
    assert second.secret == secret
    second.close()


def test_customers_are_apart_from_each_other_and_reachable_nowhere(world: Planted) -> None:
    customers = world["customers"]
    for field in ("id", "email", "phone"):
        assert len({row[field] for row in customers}) == 200
    for row in customers:
        assert row["email"].isascii()
        assert row["email"].endswith(".example")
        assert phonenumbers.is_valid_number(phonenumbers.parse(row["phone"])), row
        region = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}[row["locale"]]
        assert phonenumbers.region_code_for_number(phonenumbers.parse(row["phone"])) == region
    assert Counter(row["locale"] for row in customers) == {"en": 70, "de": 60, "fr": 40, "es": 30}
    assert {row["tier"] for row in customers} == {"standard", "plus", "trade"}
    assert sum(not row["name"].isascii() for row in customers) > 50
    notes = " ".join(row["note"] for row in customers + world["orders"])
    assert "<script>" in notes
    assert "ignore all earlier instructions" in notes


def test_every_reference_leads_somewhere(world: Planted) -> None:
    ids = {name: {row["id"] for row in rows} for name, rows in world.items()}
    assert all(len(ids[name]) == len(rows) for name, rows in world.items())
    targets = {"customer_id": "customers", "order_id": "orders", "slot_id": "slots"}
    for name, rows in world.items():
        for row in rows:
            for field, target in targets.items():
                assert row.get(field) is None or row[field] in ids[target], (name, row)
    assert ids["loyalty"] == ids["customers"] == {order["customer_id"] for order in world["orders"]}
    assert {name for name in COLLECTIONS if not world[name]} == set()


def test_orders_agree_with_their_items_refunds_and_status(world: Planted) -> None:
    refunds = {row["id"]: row for row in world["refunds"]}
    for order in world["orders"]:
        assert amount(order["total"]) == sum(amount(item["price"]) * item["qty"] for item in order["items"])
        assert (order["delivered_at"] is not None) == (order["status"] in ("delivered", "returned"))
        assert (order["delivery"]["tracking"] is None) == (order["status"] in ("processing", "cancelled"))
        assert order["delivered_at"] is None or order["placed_at"] < order["delivered_at"]
        for refund in order["refunds"]:
            assert refunds.pop(refund["id"]) == refund
            assert refund["order_id"] == order["id"]
            assert amount(refund["amount"]) <= amount(order["total"])
            assert refund["created_at"] > order["delivered_at"]
    assert not refunds, "every refund stands in its order"
    placed = [order["placed_at"] for order in world["orders"]]
    assert placed == sorted(placed)


def test_there_is_material_for_every_refund_rule(world: Planted) -> None:
    delivered = [order for order in world["orders"] if order["status"] == "delivered"]
    refunded = {row["customer_id"] for row in world["refunds"] if days_ago(row["created_at"]) <= 30}
    lately = [order for order in delivered if days_ago(order["delivered_at"]) <= 30]
    clean = [order for order in lately if order["customer_id"] not in refunded and not order["refunds"]]
    assert sum(amount(order["total"]) < 50 for order in clean) >= 30
    assert sum(amount(order["total"]) > 120 for order in clean) >= 20
    assert sum(bool(order["refunds"]) for order in lately) >= 10
    assert len(delivered) - len(lately) >= 40
    assert {days_ago(order["delivered_at"]) for order in delivered}.isdisjoint(range(27, 33))
    statuses: dict[str, set[str]] = {}
    for order in world["orders"]:
        statuses.setdefault(order["customer_id"], set()).add(order["status"])
    assert sum(len(seen) >= 3 for seen in statuses.values()) >= 20


def test_slots_are_free_unless_a_live_appointment_holds_them(world: Planted) -> None:
    held = {row["slot_id"] for row in world["appointments"] if row["status"] != "cancelled"}
    assert {slot["id"] for slot in world["slots"] if not slot["free"]} == held
    assert 5 <= len(held) <= 20
    for slot in world["slots"]:
        day, begins, ends = date.fromisoformat(slot["starts_at"][:10]), slot["starts_at"][11:13], slot["ends_at"][11:16]
        assert day.isoweekday() < 7
        assert begins >= "08"
        assert ends <= "17:00"
        assert slot["starts_at"] < slot["ends_at"]


def test_only_active_plans_have_a_next_delivery(world: Planted) -> None:
    plans = world["subscriptions"]
    assert {row["status"] for row in plans} == {"active", "paused", "cancelled"}
    assert {row["plan"] for row in plans} == {"weekly", "biweekly", "monthly"}
    assert all((row["next_at"] is not None) == (row["status"] == "active") for row in plans)
