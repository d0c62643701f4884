"""A tool works for the customer in scope; an order of somebody else is an order that does not exist."""

from typing import Any

import pytest

from tests.tools.conftest import Shop, scope_of
from tools.contract import Scope, ToolRefused

MISSING = "HG-000001"
ON_ORDERS: dict[str, dict[str, Any]] = {
    "cancel_order": {},
    "change_delivery": {"address": "Elsewhere 1", "preference": "With me"},
    "register_return": {"items": "1 x Stoneware mug (KIT-MUG01)", "reason": "not mine"},
    "issue_refund": {"amount": "1.00", "currency": "EUR", "reason": "broken"},
}
ON_SUBSCRIPTIONS: dict[str, dict[str, Any]] = {
    "change_subscription": {"plan": "monthly", "status": "active", "next_at": ""},
    "cancel_subscription": {},
}
FOR_SOMEBODY: dict[str, dict[str, Any]] = ON_ORDERS | {
    "change_email": {"email": "thief@example.com"},
    "change_phone": {"phone": "+442079460000"},
    "change_address": {"address": "Elsewhere 1", "postcode": "1234"},
    "send_code": {"ordinal": 0},
    "send_reset_link": {"ordinal": 1},
}


async def refusal(shop: Shop, name: str, args: dict[str, Any], scope: Scope, *, begun: bool) -> str:
    action = shop.tools.action(name)
    read = action.args.model_validate(args)
    with pytest.raises(ToolRefused) as raised:
        await (action.run(read, scope, f"{scope.case_id}:{name}") if begun else action.before(read, scope))
    return str(raised.value)


async def test_get_order_answers_somebody_elses_order_like_a_missing_one(shop: Shop) -> None:
    (theirs, _), (_, mine) = await shop.order(), await shop.order()
    tool = shop.tools.lookup("get_order")
    calls = {}
    for order_id in (theirs["id"], MISSING):
        shop.requests.clear()
        assert await tool.run(tool.args.model_validate({"order_id": order_id}), mine) is None
        calls[order_id] = [(request.method, request.url.path.replace(order_id, "")) for request in shop.requests]
    assert calls[theirs["id"]] == calls[MISSING]


async def test_lookups_know_nobody_while_nobody_is_identified(shop: Shop) -> None:
    order, _ = await shop.order()
    subscription, _ = await shop.subscription()
    asked: dict[str, dict[str, Any]] = {
        "get_order": {"order_id": order["id"]},
        "find_items": {"order_id": order["id"], "said": "everything"},
        "get_subscription": {"subscription_id": subscription["id"]},
        "get_customer": {},
        "find_subscriptions": {},
        "get_reset_links": {},
    }
    for name, args in asked.items():
        tool = shop.tools.lookup(name)
        assert await tool.run(tool.args.model_validate(args), scope_of(None)) is None


@pytest.mark.parametrize("name", ON_ORDERS)
@pytest.mark.parametrize("begun", [False, True])
async def test_actions_refuse_somebody_elses_order_in_the_words_for_a_missing_one(
    shop: Shop, name: str, begun: bool
) -> None:
    (theirs, _), (_, mine) = await shop.order("processing"), await shop.order()
    seq = await shop.oracle.seq()
    words = {
        (await refusal(shop, name, {"order_id": order_id} | ON_ORDERS[name], mine, begun=begun)).replace(order_id, "…")
        for order_id in (theirs["id"], MISSING)
    }
    assert len(words) == 1
    assert await shop.oracle.item("orders", theirs["id"]) == theirs
    assert await shop.oracle.seq() == seq


@pytest.mark.parametrize("name", ON_SUBSCRIPTIONS)
@pytest.mark.parametrize("begun", [False, True])
async def test_actions_refuse_somebody_elses_subscription_in_the_words_for_a_missing_one(
    shop: Shop, name: str, begun: bool
) -> None:
    (theirs, _), (_, mine) = await shop.subscription(), await shop.subscription()
    seq = await shop.oracle.seq()
    words = {
        (await refusal(shop, name, {"subscription_id": one} | ON_SUBSCRIPTIONS[name], mine, begun=begun)).replace(
            one, "…"
        )
        for one in (theirs["id"], "sub_0")
    }
    assert len(words) == 1
    assert await shop.oracle.item("subscriptions", theirs["id"]) == theirs
    assert await shop.oracle.seq() == seq


@pytest.mark.parametrize(("name", "args"), [("get_order", {}), ("find_items", {"said": "everything"})])
async def test_lookups_answer_somebody_elses_order_like_none(shop: Shop, name: str, args: dict[str, Any]) -> None:
    (theirs, _), (_, mine) = await shop.order(), await shop.order()
    tool = shop.tools.lookup(name)
    for order_id in (theirs["id"], MISSING):
        assert await tool.run(tool.args.model_validate({"order_id": order_id} | args), mine) is None


async def test_somebody_elses_subscription_is_found_nowhere(shop: Shop) -> None:
    (theirs, _), (_, mine) = await shop.subscription(), await shop.order()
    one, some = shop.tools.lookup("get_subscription"), shop.tools.lookup("find_subscriptions")
    assert await one.run(one.args.model_validate({"subscription_id": theirs["id"]}), mine) is None
    assert await some.run(some.args.model_validate({}), mine) is None


@pytest.mark.parametrize("name", FOR_SOMEBODY)
@pytest.mark.parametrize("begun", [False, True])
async def test_actions_refuse_while_nobody_is_identified(shop: Shop, name: str, begun: bool) -> None:
    order, _ = await shop.order("processing")
    args = {"order_id": order["id"]} if name in ON_ORDERS else {}
    seq = await shop.oracle.seq()
    await refusal(shop, name, args | FOR_SOMEBODY[name], scope_of(None), begun=begun)
    assert await shop.oracle.seq() == seq


async def test_no_argument_of_any_tool_can_name_a_customer(shop: Shop) -> None:
    for tool in shop.tools.tools.values():
        assert "customer_id" not in tool.args.model_fields
        with pytest.raises(ValueError, match="customer_id"):
            tool.args.model_validate({"customer_id": "cus_100001"})


async def test_the_agent_writes_under_its_name_and_never_as_the_oracle(shop: Shop) -> None:
    _, scope = await shop.order()
    action = shop.tools.action("change_address")
    await action.run(action.args.model_validate({"address": "A 1", "postcode": "B"}), scope, f"{scope.case_id}:x")
    assert len(await shop.oracle.written(key=f"{scope.case_id}:x")) == 1
    assert {request.headers["x-actor"] for request in shop.requests} == {"agent"}
    assert not any("x-oracle" in request.headers for request in shop.requests)
