"""Placing: which matter a value in a message belongs to, or whether it says who the customer is."""

from __future__ import annotations

from collections.abc import Sequence

from agent.casefile.fold import Case
from agent.casefile.records import Intent
from agent.models.port import ValueSeen
from knowledge.playbook import Playbook
from knowledge.procedure import procedure_of

Slots = dict[str, dict[str, str]]
Proofs = dict[str, str]


def placed(case: Case, values: Sequence[ValueSeen], opened: Sequence[Intent], book: Playbook) -> tuple[Slots, Proofs]:
    """Slots by intent id, and facts of identity. What was asked for decides first, then what a workflow needs."""
    slots: Slots = {}
    facts: Proofs = {}
    provable: set[str] = {fact.name for fact in book.company.identity.facts}
    for value in values:
        homes = [one for one in [*case.open_intents, *opened] if value.name in needed(one, book)]
        if value.name == "postcode" and value.new is None and not any(v.name == "address" for v in values):
            homes = [one for one in homes if "address" in one.slots]  # by itself it is no part of a new address
        if _is_new(case, value, provable) and homes:
            for intent in _chosen(value, homes, opened):
                slots.setdefault(intent.id, {})[value.name] = value.value
        elif value.name in provable and not value.new:
            facts[value.name] = value.value
        if value.name == "order_id":
            facts[value.name] = value.value  # it names the matter, and it is a fact that few know
    return slots, facts


def needed(intent: Intent, book: Playbook) -> set[str]:
    """The slots that the intent's workflow takes."""
    procedure = procedure_of(intent.name, book)
    return {need.slot for need in procedure.needs} if procedure is not None else set()


def _is_new(case: Case, value: ValueSeen, provable: set[str]) -> bool:
    """Whether it is a value for a matter, and not one that shows who the customer is."""
    if value.new is not None:
        return value.new
    asked = {ask.name: ask.kind for ask in case.asks if ask.kind in ("slot", "identity")}
    if value.name in asked and value.name in provable:
        return asked[value.name] == "slot"
    return True


def _chosen(value: ValueSeen, homes: Sequence[Intent], opened: Sequence[Intent]) -> Sequence[Intent]:
    """The matters a value goes to: where it stands in their words; else those that lack it; else the first."""
    named = [intent for intent in opened if intent in homes and value.text in intent.text]
    lacking = [intent for intent in homes if value.name not in intent.slots]
    return named or lacking or homes[:1]
