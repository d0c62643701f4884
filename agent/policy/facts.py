"""Facts: what a rule may look at, by name, and where each comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any, get_args, get_origin

from pydantic import BaseModel, JsonValue

from agent.casefile.fold import Case
from agent.casefile.records import Args, Intent, Level, Mood
from agent.errors import NotUsable
from knowledge.company import Company
from knowledge.plain import field_in_words
from knowledge.playbook import Playbook
from knowledge.rules import ActionShape, Domain, FactType, LookupShape, Vocabulary
from tools.contract import Action, Catalog, Risk, Tool, scalars

Facts = dict[str, JsonValue]
"""Name → scalar. A fact that is not known is absent."""

CASE_FACTS: dict[str, FactType] = {
    "identity.level": "int",
    "identity.failed": "int",
    "state.sentiment": "string",
    "state.urgency": "string",
    "state.confused": "bool",
    "state.repeats": "int",
    "state.escalated": "bool",
    "case.channel": "string",
    "case.locale": "string",
    "time.date": "string",
    "time.hour": "int",
    "time.weekday": "int",
    "time.open": "bool",
}
"""`time.open` is absent where the company does not say by weekday when people are there."""
CASE_DOMAINS = {
    "identity.level": Domain(least=min(Level), most=max(Level)),
    "identity.failed": Domain(least=0),
    "state.repeats": Domain(least=0),
    "time.hour": Domain(least=0, most=23),
    "time.weekday": Domain(least=0, most=6),
    "intent.confidence": Domain(least=0, most=1),
    "support.score": Domain(least=0, most=1),
    "action.risk": Domain(tuple(str(risk) for risk in Risk)),
}
"""What these can be; the customer's state, and what tools take and give, say so by their own types."""
PROPOSAL_FACTS: dict[str, FactType] = {
    "action.name": "string",
    "action.risk": "string",
    "intent.name": "string",
    "intent.area": "string",
    "intent.confidence": "double",
    "support.score": "double",
    "systems.available": "bool",
}
"""The facts about the intent, and the support for it, are absent where a proposal serves none of the customer's."""
WORDS = {
    "identity.level": "the identity level (0 anonymous, 1 claimed, 2 confirmed, 3 verified)",
    "identity.failed": "the proofs of identity that failed",
    "state.sentiment": "the customer's mood",
    "state.urgency": "the urgency",
    "state.confused": "the customer is confused",
    "state.repeats": "the times that the same was asked for in a row",
    "state.escalated": "a person was in the case before",
    "case.channel": "the channel",
    "case.locale": "the customer's language",
    "time.date": "the day",
    "time.hour": "the hour",
    "time.weekday": "the weekday (0 Monday to 6 Sunday)",
    "time.open": "it is within business hours",
    "action.name": "the action",
    "action.risk": "the class of the action",
    "intent.name": "what the customer wants",
    "intent.area": "the product area",
    "intent.confidence": "the certainty about what the customer wants",
    "support.score": "the support by passages of the playbook",
    "systems.available": "the needed system is available",
}
"""What these are called in a sentence; of a bool, the first verb is the one that a "not" goes with."""


def vocabulary(catalog: Catalog) -> Vocabulary:
    """All facts that rules and workflows may name, with their types, for these tools.

    Raises NotUsable when two tools give one name different types.
    """
    known = Vocabulary(
        facts=CASE_FACTS,
        proposal=PROPOSAL_FACTS,
        lookups={
            tool.name: LookupShape(
                args=scalars(tool.args, optional=True),
                optional=_optional(tool),
                subject=tool.subject,
                result=scalars(tool.result),
                lists=_lists(tool.result),
            )
            for tool in catalog.lookups
        },
        actions={
            t.name: ActionShape(
                args=scalars(t.args, optional=True),
                optional=_optional(t),
                undo=t.undo.action if t.undo else None,
                forbidden=t.risk is Risk.FORBIDDEN,
            )
            for t in catalog.actions
        },
        domains=CASE_DOMAINS | domains_of(_models(catalog)),
        words=WORDS | _titles(catalog),
    )
    try:
        known.variables  # noqa: B018 - said at the start rather than when the first rule is compiled
    except ValueError as error:
        raise NotUsable(str(error)) from None
    return known


