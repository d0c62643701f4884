"""Seed an empty pretix: the shop `harbor/goods`, its customers' accounts with orders, and `token` for its REST API.

Each customer has four paid orders: two are still to be handed out, two were handed out (checked in) lately. It runs
in pretix's venv, in the folder of the shop's data.
"""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402 - after the setup
from django.utils.timezone import now  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import (  # noqa: E402
    Checkin,
    CheckinList,
    Customer,
    Event,
    InvoiceAddress,
    Item,
    Order,
    OrderPayment,
    OrderPosition,
    Organizer,
    Quota,
    Team,
    TeamAPIToken,
    User,
)

CUSTOMERS = 50
BOUGHT = [("31.00", 2, None), ("18.50", 3, None), ("24.50", 9, 8), ("120.00", 11, 10)]
"""Amount, days since it was ordered, days since it was handed out."""


def seed() -> None:
    """Fill an empty database."""
    organizer = Organizer.objects.create(slug="harbor", name="Harbor Goods")
    organizer.settings.customer_accounts = True
    event = Event.objects.create(
        organizer=organizer,
        slug="goods",
        name="Harbor Goods",
        currency="EUR",
        live=True,
        date_from=now() + dt.timedelta(days=60),
        plugins="pretix.plugins.manualpayment,pretix.plugins.banktransfer",
    )
    event.settings.timezone = "UTC"
    event.settings.payment_manual__enabled = True
    staff(organizer)
    item = Item.objects.create(event=event, name="Lamp", default_price=Decimal("24.50"), admission=True)
    Quota.objects.create(event=event, name="Stock", size=None).items.add(item)
    counter = CheckinList.objects.create(event=event, name="Counter", all_products=True)
    for number in range(CUSTOMERS):
        customer = account(organizer, number)
        for place, (amount, ordered, handed_out) in enumerate(BOUGHT):
            position = order(event, item, customer, 200_000 + 10 * number + place, Decimal(amount), ordered)
            if handed_out is not None:
                moment = now() - dt.timedelta(days=handed_out)
                Checkin.all.create(position=position, list=counter, datetime=moment, successful=True)


def staff(organizer: Organizer) -> None:
    """The team of the administrator, whom the migrations made (password `admin`), and of the agent's token."""
    rights = {"all_events": True, "all_event_permissions": True, "all_organizer_permissions": True}
    team = Team.objects.create(organizer=organizer, name="Agents", **rights)
    team.members.add(User.objects.get(email="admin@localhost"))
    token = Path("token")
    token.touch(mode=0o600)
    token.write_text(TeamAPIToken.objects.create(team=team, name="agent").token)


def account(organizer: Organizer, number: int) -> Customer:
    """A customer, by the number that Harbor's own records have: `cus_100001` is the first."""
    named = f"Robin {chr(ord('A') + number % 26)}{'ab'[number // 26]}berg"
    return Customer.objects.create(
        organizer=organizer,
        identifier=f"cus_{100_001 + number}",
        email=f"robin{number}@newcomers.example",
        phone=f"+44207946{number:04}",
        name_parts={"_scheme": "full", "full_name": named},
    )


def order(event: Event, item: Item, customer: Customer, number: int, amount: Decimal, days: int) -> OrderPosition:
    """A paid order of one piece; Harbor's `HG-200000` is `HG200000` here, since codes have no hyphen."""
    placed = now() - dt.timedelta(days=days)
    made = Order.objects.create(
        event=event,
        code=f"HG{number}",
        customer=customer,
        email=customer.email,
        phone=customer.phone,
        status=Order.STATUS_PAID,
        total=amount,
        datetime=placed,
        expires=placed + dt.timedelta(days=90),
        locale="en",
        sales_channel=event.organizer.sales_channels.get(identifier="web"),
    )
    InvoiceAddress.objects.create(
        order=made,
        name_parts=customer.name_parts,
        street="Deichweg 1",
        zipcode=str(20_000 + number % 10_000 // 10),
        city="Husum",
        country="DE",
    )
    position = OrderPosition.objects.create(order=made, item=item, price=amount, positionid=1)
    OrderPayment.objects.create(
        order=made,
        provider="manual",
        amount=amount,
        state=OrderPayment.PAYMENT_STATE_CONFIRMED,
        payment_date=placed,
    )
    made.create_transactions(is_new=True)
    return position


with scopes_disabled(), transaction.atomic():
    seed()
