"""What of a draft touches money, identity or access: a second person has to publish that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knowledge.playbook import Clause, Playbook
from knowledge.proof import Undecided, World
from knowledge.rules import Vocabulary
from knowledge.weaker import domains_of, touched

COMPANY = ("identity", "escalate_when", "budgets")
"""What `company.yaml` says of who somebody is, and of when a person takes over."""


def touching(before: Playbook, after: Playbook, vocabulary: Vocabulary) -> list[str]:
    """The parts that differ and touch, each by its place: `refunds/4.2`, `workflows/refund.yaml`."""
    names = touched(before, after)
    found = [f"company.yaml: {key}" for key in COMPANY if getattr(before.company, key) != getattr(after.company, key)]
    found += [f"actions.yaml: {name}" for name in names if before.actions.get(name) != after.actions.get(name)]
    found += _clauses(before, after, vocabulary, names)
    found += [f"workflows/{name}.yaml" for name in _workflows(before, after, names)]
    return found


def _clauses(before: Playbook, after: Playbook, vocabulary: Vocabulary, names: list[str]) -> Iterator[str]:
    world = World(vocabulary, domains_of(before, after, vocabulary))
    here = world.among("action.name", names)
    for clause_id in sorted(before.clauses.keys() | after.clauses.keys()):
        old, new = (_demands(book.clauses.get(clause_id)) for book in (before, after))
        changed = [rule for rule in [*old, *new] if (rule in old) != (rule in new)]
        if any(_can_touch(world, here, str(rule[0])) for rule in changed):
            yield clause_id


def _demands(clause: Clause | None) -> list[tuple[object, ...]]:
    """A clause's rules as far as they decide, with the days on which they do."""
    if clause is None:
        return []
    return [(r.when, r.then, r.identity, clause.valid_from, clause.valid_to) for r in clause.rules]


def _can_touch(world: World, here: Any, when: str) -> bool:
    try:
        return world.possible(world.when(when), here)
    except Undecided:
        return True


def _workflows(before: Playbook, after: Playbook, names: list[str]) -> list[str]:
    """Those that propose one of these actions, and were changed, or are reached by another intent."""
    either = {**before.workflows, **after.workflows}
    proposing = [
        name for name in either if _proposes(_plain(before, name), names) or _proposes(_plain(after, name), names)
    ]
    return sorted(
        name
        for name in proposing
        if _plain(before, name) != _plain(after, name) or _intents(before, name) != _intents(after, name)
    )


def _plain(book: Playbook, name: str, within: tuple[str, ...] = ()) -> Any:
    """A workflow with the parts that it does, and with theirs."""
    if name not in book.workflows or name in within:
        return None
    told = book.workflows[name].model_dump(mode="json")
    return {"itself": told, "parts": [_plain(book, part, (*within, name)) for part in _parts(told)]}


def _parts(told: Any) -> list[str]:
    if isinstance(told, dict):
        own = [told["do"]] if isinstance(told.get("do"), str) else []
        return own + [part for value in told.values() for part in _parts(value)]
    return [part for value in told for part in _parts(value)] if isinstance(told, list) else []


def _proposes(part: Any, names: list[str]) -> bool:
    if isinstance(part, dict):
        return part.get("propose") in names or any(_proposes(value, names) for value in part.values())
    return isinstance(part, list) and any(_proposes(value, names) for value in part)


def _intents(book: Playbook, workflow: str) -> set[str]:
    return {name for name, intent in book.intents.items() if intent.workflow == workflow}
