"""Picking: the customer chooses among what a lookup found, for a workflow's `ask` step.

They are shown texts; what stands for one in the system is kept in the case file, and only what was offered can be
taken. A choice is no yes: what is done with it is ruled and asked like any other proposal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from agent.casefile import events as e
from agent.casefile.case import Offer
from agent.casefile.records import Ask, AskName, Intent, Option
from agent.models.cues import CUES, ENGLISH
from agent.models.port import Reading
from agent.models.recognisers.wishes import counts
from agent.models.segment import segment
from agent.nodes.parts import say, voice
from agent.policy.workflow import Pick
from agent.speech.answers import settle
from agent.speech.choices import picked
from agent.state import Step
from agent.turn import OpenTurn

SHOWN = 5
"""Options shown at a time; where several may be taken, they are shown all."""


@dataclass(frozen=True)
class Picked:
    """What a message says to an offer, and what of the reading is left when that is taken out."""

    reading: Reading
    slots: dict[str, dict[str, str]]
    """The slot that was chosen, by intent; empty: none of the options suits."""


def pick_step(turn: OpenTurn, intent: Intent, wanted: Pick) -> Step:
    """Ask for one of the options that do not stand declined; a person where all of them do."""
    earlier = turn.case.offer
    same = earlier is not None and (earlier.intent, earlier.name) == (intent.id, wanted.slot)
    offer = earlier if earlier is not None and same else Offer(intent=intent.id, name=wanted.slot)
    passed, had = offer.passed, {*offer.passed, *(option.value for option in offer.options)}
    gone = wanted.gone and had.issuperset(intent.slots.get(wanted.slot, "").split(","))
    left: dict[str, str] = {}
    for option in wanted.options:  # two that read the same are one to the customer
        if (value := str(option[wanted.value])) not in passed:
            left.setdefault(voice(turn).say(wanted.shown, **option), value)
    if not left:
        return {"kind": "person", "intent": intent.id, "reason": "none_fits"}
    shown = list(left.items())[: None if wanted.many else SHOWN]
    return {
        "kind": "pick",
        "intent": intent.id,
        "names": [wanted.slot],
        "options": [{"value": value, "text": text} for text, value in shown],
        "many": wanted.many,
        "more": len(left) > len(shown),
        # What they named in words of their own, and nobody offered, is not gone.
        "wording": "ask.options_gone" if gone else "ask.options_unclear" if wanted.gone else "",
        "reason": wanted.asked,
    }


async def pick(turn: OpenTurn, step: Step) -> None:
    """Offer the options, and say why they are offered again."""
    name, speak = step["names"][0], voice(turn)
    options = [Option(**option) for option in step["options"]]
    texts = [option.text for option in options]
    again = any((ask.name, ask.options) == (name, texts) for ask in turn.case.asks) and not turn.noted(e.OptionsPassed)
    why = step["wording"] or ("ask.options_unclear" if again else "")
    turn.note(e.OptionsOffered(intent=step["intent"] or "", name=name, options=options, many=step["many"]))
    text = speak.options(step["reason"], texts, many=step["many"], more=step["more"])
    asked = Ask(kind="choice", name=cast("AskName", name), options=texts)
    say(turn, step, f"{speak.say(why)} {text}" if why else text, asks=[asked])


def is_choice(turn: OpenTurn, step: Step) -> bool:
    """Whether this was done with what the customer chose, and they have not been told in this turn that it is gone."""
    offer, told = turn.case.offer, turn.noted(e.SlotsCleared, lambda s: s.intent == step.get("intent"))
    return offer is not None and offer.intent == step.get("intent") and told is None


def read_pick(turn: OpenTurn, text: str, reading: Reading) -> Picked | None:
    """What the message takes of the pending offer, as a whole or in one of its parts; None: nothing."""
    offer, language = _pending(turn), turn.case.language
    if offer is None or settle(text, language) != "unclear":
        return None
    cues = CUES.get(language, ENGLISH)
    if offer.many and counts(text, cues):
        return None  # some pieces of an option, or all options but one, are told in words
    titles = [option.text for option in offer.options]
    parts = [text[start:end] for start, end in segment(text, cues)]
    for part in dict.fromkeys([text, *parts]):
        if (taken := picked(part, titles, language, many=offer.many)) is not None:
            values = [] if taken == "neither" else [offer.options[at].value for at in taken]
            slots = {offer.intent: {offer.name: ",".join(values)}} if values else {}
            return Picked(_without(reading, part), slots)
    return None


def note_pick(turn: OpenTurn, text: str, found: Picked | None) -> None:
    """Note that none of what was offered suits, or that nothing of it is wanted at all."""
    offer = _pending(turn)
    if offer is None or not _is_asked(turn, offer):
        return
    if found is not None and not found.slots:
        turn.note(e.OptionsPassed(intent=offer.intent, name=offer.name))
    elif found is None and settle(text, turn.case.language) == "no":
        turn.note(e.IntentSettled(intent=offer.intent, status="withdrawn", outcome="declined"))


def _pending(turn: OpenTurn) -> Offer | None:
    """What the customer may take now: what was asked last, or still another while the proposal of one is asked."""
    offer, question = turn.case.offer, turn.case.question
    if offer is None or not offer.options:
        return None
    asked_on = question is not None and question.intent == offer.intent
    return offer if asked_on or _is_asked(turn, offer) else None


def _is_asked(turn: OpenTurn, offer: Offer) -> bool:
    return any((ask.kind, ask.name) == ("choice", offer.name) for ask in turn.case.asks)


def _without(reading: Reading, part: str) -> Reading:
    """The reading without the requests and days that stand in the words of the choice."""
    intents = [seen for seen in reading.intents if seen.text not in part]
    values = [seen for seen in reading.values if not (seen.name == "date" and seen.text in part)]
    return reading.model_copy(update={"intents": intents, "values": values})
