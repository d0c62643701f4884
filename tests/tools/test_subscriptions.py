"""Finding, changing and ending coffee plans."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.backoffice import Record
from tests.tools.conftest import SECRET, Shop
from tests.tools.papers import Drawer
from tools.browser.action import Browsing
from tools.browser.chromium import Chromium
from tools.catalog import harbor_catalog
from tools.contract import Scope, ToolLost, ToolRefused
from tools.finding import Finding
from tools.http import Backoffice
from tools.subscriptions import Subscription, Subscriptions

NOON = datetime(2031, 1, 4, 12, tzinfo=UTC)


def record(**more: Any) -> Record:
    money: Record = {"amount": "11.90", "currency": "EUR"}
    plan = {"id": "sub_1", "customer_id": "cus_1", "plan": "weekly", "status": "active", "price": money}
    return plan | {"next_at": "2031-01-06T10:00:00Z"} | more


def test_a_plan_reads_as_the_system_has_it() -> None:
    assert Subscription.of(record(), NOON).model_dump() == {
        "id": "sub_1", "plan": "weekly", "status": "active", "price": 11.9, "currency": "EUR",
        "next_at": "2031-01-06T10:00:00Z", "days_to_next": 2, "following_at": "2031-01-13T10:00:00Z",
        "restarts_at": "2031-01-07T09:00:00Z", "longest_pause": "2031-04-04T09:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("next_at", "days", "following"),
    [
        (None, -1, ""),
        ("2031-01-04T11:59:00Z", -1, ""),
        ("2031-01-04T18:00:00Z", 0, "2031-01-11T18:00:00Z"),
        ("2031-01-05T00:30:00+01:00", 0, "2031-01-11T23:30:00Z"),
        ("2031-01-05T00:00:00Z", 1, "2031-01-12T00:00:00Z"),
    ],
)
def test_what_is_due_is_reckoned_in_days_of_the_calendar(next_at: str | None, days: int, following: str) -> None:
    plan = Subscription.of(record(next_at=next_at), NOON)
    assert (plan.days_to_next, plan.following_at) == (days, following)


def test_a_record_that_cannot_be_read_is_lost() -> None:
    with pytest.raises(ToolLost, match="price"):
        Subscription.of(record(price=None), NOON)


async def found(shop: Shop, scope: Scope, **args: str) -> list[str] | None:
    tool = shop.tools.lookup("find_subscriptions")
    seen = await tool.run(tool.args.model_validate(args), scope)
    assert seen is None or isinstance(seen, Subscriptions)
    return None if seen is None else [one.id for one in seen.found]


async def test_of_several_those_come_that_may_be_meant(shop: Shop) -> None:
    weekly, scope = await shop.subscription()
    owner = str(scope.customer_id)
    monthly, _ = await shop.subscription(owner, plan="monthly", status="paused", next_at=None)
    ended, _ = await shop.subscription(owner, plan="biweekly", status="cancelled")
    assert await found(shop, scope) == [weekly["id"], monthly["id"]]
    assert await found(shop, scope, plan="monthly") == [monthly["id"]]
    assert await found(shop, scope, status="paused") == [monthly["id"]]
    assert await found(shop, scope, plan="biweekly") == [weekly["id"], monthly["id"]]
    for plan in (weekly, monthly):
        await shop.oracle.patch("subscriptions", plan["id"], status="cancelled")
    assert await found(shop, scope) == [weekly["id"], monthly["id"], ended["id"]]


async def test_who_has_none_has_none(shop: Shop) -> None:
    assert await found(shop, (await shop.order())[1]) is None


async def done(shop: Shop, name: str, one: Record, scope: Scope, **args: str) -> Finding:
    action = shop.tools.action(name)
    read = action.args.model_validate({"subscription_id": one["id"]} | args)
    before = await action.before(read, scope)
    await action.run(read, scope, f"{scope.case_id}:{name}")
    return await action.verify(read, scope, before)


@pytest.mark.parametrize(
    "wanted",
    [
        {"plan": "monthly", "status": "active", "next_at": "2031-01-06T10:00:00Z"},
        {"plan": "weekly", "status": "paused", "next_at": "2031-03-01T09:00:00+01:00"},
        {"plan": "weekly", "status": "paused", "next_at": ""},
    ],
)
async def test_a_change_touches_nothing_else_and_never_the_price(shop: Shop, wanted: dict[str, str]) -> None:
    plan, scope = await shop.subscription()
    assert (await done(shop, "change_subscription", plan, scope, **wanted)).state == "verified"
    moment = {"next_at": wanted["next_at"].replace("T09:00:00+01:00", "T08:00:00Z") or None}
    assert await shop.oracle.item("subscriptions", plan["id"]) == plan | wanted | moment


async def test_an_end_changes_the_status_alone(shop: Shop) -> None:
    plan, scope = await shop.subscription()
    assert (await done(shop, "cancel_subscription", plan, scope)).state == "verified"
    assert await shop.oracle.item("subscriptions", plan["id"]) == plan | {"status": "cancelled"}


@pytest.mark.parametrize("name", ["change_subscription", "cancel_subscription"])
async def test_what_has_ended_is_not_touched(shop: Shop, name: str) -> None:
    plan, scope = await shop.subscription(status="cancelled")
    more = {"plan": "weekly", "status": "active", "next_at": ""} if name == "change_subscription" else {}
    with pytest.raises(ToolRefused, match="ended"):
        await done(shop, name, plan, scope, **more)


@pytest.mark.parametrize(
    "wrong",
    [{"plan": "daily"}, {"status": "cancelled"}, {"next_at": "soon"}, {"next_at": "2031-01-01"}, {"price": "0"}],
)
def test_what_a_plan_cannot_be_is_refused(shop: Shop, wrong: dict[str, str]) -> None:
    args = {"subscription_id": "sub_1", "plan": "weekly", "status": "active", "next_at": ""}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        shop.tools.action("change_subscription").args.model_validate(args | wrong)


async def test_the_clock_is_the_one_that_the_tools_were_given(shop: Shop) -> None:
    plan, scope = await shop.subscription()
    async with Backoffice(shop.base_url) as backoffice:
        tools = harbor_catalog(
            backoffice, SECRET, lambda: NOON + timedelta(1), UTC, Drawer(), Browsing(Chromium(), Path(), {})
        )
        tool = tools.lookup("get_subscription")
        seen = await tool.run(tool.args.model_validate({"subscription_id": plan["id"]}), scope)
    assert isinstance(seen, Subscription)
    assert seen.days_to_next == 1
