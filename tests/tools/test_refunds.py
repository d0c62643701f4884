"""Refunds: exact amounts, never more than is left, and proof that only the refund changed."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.conftest import Shop
from tools.contract import Scope, ToolRefused
from tools.refunds import IssueRefund

CENTS = st.decimals("0.01", 9_999_999, places=2)


def refund(amount: object, **more: object) -> IssueRefund:
    return IssueRefund.model_validate({"order_id": "HG-123456", "currency": "EUR", "amount": amount, **more})


@given(CENTS)
def test_an_amount_is_the_same_in_every_form(cents: Decimal) -> None:
    money = {"amount": str(cents), "currency": "EUR"}
    forms = [cents, str(cents), f" {cents} ", float(cents), float(cents) * (1 + 1e-15), money]
    dumps = {refund(form).model_dump_json() for form in forms}
    assert len(dumps) == 1
    assert refund(cents).model_dump(mode="json")["amount"] == f"{cents:.2f}"
    assert IssueRefund.model_validate_json(dumps.pop()) == refund(cents)


@pytest.mark.parametrize(
    "amount",
    [0, -1, "0.00", "12.345", 12.345, "1e9", True, None, "", "ten", [], math.nan, math.inf, "NaN", "Infinity", 1e30,
     {"amount": "1.00"}, {"amount": "1.00", "currency": "USD"}, {"amount": "1.00", "currency": "EUR", "order_id": "x"}],
)  # fmt: skip
def test_what_is_no_amount_is_refused(amount: object) -> None:
    with pytest.raises(ValueError, match="IssueRefund"):
        refund(amount)


def test_money_brings_its_currency() -> None:
    args = {"order_id": "HG-123456", "amount": {"amount": "3.00", "currency": "EUR"}}
    assert IssueRefund.model_validate(args).currency == "EUR"


async def attempt(shop: Shop, order: dict[str, Any], scope: Scope, amount: object, currency: str = "EUR") -> Any:
    action = shop.tools.action("issue_refund")
    args = refund(amount, order_id=order["id"], currency=currency, reason="broken")
    return await action.before(args, scope)


async def test_no_more_is_given_back_than_is_left(shop: Shop) -> None:
    order, scope = await shop.order("delivered")
    total = Decimal(order["total"]["amount"])
    await shop.oracle.post("refunds", order_id=order["id"], amount="1.50", reason="scratched")
    assert await attempt(shop, order, scope, total - Decimal("1.50"))
    with pytest.raises(ToolRefused, match=f"{total - Decimal('1.50')} EUR"):
        await attempt(shop, order, scope, total - Decimal("1.49"))


async def test_no_other_currency_is_given_back_than_was_paid(shop: Shop) -> None:
    order, scope = await shop.order("delivered")
    with pytest.raises(ToolRefused):
        await attempt(shop, order, scope, "1.00", "USD")


@pytest.mark.parametrize("stale", ["refunds", "orders"])
async def test_a_ledger_and_an_order_that_disagree_are_a_mismatch(shop: Shop, stale: str) -> None:
    order, scope = await shop.order("delivered")
    action = shop.tools.action("issue_refund")
    args = refund("2.00", order_id=order["id"], reason="broken")
    before = await action.before(args, scope)
    await action.run(args, scope, f"{scope.case_id}:refund")
    await shop.oracle.arm("stale_read", resource=stale)
    assert (await action.verify(args, scope, before)).state == "mismatch"
    finding = await action.verify(args, scope, before)
    assert finding.state == "verified"
    assert finding.seen["added"] == (await shop.oracle.item("orders", order["id"]))["refunds"]


async def test_a_change_to_the_order_beside_the_refund_is_a_mismatch(shop: Shop) -> None:
    order, scope = await shop.order("delivered")
    action = shop.tools.action("issue_refund")
    args = refund("2.00", order_id=order["id"], reason="broken")
    before = await action.before(args, scope)
    await action.run(args, scope, f"{scope.case_id}:refund")
    await shop.oracle.patch("orders", order["id"], status="returned")
    finding = await action.verify(args, scope, before)
    assert (finding.state, [difference.field for difference in finding.differences]) == ("mismatch", ["status"])
