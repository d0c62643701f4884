"""The playbook: what a company lets the agent know and do, as typed, immutable documents.

`knowledge/load.py` reads them from a folder; everything else only reads these records.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_NAME, _ID = r"^[a-z][a-z0-9_]{0,60}$", r"^[a-z][a-z0-9_-]{1,40}$"
_CURRENCY, _LIST = r"^[A-Z]{3}$", r"^[a-z_]+\.[a-z_]+$"
PATTERNS = {
    _NAME: "use small letters, digits and _, beginning with a letter",
    _ID: "use 2 to 41 small letters, digits, - and _, beginning with a letter",
    _CURRENCY: "write three capital letters, such as EUR",
    _LIST: "write SUBJECT.FIELD, such as order.items",
}
"""Pattern of a text → what to write where one does not fit."""
Name = Annotated[str, Field(pattern=_NAME)]
RiskClass = Literal["low_risk", "customer_confirmed", "human_approved", "forbidden"]
IdentityLevel = Literal["anonymous", "claimed", "confirmed", "verified"]
RuleOutcome = Literal["confirm", "approve", "handoff", "forbid"]
Localised = dict[str, str]
"""A text per locale: `{en: …, de: …}`."""


class Document(BaseModel):
    """Base of everything that people write: exact and immutable; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Fact(Document):
    """A fact that proves who someone is when it matches the record."""

    name: Literal["order_id", "email", "name", "postcode", "phone"]
    in_order_mail: bool
    """True: anyone who saw an order mail knows it, so it proves nothing alone."""


class IdentityMethods(Document):
    """How customers show who they are."""

    facts: list[Fact]
    facts_needed: int = 2
    code_minutes: int = 10
    code_tries: int = 5
    failed_proofs: int = 5
    """After so many failed proofs a person takes over."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"there is no time zone '{name}'; write one like Europe/Amsterdam")
    return name


class Budget(Document):
    """How much may be spent; when it is used up, a person takes over."""

    tool_calls: Annotated[int, Field(ge=1)]
    """Calls to the company's systems, proofs included."""
    model_calls: Annotated[int, Field(ge=1)]
    effects: Annotated[int, Field(ge=1)]
    """Changes that are sent."""


class Budgets(Document):
    """What a turn, a case (since a person gave it back last) and a customer's day (UTC) may spend."""

    per_turn: Budget = Budget(tool_calls=60, model_calls=20, effects=10)
    per_case: Budget = Budget(tool_calls=1000, model_calls=2000, effects=60)
    per_customer_day: Budget = Budget(tool_calls=1000, model_calls=2000, effects=40)


def _spans(text: str) -> str:
    """Raises ValueError for what is no list of spans of one day, each later than the one before."""
    fits = re.fullmatch(_SPAN, text)
    minutes = [_minute(at) for span in text.split(", ") for at in span.split(" to ")] if fits else []
    if text and (sorted(set(minutes)) != minutes or not minutes or minutes[-1] > _minute("24:00")):
        raise ValueError(f"'{text}' is no opening time; write it like 9:00 to 12:30, 13:00 to 18:00")
    return text


def _minute(at: str) -> int:
    hour, _, minute = at.partition(":")
    return int(hour) * 60 + int(minute)


_SPAN = r"\d{1,2}:[0-5]\d to \d{1,2}:[0-5]\d(?:, \d{1,2}:[0-5]\d to \d{1,2}:[0-5]\d)*"
Open = Annotated[str, AfterValidator(_spans)]
"""When people are there on a day: `9:00 to 12:30, 13:00 to 18:00`."""


class BusinessHours(Document):
    """When people are there, by the company's zone; on a day that is not named nobody is."""

    said: str = ""
    """What customers are told; without it, the days and times below."""
    monday: Open = ""
    tuesday: Open = ""
    wednesday: Open = ""
    thursday: Open = ""
    friday: Open = ""
    saturday: Open = ""
    sunday: Open = ""

    @model_validator(mode="before")
    @classmethod
    def _or_a_text(cls, given: Any) -> Any:
        """A text is only said: nothing can depend on it."""
        return {"said": given} if isinstance(given, str) else given

    @property
    def week(self) -> list[str]:
        """Each day's spans, Monday first; "" for none."""
        return [self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday, self.sunday]

    def are_open(self, now: datetime) -> bool | None:
        """Whether people are there at a moment of the company's zone; None where no day is named."""
        if not any(self.week):
            return None
        spans = [span.split(" to ") for span in self.week[now.weekday()].split(", ") if span]
        return any(_minute(opens) <= now.hour * 60 + now.minute < _minute(closes) for opens, closes in spans)


class Company(Document):
    """`company.yaml`."""

    id: Annotated[str, Field(pattern=_ID)]
    name: str
    locales: Annotated[list[str], Field(min_length=1)]
    """Those served; documents without a translation stand in the first."""
    currency: Annotated[str, Field(pattern=_CURRENCY)]
    channels: list[str]
    identity: IdentityMethods
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """IANA's name of the zone in which times are read and told: Europe/Amsterdam."""
    business_hours: BusinessHours
    tone: str
    support_threshold: Annotated[float, Field(ge=0, le=1)]
    """Passages below this carry no answer."""
    nearest_threshold: Annotated[float, Field(ge=0, le=1)] = 1.0
    """A passage from here up to `support_threshold` is quoted as the nearest there is, never as the answer."""
    escalate_when: list[str] = []
    """CEL over the customer's state: a case for which one holds goes to a person."""
    budgets: Budgets = Budgets()


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
    options: Annotated[str | None, Field(pattern=_LIST)] = None
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


