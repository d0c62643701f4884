"""Wording: what the agent says, as plain-text templates in a sandbox, one file a locale.

A template may name only what its id is given (`CONTRACT`), and for what a workflow says: `slots` and the subjects it
looked up. Nothing is escaped: the texts are plain, and are never shown as HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from types import MappingProxyType
from typing import Any, get_args

from jinja2 import StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from knowledge.company import Fact
from knowledge.moments import dated, money, spoken
from knowledge.playbook import Wording
from knowledge.rules import Vocabulary
from knowledge.workflows import Need

HANDOFF_REASONS = (
    "person_asked", "policy", "no_rule", "unknown_outcome", "mismatch", "failed", "identity_failed", "system_down",
    "low_confidence", "approval_expired", "none_fits", "budget", "internal", "language",
)  # fmt: skip
"""Why the agent itself hands over; workflows add reasons of their own."""

CONTRACT: dict[str, frozenset[str]] = {
    "ask.sentence": frozenset({"things", "why"}),
    "ask.identity_why": frozenset(),
    "ask.code": frozenset({"minutes"}),
    "ask.code_again": frozenset({"tries_left"}),
    "ask.choice": frozenset({"options"}),
    "ask.options": frozenset({"thing", "options", "many", "more"}),
    "ask.options_unclear": frozenset(),
    "ask.options_gone": frozenset(),
    "choice_declined": frozenset(),
    "confirm.again": frozenset({"question"}),
    "confirm.expired": frozenset({"question"}),
    "confirm.declined": frozenset({"doing"}),
    "approval.asked": frozenset({"doing", "title"}),
    "approval.still_waiting": frozenset({"doing"}),
    "approval.rejected": frozenset({"doing"}),
    "approval.edited": frozenset({"doing", "before"}),
    "approval.expired": frozenset({"doing"}),
    "approval.responded": frozenset({"text"}),
    "refused": frozenset({"doing", "title", "quote"}),
    "order_not_found": frozenset({"slots"}),
    "identity.failed": frozenset(),
    "identity.locked": frozenset(),
    "outcome.looked_again": frozenset({"outcome"}),
    "outcome.taken_back": frozenset({"outcome"}),
    "answered.elsewhere": frozenset(),
    "unanswered": frozenset(),
    "unanswered.nearest": frozenset(),
    "unanswered.offer": frozenset(),
    "greeting": frozenset({"company"}),
    "thanks": frozenset(),
    "goodbye": frozenset({"company"}),
    "clarify": frozenset({"company"}),
    "reminder.due": frozenset({"text"}),
    "summary.title": frozenset(),
    "summary.text": frozenset({"wishes", "outcomes"}),
    "summary.cited": frozenset({"title"}),
    "next_request": frozenset({"title"}),
    "silent": frozenset(),
    **{f"ask.{slot}": frozenset[str]() for slot in get_args(Need.model_fields["slot"].annotation)},
    **{f"proof.{fact}": frozenset[str]() for fact in get_args(Fact.model_fields["name"].annotation)},
    **{f"handoff.{reason}": frozenset({"hours"}) for reason in HANDOFF_REASONS},
}
"""The ids that every locale needs, with the values that each is given. The head of a wording file explains them."""


class WordingError(ValueError):
    """A text that is missing, is no template, or names what it was not given."""


def contract(vocabulary: Vocabulary) -> dict[str, frozenset[str]]:
    """`CONTRACT` with the texts of each action: what is being done, the question, and the four outcomes."""
    ids = dict(CONTRACT)
    for name, shape in vocabulary.actions.items():
        if shape.forbidden:
            continue
        for prefix in (f"do.{name}", f"confirm.{name}"):
            ids[prefix] = frozenset(shape.args)
        for prefix in outcomes(name):
            ids[prefix] = frozenset({*shape.args, "made"})
    return ids


def outcomes(action: str) -> list[str]:
    """The ids of what is said of each state that a receipt of this action may have."""
    return [f"outcome.{action}.{state}" for state in ("verified", "mismatch", "failed", "unknown")]


def render(wording: Wording, id: str, /, **values: Any) -> str:  # noqa: A002 - the field's name
    """The text of an id with these values. Raises WordingError."""
    try:
        return _template(wording.texts[id], wording.locale).render(values).strip()
    except KeyError:
        raise WordingError(f"wording/{wording.locale}.yaml has no '{id}'; add it.") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise WordingError(f"'{id}' in wording/{wording.locale}.yaml cannot be said: {error}") from None


@lru_cache(maxsize=4096)
def names(text: str) -> Mapping[str, AbstractSet[str]]:
    """The values that a template names, each with the fields of it that it uses. Raises TemplateSyntaxError."""
    tree = _ENVIRONMENT.parse(text)
    used: dict[str, set[str]] = {name: set() for name in meta.find_undeclared_variables(tree)}
    for name, attribute in _attributes(tree):
        if name in used:
            used[name].add(attribute)
    return MappingProxyType(used)


def _attributes(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name):
            yield node.node.name, node.attr
    for item in tree.find_all(nodes.Getitem):
        if isinstance(item.node, nodes.Name) and isinstance(item.arg, nodes.Const):
            yield item.node.name, str(item.arg.value)


# Plain text: escaping would put `&amp;` into a chat.
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_ENVIRONMENT.filters |= {"spoken": spoken, "dated": dated, "money": money}


@lru_cache(maxsize=16)
def _environment(locale: str) -> ImmutableSandboxedEnvironment:
    """Where `{{ starts | spoken }}` tells a moment in this language, `dated` a day, `money(currency)` a sum."""
    speaking = _ENVIRONMENT.overlay()
    speaking.filters = _ENVIRONMENT.filters | {
        "spoken": lambda moment: spoken(moment, locale),
        "dated": lambda moment: dated(moment, locale),
        "money": lambda amount, currency: money(amount, currency, locale),
    }
    return speaking


@lru_cache(maxsize=2048)
def _template(text: str, locale: str) -> Template:
    return _environment(locale).from_string(text)
