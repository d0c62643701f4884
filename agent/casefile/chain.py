"""The chain: each event's hash covers the one before, so that an edit, a gap or a reorder is found.

The chain covers a salted digest of the body and not the body: when a body and its salt are erased, the chain still
verifies, and the digest tells nothing about what was erased.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from agent.casefile.canonical import canonical

GENESIS = "0" * 64


def new_salt() -> str:
    """16 random bytes in hex."""
    return secrets.token_hex(16)


def body_digest(salt: str, body: str) -> str:
    """SHA-256 of the salt and the body's JSON text, in hex."""
    return hashlib.sha256(f"{salt}:{body}".encode()).hexdigest()


def link(prev_hash: str, *, tenant: str, case_id: str, seq: int, kind: str, at: str, digest: str) -> str:
    """The hash of one event, in hex."""
    covered = canonical({"tenant": tenant, "case": case_id, "seq": seq, "kind": kind, "at": at, "body": digest})
    return hashlib.sha256(prev_hash.encode() + covered).hexdigest()


def first_broken(rows: Iterable[Mapping[str, Any]], *, head: tuple[int, str] | None = None) -> int | None:
    """The seq of the first event that is not as it was written, or None when the file is whole.

    `rows` are the file's rows in order, with the fields of the `events` table; a row whose body was erased has body
    and salt None. `head` is the last seq and hash known from elsewhere: with it a cut tail is found too, and named
    by the first seq that is missing.
    """
    prev, seq = GENESIS, 0
    for row in rows:
        seq += 1
        intact = row["body"] is None or body_digest(row["salt"], row["body"]) == row["body_digest"]
        names = {k: row[k] for k in ("tenant", "case_id", "seq", "kind", "at")}
        expected = link(prev, digest=row["body_digest"], **names)
        if row["seq"] != seq or row["prev_hash"] != prev or row["hash"] != expected or not intact:
            return seq
        prev = row["hash"]
    return None if head is None or head == (seq, prev) else min(seq + 1, head[0] + 1)
