"""The tables of the case file; every one carries the tenant."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("token_digest", String(64), nullable=False),
    Column("release", String(64), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("head_seq", Integer, nullable=False),
    Column("head_hash", String(64), nullable=False),
    # A cache of the fold at `fold_seq`, so that a turn costs the same at any length; the file alone gives the same.
    Column("fold", Text),
    Column("fold_seq", Integer, nullable=False, default=0),
    Index("cases_by_status", "tenant", "status", "created_at"),
)

events = Table(
    "events",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Column("body", Text),
    Column("salt", String(32)),
    Column("body_digest", String(64), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("events_of_kind", "tenant", "kind", "at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("wake_id", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("cause", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("accepted_at", String(40), nullable=False),
    Column("due_at", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    # NULL while waiting; the seq of the turn's last event when done.
    Column("turn_seq", Integer),
    Index("inbox_waiting", "turn_seq", "due_at"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("approval_id", String(36), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("status", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("created_at", String(40), nullable=False),
    Column("expires_at", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("decision", Text),
    Index("approvals_by_status", "tenant", "status", "created_at"),
    Index("approvals_by_case", "case_id"),
)

effects = Table(
    "effects",
    metadata,
    Column("effect", String(64), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("case_id", String(36), nullable=False),
    Column("action", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    # What authorised it: a yes is used once.
    Column("yes", String(120), nullable=False),
    Column("changed_at", String(40), nullable=False),
    UniqueConstraint("case_id", "yes", name="a_yes_is_used_once"),
    Index("effects_by_case", "case_id"),
)

spending = Table(
    "spending",
    metadata,
    Column("tenant", String(64), primary_key=True),
    # `case:ID`, or `customer:ID` with the day.
    Column("subject", String(120), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("tool_calls", Integer, nullable=False),
    Column("model_calls", Integer, nullable=False),
    Column("effects", Integer, nullable=False),
)

release_log = Table(
    "release_log",
    metadata,
    Column("tenant", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("at", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("body_digest", String(64), nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", String(36), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("name", Text, nullable=False),
    # The release whose documents it began with; NULL: none.
    Column("base", String(64)),
    Column("created_at", String(40), nullable=False),
    Index("drafts_by_age", "tenant", "created_at"),
)

draft_steps = Table(
    "draft_steps",
    metadata,
    Column("draft_id", String(36), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", String(40), nullable=False),
    Column("by", Text, nullable=False),
    Column("file", Text),
    Column("text", Text),
    Column("release", String(64)),
)

leases = Table(
    "leases",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("tenant", String(64), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("until", String(40), nullable=False),
)
