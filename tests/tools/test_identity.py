"""Finding out who is writing, from facts as people write them."""

import unicodedata
from random import Random
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tools.conftest import Shop, scope_of
from tools import facts
from tools.identity import Candidate, Facts

NAMES = st.lists(st.text("abcdefgäöüßéèñçøłŻİ", min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join)


async def find(shop: Shop, **given_: str) -> Candidate | None:
    found = await shop.tools.lookup("find_customer").run(Facts(**given_), scope_of(None))
    assert found is None or isinstance(found, Candidate)
    return found


async def two(shop: Shop) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Two customers, and an order of the first."""
    (order, _), (other, _) = await shop.order(), await shop.order()
    customer = await shop.oracle.item("customers", order["customer_id"])
    return customer, await shop.oracle.item("customers", other["customer_id"]), order["id"]


async def test_facts_are_compared_with_the_record_in_whatever_form_they_come(shop: Shop) -> None:
    for customer in (await shop.oracle.rows("customers"))[::20]:
        order = (await shop.oracle.rows("orders", customer_id=customer["id"]))[0]
        number = phonenumbers.parse(customer["phone"])
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        first, _, last = customer["name"].partition(" ")
        found = await find(
            shop,
            order_id=f" {order['id'].lower()} ",
            email=customer["email"].upper(),
            name=f"{unicodedata.normalize('NFD', last).upper()}, {first}",
            postcode=f" {customer['postcode'].replace(' ', '').lower()} ",
            phone=national,
        )
        assert found == Candidate(
            customer_id=customer["id"], matched=["order_id", "email", "name", "postcode", "phone"], mismatched=[]
        )


async def test_whose_order_it_is_comes_before_whose_address(shop: Shop) -> None:
    one, other, order_id = await two(shop)
    found = await find(shop, order_id=order_id, email=other["email"], phone=other["phone"], name=one["name"])
    assert found == Candidate(customer_id=one["id"], matched=["order_id", "name"], mismatched=["email", "phone"])


async def test_an_unknown_order_is_a_mismatch_of_whoever_else_is_named(shop: Shop) -> None:
    one, other, _ = await two(shop)
    found = await find(shop, order_id="HG-000001", email=one["email"], phone=other["phone"])
    assert found == Candidate(customer_id=one["id"], matched=["email"], mismatched=["order_id", "phone"])


async def test_a_phone_number_finds_when_nothing_before_it_does(shop: Shop) -> None:
    one, _, _ = await two(shop)
    found = await find(shop, email="nobody@example.com", phone=one["phone"])
    assert found == Candidate(customer_id=one["id"], matched=["phone"], mismatched=["email"])


async def test_a_name_or_a_postcode_finds_nobody(shop: Shop) -> None:
    one, _, _ = await two(shop)
    assert await find(shop, name=one["name"], postcode=one["postcode"]) is None
    assert await find(shop) is None
    assert await find(shop, name=one["name"], order_id="", email=" ", phone="") is None


async def test_an_address_that_two_customers_share_finds_neither(shop: Shop) -> None:
    one, other, order_id = await two(shop)
    await shop.oracle.patch("customers", other["id"], email=one["email"])
    assert await find(shop, email=one["email"], name=one["name"]) is None
    assert (await find(shop, email=one["email"], order_id=order_id)) == Candidate(
        customer_id=one["id"], matched=["order_id", "email"], mismatched=[]
    )


@pytest.mark.parametrize("fact", ["order_id", "email", "name", "postcode", "phone"])
@pytest.mark.parametrize("nonsense", ["../customers", "%", "null", "🧨" * 500, "\u0000", "' or 1=1 --"])
async def test_nonsense_matches_nothing(shop: Shop, fact: str, nonsense: str) -> None:
    one, _, order_id = await two(shop)
    known = {"email": one["email"]} if fact == "order_id" else {"order_id": order_id}
    found = await find(shop, **known, **{fact: nonsense})
    assert found == Candidate(customer_id=one["id"], matched=list(known), mismatched=[fact])


@given(name=NAMES, dice=st.randoms(use_true_random=False))
def test_a_name_is_the_same_in_any_case_order_and_accent(name: str, dice: Random) -> None:
    words = name.split()
    dice.shuffle(words)
    assert facts.same_name(name, " ".join(words).upper()) or "İ" in name or "i̇" in name.lower()
    assert facts.same_name(name, unicodedata.normalize("NFD", "-".join(words)))


@given(left=NAMES, right=NAMES)
def test_names_are_the_same_both_ways_and_never_in_part(left: str, right: str) -> None:
    assert facts.same_name(left, right) == facts.same_name(right, left)
    assert not facts.same_name(left, f"{left} {right}")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Jürgen Nußbaum", "JUERGEN NUSSBAUM"),
        ("Jürgen Nußbaum", "nussbaum jurgen"),
        ("Élodie Lefèvre-Morin", "Elodie Lefevre Morin"),
        ("Maëlle D'Aubigny", "d’aubigny, maelle"),
        ("Siân Ó Briain", "Sian O Briain"),
        ("Käthe Wąsik", "Kathe Wasik"),
        ("Cem Yıldırım", "Cem Yildirim"),
        ("Søren Ærø", "Soren Aero"),
        ("राम शर्मा", "शर्मा राम"),
    ],
)
def test_spellings_of_one_name(left: str, right: str) -> None:
    assert facts.same_name(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Lena Jansen", "Lena"), ("Lena Jansen", "Lena Janssen"), ("", ""), ("…", "–"), ("Lena Jansen", ""), ("की", "का")],
)
def test_other_names(left: str, right: str) -> None:
    assert not facts.same_name(left, right)
    assert not facts.same_name(right, left)


def test_a_national_number_is_read_in_the_country_of_the_record() -> None:
    assert facts.phone("020 7946 0958", beside="+442079460000") == "+442079460958"
    assert facts.phone("020 7946 0958", beside="+493023125014") != "+442079460958"
    assert facts.phone("020 7946 0958") == ""
    assert facts.phone("020 7946 0958", beside="unknown") == ""
