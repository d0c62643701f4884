"""Changing where a parcel goes and where it is left."""

from typing import Any

import pytest

from tests.backoffice import Record
from tests.tools.conftest import Shop
from tools.contract import ToolRefused
from tools.finding import Finding

DELIVERY = {"eta": "2031-01-09", "preference": "Behind the gate", "address": "1 Mill Lane, Leeds, LS6 1AB"}


async def changed(shop: Shop, order: Record, scope: Any, **wanted: str) -> Finding:
    action = shop.tools.action("change_delivery")
    asked = {"address": order["delivery"]["address"] or "", "preference": order["delivery"]["preference"] or ""}
    args = action.args.model_validate({"order_id": order["id"]} | asked | wanted)
    before = await action.before(args, scope)
    await action.run(args, scope, f"{scope.case_id}:delivery")
    return await action.verify(args, scope, before)


@pytest.mark.parametrize(
    ("wanted", "then"),
    [
        ({"preference": " With the neighbour "}, {"preference": "With the neighbour"}),
        ({"address": "2 Quay Street, Whitby, YO21 1AA"}, {"address": "2 Quay Street, Whitby, YO21 1AA"}),
        ({"preference": ""}, {"preference": None}),
    ],
)
async def test_what_was_not_asked_for_stays(shop: Shop, wanted: dict[str, str], then: dict[str, Any]) -> None:
    order, scope = await shop.order("processing", delivery=DELIVERY, note="A present")
    assert (await changed(shop, order, scope, **wanted)).state == "verified"
    after = await shop.oracle.item("orders", order["id"])
    assert after == order | {"delivery": order["delivery"] | then}


async def test_a_field_that_moved_along_is_a_mismatch(shop: Shop) -> None:
    order, scope = await shop.order("processing", delivery=DELIVERY)
    action = shop.tools.action("change_delivery")
    args = action.args.model_validate({"order_id": order["id"], "address": "Elsewhere 1", "preference": ""})
    before = await action.before(args, scope)
    await action.run(args, scope, f"{scope.case_id}:delivery")
    await shop.oracle.patch("orders", order["id"], delivery={"eta": "2031-02-01"})
    assert (await action.verify(args, scope, before)).state == "mismatch"


@pytest.mark.parametrize("status", ["shipped", "delivered", "cancelled", "returned"])
@pytest.mark.parametrize("begun", [False, True])
async def test_nothing_is_changed_once_the_order_has_left(shop: Shop, status: str, begun: bool) -> None:
    order, scope = await shop.order("processing")
    await shop.oracle.patch("orders", order["id"], status=status)
    action, seq = shop.tools.action("change_delivery"), await shop.oracle.seq()
    args = action.args.model_validate({"order_id": order["id"], "address": "Elsewhere 1", "preference": ""})
    with pytest.raises(ToolRefused, match=status):
        await (action.run(args, scope, f"{scope.case_id}:late") if begun else action.before(args, scope))
    assert await shop.oracle.seq() == seq
