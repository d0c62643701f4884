"""What the back office does of itself when a record is written.

Before: it fills the fields callers may not set, and refuses records that point nowhere (422) or at a taken slot (409).
After: a customer has points, refunds appear in their order, a return sends its label, appointments take and free
slots. These follow-up writes belong to the write that caused them and have no journal row of their own.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from tools.backoffice.collection import COLLECTIONS, Collection
from tools.backoffice.fields import Row, moment
from tools.backoffice.labels import label, label_mail
from tools.backoffice.problems import Conflict, Unprocessable
from tools.backoffice.store import Store

STAMPS = ("created_at", "placed_at", "at")


def born(store: Store, collection: Collection, asked: Row) -> Row:
    """A new record: what was asked for, defaults, and what only the server sets."""
    now = moment(datetime.now(UTC))
    made: Row = {"id": store.next_id(collection)} | dict.fromkeys(STAMPS, now) | collection.filled(asked)
    if "order_id" in made:
        made["customer_id"] = _pointed_at(store, "orders", made["order_id"])["customer_id"]
    if collection.name == "orders":
        made["refunds"] = []
    if collection.name == "returns":
        made["label"] = label(made["id"])
    return {name: made[name] for name in collection.record.model_fields}


def checked(store: Store, collection: Collection, before: Row, wanted: Row) -> Row:
    """The record to be stored. Raises Unprocessable or Conflict when it cannot be."""
    customer = wanted.get("customer_id")
    if customer is not None:
        _pointed_at(store, "customers", customer)
    match collection.name:
        case "messages" if wanted["to"] is None:
            return wanted | {"to": _address_on_file(store, wanted)}
        case "returns":
            _in_the_order(store, wanted)
        case "appointments":
            _bookable(store, before, wanted)
    return wanted


def followed(store: Store, collection: Collection, before: Row, stored: Row) -> Iterator[tuple[str, Row]]:
    """The other records that change with this one, as `(collection, record)`."""
    match collection.name:
        case "refunds":
            order = store.record("orders", stored["order_id"])
            if order is not None:
                yield "orders", order | {"refunds": store.records("refunds", {"order_id": [order["id"]]})}
        case "customers" if not before:
            yield "loyalty", {"id": stored["id"], "points": 0, "reason": ""}
        case "returns" if not before:
            customer = _pointed_at(store, "customers", stored["customer_id"])
            yield "messages", born(store, COLLECTIONS["messages"], label_mail(customer, stored))
        case "appointments":
            yield from _slots(store, _slot_held(before), _slot_held(stored))


def _pointed_at(store: Store, collection: str, id: str) -> Row:  # noqa: A002 - the field's name
    found = store.record(collection, id)
    if found is None:
        raise Unprocessable(f"There is no {id!r} in {collection}.")
    return found


def _address_on_file(store: Store, message: Row) -> str:
    if message["customer_id"] is None:
        raise Unprocessable("A message needs `to` or `customer_id`.")
    customer = _pointed_at(store, "customers", message["customer_id"])
    by_channel = {"email": "email", "sms": "phone", "phone": "phone", "letter": "address", "chat": "id"}
    return str(customer[by_channel[message["channel"]]])


def _in_the_order(store: Store, wanted: Row) -> None:
    bought = {item["sku"] for item in _pointed_at(store, "orders", wanted["order_id"])["items"]}
    for item in wanted["items"]:
        if item["sku"] not in bought:
            raise Unprocessable(f"{item['sku']!r} is not in order {wanted['order_id']}.")


def _slot_held(appointment: Row) -> str | None:
    return None if appointment.get("status") == "cancelled" else appointment.get("slot_id")


def _bookable(store: Store, before: Row, wanted: Row) -> None:
    if wanted["slot_id"] is None and wanted["kind"] != "callback":
        raise Unprocessable("Only a callback may do without `slot_id`.")
    if wanted["slot_id"] is not None:
        slot = _pointed_at(store, "slots", wanted["slot_id"])
        if _slot_held(wanted) not in (None, _slot_held(before)) and not slot["free"]:
            raise Conflict(f"Slot {slot['id']} is taken; choose another.")


def _slots(store: Store, held: str | None, holds: str | None) -> Iterator[tuple[str, Row]]:
    for name, free in ((held, True), (holds, False)):
        slot = store.record("slots", name) if held != holds else None
        if slot is not None:
            yield "slots", slot | {"free": free}
