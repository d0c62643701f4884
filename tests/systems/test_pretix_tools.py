"""The tools over a real pretix: what they read, what they prove, and its traps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.systems.pretix import EVENT
from tests.systems.real import ORGANIZER, Shop, Try, action, looked_up, new_key, scope_of
from tools.connectors.connection import Connection
from tools.contract import ToolRefused
from tools.identity import Candidate

Tools = dict[str, Connection]
BOOKED = {"amount": "10.00", "state": "done", "source": "admin", "provider": "manual", "comment": "It broke [twice]"}


def refund(order_id: str, amount: str = "10.00") -> dict[str, Any]:
    return {"order_id": order_id, "amount": amount, "currency": "EUR", "reason": "It broke [twice]"}


def refunds_of(order_id: str) -> str:
    return f"{EVENT}/orders/{order_id.replace('-', '')}/refunds/"


async def test_an_order_is_told_in_harbors_words(shop: Shop, tools: Tools) -> None:
    buyer, other, pretix = shop.buyer(), shop.buyer(), tools["pretix"]
    seen = await looked_up(pretix, "get_order", scope_of(buyer.id), order_id=buyer.delivered)
    assert (seen.id, seen.status, seen.total, seen.currency) == (buyer.delivered, "delivered", 24.5, "EUR")
    assert (seen.refundable, seen.days_since_delivery, seen.items[0].name) == (24.5, 8, "Lamp")
    seen = await looked_up(pretix, "get_order", scope_of(buyer.id), order_id=buyer.processing)
    assert (seen.status, seen.days_since_delivery) == ("processing", -1)
    assert await looked_up(pretix, "get_order", scope_of(other.id), order_id=buyer.delivered) is None
    assert await looked_up(pretix, "get_order", scope_of(buyer.id), order_id="HG-999999") is None


async def test_facts_find_the_account_and_no_other(shop: Shop, tools: Tools) -> None:
    buyer, pretix, nobody = shop.buyer(), tools["pretix"], scope_of(None)
    invoice: Any = (await shop.order(buyer.delivered))["invoice_address"]
    given = {"order_id": buyer.delivered.lower(), "postcode": invoice["zipcode"], "email": "a@b.example"}
    found = await looked_up(pretix, "find_customer", nobody, **given)
    assert found == Candidate(customer_id=buyer.id, matched=["order_id", "postcode"], mismatched=["email"])
    found = await looked_up(pretix, "find_customer", nobody, email=buyer.email.upper(), postcode="1")
    assert found == Candidate(customer_id=buyer.id, matched=["email"], mismatched=["postcode"])
    assert await looked_up(pretix, "find_customer", nobody, order_id="HG-999999", name=invoice["name"]) is None


async def test_a_refund_is_proven_by_the_ledger_and_the_order(shop: Shop, tools: Tools) -> None:
    buyer, issue, key = shop.buyer(), action(tools["pretix"], "issue_refund"), new_key()
    scope = scope_of(buyer.id)
    assert (await Try(issue, scope, key).done(**refund(buyer.delivered))).state == "verified"
    [booked] = await shop.refunds(buyer.delivered)
    assert booked | BOOKED | {"comment": f"It broke [twice] [{key[:12]}]"} == booked
    assert (await Try(issue, scope).done(**refund(buyer.delivered, "14.50"))).state == "verified"
    customer = await looked_up(tools["pretix"], "get_customer", scope)
    assert (customer.refunds_30d, customer.refunded_30d) == (2, 24.5)


async def test_more_than_is_left_never_leaves_the_house(shop: Shop, tools: Tools) -> None:
    """pretix itself would book it, as is shown here."""
    buyer, stranger, issue = shop.buyer(), shop.buyer(), action(tools["pretix"], "issue_refund")
    mine = Try(issue, scope_of(buyer.id))
    for args in (refund(buyer.delivered, "9999.00"), refund(buyer.delivered) | {"currency": "DKK"}):
        with pytest.raises(ToolRefused, match=r"No more than 24\.50 EUR"):
            await mine.begun(**args)
    with pytest.raises(ToolRefused, match="no order"):
        await Try(issue, scope_of(stranger.id)).begun(**refund(buyer.delivered))
    too_much = BOOKED | {"amount": "9999.00"}
    assert (await shop.http.post(refunds_of(buyer.large), json=too_much)).status_code == 201
    with pytest.raises(ToolRefused, match="No more than -9879"):
        await mine.begun(**refund(buyer.large, "0.01"))


async def test_a_key_that_was_used_for_another_order_is_found_out(shop: Shop, tools: Tools) -> None:
    """pretix answers 201 with the old refund, and books nothing."""
    buyer, issue = shop.buyer(), action(tools["pretix"], "issue_refund")
    twice = Try(issue, scope_of(buyer.id), new_key())
    assert (await twice.done(**refund(buyer.delivered))).state == "verified"
    found = await twice.done(**refund(buyer.large))
    assert (found.state, await shop.refunds(buyer.large)) == ("absent", [])


async def test_a_key_that_pretix_forgot_does_not_book_twice(shop: Shop, tools: Tools) -> None:
    buyer, issue = shop.buyer(), action(tools["pretix"], "issue_refund")
    one = await Try(issue, scope_of(buyer.id)).begun(**refund(buyer.delivered))
    await one.send()
    shop.forget_keys()
    await one.send()
    assert (await one.proven()).state == "verified"
    assert len(await shop.refunds(buyer.delivered)) == 1
    (await shop.http.post(refunds_of(buyer.delivered), json=BOOKED)).raise_for_status()
    found = await one.proven()
    assert (found.state, [d.seen for d in found.differences if d.field == "added"]) == ("mismatch", [2])


async def test_a_refund_that_is_on_its_way_is_pending_until_it_is_done(shop: Shop, tools: Tools) -> None:
    buyer, issue = shop.buyer(), action(tools["pretix"], "issue_refund")
    one = await Try(issue, scope_of(buyer.id)).begun(**refund(buyer.delivered))
    (await shop.http.post(refunds_of(buyer.delivered), json=BOOKED | {"state": "created"})).raise_for_status()
    assert (await one.proven()).state == "pending"
    (await shop.http.post(f"{refunds_of(buyer.delivered)}1/done/", json={})).raise_for_status()
    assert (await one.proven()).state == "verified"


async def test_a_refund_that_failed_is_no_refund(shop: Shop, tools: Tools) -> None:
    buyer, issue = shop.buyer(), action(tools["pretix"], "issue_refund")
    one = await Try(issue, scope_of(buyer.id)).begun(**refund(buyer.delivered))
    (await shop.http.post(refunds_of(buyer.delivered), json=BOOKED | {"state": "failed"})).raise_for_status()
    found = await one.proven()
    assert (found.state, [(d.field, d.seen) for d in found.differences]) == ("mismatch", [("state", "failed")])


async def test_what_was_handed_out_is_not_cancelled_though_pretix_would(shop: Shop, tools: Tools) -> None:
    buyer = shop.buyer()
    mine = Try(action(tools["pretix"], "cancel_order"), scope_of(buyer.id))
    with pytest.raises(ToolRefused, match="is delivered and cannot be cancelled"):
        await mine.begun(order_id=buyer.delivered)
    assert (await mine.done(order_id=buyer.processing)).state == "verified"
    assert len(shop.mails.messages(buyer.email)) == 1
    with pytest.raises(ToolRefused, match="is cancelled"):
        await mine.begun(order_id=buyer.processing)


async def test_an_order_that_nobody_paid_is_cancelled_with_its_open_payment(shop: Shop, tools: Tools) -> None:
    buyer, pretix = shop.buyer(), tools["pretix"]
    order = {
        "code": "HG900001", "email": buyer.email, "customer": buyer.id, "locale": "en", "sales_channel": "web",
        "payment_provider": "manual", "positions": [{"item": 1, "price": "24.50"}],
    }  # fmt: skip
    (await shop.http.post(f"{EVENT}/orders/", json=order)).raise_for_status()
    assert (await looked_up(pretix, "get_order", scope_of(buyer.id), order_id="HG-900001")).status == "unpaid"
    with pytest.raises(ToolRefused, match=r"No more than 0\.00 EUR"):
        await Try(action(pretix, "issue_refund"), scope_of(buyer.id)).begun(**refund("HG-900001"))
    found = await Try(action(pretix, "cancel_order"), scope_of(buyer.id)).done(order_id="HG-900001")
    assert found.state == "verified", found.differences


async def test_an_address_is_changed_in_the_account_alone_and_can_be_put_back(shop: Shop, tools: Tools) -> None:
    buyer, taken, change = shop.buyer(), shop.buyer(), action(tools["pretix"], "change_email")
    one = await Try(change, scope_of(buyer.id)).begun(email="new@newcomers.example")
    await one.send()
    assert (await one.proven()).state == "verified"
    assert (await shop.account(buyer.id))["email"] == "new@newcomers.example"
    assert (await shop.order(buyer.processing))["email"] == buyer.email
    assert change.undo is not None
    back = change.undo(one.args, one.before)
    assert back is not None
    assert (await Try(change, scope_of(buyer.id)).done(**back.args)).state == "verified"
    with pytest.raises(ToolRefused):
        await Try(change, scope_of(buyer.id)).done(email=taken.email)


@pytest.mark.parametrize(
    ("sent", "state", "told"),
    [({"emaill": "x@newcomers.example"}, "absent", ["email"]),
     ({"email": "x@newcomers.example", "notes": "moved"}, "mismatch", ["notes"])],
)  # fmt: skip
async def test_a_field_that_pretix_ignores_and_one_that_changes_besides_are_seen(
    shop: Shop, tools: Tools, sent: dict[str, str], state: str, told: list[str]
) -> None:
    async def run(_: Any, scope: Any, __: str) -> Any:
        return (await shop.http.patch(f"{ORGANIZER}/customers/{scope.customer_id}/", json=sent)).raise_for_status()

    change = replace(action(tools["pretix"], "change_email"), run=run)
    found = await Try(change, scope_of(shop.buyer().id)).done(email="x@newcomers.example")
    assert (found.state, [difference.field for difference in found.differences]) == (state, told)
