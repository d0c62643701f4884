"""Proofs: what was done in a case, as the claim check holds sentences against it."""

from __future__ import annotations

from agent.casefile import events as e
from agent.casefile.records import Receipt
from agent.speech.evidence import Call, CallState, History
from agent.speech.render import made
from agent.speech.tool import Tool
from agent.turn import OpenTurn


def history_of(turn: OpenTurn) -> History:
    """The case's receipts; what a sentence without a target tells of was done in this turn."""
    tools = [
        Tool(action.name, action.summary, dict.fromkeys(action.args.model_fields, ""))
        for action in turn.desk.catalog.actions
    ]
    receipts, new = turn.case.receipts, len(turn.all_noted(e.Verified))
    return History(tools, [_call(turn, receipt) for receipt in receipts], since=len(receipts) - new)


def _call(turn: OpenTurn, receipt: Receipt) -> Call:
    """A receipt as a call: its arguments, its target where customers know its id, and the record that it made."""
    target, args = receipt.target, dict(receipt.args)
    if target.id not in (*args.values(), turn.case.identity.customer_id, turn.case.case_id):
        args[f"{target.kind}_id"] = target.id
    state: CallState = receipt.state if receipt.state in ("verified", "failed") else "unknown"
    return Call(receipt.action, args, {"made": made(receipt)} if made(receipt) else None, state)
