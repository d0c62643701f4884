"""Parts: what a reply is put together from."""

from __future__ import annotations

from agent.casefile import events as e
from agent.casefile.records import Ask, Citation
from agent.speech.render import Voice
from agent.state import Step
from agent.turn import OpenTurn


def say(turn: OpenTurn, step: Step, text: str, *, asks: list[Ask] | None = None, **more: list[Citation]) -> None:
    """Note one part of the reply."""
    turn.note(e.ReplySent(text=text, intent=step.get("intent"), asks=asks or [], **more))


def settle(turn: OpenTurn, step: Step, outcome: str) -> None:
    """Note that the matter has its outcome."""
    if (intent := step.get("intent")) is not None:
        turn.note(e.IntentSettled(intent=intent, status="done", outcome=outcome))


def voice(turn: OpenTurn) -> Voice:
    """The wording in the customer's language."""
    return Voice(turn.release, turn.case.language)
