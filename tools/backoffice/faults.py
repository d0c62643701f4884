"""Named faults, armed from outside, met by the next calls that match.

A fault meets POST and PATCH (`stale_read`: GET; `server_error` and `slow`: any method) of the named resource, or of
any; one call meets the first armed fault that matches, and uses it up by one, whatever becomes of the call. A body
that is refused before it is looked at (not JSON, fields missing) meets none. Without `resource` a fault meets the
API alone; `resource: "loyalty"` meets the form that corrects points (a PATCH).
- `lost_write` `partial_write` `wrong_field`: the answer claims success; see `bending` for what is stored
- `error_after_write`: written, then 500 · `timeout_after_write`: written, then the answer waits `ms`
- `timeout_before_write`: waits `ms`, then 504, nothing written · `server_error`: 500, nothing written
- `stale_read`: a record or list as of before the last write to it · `slow`: waits `ms`, then all is normal
A used key is answered by replay also when a fault spoiled the first answer after the write.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from tools.backoffice.bending import Bend
from tools.backoffice.fields import Shape
from tools.backoffice.problems import BrokenByFault
from tools.backoffice.store import Store
from tools.backoffice.writes import Answer

Name = Literal[
    "lost_write",
    "error_after_write",
    "timeout_after_write",
    "timeout_before_write",
    "partial_write",
    "wrong_field",
    "stale_read",
    "server_error",
    "slow",
]
Resource = Literal[
    "customers",
    "orders",
    "returns",
    "refunds",
    "subscriptions",
    "slots",
    "appointments",
    "tickets",
    "messages",
    "loyalty",
]
Method = Literal["GET", "POST", "PATCH"]
READS: frozenset[Name] = frozenset({"stale_read"})
ANY: frozenset[Name] = frozenset({"server_error", "slow"})


class Fault(Shape):
    """The next `n` matching calls meet it; `ms` is how long the timeouts and `slow` wait."""

    name: Name
    n: int = Field(default=1, ge=1, le=100_000)
    resource: Resource | None = None
    method: Method | None = None
    ms: int = Field(default=1500, ge=0, le=60_000)

    @model_validator(mode="after")
    def _can_ever_be_met(self) -> Self:
        if self.method is not None and not self.meets(self.method):
            raise ValueError(f"{self.name} never meets {self.method}")
        return self

    def meets(self, method: str) -> bool:
        """Does it concern calls of this method?"""
        return self.name in ANY or (self.name in READS) == (method == "GET")


@dataclass(frozen=True)
class Met:
    """One use of a fault."""

    name: Name
    ms: int

    @property
    def bend(self) -> Bend | None:
        """How it changes what is stored."""
        return self.name if self.name in ("lost_write", "partial_write", "wrong_field") else None


def arm(store: Store, fault: Fault) -> None:
    """Add a fault behind those already armed."""
    values = (fault.name, fault.n, fault.resource, fault.method, fault.ms)
    with store.transaction():
        store.run("insert into faults (name, n, resource, method, ms) values (?, ?, ?, ?, ?)", *values)


def armed(store: Store) -> list[Fault]:
    """What is still to be met, in order; `n` is what is left."""
    return [fault for _, fault in _armed(store)]


def clear(store: Store) -> None:
    """Disarm everything."""
    with store.transaction():
        store.run("delete from faults")


def take(store: Store, resource: str, method: str) -> Met | None:
    """The fault this call meets, used up by one; None when it meets none."""
    if not _armed(store):
        return None
    with store.transaction():
        for seq, fault in _armed(store):
            aimed = fault.method in (None, method) and fault.meets(method)
            if aimed and (fault.resource == resource or (fault.resource is None and resource != "loyalty")):
                store.run("update faults set n = n - 1 where seq = ?", seq)
                store.run("delete from faults where n = 0")
                return Met(fault.name, fault.ms)
    return None


async def met(fault: Met | None, act: Callable[[], Answer]) -> Answer:
    """Act as the fault lets it. What is written is written before any wait that follows it."""
    match fault:
        case Met("server_error"):
            raise BrokenByFault("Something broke here.")
        case Met("timeout_before_write", ms):
            await asyncio.sleep(ms / 1000)
            raise BrokenByFault("The system behind did not answer in time.", status=504)
        case Met("slow", ms):
            await asyncio.sleep(ms / 1000)
            return act()
        case Met("error_after_write"):
            act()
            raise BrokenByFault("Something broke here.")
        case Met("timeout_after_write", ms):
            answer = act()
            await asyncio.sleep(ms / 1000)
            return answer
        case _:
            return act()


def _armed(store: Store) -> list[tuple[object, Fault]]:
    rows = store.rows("select seq, name, n, resource, method, ms from faults order by seq")
    return [(seq, Fault.model_validate(dict(zip(Fault.model_fields, values, strict=True)))) for seq, *values in rows]
