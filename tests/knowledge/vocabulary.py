"""Harbor's tools as the documents see them."""

from __future__ import annotations

from knowledge.rules import ActionShape, FactType, LookupShape, Vocabulary


def _typed(**names: str) -> dict[str, FactType]:
    kinds: dict[str, FactType] = {}
    for kind in ("string", "int", "double", "bool"):
        kinds |= dict.fromkeys(names.get(kind, "").split(), kind)
    return kinds


HARBOR_TOOLS = Vocabulary(
    facts=_typed(
        string="state.sentiment state.urgency case.channel case.locale",
        int="identity.level state.repeats time.hour time.weekday",
        bool="state.confused state.escalated",
    ),
    proposal=_typed(
        string="action.name action.risk intent.name",
        double="intent.confidence support.score",
        bool="systems.available",
    ),
    lookups={
        "get_order": LookupShape(
            args=_typed(string="order_id"),
            subject="order",
            result=_typed(
                string="id customer_id status currency placed_at delivered_at carrier tracking eta preference address",
                double="total refunded refundable",
                int="refunds_count days_since_delivery",
            ),
        ),
        "get_customer": LookupShape(
            args={},
            subject="customer",
            result=_typed(
                string="id name email phone postcode address locale tier", int="refunds_30d", double="refunded_30d"
            ),
        ),
        "find_customer": LookupShape(
            args=_typed(string="order_id email name postcode phone"),
            optional=frozenset({"order_id", "email", "name", "postcode", "phone"}),
            subject="candidate",
            result=_typed(string="customer_id"),
        ),
    },
    actions={
        "cancel_order": ActionShape(args=_typed(string="order_id")),
        "issue_refund": ActionShape(args=_typed(string="order_id currency reason", double="amount")),
        "change_email": ActionShape(args=_typed(string="email")),
        "change_phone": ActionShape(args=_typed(string="phone")),
        "change_address": ActionShape(args=_typed(string="address postcode")),
        "send_code": ActionShape(args=_typed(int="ordinal")),
        "create_ticket": ActionShape(args=_typed(string="kind subject body priority", int="number")),
    },
)
