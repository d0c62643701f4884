"""What a model is told: the stable part first, so that it can be cached, then the case, bounded and quoted.

Everything that a customer, a passage or a system wrote stands between boundaries that nobody can foresee, and cannot
open a control token of a chat template. Sizes are characters; about four make a token, and a call stays near 1,500.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template, select_autoescape

from agent.casefile.records import Passage
from agent.models.port import Frame, IntentChoice

LONGEST_MESSAGE = 1600
LONGEST_LINE = 160
LONGEST_PASSAGE = 560
LONGEST_OPTION = 80
LONGEST_NOTE = 400
LONGEST_HINT = 120
MOST_LINES = 6
MOST_PASSAGES = 5
MOST_OPTIONS = 8
MOST_NOTES = 3
MOST_TOLD = 10
LONGEST_TOLD = 600
ROOM_FOR_INTENTS = 2000
"""Characters for all intents; examples give way first, then the explanations."""

_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?")
_CONTROL_TOKEN = re.compile(r"<(?=[|/a-zA-Z])|\[(?=/?[A-Z_]{3,}\])")
_LOOKALIKE = {"<": "‹", "[": "⟦"}


@dataclass(frozen=True)
class Prompt:
    """One call: what always holds, and the case."""

    rules: str
    case: str
    boundary: str

    @property
    def messages(self) -> list[tuple[str, str]]:
        """As chat messages."""
        return [("system", self.rules), ("human", self.case)]


class Quote:
    """Quotes untrusted text under one boundary, drawn anew for each call."""

    def __init__(self) -> None:
        self.code = secrets.token_hex(4)

    def __call__(self, who: str, text: str) -> str:
        """The text between boundaries; `who` is ours."""
        return f"{self.code}> {who}\n{disarmed(text)}\n<{self.code}"


def disarmed(text: str) -> str:
    """The text with brackets that could open a chat template's control token replaced by look-alikes."""
    return _CONTROL_TOKEN.sub(lambda bracket: _LOOKALIKE[bracket.group()], text)


def clipped(text: str, longest: int) -> str:
    """The text, or its beginning and its end when it is longer than that."""
    text = text.strip()
    if len(text) <= longest:
        return text
    tail = longest // 4
    return f"{text[: longest - tail]} […] {text[-tail:]}"


def for_reading(message: str, frame: Frame, choices: Sequence[IntentChoice], value_names: Sequence[str]) -> Prompt:
    """Ask what a message says."""
    asks = [
        {"name": ask.name, "options": [clipped(text, LONGEST_OPTION) for text in (ask.options or [])[:MOST_OPTIONS]]}
        for ask in frame.asks
    ]
    fitting = _fitting(choices)
    named = {choice.name: choice for choice in choices if not any(fitted.means for fitted in fitting)}
    return _render(
        "read",
        frame,
        choices=fitting,
        likely=[_short_choice(named[name], 1, LONGEST_HINT) for name in frame.likely if name in named],
        value_names=value_names,
        asks=asks,
        message=clipped(message, LONGEST_MESSAGE),
    )


def for_proposing(question: str, frame: Frame, passages: Sequence[Passage]) -> Prompt:
    """Ask for the next step."""
    return _render("propose", frame, question=clipped(question, LONGEST_MESSAGE), passages=_short(passages))


def for_wording(question: str, frame: Frame, passages: Sequence[Passage]) -> Prompt:
    """Ask for an answer in words."""
    return _render("word", frame, question=clipped(question, LONGEST_MESSAGE), passages=_short(passages))


def _render(name: str, frame: Frame, **case: object) -> Prompt:
    rules, body = _templates(name)
    quote = Quote()
    shared = {
        "about_quotes": _text("quotes").strip(),
        "quote": quote,
        "locale": frame.locale if _LOCALE.fullmatch(frame.locale) else "en",
        "open_intents": [intent.name for intent in frame.intents],
        "told": _told(frame),
        "done": [clipped(line, LONGEST_OPTION) for line in frame.done],
        "notes": [disarmed(clipped(" ".join(note.split()), LONGEST_NOTE)) for note in frame.guidance[:MOST_NOTES]],
        "window": [
            {"role": line.role, "text": clipped(" ".join(line.text.split()), LONGEST_LINE)}
            for line in frame.window[-MOST_LINES:]
        ],
    }
    return Prompt(rules.render(shared | case).strip(), body.render(shared | case).strip(), quote.code)


def _told(frame: Frame) -> str:
    """What the customer gave earlier in the case, a line a name."""
    names = [f"{name}: {', '.join(values)}" for name, values in frame.told.items() if values]
    return clipped("\n".join(names[-MOST_TOLD:]), LONGEST_TOLD)


def _short(passages: Sequence[Passage]) -> list[dict[str, str]]:
    return [
        {"id": passage.id, "title": passage.title, "text": clipped(passage.text, LONGEST_PASSAGE)}
        for passage in passages[:MOST_PASSAGES]
    ]


def _fitting(choices: Sequence[IntentChoice]) -> list[IntentChoice]:
    """The choices with as many examples, and as much of what they mean, as there is room for."""
    for examples, longest in ((2, 200), (1, 200), (0, 200), (0, 60), (0, 0)):
        fitting = [_short_choice(choice, examples, longest) for choice in choices]
        if sum(len(c.name) + len(c.means) + sum(len(e) + 4 for e in c.examples) for c in fitting) <= ROOM_FOR_INTENTS:
            break
    return fitting


def _short_choice(choice: IntentChoice, examples: int, longest: int) -> IntentChoice:
    means = clipped(choice.means, longest) if longest else ""
    shown = [clipped(text, LONGEST_OPTION) for text in choice.examples[:examples]]
    return choice.model_copy(update={"means": means, "examples": shown})


def _text(name: str) -> str:
    return (files("agent.models.prompts") / f"{name}.md").read_text(encoding="utf-8")


@cache
def _templates(name: str) -> tuple[Template, Template]:
    environment = Environment(
        undefined=StrictUndefined,
        autoescape=select_autoescape([], default_for_string=False),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    rules, _, case = _text(name).partition("\n---\n")
    return environment.from_string(rules), environment.from_string(case)
