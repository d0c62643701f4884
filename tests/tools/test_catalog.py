"""The names and shapes that workflows, rules and the agent rely on."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin

from tests.tools.conftest import Shop, scope_of
from tools.contract import KeyKind, Risk

LOOKUPS = {
    "get_order": ("order", {"order_id"}),
    "get_customer": ("customer", set()),
    "find_items": ("items", {"order_id", "said"}),
    "find_subscriptions": ("subscriptions", {"plan", "status"}),
    "get_subscription": ("subscription", {"subscription_id"}),
    "get_reset_links": ("reset_links", set()),
    "find_customer": ("candidate", {"order_id", "email", "name", "postcode", "phone"}),
    "find_slots": ("calendar", {"kind", "when"}),
    "get_slot": ("place", {"slot_id"}),
    "find_appointments": ("diary", set()),
    "get_appointment": ("appointment", {"appointment_id"}),
    "find_reminders": ("reminders", set()),
    "get_reminder": ("reminder", {"reminder_id"}),
    "find_articles": ("library", {"about"}),
    "get_article": ("article", {"article_id"}),
}
ACTIONS = {
    "cancel_order": {"order_id"},
    "change_delivery": {"order_id", "address", "preference"},
    "register_return": {"order_id", "items", "reason"},
    "change_subscription": {"subscription_id", "plan", "status", "next_at"},
    "cancel_subscription": {"subscription_id"},
    "issue_refund": {"order_id", "amount", "currency", "reason"},
    "change_email": {"email"},
    "change_phone": {"phone"},
    "change_address": {"address", "postcode"},
    "send_code": {"ordinal"},
    "send_reset_link": {"ordinal"},
    "create_ticket": {"kind", "subject", "body", "priority", "number"},
    "report_bug": {"kind", "subject", "body", "priority"},
    "grant_exception": {"kind", "wish"},
    "book_appointment": {"slot_id", "kind", "starts"},
    "ask_for_call": {"kind"},
    "move_appointment": {"appointment_id", "slot_id", "starts", "was"},
    "cancel_appointment": {"appointment_id", "kind", "starts"},
    "set_reminder": {"at", "text"},
    "cancel_reminder": {"reminder_id", "at", "text"},
    "send_reminder": {"reminder_id", "text"},
    "send_summary": {"since"},
    "send_article": {"article_id", "title"},
    "correct_points": {"points", "reason"},
}
FACTS = {
    "get_order": {
        "id": str, "customer_id": str, "status": str, "total": float, "currency": str, "refunded": float,
        "refundable": float, "refunds_count": int, "days_since_delivery": int, "placed_at": str, "delivered_at": str,
        "carrier": str, "tracking": str, "eta": str, "preference": str, "address": str,
    },
    "get_customer": {
        "id": str, "name": str, "email": str, "phone": str, "postcode": str, "address": str, "locale": str,
        "tier": str, "refunds_30d": int, "refunded_30d": float,
    },
    "find_items": {"chosen": str, "everything": str, "under_way": bool},
    "find_subscriptions": {},
    "get_subscription": {
        "id": str, "plan": str, "status": str, "price": float, "currency": str, "next_at": str, "days_to_next": int,
        "following_at": str, "restarts_at": str, "longest_pause": str,
    },
    "get_reset_links": {"next": int, "today": int},
}  # fmt: skip


def test_every_tool_has_its_name_and_its_arguments(shop: Shop) -> None:
    lookups = {tool.name: (tool.subject, set(tool.args.model_fields)) for tool in shop.tools.lookups}
    actions = {tool.name: set(tool.args.model_fields) for tool in shop.tools.actions}
    assert (lookups, actions) == (LOOKUPS, ACTIONS)


def test_results_carry_the_facts_of_rules_as_plain_scalars(shop: Shop) -> None:
    for name, facts in FACTS.items():
        fields = shop.tools.lookup(name).result.model_fields
        kinds = {field: _kind(info.annotation) for field, info in fields.items()}
        assert {field: kind for field, kind in kinds.items() if kind in (str, int, float, bool)} == facts


def _kind(annotation: Any) -> Any:
    """The type of a field; of one that names its values, theirs."""
    return type(get_args(annotation)[0]) if get_origin(annotation) is Literal else annotation


def test_arguments_of_actions_are_scalars_that_rules_can_name(shop: Shop) -> None:
    for action in shop.tools.actions:
        for field in action.args.model_fields.values():
            assert field.annotation in (str, int, Decimal) or get_origin(field.annotation) is Literal


def test_every_call_can_be_repeated_by_its_key_and_only_harmless_ones_need_no_yes(shop: Shop) -> None:
    unkeyed = {action.name: action.key for action in shop.tools.actions if not action.key.is_safe_to_repeat}
    assert unkeyed == {"correct_points": KeyKind.MARKER}  # a page knows no repeats, so nothing is sent to it twice
    low = {action.name for action in shop.tools.actions if action.risk is Risk.LOW}
    assert low == {"send_code", "create_ticket", "send_reminder"}


def test_every_action_aims_at_one_record(shop: Shop) -> None:
    scope = scope_of("cus_100001")
    named = SimpleNamespace(
        order_id="HG-1", subscription_id="sub_1", number=2, slot_id="slo_1", appointment_id="app_1", reminder_id="r1",
        at="2026-12-03T10:00", kind="billing_terms",
    )  # fmt: skip
    aims = {action.name: action.aim(named, scope) for action in shop.tools.actions}
    assert {name: (aim.kind, aim.id) for name, aim in aims.items()} == {
        "cancel_order": ("order", "HG-1"),
        "change_delivery": ("order", "HG-1"),
        "register_return": ("order", "HG-1"),
        "change_subscription": ("subscription", "sub_1"),
        "cancel_subscription": ("subscription", "sub_1"),
        "issue_refund": ("order", "HG-1"),
        "change_email": ("customer", "cus_100001"),
        "change_phone": ("customer", "cus_100001"),
        "change_address": ("customer", "cus_100001"),
        "send_code": ("customer", "cus_100001"),
        "send_reset_link": ("customer", "cus_100001"),
        "create_ticket": ("ticket", "2"),
        "report_bug": ("ticket", "bug"),
        "grant_exception": ("ticket", "billing_terms"),
        "book_appointment": ("slot", "slo_1"),
        "ask_for_call": ("customer", "cus_100001"),
        "move_appointment": ("appointment", "app_1"),
        "cancel_appointment": ("appointment", "app_1"),
        "set_reminder": ("reminder", "2026-12-03T10:00"),
        "cancel_reminder": ("reminder", "r1"),
        "send_reminder": ("customer", "cus_100001"),
        "send_summary": ("customer", "cus_100001"),
        "send_article": ("customer", "cus_100001"),
        "correct_points": ("loyalty", "cus_100001"),
    }


async def test_an_order_and_its_customer_can_be_read_together(shop: Shop) -> None:
    order, scope = await shop.order()
    tool = shop.tools.lookup("get_order")
    seen = await tool.run(tool.args.model_validate({"order_id": order["id"]}), scope)
    assert seen is not None
    assert seen.model_dump()["customer_id"] == scope.customer_id
