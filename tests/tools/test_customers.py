"""The customer in scope, and how they are reached."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.backoffice import Oracle
from tests.tools.conftest import Shop, scope_of
from tools.contract import Catalog
from tools.customers import ChangeAddress, ChangeEmail, ChangePhone, Customer, NoArguments, customer_tools
from tools.http import Backoffice


async def read(shop: Shop, customer_id: str, *, later: timedelta = timedelta()) -> Customer:
    async with Backoffice(shop.base_url) as backoffice:
        tools = Catalog.of(*customer_tools(backoffice, lambda: datetime.now(UTC) + later))
        customer = await tools.lookup("get_customer").run(NoArguments(), scope_of(customer_id))
    assert isinstance(customer, Customer)
    return customer


async def test_the_customer_reads_as_the_system_has_them(shop: Shop) -> None:
    for record in (await shop.oracle.rows("customers"))[::40]:
        customer = await read(shop, record["id"])
        known = customer.model_dump(exclude={"refunds_30d", "refunded_30d"})
        assert known == {name: record[name] for name in known}


async def recent(oracle: Oracle, customer_id: str) -> list[float]:
    since = datetime.now(UTC) - timedelta(days=30)
    rows = await oracle.rows("refunds", customer_id=customer_id)
    return [float(row["amount"]["amount"]) for row in rows if datetime.fromisoformat(row["created_at"]) >= since]


async def test_refunds_of_the_last_30_days_count_over_all_orders(shop: Shop) -> None:
    rows = await shop.oracle.rows("refunds")
    for customer_id in {row["customer_id"] for row in rows[::8]}:
        amounts, customer = await recent(shop.oracle, customer_id), await read(shop, customer_id)
        assert customer.refunds_30d == len(amounts)
        assert customer.refunded_30d == pytest.approx(sum(amounts))


async def test_a_refund_counts_for_thirty_days(shop: Shop) -> None:
    order, scope = await shop.order("delivered")
    already = len(await recent(shop.oracle, order["customer_id"]))
    await shop.oracle.post("refunds", order_id=order["id"], amount="1.25", reason="scratched")
    soon = await read(shop, str(scope.customer_id), later=timedelta(minutes=1))
    late = await read(shop, str(scope.customer_id), later=timedelta(days=30, minutes=1))
    assert (soon.refunds_30d, late.refunds_30d) == (already + 1, 0)


async def test_nobody_is_found_for_a_customer_who_is_gone(shop: Shop) -> None:
    tool = shop.tools.lookup("get_customer")
    assert await tool.run(NoArguments(), scope_of("cus_999999")) is None


@pytest.mark.parametrize("typed", ["Lena.Jansen@Example.COM", "  lena.jansen@example.com "])
def test_an_email_is_kept_in_small_letters(typed: str) -> None:
    assert ChangeEmail(email=typed).email == "lena.jansen@example.com"


@pytest.mark.parametrize(
    "typed", ["", "lena", "lena@", "@example.com", "a b@example.com", "a@b@c.de", "Lena <l@example.com>"]
)
def test_what_is_no_email_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        ChangeEmail(email=typed)


@pytest.mark.parametrize("typed", ["+49 30 23125 014", "0049-30-23125014", "+49 (30) 23125/014"])
def test_a_phone_number_is_kept_as_e164(typed: str) -> None:
    assert ChangePhone(phone=typed).phone == "+493023125014"


@pytest.mark.parametrize(
    "typed", ["", "030 23125014", "+49", "call me", "+4930231250141234567", "+49 30 23125014 ext. 5"]
)
def test_a_number_without_its_country_or_with_more_than_a_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="phone number"):
        ChangePhone(phone=typed)


@pytest.mark.parametrize(
    "address", [{"address": " ", "postcode": "1"}, {"address": "A 1"}, {"address": "x" * 301, "postcode": "1"}]
)
def test_an_address_needs_both_its_lines(address: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"address|postcode"):
        ChangeAddress.model_validate(address)
