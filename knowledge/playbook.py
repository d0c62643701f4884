"""The playbook: what a company lets the agent know and do, as typed, immutable documents.

`knowledge/load.py` reads them from a folder; everything else only reads these records. Its larger documents have files
of their own: `knowledge/company.py`, `knowledge/workflows.py`, `knowledge/scenarios.py`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, Self, TypeVar

from pydantic import model_validator

from knowledge.company import Company
from knowledge.scenarios import Scenario
from knowledge.terms import Document, IdentityLevel, Localised, Name, RiskClass, RuleOutcome
from knowledge.workflows import Workflow


class IntentDef(Document):
    """One entry of `intents.yaml`; its key is the name."""

    name: Name
    means: str
    """One sentence a support lead and a model can read."""
    title: Localised
    """How a customer would be asked whether they mean this: "cancel an order"."""
    examples: dict[str, list[str]]
    workflow: str | None = None
    """A workflow's id; None for `answer` kinds."""
    kind: Literal["workflow", "question", "person", "greeting", "thanks", "goodbye"] = "workflow"
    product_area: str = "general"
    urgency: Literal["low", "normal", "high"] = "normal"

    @model_validator(mode="after")
    def _workflow_where_one_is_due(self) -> Self:
        if self.kind == "workflow" and self.workflow is None:
            raise ValueError("no workflow is named; write `workflow: ID`, or another `kind`")
        if self.kind != "workflow" and self.workflow is not None:
            raise ValueError(f"an intent of kind '{self.kind}' has no workflow; remove one of the two")
        return self


class ActionDef(Document):
    """One entry of `actions.yaml`: the class of one tool, lookups included; its key is the tool's name."""

    name: Name
    risk: RiskClass
    identity: IdentityLevel
    """The least level at which it may run."""
    clause: str | None = None
    """The clause that says so, cited when more identity is asked for."""
    touches: Literal["money", "identity", "access"] | None = None
    """What no rule may open to a customer who is not verified, or without their yes."""
    money: str | None = None
    """CEL: how much it moves, in the company's currency; what is at stake where a ruling changes."""
    reversible: bool = False
    undo: str | None = None


class Rule(Document):
    """The machine rule beside a clause. It can only make a ruling stricter."""

    clause: str
    when: str
    """CEL over the declared facts."""
    then: RuleOutcome | None = None
    identity: IdentityLevel | None = None
    source: str
    """`policies/refunds.md:31`."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.then is None and self.identity is None:
            raise ValueError("the rule asks for nothing; write `then:` or `identity:`")
        return self


class Dated(Document):
    """What holds from one day to another, both included."""

    valid_from: date
    valid_to: date | None = None
    """None: until further notice."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to lies before valid_from; write a later day or leave it out")
        return self

    def in_force(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Clause(Dated):
    """One numbered paragraph of a policy."""

    id: str
    """`refunds/4.2`."""
    title: str
    text: str
    """The prose, without its rules."""
    locale: str
    owner: str
    rules: list[Rule] = []
    asked: list[str] = []
    """Questions, as customers put them, that it answers; they help to find it and are not shown."""


class Article(Dated):
    """One approved answer; its file's name is the id."""

    id: str
    title: str
    text: str
    locale: str
    owner: str
    asked: list[str] = []
    """As in a clause."""


class Translation(Document):
    """What a clause or an article says in another language; what holds is its own text."""

    title: str
    text: str
    asked: list[str] = []


S = TypeVar("S", Clause, Article)


class Wording(Document):
    """`wording/LOCALE.yaml`: id → a sandboxed Jinja template that may name only what it is given."""

    locale: str
    texts: dict[str, str]


class Playbook(Document):
    """All documents of one company, checked against each other."""

    company: Company
    intents: dict[str, IntentDef]
    actions: dict[str, ActionDef]
    workflows: dict[str, Workflow]
    clauses: dict[str, Clause]
    articles: dict[str, Article]
    wording: dict[str, Wording]
    scenarios: dict[str, Scenario] = {}
    translations: dict[str, dict[str, Translation]] = {}
    """Locale → id of a clause or an article → what it says there."""

    def said_in(self, locale: str, source: S) -> S:
        """A clause or an article as it is told in a language: in its own where it has no translation."""
        told = self.translations.get(locale, {}).get(source.id)
        return source if told is None else source.model_copy(update={**told.model_dump(), "locale": locale})

    @property
    def rules(self) -> list[Rule]:
        """All rules, in the order of their clauses."""
        return [rule for clause in self.clauses.values() for rule in clause.rules]

    def rules_on(self, day: date) -> list[Rule]:
        """The rules of the clauses in force on that day."""
        return [rule for clause in self.clauses.values() if clause.in_force(day) for rule in clause.rules]
