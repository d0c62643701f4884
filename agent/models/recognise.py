"""Recognise: the values in a message, each in the customer's own words and in the form that systems know.

Recognisers run from the surest shape to the loosest, and what one has taken no other sees. Order ids, codes and
amounts need no network and no model; whether a value is anybody's is for the systems to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from agent.casefile.records import Ask
from agent.models.cues import CUES, ENGLISH
from agent.models.port import ValueSeen
from agent.models.recognisers.addresses import addresses
from agent.models.recognisers.contact import bare_phones, emails, phones, postcodes
from agent.models.recognisers.found import Context, Found, blank
from agent.models.recognisers.meaning import meant
from agent.models.recognisers.names import names
from agent.models.recognisers.numbers import amounts, bare_order_ids, codes, dates, order_ids
from agent.models.recognisers.reasons import reasons
from agent.models.recognisers.wishes import items, plans, preferences, wished

Recogniser = Callable[[str, Context], Iterator[Found]]
_RECOGNISERS: tuple[Recogniser, ...] = (
    emails, order_ids, dates, phones, preferences, addresses, codes, bare_order_ids, amounts, bare_phones, postcodes,
    plans, names,
)  # fmt: skip


def recognise(text: str, asks: Sequence[Ask], region: str, language: str = "en") -> list[ValueSeen]:
    """The values in a message, in its order, without those that the customer took back in the same message.

    `asks` are those of the last turn: they tell what a bare number or a bare name is. `region` (ISO 3166, or empty)
    is where phone numbers without their country are looked up first. `new` is told of e-mail, phone, address,
    postcode and name only; in answer to an ask of kind `slot` it is True, of kind `identity` False.
    """
    context = context_of(text, asks, region, language)
    return [seen(value, context) for value in find(context)]


def context_of(text: str, asks: Sequence[Ask], region: str, language: str) -> Context:
    """What a message is read in the light of."""
    return Context(
        text=text,
        slots=frozenset(ask.name for ask in asks if ask.kind == "slot"),
        proofs=frozenset(ask.name for ask in asks if ask.kind in {"identity", "code"}),
        choices=frozenset(ask.name for ask in asks if ask.kind == "choice"),
        proposed=frozenset(name for ask in asks if ask.proposal is not None for name in ask.proposal.args),
        region=region.upper(),
        cues=CUES.get(language, ENGLISH),
    )


def seen(value: Found, context: Context) -> ValueSeen:
    """A value as the port has it."""
    said = context.text[value.start : value.end]
    return ValueSeen(name=value.name, value=value.value, text=said, new=value.new)


def find(context: Context) -> list[Found]:
    """All values of a message with their places, in its order, each once."""
    rest = context.text.replace("’", "'")
    found: list[Found] = []
    for finds in _RECOGNISERS:
        seen = list(finds(rest, context))
        found += seen
        rest = blank(rest, seen)
    kept = meant(rest, found, context)
    kept += reasons(rest, context, kept)
    kept += items(rest, context)
    kept += wished(rest, context, kept)
    once = {(value.name, value.value): value for value in sorted(kept, key=lambda value: -value.start)}
    return sorted(once.values(), key=lambda value: (value.start, -value.end))
