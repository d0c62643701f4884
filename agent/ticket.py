"""The ticket of a handoff: one in the company's help desk, opened with the handoff or as soon as it can be.

A handoff never waits for its ticket. While it has none, the case is woken again and again, at growing intervals.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from agent import dispatch
from agent.casefile.events import Event
from agent.casefile.records import Args, Receipt
from agent.errors import NotAuthorised
from agent.later import again, is_about
from agent.policy.workflow import exact_args
from agent.turn import OpenTurn
from tools.contract import ToolLost

TOOL = "create_ticket"


async def opened(turn: OpenTurn, wanted: Args, history: Sequence[Event]) -> str | None:
    """The id of the ticket, opened now unless an earlier attempt turns out to have done it; None: there is none yet.

    `wanted`: the arguments of `create_ticket`. `history`: the case's events as they are written.
    """
    try:
        receipt = await _proven(turn, wanted, history)
    except (NotAuthorised, ToolLost, ValidationError, KeyError):
        return None
    added = _added(receipt)
    return added[0] if added else None


async def _proven(turn: OpenTurn, wanted: Args, history: Sequence[Event]) -> Receipt | None:
    """What came of the last attempt, looked at once more, or of a new one where that one has left no ticket."""
    started, _ = dispatch.last_attempt(history, lambda s: s.action == TOOL and s.args["number"] == wanted["number"])
    receipt = await dispatch.prove(turn, started, history=history) if started is not None else None
    if receipt is None or (receipt.state != "unknown" and not _added(receipt)):
        args = exact_args(turn.desk.catalog, TOOL, wanted)
        dispatch.rule(turn, TOOL, args, intent=None, found={})
        started = await dispatch.start(turn, TOOL, args, None)
        receipt = await dispatch.prove(turn, started) if started is not None else None
    return receipt


def _added(receipt: Receipt | None) -> list[str]:
    """The tickets that were seen to be added: one that is not wholly as intended is the handoff's all the same."""
    read_back = receipt.evidence["read_back"] if receipt is not None else {}
    seen = read_back.get("seen") if isinstance(read_back, dict) else None
    rows = seen.get("added") if isinstance(seen, dict) else None
    return [str(row["id"]) for row in rows or [] if isinstance(row, dict)] if isinstance(rows, list) else []


def try_again_later(turn: OpenTurn) -> None:
    """Have the case woken for its ticket."""
    again(turn, "ticket", str(turn.case.handoffs))


def is_wanted(turn: OpenTurn) -> bool:
    """Whether the handoff that the turn was woken for still stands, without a ticket."""
    case = turn.case
    ours = all(is_about(wake, "ticket", str(case.handoffs)) for wake in turn.wakes)
    return ours and case.handed is not None and case.ticket_id is None and case.status != "closed"
