"""Registering a return: what may be meant, and the label that comes of it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.backoffice import Record
from tests.tools.conftest import Shop
from tools.contract import Scope, ToolRefused
from tools.finding import Finding
from tools.returns import Items

MUGS = {"sku": "KIT-MUG01", "name": "Stoneware mug", "qty": 2, "price": "12.50"}
LAMP = {"sku": "HOM-LMP03", "name": "Table lamp; (brass)", "qty": 1, "price": "64.00"}


async def bought(shop: Shop, status: str = "delivered") -> tuple[Record, Scope]:
    return await shop.order(status, items=[MUGS, LAMP], total="89.00")


async def found(shop: Shop, order: Record, scope: Scope, said: str) -> Items:
    tool = shop.tools.lookup("find_items")
    seen = await tool.run(tool.args.model_validate({"order_id": order["id"], "said": said}), scope)
    assert isinstance(seen, Items)
    return seen


class Registered:
    """One attempt to register a return."""

    def __init__(self, shop: Shop, order: Record, scope: Scope, items: str) -> None:
        self.action, self.scope = shop.tools.action("register_return"), scope
        self.args = self.action.args.model_validate({"order_id": order["id"], "items": items, "reason": "Too small."})
        self.before: Any = None

    async def begin(self) -> None:
        self.before = await self.action.before(self.args, self.scope)

    async def run(self) -> None:
        await self.action.run(self.args, self.scope, f"{self.scope.case_id}:{self.scope.customer_id}:return")

    async def look(self) -> Finding:
        return await self.action.verify(self.args, self.scope, self.before)


async def registered(shop: Shop, order: Record, scope: Scope, said: str) -> Registered:
    attempt = Registered(shop, order, scope, (await found(shop, order, scope, said)).chosen)
    await attempt.begin()
    await attempt.run()
    return attempt


async def test_a_return_and_its_label_are_both_there(shop: Shop) -> None:
    order, scope = await bought(shop)
    finding = await (await registered(shop, order, scope, "the lamp and one mug")).look()
    assert finding.state == "verified"
    [made] = await shop.oracle.rows("returns", order_id=order["id"])
    assert made["items"] == [{"sku": "KIT-MUG01", "qty": 1}, {"sku": "HOM-LMP03", "qty": 1}]
    assert made["reason"] == "Too small."
    [label] = await shop.oracle.rows("messages", customer_id=str(scope.customer_id), kind="return_label")
    assert made["label"] in label["body"]
    assert finding.seen["label"] == {"added": [label | {"label": made["label"]}]}


@pytest.mark.parametrize("spoilt", [{"to": "else@quillbox.example"}, {"body": "No label here."}])
async def test_a_label_that_went_elsewhere_or_says_nothing_is_a_mismatch(shop: Shop, spoilt: dict[str, str]) -> None:
    order, scope = await bought(shop)
    attempt = await registered(shop, order, scope, "everything")
    [label] = await shop.oracle.rows("messages", customer_id=str(scope.customer_id), kind="return_label")
    await shop.oracle.patch("messages", label["id"], **spoilt)
    assert (await attempt.look()).state == "mismatch"


async def test_a_label_that_never_came_is_a_mismatch(shop: Shop) -> None:
    order, scope = await bought(shop)
    attempt = await registered(shop, order, scope, "everything")
    [label] = await shop.oracle.rows("messages", customer_id=str(scope.customer_id), kind="return_label")
    await shop.oracle.patch("messages", label["id"], kind="newsletter")
    assert (await attempt.look()).state == "mismatch"


async def test_an_order_that_moved_along_is_a_mismatch(shop: Shop) -> None:
    order, scope = await bought(shop)
    attempt = await registered(shop, order, scope, "everything")
    await shop.oracle.patch("orders", order["id"], status="returned")
    assert (await attempt.look()).state == "mismatch"


async def test_what_is_under_way_is_offered_no_more(shop: Shop) -> None:
    order, scope = await bought(shop)
    await registered(shop, order, replace(scope, case_id="another"), "one mug")
    assert [(line.sku, line.left) for line in (await found(shop, order, scope, "")).lines] == [
        ("KIT-MUG01", 1), ("HOM-LMP03", 1)
    ]  # fmt: skip
    rest = await found(shop, order, scope, "everything")
    assert (rest.chosen, rest.under_way) == ("1 x Stoneware mug (KIT-MUG01); 1 x Table lamp brass (HOM-LMP03)", False)
    await registered(shop, order, scope, "everything")
    again = await found(shop, order, scope, "the lamp")
    assert (again.chosen, again.under_way) == ("1 x Table lamp brass (HOM-LMP03)", True)
    with pytest.raises(ToolRefused, match="More would come back"):
        await Registered(shop, order, scope, again.chosen).begin()


@pytest.mark.parametrize(
    "items", ["3 x Stoneware mug (KIT-MUG01)", "1 x Golden mug (KIT-MUG01)", "1 x Vase (HOM-VAS01)"]
)
async def test_what_was_not_bought_so_is_refused(shop: Shop, items: str) -> None:
    order, scope = await bought(shop)
    with pytest.raises(ToolRefused):
        await Registered(shop, order, scope, items).begin()


@pytest.mark.parametrize("status", ["processing", "shipped", "cancelled", "returned"])
async def test_only_what_has_arrived_can_come_back(shop: Shop, status: str) -> None:
    order, scope = await bought(shop, status)
    with pytest.raises(ToolRefused, match=status):
        await Registered(shop, order, scope, "1 x Stoneware mug (KIT-MUG01)").begin()


async def test_without_an_address_on_file_nothing_is_registered(shop: Shop) -> None:
    order, scope = await bought(shop)
    attempt = await registered(shop, order, scope, "one mug")
    assert attempt.before["to"] == (await shop.oracle.item("customers", str(scope.customer_id)))["email"]
