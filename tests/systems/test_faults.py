"""Every fault on the way to a real system, in whole cases: nothing twice, nothing announced that did not happen."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from agent.casefile.events import Verified
from evals.talk import Case, Turn
from tests.cases.house import House
from tests.figures import publish
from tests.systems.real import Buyer, HelpDesk, Shop

pytestmark = pytest.mark.timeout(900)

# The receipt's state, where the system knows keys.
KEYED = {
    "cut_before": "verified",
    "cut_after": "verified",
    "hang": "verified",
    "truncate": "verified",
    "double": "verified",
    "silent": "mismatch",
    "error": "verified",
    "busy": "verified",
    "empty": "verified",
    "garbage": "verified",
    "stale": "verified",
}
# How many tickets there are in the end, what the first receipt says, and the last: what left nothing is sent anew.
UNKEYED = {
    "cut_before": (0, "unknown", "unknown"),
    "cut_after": (1, "verified", "verified"),
    "hang": (1, "verified", "verified"),
    "truncate": (1, "verified", "verified"),
    "double": (2, "mismatch", "mismatch"),
    "silent": (1, "mismatch", "verified"),
    "error": (1, "failed", "verified"),
    "busy": (1, "failed", "verified"),
    "empty": (1, "verified", "verified"),
    "garbage": (1, "verified", "verified"),
    "stale": (1, "verified", "verified"),
}
CLAIMS = ("is cancelled", "is booked", "is now", "looked again")


@dataclass(frozen=True)
class Effect:
    """A change in pretix: how it is asked for, which calls make it, and how often it stands there."""

    wish: Callable[[Buyer], str]
    where: str
    times: Callable[[Shop, Buyer], Awaitable[int]]


async def _refunded(shop: Shop, buyer: Buyer) -> int:
    return sum(refund["amount"] == "10.00" for refund in await shop.refunds(buyer.delivered))


async def _cancelled(shop: Shop, buyer: Buyer) -> int:
    """How often: pretix writes to the customer each time."""
    mails = len(shop.mails.messages(buyer.email))
    is_cancelled = (await shop.order(buyer.processing))["status"] == "c"
    assert is_cancelled == (mails > 0)
    return mails


async def _changed(shop: Shop, buyer: Buyer) -> int:
    return int((await shop.account(buyer.id))["email"] == f"new.{buyer.email}")


PRETIX = {
    "refund": Effect(
        lambda b: f"I want a refund of 10 euros for {b.delivered} because it arrived broken", "/refunds/", _refunded
    ),
    "cancel": Effect(lambda b: f"please cancel order {b.processing}", "/mark_canceled/", _cancelled),
    "email": Effect(lambda b: f"please change my email address to new.{b.email}", "/customers/", _changed),
}


@pytest.fixture(scope="module")
def tally() -> dict[str, Counter[str]]:
    """What was counted, for each system."""
    return {"pretix": Counter(), "django-helpdesk": Counter()}


@pytest.mark.parametrize("fault", KEYED)
async def test_a_change_in_pretix_happens_once_and_is_told_as_it_is(
    house: House, shop: Shop, fault: str, tally: dict[str, Counter[str]]
) -> None:
    buyer = shop.buyer()
    for effect in PRETIX.values():
        case = await house.verified(buyer.id)
        asked = await case.say(effect.wish(buyer))
        assert asked["status"] == "waiting_customer", asked
        shop.proxy.arm(fault, where="" if fault == "stale" else effect.where)
        turn = await case.say("yes")
        assert shop.proxy.met, fault
        [receipt] = [r for r in turn["receipts"] if r["action"] != "create_ticket"]
        times = await effect.times(shop, buyer)
        _count(tally["pretix"], receipt["state"], times, claimed=_claims(turn))
        assert (receipt["state"], times) == (KEYED[fault], int(KEYED[fault] == "verified"))
        assert turn["status"] == ("resolved" if receipt["state"] == "verified" else "waiting_person")


@pytest.mark.parametrize("fault", UNKEYED)
async def test_a_handoff_has_one_ticket_in_the_help_desk(
    house: House, desk: HelpDesk, fault: str, tally: dict[str, Counter[str]]
) -> None:
    case = await house.open()
    desk.proxy.arm(fault)
    turn = await case.say("I want to talk to a person, please")
    assert turn["status"] == "waiting_person"
    expected = UNKEYED[fault]
    seen = await _receipts(house, case, expected[-1])
    assert desk.proxy.met, fault
    there = await desk.tickets(case.id)
    _count(tally["django-helpdesk"], seen[-1], len(there), claimed=False)
    assert (len(there), seen[0], seen[-1]) == expected


def _count(counted: Counter[str], state: str, times: int, *, claimed: bool) -> None:
    counted.update(actions=1, twice=max(times - 1, 0), told_wrong=claimed and times != 1, **{state: 1})


def _claims(turn: Turn) -> bool:
    return any(claim in turn["reply"] for claim in CLAIMS)


async def _receipts(house: House, case: Case, last: str) -> list[str]:
    """The states of the ticket's receipts, until one says this or it has been waited for long enough."""
    for _ in range(120):
        events = await house.front.desk.files.events(case.id)
        states: list[str] = [event.body.receipt.state for event in events if isinstance(event.body, Verified)]
        if states[-1:] == [last]:
            break
        await asyncio.sleep(0.25)
    return states


@pytest.fixture(scope="module", autouse=True)
async def published(tally: dict[str, Counter[str]]) -> AsyncIterator[None]:
    """The figures of a whole run."""
    yield
    for system, expected in (("pretix", len(KEYED) * len(PRETIX)), ("django-helpdesk", len(UNKEYED))):
        counted = tally[system]
        if counted["actions"] == expected:
            columns = ("actions", "twice", "told_wrong", "verified", "mismatch", "unknown", "failed")
            publish("faults before real systems", system, {name.replace("_", " "): counted[name] for name in columns})
