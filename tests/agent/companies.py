"""Companies in a few lines: a playbook of classes, rules and workflows, without documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from knowledge.company import Budget, Budgets, BusinessHours, Company, IdentityMethods
from knowledge.playbook import ActionDef, Clause, IntentDef, Playbook, Rule
from knowledge.workflows import Workflow

CLASSES = {
    name: ActionDef(name=name, risk=risk, identity=identity, clause=clause, undo={"label_order": name}.get(name))
    for name, risk, identity, clause in [
        ("get_order", "low_risk", "confirmed", None),
        ("get_customer", "low_risk", "confirmed", None),
        ("hold_order", "low_risk", "confirmed", None),
        ("cancel_order", "customer_confirmed", "confirmed", "orders/1.1"),
        ("label_order", "customer_confirmed", "confirmed", "orders/1.1"),
        ("issue_refund", "human_approved", "verified", "orders/1.1"),
        ("delete_order", "forbidden", "verified", "orders/1.1"),
    ]
}
"""A class for each tool of the shop."""
AMPLE = Budget(tool_calls=10**6, model_calls=10**6, effects=10**6)
PLENTY = Budgets(per_turn=AMPLE, per_case=AMPLE, per_customer_day=AMPLE)
"""The one customer of the shop does more on a day than any real one."""
OFFICE = BusinessHours(monday="9:00 to 12:30, 13:00 to 18:00", saturday="10:00 to 14:00")
INTENTS = {
    name: IntentDef.model_validate({"name": name, "means": name, "title": {"en": name}, "examples": {}} | more)
    for name, more in {"cancel_order": {"workflow": "cancel_order"}, "question": {"kind": "question"}}.items()
}
"""One that a workflow covers, and one that passages answer."""


def clause(id_: str, *rules: Rule, valid_from: date = date(2020, 1, 1), valid_to: date | None = None) -> Clause:
    """A clause with these rules."""
    return Clause(
        id=id_, title=f"Clause {id_}", text="So it is.", locale="en", owner="care", valid_from=valid_from,
        valid_to=valid_to, rules=list(rules),
    )  # fmt: skip


def company(
    *clauses: Clause, actions: Mapping[str, ActionDef] = CLASSES, workflows: Iterable[Workflow] = ()
) -> Playbook:
    """A playbook with these clauses beside `orders/1.1`, which the classes cite."""
    return Playbook(
        company=Company(
            id="harbor", name="Harbor", locales=["en"], currency="EUR", channels=["web"],
            identity=IdentityMethods(facts=[]), business_hours=OFFICE, tone="", support_threshold=0.5, budgets=PLENTY,
        ),
        intents=INTENTS,
        actions=dict(actions),
        workflows={workflow.id: workflow for workflow in workflows},
        clauses={one.id: one for one in (clause("orders/1.1"), *clauses)},
        articles={},
        wording={},
    )  # fmt: skip


def rule(when: str, then: str | None = None, *, identity: str | None = None, of: str = "rules/1") -> Rule:
    """A rule beside the clause `of`."""
    asked = {"clause": of, "when": when, "then": then, "identity": identity, "source": "policies/rules.md:1"}
    return Rule.model_validate(asked)
