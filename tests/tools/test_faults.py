"""Each action against each named fault of the system: what its call says, and what looking again then shows.

Whatever the call says, `verified` is found exactly when the journal of the system has the one write, as asked for.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.backoffice import Record
from tests.tools.conftest import PATIENCE_S, TOO_LONG_MS, ZONE, Shop
from tools.contract import Action, Arguments, Scope, ToolLost, ToolRefused
from tools.finding import Finding
from tools.moments import local

POSTS = (
    "issue_refund", "register_return", "send_code", "send_reset_link", "create_ticket", "report_bug",
    "book_appointment", "ask_for_call", "send_reminder", "send_summary", "send_article",
)  # fmt: skip
PATCHES = (
    "cancel_order", "change_delivery", "change_subscription", "cancel_subscription", "change_email", "change_phone",
    "change_address", "move_appointment", "cancel_appointment",
)  # fmt: skip
ACTIONS = POSTS + PATCHES
SINGLE = (
    "cancel_order",
    "cancel_subscription",
    "change_email",
    "change_phone",
    "move_appointment",
    "cancel_appointment",
)
"""These change one field."""
TOLD_BY_THEIR_KIND = ("send_reminder", "send_summary", "send_article")
"""Half a message of these has no kind, by which they are looked for."""
Outcome = tuple[str, str]
"""What the call said, and what was found."""
OUTCOMES: dict[str, dict[str, Outcome]] = {
    "no fault": dict.fromkeys(ACTIONS, ("answered", "verified")),
    "lost_write": dict.fromkeys(ACTIONS, ("answered", "absent")),
    "error_after_write": dict.fromkeys(ACTIONS, ("lost, done with", "verified")),
    "timeout_after_write": dict.fromkeys(ACTIONS, ("lost", "verified")),
    "timeout_before_write": dict.fromkeys(ACTIONS, ("lost", "absent")),
    "server_error": dict.fromkeys(ACTIONS, ("lost, done with", "absent")),
    "wrong_field": dict.fromkeys(ACTIONS, ("answered", "mismatch")),
    # Of a single field nothing is stored; of several, half.
    "partial_write": dict.fromkeys(ACTIONS, ("answered", "mismatch"))
    | dict.fromkeys(SINGLE + TOLD_BY_THEIR_KIND, ("answered", "absent")),
}


@dataclass
class Attempt:
    """One action on its way."""

    action: Action
    args: Arguments
    scope: Scope
    key: str
    before: Any

    async def run(self) -> str:
        try:
            answer = await self.action.run(self.args, self.scope, self.key)
        except ToolLost as error:
            return "lost, done with" if error.answered else "lost"
        return "answered" if answer["id"] else "nothing"

    async def look(self) -> Finding:
        return await self.action.verify(self.args, self.scope, self.before)


async def free_slot(shop: Shop) -> Record:
    """A new slot for a consultation."""
    times = {"starts_at": "2030-03-04T09:00:00Z", "ends_at": "2030-03-04T10:00:00Z"}
    return await shop.oracle.post("slots", kind="service", **times)


def starts(slot: Record) -> str:
    """When it begins, by the company's clock."""
    return local(datetime.fromisoformat(slot["starts_at"]), ZONE)


async def attempts(shop: Shop) -> dict[str, Attempt]:
    """One attempt of each action, each for a customer of its own, looked at before and not begun."""

    async def begun(name: str, scope: Scope, **args: object) -> Attempt:
        action = shop.tools.action(name)
        read = action.args.model_validate(args)
        before = json.loads(json.dumps(await action.before(read, scope)))
        return Attempt(action, read, scope, f"{scope.case_id}:{name}", before)

    waiting, theirs = await shop.order("processing")
    packed, ours = await shop.order("processing")
    arrived, yours = await shop.order("delivered")
    unwanted, hers = await shop.order("delivered")
    coffee, his = await shop.subscription()
    too_much, its = await shop.subscription()
    others = [(await shop.order())[1] for _ in range(13)]
    slots = [await free_slot(shop) for _ in range(4)]
    booked = [
        await shop.oracle.post("appointments", customer_id=scope.customer_id, slot_id=slot["id"], kind="service")
        for scope, slot in zip(others[7:9], slots[1:3], strict=True)
    ]
    reminder = {"reminder_id": "0" * 32, "text": "Post it"}
    article = {"article_id": "oak-care", "title": "Looking after oak"}
    money = {"amount": {"amount": "3.5", "currency": "EUR"}, "reason": "It arrived broken."}
    mugs = {"items": "2 x Stoneware mug (KIT-MUG01)", "reason": "Too small."}
    paused = {"plan": "monthly", "status": "paused", "next_at": "2031-03-01T09:00:00Z"}
    ticket = {"kind": "handoff", "subject": "Call back", "body": "About a mug", "priority": "high", "number": 1}
    found = [
        await begun("cancel_order", theirs, order_id=waiting["id"]),
        await begun("change_delivery", ours, order_id=packed["id"], address="1 Quay Street", preference="The porch"),
        await begun("issue_refund", yours, order_id=arrived["id"], **money),
        await begun("register_return", hers, order_id=unwanted["id"], **mugs),
        await begun("change_subscription", his, subscription_id=coffee["id"], **paused),
        await begun("cancel_subscription", its, subscription_id=too_much["id"]),
        await begun("change_email", others[0], email=f"New.{uuid4().hex}@Example.com"),
        await begun("change_phone", others[1], phone="0044 20 7946 0958"),
        await begun("change_address", others[2], address="1 Quay Street, Whitby", postcode="YO21 1AA"),
        await begun("send_code", others[3], ordinal=0),
        await begun("create_ticket", others[4], **ticket),
        await begun("report_bug", others[5], subject="The page stays blank", body="In Firefox"),
        await begun("book_appointment", others[6], slot_id=slots[0]["id"], kind="service", starts=starts(slots[0])),
        await begun(
            "move_appointment",
            others[7],
            appointment_id=booked[0]["id"],
            slot_id=slots[3]["id"],
            starts=starts(slots[3]),
            was=starts(slots[1]),
        ),
        await begun(
            "cancel_appointment", others[8], appointment_id=booked[1]["id"], kind="service", starts=starts(slots[2])
        ),
        await begun("ask_for_call", others[9]),
        await begun("send_reminder", others[10], **reminder),
        await begun("send_summary", others[11], since=4),
        await begun("send_article", others[10], **article),
        await begun("send_reset_link", others[12], ordinal=1),
    ]
    return {attempt.action.name: attempt for attempt in found}


