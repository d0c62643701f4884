"""Harbor's tools as the documents see them."""

from __future__ import annotations

from knowledge.rules import ActionShape, Domain, FactType, LookupShape, Vocabulary


def _typed(**names: str) -> dict[str, FactType]:
    kinds: dict[str, FactType] = {}
    for kind in ("string", "int", "double", "bool"):
        kinds |= dict.fromkeys(names.get(kind, "").split(), kind)
    return kinds


SUBSCRIPTION = _typed(
    string="id plan status currency next_at following_at restarts_at longest_pause", double="price", int="days_to_next"
)
SLOT = _typed(string="id kind starts", int="days_ahead", bool="free")
APPOINTMENT = _typed(string="id kind status slot_id starts", int="days_ahead")
REMINDER = _typed(string="id at text")
ARTICLE = _typed(string="id title")
HARBOR_TOOLS = Vocabulary(
    facts=_typed(
        string="state.sentiment state.urgency case.channel case.locale time.date",
        int="identity.level identity.failed state.repeats time.hour time.weekday",
        bool="state.confused state.escalated time.open",
    ),
    proposal=_typed(
        string="action.name action.risk intent.name intent.area",
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
        "find_items": LookupShape(
            args=_typed(string="order_id said"),
            optional=frozenset({"said"}),
            subject="items",
            result=_typed(string="chosen everything", bool="under_way"),
            lists={"lines": _typed(string="sku name", int="qty left")},
        ),
        "find_subscriptions": LookupShape(
            args=_typed(string="plan status"),
            optional=frozenset({"plan", "status"}),
            subject="subscriptions",
            result={},
            lists={"found": SUBSCRIPTION},
        ),
        "get_subscription": LookupShape(
            args=_typed(string="subscription_id"), subject="subscription", result=SUBSCRIPTION
        ),
        "get_reset_links": LookupShape(args={}, subject="reset_links", result=_typed(int="next today")),
        "find_customer": LookupShape(
            args=_typed(string="order_id email name postcode phone"),
            optional=frozenset({"order_id", "email", "name", "postcode", "phone"}),
            subject="candidate",
            result=_typed(string="customer_id"),
        ),
        "find_slots": LookupShape(
            args=_typed(string="kind when"),
            optional=frozenset({"when"}),
            subject="calendar",
            result=_typed(string="kind"),
            lists={"free": SLOT},
        ),
        "get_slot": LookupShape(args=_typed(string="slot_id"), subject="place", result=SLOT),
        "find_appointments": LookupShape(args={}, subject="diary", result={}, lists={"booked": APPOINTMENT}),
        "get_appointment": LookupShape(args=_typed(string="appointment_id"), subject="appointment", result=APPOINTMENT),
        "find_reminders": LookupShape(args={}, subject="reminders", result={}, lists={"waiting": REMINDER}),
        "get_reminder": LookupShape(args=_typed(string="reminder_id"), subject="reminder", result=REMINDER),
        "find_articles": LookupShape(
            args=_typed(string="about"), subject="library", result={}, lists={"found": ARTICLE}
        ),
        "get_article": LookupShape(args=_typed(string="article_id"), subject="article", result=ARTICLE),
    },
    actions={
        "change_delivery": ActionShape(args=_typed(string="order_id address preference"), undo="change_delivery"),
        "register_return": ActionShape(args=_typed(string="order_id items reason"), optional=frozenset({"reason"})),
        "change_subscription": ActionShape(
            args=_typed(string="subscription_id plan status next_at"), undo="change_subscription"
        ),
        "cancel_subscription": ActionShape(args=_typed(string="subscription_id")),
        "send_reset_link": ActionShape(args=_typed(int="ordinal")),
        "cancel_order": ActionShape(args=_typed(string="order_id")),
        "correct_points": ActionShape(args=_typed(string="reason", int="points"), undo="correct_points"),
        "issue_refund": ActionShape(args=_typed(string="order_id currency reason", double="amount")),
        "change_email": ActionShape(args=_typed(string="email"), undo="change_email"),
        "change_phone": ActionShape(args=_typed(string="phone"), undo="change_phone"),
        "change_address": ActionShape(args=_typed(string="address postcode"), undo="change_address"),
        "send_code": ActionShape(args=_typed(int="ordinal")),
        "create_ticket": ActionShape(args=_typed(string="kind subject body priority", int="number")),
        "grant_exception": ActionShape(args=_typed(string="kind wish")),
        "report_bug": ActionShape(
            args=_typed(string="kind subject body priority"), optional=frozenset({"kind", "body", "priority"})
        ),
        "book_appointment": ActionShape(args=_typed(string="slot_id kind starts")),
        "ask_for_call": ActionShape(args=_typed(string="kind"), optional=frozenset({"kind"})),
        "move_appointment": ActionShape(
            args=_typed(string="appointment_id slot_id starts was"),
            optional=frozenset({"was"}),
            undo="move_appointment",
        ),
        "cancel_appointment": ActionShape(
            args=_typed(string="appointment_id kind starts"),
            optional=frozenset({"starts"}),
            undo="book_appointment",
        ),
        "set_reminder": ActionShape(args=_typed(string="at text")),
        "cancel_reminder": ActionShape(args=_typed(string="reminder_id at text")),
        "send_reminder": ActionShape(args=_typed(string="reminder_id text")),
        "send_summary": ActionShape(args=_typed(int="since")),
        "send_article": ActionShape(args=_typed(string="article_id title")),
        "wipe_account": ActionShape(args={}, forbidden=True),
    },
    domains={
        "order.status": Domain(("processing", "shipped", "delivered", "cancelled", "returned")),
        "identity.level": Domain(least=0, most=3),
        "time.hour": Domain(least=0, most=23),
    },
)
