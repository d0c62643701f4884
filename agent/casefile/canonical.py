"""Canonical JSON and digests: what a yes is bound to, what a key is made from, what the chain covers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from pydantic import JsonValue

SHORT_KEY = 32
"""As much of an effect's key as names it in a case."""


def canonical(value: JsonValue | Mapping[str, JsonValue]) -> bytes:
    """One byte string per value: sorted keys, no spaces, UTF-8. Raises ValueError for NaN and infinities."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def digest(value: JsonValue | Mapping[str, JsonValue]) -> str:
    """SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def proposal_digest(case_id: str, customer_id: str | None, action: str, args: Mapping[str, JsonValue]) -> str:
    """What a yes is bound to: the case, whose record is touched, the action and every argument."""
    return digest({"case": case_id, "customer": customer_id, "action": action, "args": dict(args)})


def effect_key(
    tenant: str, case_id: str, customer_id: str | None, action: str, args: Mapping[str, JsonValue], yes: str
) -> str:
    """The key of an effect, made from what it is; `yes` is the confirmation or approval that authorised it."""
    what = {"tenant": tenant, "case": case_id, "customer": customer_id, "action": action, "args": dict(args)}
    return digest({**what, "yes": yes})
