"""Harbor Goods on the day of seeding: 200 customers, 500 orders, 80 subscriptions, two weeks of slots, and the rest.

The same `today` gives the same records, to the letter. Names and things stand in `harbor.yaml`, all invented; e-mail
domains end in `.example`, and telephone numbers lie in ranges kept for fiction where a country keeps one. Nothing is
dated after midnight (UTC) of `today` but what is planned. Deliveries and refunds are at most 26 or at least 33 days
old, so that no window of 30 days hangs on the hour.
"""

from collections.abc import Iterator
from datetime import date

from tools.backoffice.collection import COLLECTIONS, LOYALTY, Collection
from tools.backoffice.fields import Row
from tools.backoffice.seed import people, services, trade
from tools.backoffice.seed.dice import Dice


def seeds(today: date) -> Iterator[tuple[Collection, list[Row]]]:
    """Each collection with its first records, checked by its model. The order of the throws makes them repeatable."""
    dice = Dice(today)
    customers = people.customers(dice)
    orders = trade.orders(dice, customers)
    refunds, returns = trade.refunds(dice, orders), trade.returns(dice, orders)
    slots = services.slots(today)
    planted = {
        "customers": customers,
        "orders": orders,
        "returns": returns,
        "refunds": refunds,
        "subscriptions": services.subscriptions(dice, customers),
        "slots": slots,
        "appointments": services.appointments(dice, slots, customers),
        "tickets": services.tickets(dice, customers),
        "messages": services.messages(dice, customers, orders, returns),
        "loyalty": [{"id": customer["id"], "points": dice.rng.randrange(0, 2400, 5)} for customer in customers],
    }
    for collection in (*COLLECTIONS.values(), LOYALTY):
        yield collection, [collection.record.model_validate(row).model_dump() for row in planted[collection.name]]
