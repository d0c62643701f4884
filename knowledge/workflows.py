"""`workflows/*.yaml`: standard operating procedures, as people write them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from knowledge.terms import LIST, Document, IdentityLevel

Slot = Literal[
    "order_id", "email", "phone", "address", "postcode", "amount", "reason", "items", "plan", "date", "description",
    "preference",
]  # fmt: skip
"""What can be read from a customer's own words."""
Guidance = Annotated[str, Field(min_length=1, max_length=400)]
Chosen = Literal["slot_id", "appointment_id", "subscription_id"]
"""What nobody knows by heart: it can only be chosen among options."""


class Need(Document):
    """One thing a workflow needs from the customer before anything else, asked for by its name."""

    slot: Slot
    optional: bool = False
    """True: taken when given, never asked for."""
    asked: str | None = None
    """Wording id of the fragment that asks for it; default `ask.SLOT`."""


class WorkflowStep(Document):
    """One step. Exactly one of `look_up`, `ask`, `propose`, `say`, `person`, `if`, `do`; `when` guards it."""

    when: str | None = None
    """One of the workflow's `conditions` by its name, or CEL over slots and what was looked up; the step is passed over
    when it does not hold."""
    if_: Annotated[str | None, Field(alias="if")] = None
    """As `when`: the branch that is taken is `then` where it holds and `else` where it does not, told once."""
    then: list[WorkflowStep] = []
    else_: Annotated[list[WorkflowStep], Field(alias="else")] = []
    do: str | None = None
    """The id of another workflow, whose steps are taken here. What it needs is asked for with what the workflow itself
    needs, or here where it is done in some cases only."""
    look_up: str | None = None
    propose: str | None = None
    with_: Annotated[dict[str, str], Field(alias="with")] = {}
    """Argument → CEL."""
    as_: Annotated[str | None, Field(alias="as")] = None
    """The name the lookup's result goes by; default its subject."""
    ask: Slot | Chosen | None = None
    """What the customer is asked for here; later steps find it under `slots`. With `options` it is chosen from a list,
    and the only one there is needs no asking; without, it is asked for while it is missing."""
    options: Annotated[str | None, Field(pattern=LIST)] = None
    """With `ask`: the list that it is chosen from, as `SUBJECT.FIELD` of what was looked up."""
    value: str = "id"
    """With `ask`: the field of an option that stands for it."""
    shown: str | None = None
    """With `ask`: wording id for one option, filled in with its fields."""
    asked: str | None = None
    """With `ask`: wording id of the fragment that asks for it; default `ask.NAME`."""
    many: bool = False
    """With `ask`: several may be taken; their values are then joined by commas."""
    if_missing: str | None = None
    """Wording id for when there is no such record of theirs, or nothing to choose from; `slot` is asked for again."""
    say: str | None = None
    """Wording id; ends the workflow: the intent is answered."""
    person: str | None = None
    """A reason; ends the workflow: a person takes over."""
    slot: str | None = None
    """With `if_missing`: the slot to ask for again."""
    guidance: Guidance | None = None
    """With `ask` and `propose`: what a language model should know to understand the answer. It allows nothing."""

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        kinds = {"look_up": self.look_up, "ask": self.ask, "propose": self.propose, "say": self.say}
        kinds |= {"person": self.person, "if": self.if_, "do": self.do}
        done = [name for name, what in kinds.items() if what is not None]
        if len(done) != 1:
            raise ValueError(f"a step does one thing, this one {len(done)}; write one of {', '.join(kinds)}")
        if self.with_ and done[0] not in ("look_up", "propose"):
            raise ValueError(f"'with' goes with look_up and propose; remove it from a step that does '{done[0]}'")
        if self.as_ and self.look_up is None:
            raise ValueError("'as' goes with look_up; remove it from this step")
        if done[0] not in ("look_up", "ask") and (self.if_missing or self.slot):
            raise ValueError("'if_missing' and 'slot' go with look_up and ask; remove them from this step")
        if bool(self.options) != bool(self.shown) or (self.options and self.ask is None):
            raise ValueError("a choice is `ask`, `options: SUBJECT.FIELD` and `shown: WORDING`; write all three")
        if self.slot is not None and self.if_missing is None:
            raise ValueError("'slot' goes with if_missing; name the wording to say when the record is missing")
        if self.guidance is not None and done[0] not in ("ask", "propose"):
            raise ValueError("'guidance' goes with ask and propose; write it at the head of the workflow")
        return self

    @model_validator(mode="after")
    def _branches(self) -> Self:
        if bool(self.if_) != bool(self.then) or (self.else_ and not self.if_):
            raise ValueError("this is half a branch; write `if: CONDITION`, `then:` and its steps, and at will `else:`")
        if self.if_ is not None and self.when is not None:
            raise ValueError("'when' and 'if' are one too many; put the branch under `then` of another one")
        return self


class Workflow(Document):
    """`workflows/*.yaml`: a standard operating procedure; its file's name is the id.

    Intents lead to it, or others `do` it as a part of theirs; such a part need not end the matter.
    """

    id: str
    title: str
    identity: IdentityLevel
    """The level all its steps need; asked for together with what is needed."""
    needs: list[Need] = []
    guidance: Guidance | None = None
    """What a language model should know while the matter is open, where judgement is wanted. It allows nothing."""
    conditions: dict[str, str] = {}
    """A name in plain words → CEL over slots and what was looked up; steps name it."""
    steps: Annotated[list[WorkflowStep], Field(min_length=1)]