def gather(
    case: Case,
    intent: Intent | None,
    tool: Tool,
    args: Args,
    found: Mapping[str, Mapping[str, JsonValue]],
    now: datetime,
    known: Vocabulary,
    book: Playbook,
    *,
    support: float,
    available: bool,
) -> Facts:
    """The facts for ruling one proposal; `found`: what was looked up for it this turn, by subject.

    `support`: 0 to 1, how well the playbook carries the intent. `available`: whether the tool's system can be reached.
    """
    risk = tool.risk if isinstance(tool, Action) else Risk.LOW
    facts: Facts = {"action.name": tool.name, "action.risk": risk, "systems.available": available}
    facts |= of_case(case, now, book.company)
    if intent is not None:
        facts |= {"intent.name": intent.name, "intent.area": book.intents[intent.name].product_area}
        facts |= {"intent.confidence": intent.confidence, "support.score": support}
    facts |= {f"action.args.{name}": value for name, value in args.items()}
    for subject, record in found.items():
        facts |= {f"{subject}.{name}": value for name, value in record.items()}
    return bind(facts, known.variables)


def of_case(case: Case, now: datetime, company: Company) -> Facts:
    """What is known of any case, whatever is proposed in it; `now` by the company's zone."""
    is_open = company.business_hours.are_open(now)
    return {
        **({} if is_open is None else {"time.open": is_open}),
        "identity.level": int(case.identity.level),
        "identity.failed": case.identity.failed,
        "state.sentiment": case.mood.sentiment,
        "state.urgency": case.mood.urgency,
        "state.confused": case.mood.confused,
        "state.repeats": case.repeats,
        "state.escalated": case.handoffs > 0,
        "case.channel": case.channel,
        "case.locale": case.language,
        "time.date": now.date().isoformat(),
        "time.hour": now.hour,
        "time.weekday": now.weekday(),
    }


def bind(values: Mapping[str, JsonValue], declared: Mapping[str, FactType]) -> Facts:
    """The declared ones among these values; money, which records write as text, becomes a double."""
    known = {name: value for name, value in values.items() if name in declared and value is not None}
    return {name: _double(value) if declared[name] == "double" else value for name, value in known.items()}


def _double(value: JsonValue) -> JsonValue:
    """A text that is no number stays what it is: the expression that needs it says so."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def domains_of(models: Iterable[tuple[str, type[BaseModel]]]) -> dict[str, Domain]:
    """What the fields can be, by their types, under the name that each model goes by.

    What several of one name have can be what it is in any of them.
    """
    domains: dict[str, Domain] = {}
    for prefix, model in models:
        schema = model.model_json_schema()
        for field, told in schema.get("properties", {}).items():
            name, domain = f"{prefix}.{field}", _domain(told, schema)
            domains[name] = domains[name] | domain if name in domains else domain
    return domains


def _titles(catalog: Catalog) -> dict[str, str]:
    """What fields are called that say so themselves, by their titles."""
    words: dict[str, str] = {}
    for prefix, model in _models(catalog):
        for name, field in model.model_fields.items():
            if field.title:
                words.setdefault(f"{prefix}.{name}", field_in_words(prefix, field.title))
    return words


def _models(catalog: Catalog) -> Iterator[tuple[str, type[BaseModel]]]:
    yield "state", Mood
    yield from (("action.args", tool.args) for tool in catalog.tools.values())
    yield from ((lookup.subject, lookup.result) for lookup in catalog.lookups)


def _domain(field: Mapping[str, Any], schema: Mapping[str, Any]) -> Domain:
    if "$ref" in field:
        field = schema["$defs"][field["$ref"].rpartition("/")[2]]
    if "anyOf" in field:
        parts = [_domain(part, schema) for part in field["anyOf"] if part.get("type") != "null"]
        return reduce(Domain.__or__, parts)
    named = field.get("enum", [field["const"]] if "const" in field else [])
    values = (value for value in named if value is not None)  # what is not known is no fact
    least = field.get("minimum", field.get("exclusiveMinimum"))
    return Domain(tuple(values), least, field.get("maximum", field.get("exclusiveMaximum")))


def _optional(tool: Tool) -> frozenset[str]:
    return frozenset(name for name, field in tool.args.model_fields.items() if not field.is_required())


def _lists(model: type[BaseModel]) -> dict[str, dict[str, FactType]]:
    """The fields that are lists of records."""
    fields = {name: field.annotation for name, field in model.model_fields.items()}
    rows = {name: get_args(of)[0] for name, of in fields.items() if get_origin(of) is list}
    return {name: scalars(row) for name, row in rows.items() if isinstance(row, type) and issubclass(row, BaseModel)}
