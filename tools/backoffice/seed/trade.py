"""Orders, and what was returned and refunded of them."""

from datetime import timedelta
from decimal import Decimal

from tools.backoffice.fields import Row
from tools.backoffice.labels import label
from tools.backoffice.seed.dice import Dice, euros, numbered

STATUSES = {"processing": 90, "shipped": 80, "delivered": 230, "cancelled": 50, "returned": 50}
BASKETS = ["small", "small small", "middle", "middle small", "large", "large middle"]
LATELY, LONG_AGO = range(2, 27), range(33, 58)
"""How many days ago parcels arrived."""


def orders(dice: Dice, customers: list[Row]) -> list[Row]:
    """At least one for each customer and the rest by chance, numbered as they were placed."""
    statuses = [status for status, share in STATUSES.items() for _ in range(share)]
    dice.rng.shuffle(statuses)
    buyers = customers + dice.rng.choices(customers, k=len(statuses) - len(customers))
    rows = [_order(dice, buyer, status) for buyer, status in zip(buyers, statuses, strict=True)]
    rows.sort(key=lambda row: str(row["placed_at"]))
    number = 204_117
    for row in rows:
        number += dice.rng.randint(1, 40)
        row["id"] = f"HG-{number}"
    notes = dice.world["order_notes"] * 3
    for row, note in zip(dice.rng.sample(rows, len(notes)), notes, strict=True):
        row["note"] = note
    return rows


def _order(dice: Dice, buyer: Row, status: str) -> Row:
    arrived = _days_since_arrival(dice, status)
    gone = {"processing": -2, "shipped": -1, "cancelled": dice.rng.randint(0, 80)}.get(status, arrived or 0)
    items, delivered_at = _items(dice), None if arrived is None else dice.when(arrived)
    return {
        "customer_id": buyer["id"],
        "status": status,
        "items": items,
        "total": euros(sum((Decimal(item["price"]["amount"]) * item["qty"] for item in items), Decimal())),
        "placed_at": dice.when(gone + dice.rng.randint(3, 6)),
        "delivered_at": delivered_at,
        "delivery": _delivery(dice, buyer, status, delivered_at),
        "refunds": [],
    }


def _days_since_arrival(dice: Dice, status: str) -> int | None:
    match status:
        case "delivered":
            return int(dice.rng.choice([*LATELY, *LATELY, *LONG_AGO]))
        case "returned":
            return dice.rng.randint(45, 150)
        case _:
            return None


def _items(dice: Dice) -> list[Row]:
    shelves = dice.rng.choice(BASKETS).split()
    goods = {
        sku: (name, price) for sku, name, price in (dice.rng.choice(dice.world["goods"][shelf]) for shelf in shelves)
    }
    return [
        {
            "sku": sku,
            "name": name,
            "qty": dice.rng.choice([1, 1, 2]) if Decimal(price) < 20 else 1,
            "price": {"amount": price},
        }
        for sku, (name, price) in goods.items()
    ]


def _delivery(dice: Dice, buyer: Row, status: str, delivered_at: str | None) -> Row:
    """The parcel; nothing of it is known before the carrier has it."""
    handed_over = status in ("shipped", "delivered", "returned")
    ahead = {"processing": dice.rng.randint(3, 6), "shipped": dice.rng.randint(1, 3)}.get(status)
    due = (dice.today + timedelta(days=ahead)).isoformat() if ahead else None
    return {
        "carrier": dice.rng.choice(dice.world["carriers"]) if handed_over else None,
        "tracking": dice.filled_in("HGT##########") if handed_over else None,
        "eta": delivered_at[:10] if delivered_at else due,
        "preference": dice.rng.choice([None, None, *dice.world["people"][buyer["locale"]]["preferences"]]),
        "address": f"{buyer['address']}, {buyer['postcode']}",
    }


def refunds(dice: Dice, placed: list[Row]) -> list[Row]:
    """Everything for what came back; a part of some that were kept, lately or long ago. Marks the orders too."""
    kept = [order for order in placed if order["status"] == "delivered"]
    lately = [order for order in kept if 5 <= dice.age(order["delivered_at"]) <= max(LATELY)]
    long_ago = [order for order in kept if dice.age(order["delivered_at"]) > 40]
    parts = dice.rng.sample(lately, 16) + dice.rng.sample(long_ago, 14)
    wholes = [order for order in placed if order["status"] == "returned"]
    rows = [_refund(dice, order, Decimal("0.2"), dice.rng.choice(dice.world["refund_reasons"])) for order in parts]
    rows += [_refund(dice, order, Decimal(1), "Goods returned") for order in wholes]
    rows = numbered("ref_", sorted(rows, key=lambda row: str(row["created_at"])))
    by_id = {order["id"]: order for order in placed}
    for row in rows:
        by_id[row["order_id"]]["refunds"].append(row)
    return rows


def _refund(dice: Dice, order: Row, share: Decimal, reason: str) -> Row:
    return {
        "order_id": order["id"],
        "customer_id": order["customer_id"],
        "amount": euros(Decimal(order["total"]["amount"]) * share),
        "reason": reason,
        "created_at": dice.when(dice.age(order["delivered_at"]) - dice.rng.randint(2, 4)),
    }


def returns(dice: Dice, placed: list[Row]) -> list[Row]:
    """What came back, and a few parcels still on their way."""
    here = [order for order in placed if order["status"] == "delivered" and 5 <= dice.age(order["delivered_at"]) < 20]
    back = [_return(dice, order, "closed") for order in placed if order["status"] == "returned"]
    back += [_return(dice, order, "registered") for order in dice.rng.sample(here, 6)]
    rows = numbered("ret_", sorted(back, key=lambda row: str(row["created_at"])))
    return [row | {"label": label(row["id"])} for row in rows]


def _return(dice: Dice, order: Row, status: str) -> Row:
    return {
        "order_id": order["id"],
        "customer_id": order["customer_id"],
        "items": [{"sku": item["sku"], "qty": item["qty"]} for item in order["items"]],
        "reason": dice.rng.choice(dice.world["return_reasons"]),
        "status": status,
        "created_at": dice.when(dice.age(order["delivered_at"]) - 1),
    }
