"""What takes an action back: done and undone, a record is as it was."""

from typing import Any

import pytest
from pydantic import JsonValue

from tests.backoffice import Record
from tests.tools.conftest import Shop
from tools.contract import Scope

DELIVERY = {"eta": "2031-01-09", "preference": None, "address": "1 Mill Lane, Leeds, LS6 1AB"}
WANTED: dict[str, tuple[str, dict[str, Any]]] = {
    "change_delivery": ("orders", {"address": "2 Quay Street, Whitby", "preference": "On the porch"}),
    "change_subscription": ("subscriptions", {"plan": "monthly", "status": "paused", "next_at": ""}),
    "change_email": ("customers", {"email": "else@quillbox.example"}),
    "change_phone": ("customers", {"phone": "+442079469999"}),
    "change_address": ("customers", {"address": "2 Quay Street, Whitby", "postcode": "YO21 1AA"}),
}


async def _subject(shop: Shop, name: str) -> tuple[Record, Scope, dict[str, str]]:
    """The record that the action changes, whose it is, and how its arguments name it."""
    match WANTED[name][0]:
        case "orders":
            order, scope = await shop.order("processing", delivery=DELIVERY)
            return order, scope, {"order_id": order["id"]}
        case "subscriptions":
            plan, scope = await shop.subscription()
            return plan, scope, {"subscription_id": plan["id"]}
        case _:
            _, scope = await shop.order()
            return await shop.oracle.item("customers", str(scope.customer_id)), scope, {}


def test_every_undo_is_of_an_action_that_exists(shop: Shop) -> None:
    undone = {action.name: action.undo.action for action in shop.tools.actions if action.undo}
    itself = {name: name for name in WANTED}
    elsewhere = {"move_appointment": "move_appointment", "cancel_appointment": "book_appointment"}
    assert undone == itself | elsewhere | {"correct_points": "correct_points"}


@pytest.mark.parametrize("name", WANTED)
async def test_done_and_undone_a_record_is_as_it_was(shop: Shop, name: str) -> None:
    record, scope, named = await _subject(shop, name)
    collection, wanted = WANTED[name]
    action = shop.tools.action(name)
    args = action.args.model_validate(named | wanted)
    before = await action.before(args, scope)
    await action.run(args, scope, f"{scope.case_id}:do")
    assert await shop.oracle.item(collection, record["id"]) != record
    assert action.undo is not None
    back = action.undo(args, before)
    assert back is not None
    undoing = shop.tools.action(back.action)
    exact = undoing.args.model_validate(back.args)
    then = await undoing.before(exact, scope)
    await undoing.run(exact, scope, f"{scope.case_id}:undo")
    assert (await undoing.verify(exact, scope, then)).state == "verified"
    assert await shop.oracle.item(collection, record["id"]) == record


def test_what_was_empty_before_cannot_be_asked_for_again(shop: Shop) -> None:
    action = shop.tools.action("change_email")
    assert action.undo is not None
    before: JsonValue = {"record": {"email": None}, "rows": []}
    assert action.undo(action.args.model_validate({"email": "a@quillbox.example"}), before) is None
