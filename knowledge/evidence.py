"""What rules rest on: the arguments and the records that they name are there when their action is proposed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from knowledge.documents import Finding
from knowledge.draft import Draft
from knowledge.parts import file_of, procedures
from knowledge.playbook import Rule
from knowledge.procedure import Procedure
from knowledge.rules import RuleError, Vocabulary, closest
from knowledge.syntax import facts_of, held_to

ARGUMENT = "action.args"


def rules_can_be_told(draft: Draft, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What a rule about one action asks for can be known of it; what cannot be told always goes to a person."""
    rules = [
        (rule, *of) for clause in draft.clauses.values() for rule in clause.rules if (of := _about(rule, vocabulary))
    ]
    for rule, action, facts in rules:
        shape, (file, _, line) = vocabulary.tool(action), rule.source.rpartition(":")
        for fact in sorted(facts):
            subject, _, name = fact.rpartition(".")
            if subject == ARGUMENT and shape is not None and name not in shape.args:
                wrong = f"'{action}' has no argument '{name}', so that this cannot be told"
                yield Finding(file, int(line), wrong, closest(name, shape.args))
    for walked in procedures(draft):
        yield from _records_are_looked_up(draft, vocabulary, walked, rules)


def _records_are_looked_up(
    draft: Draft, vocabulary: Vocabulary, walked: Procedure, rules: list[tuple[Rule, str, frozenset[str]]]
) -> Iterator[Finding]:
    needing = {shape.subject for shape in vocabulary.lookups.values()} - _of_the_customer(vocabulary)
    for index, placed in enumerate(walked.steps):
        made = [(before.step.as_, before.step.look_up) for before in walked.before(index) if before.step.look_up]
        known = {called or vocabulary.lookups[name].subject for called, name in made if name in vocabulary.lookups}
        for rule, action, facts in rules:
            wanted = {fact.rpartition(".")[0] for fact in facts} & needing if placed.step.propose == action else set()
            for subject in sorted(wanted - known):
                wrong = f"the rule of {rule.clause} asks for '{subject}', which is not looked up before this"
                lookup = next(name for name, shape in vocabulary.lookups.items() if shape.subject == subject)
                where = (*placed.where, "propose")
                yield draft.finding(
                    file_of(placed.document), where, wrong, f"write a step `look_up: {lookup}` before it"
                )


def _of_the_customer(vocabulary: Vocabulary) -> set[str]:
    """What the agent looks up by itself where a rule asks for it: no argument is needed."""
    return {shape.subject for shape in vocabulary.lookups.values() if not shape.args.keys() - shape.optional}


def _about(rule: Rule, vocabulary: Vocabulary) -> tuple[str, frozenset[str]] | None:
    """The one action that a rule is about, and the facts that it names."""
    with suppress(RuleError):
        when = vocabulary.expression(rule.when)
        meant = held_to(when, "action.name")
        if meant is not None and len(meant) == 1:
            return str(*meant), facts_of(when)
    return None
