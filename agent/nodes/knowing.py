"""Knowing: what the rules want to know of the customer in scope is looked up, whether or not a workflow did.

A lookup that needs no argument is about the customer alone: their tier, what they were paid back lately. Others are
about a record that only the matter can name.
"""

from __future__ import annotations

from agent.casefile.records import Level
from agent.dispatch import HOUSEKEEPING, facts_for
from agent.nodes.propose import looked_up
from agent.policy.decide import untold
from agent.policy.workflow import exact_args
from agent.state import Step
from agent.turn import OpenTurn
from knowledge.rules import LookupShape


def of_the_customer(turn: OpenTurn, step: Step) -> tuple[Step, Step | None]:
    """The step with what is known of its customer, and the lookup that has to come first; None: there is none."""
    found = dict(step.get("found", {}))
    facts = facts_for(turn, step["tool"], step["args"], intent=step.get("intent"), found=found)
    wanted = {name.rpartition(".")[0] for name in untold(facts, turn.playbook, turn.desk.vocabulary)}
    for name, shape in turn.desk.vocabulary.lookups.items():
        if shape.subject not in wanted - found.keys() or not is_about_the_customer(name, shape):
            continue
        args = exact_args(turn.desk.catalog, name, {})
        seen = looked_up(turn)(name, args)
        if seen is None and _may_look(turn, name, step["tool"]):
            return step, {"kind": "look_up", "intent": step.get("intent"), "tool": name, "args": args}
        if seen is not None and seen.result is not None:
            found[shape.subject] = seen.result
    return {**step, "found": found}, None


def is_about_the_customer(name: str, shape: LookupShape) -> bool:
    """Whether a lookup needs nothing but the customer in scope; one of the desk's own steps is none."""
    return name not in HOUSEKEEPING and not shape.args.keys() - shape.optional


def _may_look(turn: OpenTurn, lookup: str, action: str) -> bool:
    """Whether the customer is known well enough, or has to be for the action itself."""
    actions = turn.playbook.actions
    if lookup not in actions or action not in actions:
        return False
    known = max(turn.case.identity.level, Level.named(actions[action].identity))
    return known >= Level.named(actions[lookup].identity)
