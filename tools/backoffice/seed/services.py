"""Coffee plans, the working days of those who deliver, repair and call back, and the mail so far."""

from datetime import UTC, date, datetime, time, timedelta

from tools.backoffice.fields import Row, moment
from tools.backoffice.labels import label_mail
from tools.backoffice.seed.dice import Dice, numbered

PLANS = {"weekly": 7, "biweekly": 14, "monthly": 30}
SUBSCRIBED = {"active": 75, "paused": 15, "cancelled": 10}
SHIFTS = {
    "delivery": (180, ["08:00", "11:00", "14:00"]),
    "service": (60, ["09:00", "11:00", "15:00"]),
    "callback": (30, ["09:00", "10:30", "13:00", "14:30", "16:00"]),
}
"""Minutes of a slot, and when slots begin on a working day (UTC)."""


def subscriptions(dice: Dice, customers: list[Row]) -> list[Row]:
    """80 of them; only an active one has a next delivery."""
    rows = []
    for customer in dice.rng.sample(customers, 80):
        plan = dice.rng.choice(list(PLANS))
        status = dice.rng.choices(list(SUBSCRIBED), list(SUBSCRIBED.values()))[0]
        price = {"amount": dice.rng.choice(dice.world["coffee_prices"])}
        ahead = dice.when(-dice.rng.randint(1, PLANS[plan]))
        next_at = ahead if status == "active" else None
        rows.append({"customer_id": customer["id"], "plan": plan, "status": status, "price": price, "next_at": next_at})
    return numbered("sub_", rows)


def slots(today: date) -> list[Row]:
    """Two weeks from tomorrow, Sundays off."""
    days = [day for ahead in range(1, 15) if (day := today + timedelta(days=ahead)).isoweekday() < 7]
    rows = []
    for day in days:
        for kind, (minutes, beginnings) in SHIFTS.items():
            starts = [datetime.combine(day, time.fromisoformat(at), UTC) for at in beginnings]
            ends = [at + timedelta(minutes=minutes) for at in starts]
            rows += [
                {"starts_at": moment(start), "ends_at": moment(end), "kind": kind, "free": True}
                for start, end in zip(starts, ends, strict=True)
            ]
    return numbered("slo_", rows)


def appointments(dice: Dice, open_slots: list[Row], customers: list[Row]) -> list[Row]:
    """A few slots are taken, and a few were given back; marks the taken ones."""
    rows = []
    pairs = zip(dice.rng.sample(open_slots, 16), dice.rng.sample(customers, 16), strict=True)
    for n, (slot, customer) in enumerate(pairs):
        status = "cancelled" if n % 5 == 4 else "booked"
        slot["free"] = status == "cancelled"
        booked = {"slot_id": slot["id"], "kind": slot["kind"], "status": status}
        rows.append({"customer_id": customer["id"], **booked, "created_at": dice.when(dice.rng.randint(1, 9))})
    return numbered("app_", sorted(rows, key=lambda row: str(row["created_at"])))


def tickets(dice: Dice, customers: list[Row]) -> list[Row]:
    """What people wrote so far, some of it trying to give orders."""
    written = dice.world["tickets"]
    return numbered("tic_", [
        {"customer_id": writer["id"], "created_at": dice.when(20 - n), **ticket}
        for n, (writer, ticket) in enumerate(zip(dice.rng.sample(customers, len(written)), written, strict=True))
    ])  # fmt: skip


def messages(dice: Dice, customers: list[Row], orders: list[Row], returns: list[Row]) -> list[Row]:
    """Labels for the parcels on their way back, and a few parcels announced."""
    by_id = {customer["id"]: customer for customer in customers}
    labels = [
        label_mail(by_id[sent["customer_id"]], sent) | {"at": sent["created_at"]}
        for sent in returns
        if sent["status"] == "registered"
    ]
    shipped = [order for order in orders if order["status"] == "shipped"][-8:]
    announced = [_announcement(by_id[order["customer_id"]], order) | {"at": dice.when(1)} for order in shipped]
    return numbered("msg_", sorted(labels + announced, key=lambda row: str(row["at"])))


def _announcement(customer: Row, order: Row) -> Row:
    parcel = order["delivery"]
    body = f"{parcel['carrier']} has your parcel, tracking {parcel['tracking']}, expected on {parcel['eta']}."
    mail = {"customer_id": customer["id"], "to": customer["email"], "kind": "order_shipped"}
    return mail | {"subject": f"Order {order['id']} is on its way", "body": body}
