"""What touches money, identity or access is guarded in all cases: by a verified customer, and by their yes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from knowledge.documents import Finding
from knowledge.draft import Draft
from knowledge.plain import case_in_words
from knowledge.precedence import LEADS_NOWHERE, LEVELS, Held, held_rules, named
from knowledge.proof import Undecided, World
from knowledge.rules import Vocabulary

HIGHEST = LEVELS[-1]


def what_touches_is_guarded(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Each action that touches money, identity or access has its guards, by its class or by rules that always hold."""
    world = World(vocabulary, named(draft, vocabulary))
    rules = _lasting(held_rules(draft, world))
    asking = world.none_of(held.when for held in rules if held.rule.then is not None)
    proving = world.none_of(h.when for h in rules if h.rule.identity == HIGHEST or h.rule.then in LEADS_NOWHERE)
    for name, action in draft.actions.items():
        if action.touches is None or name not in vocabulary.actions:
            continue
        here = world.among("action.name", [name])
        with suppress(Undecided):
            if action.risk == "low_risk" and (case := world.case(here, asking)) is not None:
                as_where = f"as where {case_in_words(case, vocabulary)}"
                wrong = f"'{name}' touches {action.touches} without the customer's yes, {as_where}"
                yield draft.finding("actions.yaml", (name, "risk"), wrong, "write `risk: customer_confirmed`")
            if action.identity != HIGHEST and (case := world.case(here, proving)) is not None:
                as_where = f"as where {case_in_words(case, vocabulary)}"
                wrong = f"'{name}' touches {action.touches} of one who is not {HIGHEST}, {as_where}"
                yield draft.finding("actions.yaml", (name, "identity"), wrong, f"write `identity: {HIGHEST}`")


def _lasting(rules: list[Held]) -> list[Held]:
    """Those in force on every day on which any is."""
    first = min((held.clause.valid_from for held in rules), default=None)
    return [held for held in rules if held.clause.valid_from == first and held.clause.valid_to is None]
