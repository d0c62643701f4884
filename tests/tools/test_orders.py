"""Reading and cancelling orders."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.tools.conftest import Shop, scope_of
from tools.contract import ToolLost, ToolRefused
from tools.finding import Record
from tools.orders import Order


async def read(shop: Shop, record: dict[str, Any]) -> Order:
    tool = shop.tools.lookup("get_order")
    order = await tool.run(tool.args.model_validate({"order_id": record["id"]}), scope_of(record["customer_id"]))
    assert isinstance(order, Order)
    return order


async def test_an_order_reads_as_the_system_has_it(shop: Shop) -> None:
    for record in (await shop.oracle.rows("orders"))[::50]:
        order, delivery = await read(shop, record), record["delivery"]
        back = sum(float(refund["amount"]["amount"]) for refund in record["refunds"])
        total = float(record["total"]["amount"])
        assert (order.id, order.customer_id, order.status) == (record["id"], record["customer_id"], record["status"])
        assert (order.total, order.currency, order.refunds_count) == (total, "EUR", len(record["refunds"]))
        assert order.refunded == pytest.approx(back)
        assert order.refundable == pytest.approx(total - back)
        assert order.placed_at == record["placed_at"]
        assert order.delivered_at == (record["delivered_at"] or "")
        for field in ("carrier", "tracking", "eta", "preference", "address"):
            assert getattr(order, field) == (delivery[field] or "")
        assert [item.sku for item in order.items] == [item["sku"] for item in record["items"]]
        assert order.items[0].price == float(record["items"][0]["price"]["amount"])


def record(**more: Any) -> Record:
    money: Record = {"amount": "10.10", "currency": "EUR"}
    return {
        "id": "HG-100001", "customer_id": "cus_1", "status": "delivered", "items": [], "total": money,
        "placed_at": "2026-03-01T09:30:00Z", "delivered_at": None, "delivery": {}, "refunds": [],
    } | more  # fmt: skip


NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("delivered", "now", "days"),
    [
        (None, NOON, -1),
        ("2026-03-10T00:00:01Z", NOON, 0),
        ("2026-03-09T23:59:59Z", NOON, 1),
        ("2026-02-08T12:00:01Z", NOON, 30),
        ("2026-03-10T01:00:00+02:00", NOON, 1),
        ("2026-03-12T12:00:00Z", NOON, 0),
        ("2026-03-09T23:30:00Z", NOON.astimezone(timezone(timedelta(hours=13))), 1),
    ],
)
def test_days_since_delivery_are_days_of_the_calendar(delivered: str | None, now: datetime, days: int) -> None:
    assert Order.of(record(delivered_at=delivered), now).days_since_delivery == days


def test_amounts_are_reckoned_in_cents() -> None:
    refunds = [{"amount": {"amount": amount, "currency": "EUR"}} for amount in ("0.10", "0.20", "3.3")]
    order = Order.of(record(refunds=refunds), NOON)
    assert (order.refunded, order.refundable, order.refunds_count) == (3.6, 6.5, 3)


@pytest.mark.parametrize("broken", [{"total": None}, {"placed_at": "yesterday"}, {"refunds": "none"}, {"delivery": 1}])
def test_a_record_that_cannot_be_read_is_lost_and_says_where(broken: Record) -> None:
    with pytest.raises(ToolLost, match=next(iter(broken))):
        Order.of(record(**broken), NOON)


@pytest.mark.parametrize("status", ["shipped", "delivered", "cancelled", "returned"])
async def test_only_an_order_that_has_not_left_is_cancelled(shop: Shop, status: str) -> None:
    order, scope = await shop.order(status)
    action = shop.tools.action("cancel_order")
    with pytest.raises(ToolRefused, match=status):
        await action.before(action.args.model_validate({"order_id": order["id"]}), scope)


@pytest.mark.parametrize("typed", [" hg-204118", "HG-204118 "])
def test_an_order_id_is_forgiven_its_looks(shop: Shop, typed: str) -> None:
    assert shop.tools.action("cancel_order").args.model_validate({"order_id": typed}).model_dump() == {
        "order_id": "HG-204118"
    }


@pytest.mark.parametrize(
    "typed", ["", "HG-1", "HG-1234567", "HG-12345६", "../customers/cus_1", "HG-123456\n/x", 204118]
)
def test_what_is_no_order_id_is_refused(shop: Shop, typed: object) -> None:
    with pytest.raises(ValueError, match="order_id"):
        shop.tools.lookup("get_order").args.model_validate({"order_id": typed})