async def arm(shop: Shop, fault: str) -> None:
    if fault in ("server_error", "slow"):
        await shop.oracle.arm(fault, len(POSTS), method="POST", ms=TOO_LONG_MS)
        await shop.oracle.arm(fault, len(PATCHES), method="PATCH", ms=TOO_LONG_MS)
    elif fault != "no fault":
        await shop.oracle.arm(fault, len(ACTIONS), ms=TOO_LONG_MS)


async def said_and_found(tried: dict[str, Attempt]) -> dict[str, Outcome]:
    said = await asyncio.gather(*(attempt.run() for attempt in tried.values()))
    found = await asyncio.gather(*(attempt.look() for attempt in tried.values()))
    return {name: (word, finding.state) for name, word, finding in zip(tried, said, found, strict=True)}


async def really(shop: Shop, attempt: Attempt) -> list[bool]:
    """The system's own word on the writes under this key: was each stored as asked for?"""
    return [row["applied"] for row in await shop.oracle.written(key=attempt.key)]


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_what_is_found_is_what_happened(shop: Shop, fault: str) -> None:
    tried = await attempts(shop)
    await arm(shop, fault)
    outcomes = await said_and_found(tried)
    assert outcomes == OUTCOMES[fault]
    for name, attempt in tried.items():
        assert (outcomes[name][1] == "verified") == (await really(shop, attempt) == [True]), name


async def test_a_slow_write_is_found_only_when_it_has_arrived(shop: Shop) -> None:
    tried = await attempts(shop)
    await arm(shop, "slow")
    assert await said_and_found(tried) == dict.fromkeys(tried, ("lost", "absent"))
    await asyncio.sleep(3 * PATIENCE_S)
    assert {(await attempt.look()).state for attempt in tried.values()} == {"verified"}


@pytest.mark.parametrize("name", ["book_appointment", "move_appointment"])
async def test_a_slot_that_somebody_took_after_the_look_is_refused(shop: Shop, name: str) -> None:
    tried = (await attempts(shop))[name]
    (_, other), slot = await shop.order(), tried.args.model_dump()["slot_id"]
    await shop.oracle.post("appointments", customer_id=other.customer_id, slot_id=slot, kind="service")
    with pytest.raises(ToolRefused):
        await tried.run()
    assert (await tried.look()).state == "absent"
    assert await really(shop, tried) == []


async def test_a_stale_look_claims_nothing(shop: Shop) -> None:
    tried = await attempts(shop)
    for attempt in tried.values():
        assert await attempt.run() == "answered"
    await shop.oracle.arm("stale_read", 100)
    seen = {name: (await attempt.look()).state for name, attempt in tried.items()}
    # A return's label is no write of its own: it can be seen before the return can.
    assert seen.pop("register_return") in ("absent", "mismatch")
    assert set(seen.values()) == {"absent"}
    await shop.oracle.clear()
    assert {(await attempt.look()).state for attempt in tried.values()} == {"verified"}


@pytest.mark.parametrize(
    "fault",
    [
        *("error_after_write", "server_error"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("timeout_after_write", "timeout_before_write")),
    ],
)
async def test_a_second_try_with_the_same_key_makes_it_exactly_one(shop: Shop, fault: str) -> None:
    tried = await attempts(shop)
    await arm(shop, fault)
    await said_and_found(tried)
    assert await said_and_found(tried) == dict.fromkeys(tried, ("answered", "verified"))
    for attempt in tried.values():
        assert await really(shop, attempt) == [True]


async def test_a_lost_look_is_lost(shop: Shop) -> None:
    tried = await attempts(shop)
    await shop.oracle.arm("server_error", 1000, method="GET")
    looks = await asyncio.gather(*(attempt.look() for attempt in tried.values()), return_exceptions=True)
    assert {type(look) for look in looks} == {ToolLost}


async def test_a_passing_failure_of_the_look_is_looked_past(shop: Shop) -> None:
    attempt = (await attempts(shop))["change_email"]
    await attempt.run()
    await shop.oracle.arm("server_error", 2, method="GET")
    assert (await attempt.look()).state == "verified"


async def test_what_another_actor_did_meanwhile_is_a_mismatch_for_a_person_to_look_at(shop: Shop) -> None:
    tried = await attempts(shop)
    for attempt in tried.values():
        await attempt.run()
    refund, email = tried["issue_refund"], tried["change_email"]
    await shop.oracle.post("refunds", order_id=refund.before["record"]["id"], amount="1.00", reason="goodwill")
    await shop.oracle.patch("customers", str(email.scope.customer_id), tier="trade")
    assert (await refund.look()).state == (await email.look()).state == "mismatch"


async def test_a_single_fault_never_reaches_another_effect(shop: Shop) -> None:
    tried = await attempts(shop)
    await shop.oracle.arm("lost_write", resource="refunds")
    outcomes = await said_and_found(tried)
    assert outcomes.pop("issue_refund") == ("answered", "absent")
    assert set(outcomes.values()) == {("answered", "verified")}
