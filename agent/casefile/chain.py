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
    by the first seq that is missing; so is a file that was made anew with other events, named by the head's own seq.
    """
    prev, seq = GENESIS, 0
    for row in rows:
        seq += 1
        if row["seq"] != seq or row["prev_hash"] != prev or not _intact(row):
            return seq
        prev = row["hash"]
        if head is not None and (seq > head[0] or (seq == head[0] and prev != head[1])):
            return seq
    return None if head is None or seq == head[0] else seq + 1


def _intact(row: Mapping[str, Any]) -> bool:
    names = {name: row[name] for name in ("tenant", "case_id", "seq", "kind", "at")}
    linked = link(row["prev_hash"], digest=row["body_digest"], **names)
    digest = row["body_digest"] if row["body"] is None else body_digest(row["salt"], row["body"])
    return bool(linked == row["hash"] and digest == row["body_digest"])