class Wording(Document):
    """`wording/LOCALE.yaml`: id → a sandboxed Jinja template that may name only what it is given."""

    locale: str
    texts: dict[str, str]


def braced(text: str) -> set[str]:
    """What a text names in braces."""
    return set(re.findall(r"\{([a-z_]+)\}", text))


Days = tuple[int, int]
"""From and to, both included."""
Texts = list[str]


class GivenOrder(Document):
    """An order that the customer of a scenario has; what is not said is left open."""

    status: str | None = None
    days_since_delivery: Days | None = None
    total: tuple[Decimal, Decimal] | None = None
    """From and to, both included."""
    refunded: bool | None = None
    """Whether money was paid back for it, or for another order of theirs, already."""


class GivenSubscription(Document):
    """A subscription that they have."""

    status: str | None = None
    plan: str | None = None
    days_to_next: Days | None = None


class GivenAppointment(Document):
    """An appointment that they have."""

    kind: str | None = None
    days_ahead: Days | None = None


class GivenFault(Document):
    """What the systems do wrong, as the back office names it; the next `n` calls that fit meet it."""

    name: str
    resource: str | None = None
    method: Literal["GET", "POST", "PATCH"] | None = None
    n: Annotated[int, Field(ge=1)] = 1
    ms: Annotated[int, Field(ge=0, le=5000)] | None = None


class Given(Document):
    """Where a scenario begins: on freshly seeded systems."""

    customer: str | None = None
    """One customer's id; else the first one whose records are as they are described."""
    signed_in: bool = True
    """Whether the host site vouches for them."""
    order: GivenOrder | None = None
    others_order: GivenOrder | None = None
    """One that is somebody else's; `{others_order}` names it."""
    subscription: GivenSubscription | None = None
    appointment: GivenAppointment | None = None
    faults: list[GivenFault] = []
    at: datetime | None = None
    """When, by the company's clock: `2026-12-06T21:30`. Default: now."""
    channel: str = "web"


class GivenGoal(Document):
    """What a simulated customer wants, and how they go about it."""

    intent: Name
    slots: dict[Name, str] = {}
    answer: Literal["yes", "no", "unclear", "changed"] = "yes"
    proof: Literal["facts", "wrong", "stranger", "none"] = "facts"
    style: Literal["plain", "terse", "chatty", "typos", "impatient"] = "plain"


class Change(Document):
    """One thing that the agent changes in the systems: a record of a resource, with these fields then."""

    resource: Name
    fields: dict[Name, str | dict[Name, str]] = {}


class Expect(Document):
    """What has to come of a scenario; what is not said is not looked at."""

    status: Literal["waiting_customer", "waiting_approval", "waiting_person", "resolved", "closed"] | None = None
    outcome: Literal["allow", "confirm", "approve", "identify", "handoff", "forbid"] | None = None
    """The last ruling on a change."""
    handoff: str | None = None
    """Why a person has it."""
    cites: Texts = []
    """Clauses or articles that were cited."""
    changes: list[Change] | None = None
    """All that the agent changed, and nothing else. Mails and tickets are looked at where they are named here."""
    says: Texts = []
    never_says: Texts = []


class Scenario(Document):
    """One entry of `scenarios/*.yaml`: a conversation, and what has to come of it; its key is the name."""

    name: Name
    why: str
    """What would go wrong otherwise."""
    given: Given = Given()
    customer: Texts = []
    """Their messages, one after the other. `{order_id}` and the like name what was given, `{code}` the mailed code."""
    goal: GivenGoal | None = None
    """In place of messages: a simulated customer, who answers what they are asked."""
    reviewer: Literal["approves", "rejects", "edits", "lets_lapse"] | None = None
    """What a person does with what waits for them; None: nothing."""
    edited: dict[Name, str] = {}
    """With `edits`: the arguments that are others."""
    expect: Expect

    @property
    def names(self) -> set[str]:
        """What its texts may name in braces."""
        given = self.given
        named = {"order_id": given.order, "others_order": given.others_order, "subscription_id": given.subscription}
        there = {name for name, one in named.items() if one is not None}
        total = {"total"} if given.order is not None else set()
        return {"code", "customer_id", "name", "email", "phone", "postcode", "address"} | there | total

    @model_validator(mode="after")
    def _somebody_writes(self) -> Self:
        if bool(self.customer) == (self.goal is not None):
            raise ValueError("a scenario has messages of a customer, or a goal; write one of `customer:` and `goal:`")
        if bool(self.edited) != (self.reviewer == "edits"):
            raise ValueError("`edited` says what a reviewer who edits changes; write both or neither")
        return self


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

    @property
    def rules(self) -> list[Rule]:
        """All rules, in the order of their clauses."""
        return [rule for clause in self.clauses.values() for rule in clause.rules]

    def rules_on(self, day: date) -> list[Rule]:
        """The rules of the clauses in force on that day."""
        return [rule for clause in self.clauses.values() if clause.in_force(day) for rule in clause.rules]
