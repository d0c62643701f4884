"""The collections, and the bodies that make and change their records (derived from the marks on the fields)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, Field, create_model
from pydantic.fields import FieldInfo

from tools.backoffice import records
from tools.backoffice.fields import Part, Row, Shape


def _marked(field: FieldInfo, mark: str) -> bool:
    return isinstance(field.json_schema_extra, dict) and mark in field.json_schema_extra


@dataclass(frozen=True)
class Collection:
    """One kind of record and the bodies that make and change it."""

    name: str
    record: type[Shape]
    prefix: str
    """Begins every id; a number follows."""

    @cached_property
    def writable(self) -> Mapping[str, FieldInfo]:
        """The fields POST takes."""
        return {name: field for name, field in self.record.model_fields.items() if not _marked(field, "readOnly")}

    @cached_property
    def parts(self) -> frozenset[str]:
        """The fields that hold a nested object merged field by field."""
        fields = self.record.model_fields.items()
        return frozenset(n for n, f in fields if isinstance(f.annotation, type) and issubclass(f.annotation, Part))

    @cached_property
    def new(self) -> type[Shape]:
        """The body of POST."""
        fields: Any = {name: (field.rebuild_annotation(), field) for name, field in self.writable.items()}
        made: type[Shape] = create_model(f"New{self.record.__name__}", __base__=Shape, **fields)
        return made

    @cached_property
    def patch(self) -> type[Shape]:
        """The body of PATCH: any of the fields that may change, none by default."""
        free = {name: field for name, field in self.writable.items() if not _marked(field, "x-fixed")}
        fields: Any = {name: (field.rebuild_annotation(), Field(default=None)) for name, field in free.items()}
        made: type[Shape] = create_model(f"{self.record.__name__}Patch", __base__=Shape, **fields)
        return made

    def asked(self, body: BaseModel) -> Row:
        """The fields a body really names; of a nested object only its named fields."""
        whole, named = body.model_dump(), body.model_dump(exclude_unset=True)
        return {name: named[name] if name in self.parts else whole[name] for name in named}

    def filled(self, asked: Row) -> Row:
        """The fields of a new record: what was asked for, and defaults for the rest."""
        return self.new.model_validate(asked).model_dump()

    def merged(self, before: Row, asked: Row) -> Row:
        """A record after what was asked for."""
        inner = {name: before[name] | asked[name] for name in asked if name in self.parts}
        return before | asked | inner


COLLECTIONS: Mapping[str, Collection] = {
    made.name: made
    for made in (
        Collection("customers", records.Customer, "cus_"),
        Collection("orders", records.Order, "HG-"),
        Collection("returns", records.Return, "ret_"),
        Collection("refunds", records.Refund, "ref_"),
        Collection("subscriptions", records.Subscription, "sub_"),
        Collection("slots", records.Slot, "slo_"),
        Collection("appointments", records.Appointment, "app_"),
        Collection("tickets", records.Ticket, "tic_"),
        Collection("messages", records.OutgoingMessage, "msg_"),
    )
}
LOYALTY = Collection("loyalty", records.Loyalty, "cus_")
