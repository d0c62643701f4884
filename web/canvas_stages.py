"""What happened in a turn, stage by stage, and why: for who tries a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.casefile import events as e
from agent.casefile.events import Event
from agent.casefile.records import Turn
from knowledge.plain import rule_in_words
from knowledge.procedure import procedure_of
from knowledge.release import Release
from knowledge.rules import Vocabulary
from web.console_words import named, told

TITLES: dict[type[e.Body], str] = {
    e.IntakeRead: "Read", e.PassagesFound: "Found", e.ModelAnswered: "Model", e.LookedUp: "Looked up",
    e.Ruled: "Ruled", e.ConfirmationAsked: "Asked for a yes", e.ConfirmationSettled: "The yes",
    e.ApprovalAsked: "Asked a person", e.ApprovalGiven: "A person decided", e.EffectStarted: "Did",
    e.EffectReturned: "The system’s answer", e.Verified: "Receipt", e.ReplySent: "Said", e.HandedOff: "Handed over",
    e.IdentityChecked: "Identity", e.CodeChecked: "Identity", e.IntentSettled: "Settled",
}  # fmt: skip
"""Kind of event → the stage it belongs to; other kinds are told by their sentence alone."""


@dataclass(frozen=True)
class Stage:
    """One event of a turn."""

    title: str
    text: str
    lines: list[str] = field(default_factory=list)
    """What stands behind it, each as a sentence."""
    pill: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What it rests on."""


@dataclass(frozen=True)
class Round:
    """One turn: what was said to the agent, the stages, and how it ended."""

    said: list[str]
    stages: list[Stage]
    turn: Turn | None


def rounds(events: Sequence[Event], release: Release, vocabulary: Vocabulary) -> list[Round]:
    """The turns of a case, oldest first."""
    teller, found = _Teller(release, vocabulary), list[Round]()
    for event in events:
        body = event.body
        if isinstance(body, e.TurnStarted):
            found.append(Round([], [], None))
        elif found and isinstance(body, e.MessageReceived):
            found[-1].said.append(body.text)
        elif found and isinstance(body, e.TurnDone):
            found[-1] = Round(found[-1].said, found[-1].stages, body.turn)
        elif found:
            found[-1].stages.append(teller.stage(body))
    return found


class _Teller:
    def __init__(self, release: Release, vocabulary: Vocabulary) -> None:
        self._book, self._vocabulary = release.playbook, vocabulary
        self._intents: dict[str, str] = {}

    def stage(self, body: e.Body) -> Stage:
        title, text = TITLES.get(type(body), ""), told(body)
        match body:
            case e.IntakeRead():
                return Stage(title, text, list(self._read(body)))
            case e.PassagesFound(passages=passages):
                return Stage(title, text, [f"{one.title} ({one.id}): support {one.support:.2f}" for one in passages])
            case e.LookedUp(result=result):
                return Stage(title, text, self._step(None, body.tool), facts=result or {})
            case e.Ruled(ruling=ruling):
                lines = [*self._step(body.intent, ruling.action), *self._clauses(ruling.clauses)]
                return Stage(title, text, lines, ruling.outcome.value, body.facts)
            case e.Verified(receipt=receipt):
                return Stage(title, text, pill=receipt.state, facts={"args": receipt.args, **receipt.evidence})
            case e.ReplySent(withheld=withheld, citations=citations):
                lines = [f"Rests on {one.title} ({one.id})." for one in citations]
                return Stage(title, body.text or text, [*lines, *(f"Not sent: {reason}" for reason in withheld)])
        return Stage(title, text)

    def _read(self, body: e.IntakeRead) -> Iterator[str]:
        for intent in body.intents:
            self._intents[intent.id] = intent.name
            yield f"Wants: {named(intent.name)}, {intent.confidence:.0%} sure, from “{intent.text}”."
        for id_, slots in body.slots.items():
            given = ", ".join(f"{named(name)} = {value}" for name, value in slots.items())
            yield f"Gave for {named(self._intents.get(id_, id_))}: {given}."
        for name, value in body.facts.items():
            yield f"Says of themselves: {named(name)} = {value}."

    def _step(self, intent: str | None, tool: str) -> list[str]:
        """Which step of which workflow wanted this tool."""
        for name in [self._intents.get(intent, "")] if intent else self._intents.values():
            walked = procedure_of(name, self._book) if name in self._book.intents else None
            for placed in walked.steps if walked else []:
                if tool in (placed.step.look_up, placed.step.propose):
                    number = ".".join(str(at + 1) if isinstance(at, int) else at for at in placed.where[1:])
                    title = self._book.workflows[placed.document].title
                    return [f"Step {number} of “{title}” (workflows/{placed.document}.yaml)."]
        return []

    def _clauses(self, ids: Sequence[str]) -> Iterator[str]:
        for clause in (self._book.clauses[id_] for id_ in ids if id_ in self._book.clauses):
            yield f"{clause.id} {clause.title}: {clause.text}"
            yield from (f"Its rule: {rule_in_words(rule, self._vocabulary)}" for rule in clause.rules)
